//! What can go wrong on the way to AWS Config, on demand.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use super::evaluation::PutEvaluations;

/// What happens to one call of `PutEvaluations`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: the call is answered as AWS Config answers it.
    #[default]
    None,
    /// `ThrottlingException` with status 400; nothing is stored.
    Throttle,
    /// An error of the service itself with this status, 500 when it is none; nothing is stored.
    ServerError(u16),
    /// The evaluations with these indexes come back in `FailedEvaluations` and are not stored, the others are.
    FailEvaluations(Vec<usize>),
    /// The call is processed at once, its answer comes this much later.
    Delay(Duration),
    /// The connection is closed without an answer; nothing is stored.
    CutConnection,
    /// The evaluations are stored, then the connection is closed without an answer.
    CutAfterStoring,
}

type Choose = Box<dyn FnMut(&PutEvaluations) -> Fault + Send>;

/// The faults to come: first those of the queue, then those that a function chooses.
#[derive(Default)]
pub(super) struct Faults {
    queue: VecDeque<Fault>,
    choose: Option<Choose>,
}

impl Faults {
    pub(super) fn extend(&mut self, faults: impl IntoIterator<Item = Fault>) {
        self.queue.extend(faults);
    }

    pub(super) fn choose_with(&mut self, choose: Choose) {
        self.choose = Some(choose);
    }

    /// The fault for this call. A call that cannot be read takes its fault from the queue only.
    pub(super) fn next(&mut self, request: Option<&PutEvaluations>) -> Fault {
        if let Some(fault) = self.queue.pop_front() {
            return fault;
        }
        match (&mut self.choose, request) {
            (Some(choose), Some(request)) => choose(request),
            _ => Fault::None,
        }
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faults").field("queue", &self.queue).finish_non_exhaustive()
    }
}
