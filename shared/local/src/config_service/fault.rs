//! What can go wrong on the way to AWS Config, on demand.

use std::time::Duration;

use super::error::ServiceError;

/// What happens to one call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: the call is answered as AWS Config answers it.
    #[default]
    None,
    /// `ThrottlingException` with status 400; nothing is stored.
    Throttle,
    /// An error of the service itself with this status, 500 when it is none; nothing is stored.
    ServerError(u16),
    /// The error of this name with status 400, such as `AccessDeniedException`; nothing is stored.
    Refuse(&'static str),
    /// `PutEvaluations` only: the evaluations with these indexes come back in `FailedEvaluations` and are not stored,
    /// the others are.
    FailEvaluations(Vec<usize>),
    /// Operations that answer in pages only: an empty page, and a token with which the same call is answered in full.
    EmptyPage,
    /// The call is processed at once, its answer comes this much later.
    Delay(Duration),
    /// The connection is closed without an answer; nothing is stored.
    CutConnection,
    /// The call is processed, then the connection is closed without an answer.
    CutAfterStoring,
}

impl Fault {
    /// What takes the place of the whole call.
    pub(super) fn error(&self) -> Option<ServiceError> {
        match *self {
            Self::Throttle => Some(ServiceError::bad_request("ThrottlingException", "Rate exceeded")),
            Self::ServerError(status) => {
                Some(ServiceError { status, name: "InternalFailure", message: "The service failed.".into() })
            }
            Self::Refuse(name) => Some(ServiceError::bad_request(name, "The call is refused on demand.")),
            _ => None,
        }
    }

    /// Whether the client sees what AWS Config makes of a call that is refused.
    pub(super) fn is_harmless(&self) -> bool {
        matches!(self, Self::None | Self::Delay(_) | Self::EmptyPage)
    }

    pub(super) fn delay(&self) -> Duration {
        match self {
            Self::Delay(delay) => *delay,
            _ => Duration::ZERO,
        }
    }

    pub(super) fn cuts(&self) -> bool {
        matches!(self, Self::CutConnection | Self::CutAfterStoring)
    }
}
