//! What can go wrong on the way to EC2, on demand.

use std::time::Duration;

use super::error::Ec2Error;

/// What happens to one call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Ec2Fault {
    /// Nothing: the call is answered as EC2 answers it.
    #[default]
    None,
    /// `RequestLimitExceeded` with status 503.
    Throttle,
    /// `InternalError` with this status, 500 when it is none.
    ServerError(u16),
    /// `UnauthorizedOperation` with status 403: the function's role does not allow the action.
    Denied,
    /// The answer comes this much later.
    Delay(Duration),
    /// The connection is closed without an answer.
    CutConnection,
}

impl Ec2Fault {
    pub(super) fn error(&self, action: &str) -> Option<Ec2Error> {
        match *self {
            Self::None | Self::Delay(_) | Self::CutConnection => None,
            Self::Throttle => Some(Ec2Error {
                status: 503,
                code: "RequestLimitExceeded",
                message: "Request limit exceeded.".into(),
            }),
            Self::ServerError(status) => Some(Ec2Error::internal(status)),
            Self::Denied => Some(Ec2Error::unauthorized(&format!(
                "User: arn:aws:sts::111122223333:assumed-role/config-rules/config-rules is not authorized to perform: \
                 ec2:{action} because no identity-based policy allows the ec2:{action} action"
            ))),
        }
    }

    pub(super) fn delay(&self) -> Duration {
        match self {
            Self::Delay(delay) => *delay,
            _ => Duration::ZERO,
        }
    }
}
