//! Why an invocation came to nothing, under names that alarms can match.

use aws_sdk_config::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};

/// Why an invocation came to nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The event cannot be judged.
    #[error(transparent)]
    Event(#[from] config_rules::Error),
    /// AWS Config does not take the result: the token is not valid, the rule is gone, or a value is not allowed.
    #[error("AWS Config does not take the result: {0}")]
    ResultRejected(String),
    /// The function's role does not allow the call.
    #[error("the function's role may not call AWS Config: {0}")]
    AccessDenied(String),
    /// AWS Config asks for fewer calls, and went on asking.
    #[error("AWS Config throttles: {0}")]
    Throttled(String),
    /// AWS Config cannot be reached, or fails.
    #[error("AWS Config does not answer as it should: {0}")]
    ServiceUnavailable(String),
    /// AWS Config took the call, but went on refusing some of its evaluations.
    #[error("AWS Config did not take {failed} of {sent} evaluations, in {attempts} attempts")]
    EvaluationsFailed { failed: usize, sent: usize, attempts: u32 },
    /// Lambda's time for the invocation was nearly over.
    #[error("the time that Lambda gives was over before AWS had answered")]
    DeadlineExceeded,
}

impl Error {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Event(error) => error.name(),
            Self::ResultRejected(_) => "ResultRejected",
            Self::AccessDenied(_) => "AccessDenied",
            Self::Throttled(_) => "Throttled",
            Self::ServiceUnavailable(_) => "ServiceUnavailable",
            Self::EvaluationsFailed { .. } => "EvaluationsFailed",
            Self::DeadlineExceeded => "DeadlineExceeded",
        }
    }

    /// Whether the same event would fail in the same way. Lambda is not told of these, because it would only try again.
    ///
    /// A refused permission counts as passing: a new role takes a while to be known everywhere, and an event that ends
    /// in the failure queue can be sent again once the role is mended.
    pub(crate) fn is_permanent(&self) -> bool {
        match self {
            Self::Event(error) => error.is_permanent(),
            error => matches!(error, Self::ResultRejected(_)),
        }
    }
}

const THROTTLING: &[&str] = &[
    "ThrottlingException",
    "Throttling",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "ThrottledException",
];
const ACCESS: &[&str] = &[
    "AccessDeniedException",
    "AccessDenied",
    "UnauthorizedOperation",
    "ExpiredTokenException",
    "ExpiredToken",
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
];

/// By code, because the SDK models only three of AWS Config's errors; by status, where there is no code.
impl<E: ProvideErrorMetadata + std::error::Error + 'static> From<SdkError<E>> for Error {
    fn from(error: SdkError<E>) -> Self {
        let SdkError::ServiceError(context) = &error else {
            return Self::ServiceUnavailable(DisplayErrorContext(&error).to_string());
        };
        let code = context.err().code().unwrap_or_default();
        let text = format!("{code}: {}", context.err().message().unwrap_or_default());
        match context.raw().status().as_u16() {
            _ if THROTTLING.contains(&code) => Self::Throttled(text),
            _ if ACCESS.contains(&code) => Self::AccessDenied(text),
            429 => Self::Throttled(text),
            401 | 403 => Self::AccessDenied(text),
            400..=499 => Self::ResultRejected(text),
            _ => Self::ServiceUnavailable(text),
        }
    }
}
