//! What makes AWS Config invoke functions. It invokes none itself: whoever triggers it is told which, with which event.

use super::ConfigService;
use super::events::{Invocation, Snapshot};
use super::item::ConfigurationItem;

impl ConfigService {
    /// Puts a configuration item into the history and the inventory of its account. Rules that are triggered by changes
    /// are told of it while the account's recorder records resources of this type.
    #[allow(clippy::must_use_candidate, reason = "most items are put in for their history")]
    pub fn record(&self, item: ConfigurationItem) -> Vec<Invocation> {
        self.store().record(item)
    }

    /// Lets the time come for which the account's rules with a schedule wait.
    #[must_use]
    pub fn run_schedule(&self, account: &str) -> Vec<Invocation> {
        self.store().run_schedule(account)
    }

    /// Delivers a snapshot of the account's resources; none while it has no recorder and delivery channel.
    #[must_use]
    pub fn deliver_snapshot(&self, account: &str) -> Option<Snapshot> {
        self.store().deliver_snapshot(account)
    }

    /// The invocations since this was last asked that calls of operations led to: AWS Config evaluates a rule that is
    /// deployed or changed, and on demand.
    #[must_use]
    pub fn take_invocations(&self) -> Vec<Invocation> {
        std::mem::take(&mut self.store().invocations)
    }

    /// From now on a change whose notification has more bytes is told in summary. At the start it is Amazon SNS's maximum,
    /// 256 KiB.
    pub fn limit_notifications(&self, bytes: usize) {
        self.store().max_notification = bytes;
    }
}
