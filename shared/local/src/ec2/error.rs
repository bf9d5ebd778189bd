//! EC2's errors.

use crate::endpoint::ApiError;

impl ApiError {
    pub(super) fn invalid_value(message: impl Into<String>) -> Self {
        Self::bad_request("InvalidParameterValue", message)
    }

    pub(super) fn unauthorized(why: &str) -> Self {
        let message = format!("You are not authorized to perform this operation. {why}");
        Self::new(403, "UnauthorizedOperation", message)
    }

    /// `what` is the noun that EC2's message begins with.
    pub(super) fn not_found(code: &'static str, what: &str, ids: &[&str]) -> Self {
        Self::do_not_exist(code, what, ids.len(), &ids.join(", "))
    }

    /// As EC2 writes it for images only.
    pub(super) fn image_not_found(ids: &[&str]) -> Self {
        Self::do_not_exist("InvalidAMIID.NotFound", "image id", ids.len(), &format!("[{}]", ids.join(", ")))
    }

    fn do_not_exist(code: &'static str, what: &str, count: usize, ids: &str) -> Self {
        let (plural, verb) = if count == 1 { ("", "does") } else { ("s", "do") };
        Self::bad_request(code, format!("The {what}{plural} '{ids}' {verb} not exist"))
    }
}
