//! Why a call for facts failed, in words that are short enough for an annotation.

use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use config_rules::facts::{Fact, Fault};

use crate::AwsError;

/// Why a call failed, after all retries: `ec2:DescribeImages: UnauthorizedOperation`, without the service's message, which
/// may be longer than an annotation.
#[derive(Clone, Debug)]
pub struct Failure {
    code: Option<String>,
    error: AwsError,
}

impl Failure {
    /// A failure with the service's code, if the service answered.
    #[must_use]
    pub fn new(code: Option<String>, error: AwsError) -> Self {
        Self { code, error }
    }

    /// The service's code, such as `InvalidAMIID.NotFound`; `None` if nothing came back that the service says.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The same, with the call in front.
    #[must_use]
    pub fn during(self, action: &str) -> Self {
        Self { error: self.error.during(action), ..self }
    }

    /// What it leaves a fact to be.
    ///
    /// # Errors
    /// A passing fault.
    pub fn fact<T>(&self) -> Result<Fact<T>, Fault> {
        self.error.clone().into_fact()
    }
}

impl<E: ProvideErrorMetadata + std::error::Error + 'static> From<SdkError<E, HttpResponse>> for Failure {
    fn from(error: SdkError<E, HttpResponse>) -> Self {
        let code = error.code().map(str::to_owned);
        let status = error.raw_response().map(|answer| format!("HTTP status {}", answer.status().as_u16()));
        let why = code.clone().or(status).unwrap_or_else(|| without_answer(&error).to_owned());
        Self { code, error: AwsError::of(&error).with_message(why) }
    }
}

fn without_answer<E>(error: &SdkError<E, HttpResponse>) -> &'static str {
    match error {
        SdkError::TimeoutError(_) => "no answer in time",
        SdkError::DispatchFailure(failure) if failure.is_timeout() => "no answer in time",
        SdkError::DispatchFailure(failure) if failure.is_io() => "no connection",
        // Such as without credentials.
        _ => "the call could not be made",
    }
}
