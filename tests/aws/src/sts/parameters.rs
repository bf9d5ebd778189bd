//! The constraints on the parameters of `AssumeRole`, and STS's errors for them.

use std::fmt::Display;
use std::ops::RangeInclusive;

use config_rules_local::endpoint::ApiError;
use config_rules_local::query::QueryRequest;

const DURATIONS: RangeInclusive<u32> = 900..=43_200;

/// Seconds: the maximum for roles that assume roles, and the default.
const CHAINED: u32 = 3_600;

/// The seconds that are asked for.
pub(super) fn duration(request: &QueryRequest) -> Result<Option<u32>, ApiError> {
    let Some(text) = request.get("DurationSeconds") else {
        return Ok(None);
    };
    let seconds = text.parse().map_err(|_| ApiError::bad_request("MalformedInput", "Invalid Argument"))?;
    if let Some(bound) = bound(&DURATIONS, &seconds) {
        return Err(constraint(text, "durationSeconds", &format!("have value {bound}")));
    }
    Ok(Some(seconds))
}

/// The seconds that the session lasts.
pub(super) fn session_duration(asked: Option<u32>) -> Result<u32, ApiError> {
    match asked {
        Some(seconds) if seconds > CHAINED => Err(ApiError::bad_request(
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
        )),
        asked => Ok(asked.unwrap_or(CHAINED)),
    }
}

/// A required text of such a length, of `[\w+=,.@-]` and these other characters.
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
    if let Some(bound) = bound(&lengths, &value.len()) {
        return Err(constraint(value, &member, &format!("have length {bound}")));
    }
    if !value.chars().all(allowed) {
        let pattern = format!(r"satisfy regular expression pattern: [\w+=,.@{others}-]*");
        return Err(constraint(value, &member, &pattern));
    }
    Ok(value)
}

/// The bound that a value exceeds.
fn bound<T: PartialOrd + Display>(range: &RangeInclusive<T>, value: &T) -> Option<String> {
    if value < range.start() {
        return Some(format!("greater than or equal to {}", range.start()));
    }
    (value > range.end()).then(|| format!("less than or equal to {}", range.end()))
}

fn constraint(value: &str, member: &str, demand: &str) -> ApiError {
    ApiError::bad_request("ValidationError", refusal(&format!("'{value}'"), member, demand))
}

fn refusal(value: &str, member: &str, demand: &str) -> String {
    format!(
        "1 validation error detected: Value {value} at '{member}' failed to satisfy constraint: Member must {demand}"
    )
}
