//! Why an event could not be evaluated. An error is never an answer about a resource.

use crate::{facts::Fault, parameters::ParameterError};

/// Why an event could not be evaluated.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The event, or the JSON inside it, does not have the form that AWS Config documents.
    #[error("{place}: {problem}")]
    MalformedEvent {
        /// The field that could not be read, such as `invokingEvent`.
        place: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// A well-formed event that these rules do not handle.
    #[error("{0}")]
    UnsupportedEvent(String),
    /// The rule's parameters do not say what the rule needs to know.
    #[error("rule {rule}: {problem}")]
    InvalidParameters {
        /// Name of the rule.
        rule: &'static str,
        /// The first parameter that cannot be used, and the form it should have.
        problem: ParameterError,
    },
    /// Something that the answer depends on is not known, and `onMissingData` says to fail. It may be known later.
    #[error("{0}")]
    MissingFacts(String),
    /// A passing fault keeps something from being known that the answer depends on.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Error {
    /// The stable name of this kind of error: alarms and reports match it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::MalformedEvent { .. } => "MalformedEvent",
            Self::UnsupportedEvent(_) => "UnsupportedEvent",
            Self::InvalidParameters { .. } => "InvalidParameters",
            Self::MissingFacts(_) => "MissingFacts",
            Self::Fault(Fault::Throttled(_)) => "Throttled",
            Self::Fault(Fault::ServiceUnavailable(_)) => "ServiceUnavailable",
        }
    }

    /// Whether the same event fails again.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        !matches!(self, Self::MissingFacts(_) | Self::Fault(_))
    }

    /// Something that does not have the form that AWS Config documents.
    pub fn malformed(place: &'static str, problem: impl Into<String>) -> Self {
        Self::MalformedEvent { place, problem: problem.into() }
    }
}
