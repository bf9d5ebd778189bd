//! The faults to come, of whatever service.

use std::collections::VecDeque;
use std::fmt;

type Choose<Request, Fault> = Box<dyn FnMut(&Request) -> Fault + Send>;

/// The faults to come: first those of the queue, then those that a function chooses.
pub(crate) struct Faults<Request, Fault> {
    queue: VecDeque<Fault>,
    choose: Option<Choose<Request, Fault>>,
}

impl<Request, Fault> Default for Faults<Request, Fault> {
    fn default() -> Self {
        Self { queue: VecDeque::new(), choose: None }
    }
}

impl<Request, Fault: Default> Faults<Request, Fault> {
    pub(crate) fn extend(&mut self, faults: impl IntoIterator<Item = Fault>) {
        self.queue.extend(faults);
    }

    pub(crate) fn choose_with(&mut self, choose: Choose<Request, Fault>) {
        self.choose = Some(choose);
    }

    /// The fault for this call. A call that cannot be read takes its fault from the queue only.
    pub(crate) fn next(&mut self, request: Option<&Request>) -> Fault {
        if let Some(fault) = self.queue.pop_front() {
            return fault;
        }
        match (&mut self.choose, request) {
            (Some(choose), Some(request)) => choose(request),
            _ => Fault::default(),
        }
    }
}

impl<Request, Fault: fmt::Debug> fmt::Debug for Faults<Request, Fault> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faults").field("queue", &self.queue).finish_non_exhaustive()
    }
}
