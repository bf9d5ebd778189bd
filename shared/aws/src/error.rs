//! What a call to AWS that failed means: whether the same call may succeed later, and what to tell people.

use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::{display::DisplayErrorContext, metadata::ProvideErrorMetadata};
use config_rules::facts::{Fact, Fault};

/// Why a call to AWS failed, after all retries; with AWS's code and message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AwsError {
    /// The role does not allow the call.
    #[error("{0}")]
    AccessDenied(String),
    /// AWS asks for fewer calls, and went on asking.
    #[error("{0}")]
    Throttled(String),
    /// The service cannot be reached, or fails.
    #[error("{0}")]
    ServiceUnavailable(String),
    /// The service refuses what it was asked.
    #[error("{0}")]
    Rejected(String),
}

const THROTTLING: &[&str] = &[
    "ThrottlingException",
    "Throttling",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "ThrottledException",
    "SlowDown",
];
const ACCESS: &[&str] = &[
    "AccessDeniedException",
    "AccessDenied",
    "UnauthorizedOperation",
    "AuthFailure",
    "ExpiredTokenException",
    "ExpiredToken",
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
];

impl AwsError {
    /// By code, because the SDK models few of AWS's errors; by status, where there is no code.
    pub fn of<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let SdkError::ServiceError(context) = error else {
            return Self::ServiceUnavailable(DisplayErrorContext(error).to_string());
        };
        let code = context.err().code().unwrap_or_default();
        let status = context.raw().status().as_u16();
        let text = match context.err().message() {
            Some(message) => format!("{code}: {message}"),
            None if code.is_empty() => format!("HTTP status {status}"),
            None => code.to_owned(),
        };
        match status {
            _ if THROTTLING.contains(&code) => Self::Throttled(text),
            _ if ACCESS.contains(&code) => Self::AccessDenied(text),
            429 => Self::Throttled(text),
            401 | 403 => Self::AccessDenied(text),
            400..=499 => Self::Rejected(text),
            _ => Self::ServiceUnavailable(text),
        }
    }

    /// What it leaves a fact to be: a passing fault ends the evaluation, for any other reason the fact is unavailable.
    pub fn into_fact<T>(self) -> Result<Fact<T>, Fault> {
        match self {
            Self::Throttled(why) => Err(Fault::Throttled(why)),
            Self::ServiceUnavailable(why) => Err(Fault::ServiceUnavailable(why)),
            Self::AccessDenied(why) | Self::Rejected(why) => Ok(Fact::Unavailable(why)),
        }
    }

    /// The same, with the call in front.
    #[must_use]
    pub fn during(self, call: &str) -> Self {
        let text = format!("{call}: {self}");
        self.with_message(text)
    }

    /// The same in other words.
    #[must_use]
    pub fn with_message(self, text: String) -> Self {
        match self {
            Self::AccessDenied(_) => Self::AccessDenied(text),
            Self::Throttled(_) => Self::Throttled(text),
            Self::ServiceUnavailable(_) => Self::ServiceUnavailable(text),
            Self::Rejected(_) => Self::Rejected(text),
        }
    }
}
