//! Errors in the form that every AWS service answers.

/// What a call is refused with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ServiceError {
    pub(super) status: u16,
    pub(super) name: &'static str,
    pub(super) message: String,
}

impl ServiceError {
    pub(super) fn bad_request(name: &'static str, message: impl Into<String>) -> Self {
        Self { status: 400, name, message: message.into() }
    }

    pub(super) fn invalid_parameter(message: impl Into<String>) -> Self {
        Self::bad_request("InvalidParameterValueException", message)
    }

    pub(super) fn serialization(message: impl Into<String>) -> Self {
        Self::bad_request("SerializationException", message)
    }

    pub(super) fn validation(message: impl Into<String>) -> Self {
        Self::bad_request("ValidationException", message)
    }
}
