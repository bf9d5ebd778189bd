//! Faults, and which calls meet them.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

/// What happens to one call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: the call is answered as AWS answers it.
    #[default]
    None,
    /// The API's own error for too many calls, such as `ThrottlingException`; nothing is stored.
    Throttle,
    /// A failure of the service with this status, 500 when it is none; nothing is stored.
    ServerError(u16),
    /// The API's own error for a call that the caller's role does not allow; nothing is stored.
    Denied,
    /// The error of this name with status 400; nothing is stored.
    Refuse(&'static str),
    /// The call is processed at once, its answer comes this much later.
    Delay(Duration),
    /// The connection is closed without an answer; nothing is stored.
    CutConnection,
    /// The call is processed, then the connection is closed without an answer.
    CutAfterStoring,
    /// The connection is closed after this many bytes of the answer's body; fewer reach a client that reads slowly.
    CutAfter(u64),
    /// AWS Config's paginated operations only: an empty page, and a token with which the same call is answered in full.
    EmptyPage,
    /// `PutEvaluations` only: the evaluations with these indexes come back in `FailedEvaluations` and are not stored,
    /// the others are.
    FailEvaluations(Vec<usize>),
}

impl Fault {
    /// Whether the client sees the API's own answer.
    pub(super) fn is_harmless(&self) -> bool {
        matches!(self, Self::None | Self::Delay(_) | Self::EmptyPage)
    }
}

type Choose<Request> = Box<dyn FnMut(&Request) -> Fault + Send>;

/// The faults to come: those of particular calls first, then those of the queue, then those that a function chooses.
pub(super) struct Faults<Request> {
    scheduled: Vec<Scheduled>,
    queue: VecDeque<Fault>,
    choose: Option<Choose<Request>>,
}

struct Scheduled {
    action: String,
    /// How many calls of the action there are up to and with this one.
    calls: usize,
    fault: Fault,
}

impl<Request> Default for Faults<Request> {
    fn default() -> Self {
        Self { scheduled: Vec::new(), queue: VecDeque::new(), choose: None }
    }
}

impl<Request> Faults<Request> {
    pub(super) fn schedule(&mut self, action: String, calls: usize, fault: Fault) {
        self.scheduled.push(Scheduled { action, calls, fault });
    }

    pub(super) fn extend(&mut self, faults: impl IntoIterator<Item = Fault>) {
        self.queue.extend(faults);
    }

    pub(super) fn choose_with(&mut self, choose: Choose<Request>) {
        self.choose = Some(choose);
    }

    /// The fault of this call.
    pub(super) fn next(&mut self, action: &str, request: &Request) -> Fault {
        let scheduled = self.next_scheduled(action).or_else(|| self.queue.pop_front());
        scheduled.unwrap_or_else(|| self.choose.as_mut().map_or(Fault::None, |choose| choose(request)))
    }

    fn next_scheduled(&mut self, action: &str) -> Option<Fault> {
        for scheduled in self.scheduled.iter_mut().filter(|scheduled| scheduled.action == action) {
            scheduled.calls = scheduled.calls.saturating_sub(1);
        }
        let due =
            self.scheduled.iter().position(|scheduled| scheduled.action == action && scheduled.calls == 0)?;
        Some(self.scheduled.remove(due).fault)
    }
}

impl<Request> fmt::Debug for Faults<Request> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faults").field("queue", &self.queue).finish_non_exhaustive()
    }
}
