//! Why an invocation came to nothing, under names that alarms can match.

use config_rules_aws::AwsError;

/// Why an invocation came to nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The event cannot be evaluated.
    #[error(transparent)]
    Event(#[from] config_rules::Error),
    /// A call to AWS failed.
    #[error(transparent)]
    Call(#[from] AwsError),
    /// AWS Config does not take the result: the token is not valid, the rule is gone, or a value is not allowed.
    #[error("AWS Config does not take the result: {0}")]
    ResultRejected(String),
    /// AWS Config took the call, but went on refusing some of its evaluations.
    #[error("AWS Config did not take {failed} of {sent} evaluations, in {attempts} attempts")]
    EvaluationsFailed { failed: usize, sent: usize, attempts: u32 },
    /// The rule belongs to another account, and nothing says which role to use there.
    #[error(
        "the rule belongs to account {account_id}, and the function to {function}: the rule's parameter \
         ExecutionRoleName has to name a role there to report with{hint}"
    )]
    NoExecutionRole { account_id: String, function: String, hint: &'static str },
    /// Lambda is emulated, and the environment does not name an account.
    #[error("AWS_ACCOUNT_ID: \"{0}\" is not the twelve digits of an account's id")]
    InvalidEnvironment(String),
    /// Lambda's time for the invocation was nearly over.
    #[error(
        "the time that Lambda gives was nearly over when {reported} results had been reported: those stand, and Lambda \
         begins anew; a longer timeout, or more memory and with it more of a processor, lets a run come to its end"
    )]
    DeadlineExceeded { reported: u32 },
}

impl Error {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Event(error) => error.name(),
            Self::Call(AwsError::AccessDenied(_)) => "AccessDenied",
            Self::Call(AwsError::Throttled(_)) => "Throttled",
            Self::Call(AwsError::ServiceUnavailable(_)) => "ServiceUnavailable",
            Self::Call(AwsError::Rejected(_)) => "CallRejected",
            Self::ResultRejected(_) => "ResultRejected",
            Self::EvaluationsFailed { .. } => "EvaluationsFailed",
            Self::NoExecutionRole { .. } => "NoExecutionRole",
            Self::InvalidEnvironment(_) => "InvalidEnvironment",
            Self::DeadlineExceeded { .. } => "DeadlineExceeded",
        }
    }

    /// Whether the same event would fail in the same way. Lambda is not told of these, because it would only try again.
    ///
    /// A refused permission counts as passing: a new role takes a while to be known everywhere, and an event that ends
    /// in the failure queue can be sent again once the role is mended.
    pub(crate) fn is_permanent(&self) -> bool {
        match self {
            Self::Event(error) => error.is_permanent(),
            Self::Call(error) => matches!(error, AwsError::Rejected(_)),
            Self::ResultRejected(_) | Self::NoExecutionRole { .. } | Self::InvalidEnvironment(_) => true,
            Self::EvaluationsFailed { .. } | Self::DeadlineExceeded { .. } => false,
        }
    }
}
