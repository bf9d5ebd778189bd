//! AWS Config's API on a loopback port: keeps what functions report, refuses what AWS refuses, and fails on demand.

mod account;
mod caller;
mod compliance;
mod delivery_channel;
mod diff;
mod error;
mod evaluation;
mod evaluations;
mod events;
mod fault;
mod history;
mod inventory;
mod item;
mod model;
mod operation;
mod paging;
mod protocol;
mod put_evaluations;
mod query;
mod recorder;
mod recorders;
mod request;
mod resource_types;
mod rule;
mod rule_limits;
mod rules;
mod select;
mod store;
mod tags;
#[cfg(test)]
mod tests;
mod time;
mod tokens;

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::server::Server;
use account::{Account, Held};
use caller::OWN_ACCOUNT;
use store::Store;
use tokens::Issue;

pub use account::ResultKey;
pub use evaluation::{Evaluation, PutEvaluations};
pub use events::{Invocation, Snapshot};
pub use fault::Fault;
pub use item::{ConfigurationItem, ItemError};
pub use request::{Answer, Call, Request};

/// AWS Config in one Region, as functions, Terraform and people reach it.
///
/// What it holds it holds for each account. An access key id of the form `ASIA`, twelve digits, four letters calls for the
/// account of these digits; every other one for the service's own, 111122223333. Where AWS documents nothing, the stricter
/// reading is enforced: annotations are counted in UTF-16 units, and an empty result token is refused in test mode, too.
#[derive(Debug)]
pub struct ConfigService {
    server: Server,
    store: Arc<Mutex<Store>>,
}

impl ConfigService {
    /// Starts with no results, no rules and no faults.
    pub async fn start() -> io::Result<Self> {
        Self::start_with(|_| Account::default()).await
    }

    /// The same, but every account has a recorder of everything and a delivery channel to the bucket `config-<account>`,
    /// both of the name `default`.
    pub async fn start_recording() -> io::Result<Self> {
        Self::start_with(Account::recording).await
    }

    async fn start_with(new_account: fn(&str) -> Account) -> io::Result<Self> {
        let store = Arc::new(Mutex::new(Store::new(new_account)));
        let router = protocol::router(Arc::clone(&store));
        let server = Server::start("config-service", router).await?;
        Ok(Self { server, store })
    }

    /// What belongs into `AWS_ENDPOINT_URL_CONFIG_SERVICE`: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// Every signed call of an operation that is served, in the order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.store().log.iter().map(|(request, _)| request.clone()).collect()
    }

    /// Every signed call of `PutEvaluations`, in the order of arrival.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        let store = self.store();
        let calls = store.log.iter().filter(|(request, _)| request.operation == "PutEvaluations");
        calls.map(|(request, answer)| Call::new(request, answer)).collect()
    }

    /// Every evaluation that was stored, of all accounts, in the order of arrival, whether or not it is the latest of its
    /// resource.
    #[must_use]
    pub fn accepted(&self) -> Vec<Evaluation> {
        self.store().accepted.clone()
    }

    /// What AWS Config would hold now of its own account: of every rule and resource the result with the latest
    /// `OrderingTimestamp`. `NOT_APPLICABLE` stays visible here, although AWS does not show it.
    #[must_use]
    pub fn results(&self) -> BTreeMap<ResultKey, Evaluation> {
        self.results_of(OWN_ACCOUNT)
    }

    /// The same of any account.
    #[must_use]
    pub fn results_of(&self, account: &str) -> BTreeMap<ResultKey, Evaluation> {
        let mut store = self.store();
        let results = store.account(account).results.iter();
        results.map(|(key, held)| (key.clone(), held.evaluation.clone())).collect()
    }

    /// TCP connections accepted so far, open or closed.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.server.connections()
    }

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

    /// Results reported with this token, from now on, belong to this rule of the service's own account. A token that is
    /// assigned to none stands for a rule of its own.
    pub fn assign_token(&self, token: impl Into<String>, rule: impl AsRef<str>) {
        self.assign_token_of(OWN_ACCOUNT, token, rule);
    }

    /// The same for a rule of any account. With another account's credentials the token is invalid.
    pub fn assign_token_of(&self, account: &str, token: impl Into<String>, rule: impl AsRef<str>) {
        self.store().assign_token(token.into(), Issue::now(account, rule.as_ref(), None));
    }

    /// Holds a result as if it had been reported before.
    pub fn hold(&self, account: &str, rule: &str, evaluation: Evaluation) {
        let recorded = evaluation.ordering_timestamp;
        let held = Held { evaluation, recorded, invoked: recorded };
        self.store().account(account).keep_latest(rule, held);
    }

    /// Declares a token invalid: `InvalidResultTokenException`, but in test mode.
    pub fn reject_token(&self, token: impl Into<String>) {
        self.store().tokens.rejected.insert(token.into());
    }

    /// Queues faults: each call from now on takes one, until none is left.
    pub fn inject(&self, faults: impl IntoIterator<Item = Fault>) {
        self.store().faults.extend(faults);
    }

    /// Queues faults for one operation: its calls take these first.
    pub fn inject_into(&self, operation: impl Into<String>, faults: impl IntoIterator<Item = Fault>) {
        self.store().faults_of.entry(operation.into()).or_default().extend(faults);
    }

    /// Lets a function choose the fault of every call that finds the queues empty. It runs while the service is locked:
    /// it must not ask this service anything.
    pub fn inject_with(&self, choose: impl FnMut(&Request) -> Fault + Send + 'static) {
        self.store().faults.choose_with(Box::new(choose));
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
