//! The errors of AWS's APIs, whatever form they are sent in.

use std::error::Error;

/// An error that an API answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// HTTP's.
    pub status: u16,
    /// Such as `InvalidAction`.
    pub code: &'static str,
    /// The API's explanation.
    pub message: String,
}

impl ApiError {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    pub(crate) fn bad_request(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(400, code, message)
    }

    /// An answer that cannot be given.
    pub(crate) fn unwritable(error: &dyn Error) -> Self {
        Self::new(500, "InternalFailure", error.to_string())
    }
}
