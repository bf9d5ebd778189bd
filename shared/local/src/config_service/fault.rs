//! What can go wrong on the way to AWS Config, on demand.

use std::time::Duration;

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
