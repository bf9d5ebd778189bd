//! What STS demands of the parameters of `AssumeRole`, in its words.

use std::ops::RangeInclusive;

use crate::endpoint::ApiError;
use crate::query::QueryRequest;

const DURATIONS: RangeInclusive<u32> = 900..=43_200;

/// Seconds: the most for roles that assume roles, and what those get who ask for nothing.
const CHAINED: u32 = 3_600;

/// The seconds that are asked for.
pub(super) fn duration(request: &QueryRequest) -> Result<Option<u32>, ApiError> {
    let Some(text) = request.get("DurationSeconds") else {
        return Ok(None);
    };
    let seconds = text.parse().map_err(|_| ApiError::bad_request("MalformedInput", "Invalid Argument"))?;
    if seconds < *DURATIONS.start() {
        let bound = format!("greater than or equal to {}", DURATIONS.start());
        return Err(constraint(text, "durationSeconds", &format!("have value {bound}")));
    }
    if seconds > *DURATIONS.end() {
        let bound = format!("less than or equal to {}", DURATIONS.end());
        return Err(constraint(text, "durationSeconds", &format!("have value {bound}")));
    }
    Ok(Some(seconds))
}

/// How long the session will last.
pub(super) fn session_duration(asked: Option<u32>) -> Result<u32, ApiError> {
    match asked {
        Some(seconds) if seconds > CHAINED => Err(ApiError::bad_request(
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
        )),
        asked => Ok(asked.unwrap_or(CHAINED)),
    }
}

/// A text that is there, long enough and not too long, and of `[\w+=,.@-]` and these characters only.
pub(super) fn text<'a>(
    request: &'a QueryRequest,
    parameter: &str,
    lengths: RangeInclusive<usize>,
    others: &str,
) -> Result<&'a str, ApiError> {
    let member = format!("{}{}", parameter[..1].to_lowercase(), &parameter[1..]);
    let Some(value) = request.get(parameter) else {
        return Err(ApiError::bad_request("ValidationError", refusal("null", &member, "not be null")));
    };
    let allowed = |character: char| {
        character.is_ascii_alphanumeric() || "_+=,.@-".contains(character) || others.contains(character)
    };
    let (least, most) = (lengths.start(), lengths.end());
    if value.len() < *least {
        return Err(constraint(value, &member, &format!("have length greater than or equal to {least}")));
    }
    if value.len() > *most {
        return Err(constraint(value, &member, &format!("have length less than or equal to {most}")));
    }
    if !value.chars().all(allowed) {
        let pattern = format!(r"satisfy regular expression pattern: [\w+=,.@{others}-]*");
        return Err(constraint(value, &member, &pattern));
    }
    Ok(value)
}

fn constraint(value: &str, member: &str, demand: &str) -> ApiError {
    ApiError::bad_request("ValidationError", refusal(&format!("'{value}'"), member, demand))
}

fn refusal(value: &str, member: &str, demand: &str) -> String {
    format!(
        "1 validation error detected: Value {value} at '{member}' failed to satisfy constraint: Member must {demand}"
    )
}
