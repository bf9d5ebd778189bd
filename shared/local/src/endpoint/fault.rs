//! What can go wrong on the way to an API, on demand.

use std::time::Duration;

/// What happens to one call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ApiFault {
    /// Nothing: the call is answered as AWS answers it.
    #[default]
    None,
    /// The API's own way to ask for fewer calls, such as `RequestLimitExceeded` with status 503.
    Throttle,
    /// The service's own failure with this status, 500 when it is none.
    ServerError(u16),
    /// The caller's role does not allow the action.
    Denied,
    /// The answer comes this much later.
    Delay(Duration),
    /// The connection is closed without an answer.
    CutConnection,
    /// The connection is closed after this many bytes of the answer's body; fewer reach a client that reads slowly.
    CutAfter(u64),
}

impl ApiFault {
    pub(super) fn delay(&self) -> Duration {
        match self {
            Self::Delay(delay) => *delay,
            _ => Duration::ZERO,
        }
    }
}

/// Faults of particular calls to come.
#[derive(Debug, Default)]
pub(super) struct Schedule(Vec<Due>);

#[derive(Debug)]
struct Due {
    action: String,
    /// How many calls of the action there are before it and with it.
    calls: usize,
    fault: ApiFault,
}

impl Schedule {
    pub(super) fn add(&mut self, action: String, calls: usize, fault: ApiFault) {
        self.0.push(Due { action, calls, fault });
    }

    /// The fault of this call, if there is one for it.
    pub(super) fn next(&mut self, action: &str) -> Option<ApiFault> {
        for due in self.0.iter_mut().filter(|due| due.action == action) {
            due.calls = due.calls.saturating_sub(1);
        }
        let due = self.0.iter().position(|due| due.action == action && due.calls == 0)?;
        Some(self.0.remove(due).fault)
    }
}
