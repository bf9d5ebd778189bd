//! The API model's constraints on an operation's input, as data, and the errors for an input that violates them.
//!
//! What the model leaves open is decided strictly: a character is a UTF-16 unit.

use serde_json::Value;

use super::resource_types;
use crate::endpoint::ApiError;
use crate::json::serialization;

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    /// From this to that many characters.
    Text(usize, usize),
    OneOf(&'static [&'static str]),
    /// A type that AWS Config records.
    ResourceType,
    /// From this to that number.
    Integer(i64, i64),
    Boolean,
    /// Seconds since the epoch.
    Timestamp,
    /// From this to that many values.
    List(&'static Shape, usize, usize),
    Structure(&'static [Member]),
}

/// A named value of a structure.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    name: &'static str,
    shape: Shape,
    required: bool,
}

/// Text of any length.
pub(super) const TEXT: Shape = Shape::Text(0, usize::MAX);
/// Any number; the operation itself says which is out of range.
pub(super) const INTEGER: Shape = Shape::Integer(i64::MIN, i64::MAX);

pub(super) const fn required(name: &'static str, shape: Shape) -> Member {
    Member { name, shape, required: true }
}

pub(super) const fn optional(name: &'static str, shape: Shape) -> Member {
    Member { name, shape, required: false }
}

impl ApiError {
    pub(super) fn validation(message: impl Into<String>) -> Self {
        Self::bad_request("ValidationException", message)
    }

    pub(super) fn invalid_parameter(message: impl Into<String>) -> Self {
        Self::bad_request("InvalidParameterValueException", message)
    }
}

/// Finds everything that is wrong with an input. A value of another JSON type cannot be read at all.
pub(super) fn check(members: &'static [Member], input: &Value) -> Result<(), ApiError> {
    let mut violations = Vec::new();
    Shape::Structure(members).check(input, "", &mut violations)?;
    if violations.is_empty() {
        return Ok(());
    }
    let count = violations.len();
    let errors = if count == 1 { "error" } else { "errors" };
    let list = violations.join("; ");
    Err(ApiError::validation(format!("{count} validation {errors} detected: {list}")))
}

impl Shape {
    fn check(self, value: &Value, path: &str, violations: &mut Vec<String>) -> Result<(), ApiError> {
        let constraint = match (self, value) {
            (Self::Text(min, max), Value::String(text)) => length(text.encode_utf16().count(), min, max),
            (Self::OneOf(values), Value::String(text)) => one_of(values, text),
            (Self::ResourceType, Value::String(text)) => recorded_type(text),
            (Self::Integer(min, max), Value::Number(number)) => range(number.as_i64(), min, max),
            (Self::List(shape, min, max), Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    shape.check(item, &format!("{path}.{}.member", index + 1), violations)?;
                }
                length(items.len(), min, max)
            }
            (Self::Structure(members), Value::Object(_)) => {
                return members.iter().try_for_each(|member| member.check(value, path, violations));
            }
            (Self::Boolean, Value::Bool(_)) | (Self::Timestamp, Value::Number(_)) => None,
            _ => return Err(serialization(&format_args!("{path:?} has a value of another type"))),
        };
        violations.extend(constraint.map(|constraint| violation(&shown(value), path, &constraint)));
        Ok(())
    }
}

impl Member {
    /// AWS writes the names of a path with a small letter.
    fn check(self, parent: &Value, path: &str, violations: &mut Vec<String>) -> Result<(), ApiError> {
        let (first, rest) = self.name.split_at(1);
        let dot = if path.is_empty() { "" } else { "." };
        let path = format!("{path}{dot}{}{rest}", first.to_lowercase());
        match parent.get(self.name) {
            Some(value) => self.shape.check(value, &path, violations)?,
            None if self.required => violations.push(violation("null", &path, "Member must not be null")),
            None => (),
        }
        Ok(())
    }
}

fn violation(value: &str, path: &str, constraint: &str) -> String {
    format!("Value {value} at '{path}' failed to satisfy constraint: {constraint}")
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("'{text}'"),
        other => format!("'{other}'"),
    }
}

fn length(length: usize, min: usize, max: usize) -> Option<String> {
    if length < min {
        return Some(format!("Member must have length greater than or equal to {min}"));
    }
    (length > max).then(|| format!("Member must have length less than or equal to {max}"))
}

fn range(number: Option<i64>, min: i64, max: i64) -> Option<String> {
    match number {
        Some(number) if number > max => Some(format!("Member must have value less than or equal to {max}")),
        Some(number) if number >= min => None,
        _ => Some(format!("Member must have value greater than or equal to {min}")),
    }
}

fn one_of(values: &[&str], text: &str) -> Option<String> {
    let listed = || format!("Member must satisfy enum value set: [{}]", values.join(", "));
    (!values.contains(&text)).then(listed)
}

fn recorded_type(text: &str) -> Option<String> {
    (!resource_types::is_recorded(text)).then(|| {
        let list = resource_types::recorded().collect::<Vec<_>>().join(", ");
        format!("Member must satisfy enum value set: [{list}]")
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const INPUT: &[Member] = &[
        required("Name", Shape::Text(1, 3)),
        optional("Kind", Shape::OneOf(&["A", "B"])),
        optional("Limit", Shape::Integer(0, 100)),
        optional("Type", Shape::ResourceType),
        optional("On", Shape::Boolean),
        optional("At", Shape::Timestamp),
        optional("Tags", Shape::List(&Shape::Structure(&[required("Key", Shape::Text(1, 2))]), 1, 2)),
    ];

    #[track_caller]
    fn is_refused(input: &Value, name: &str, message: &str) {
        let error = check(INPUT, input).unwrap_err();
        assert_eq!(error.code, name, "{error:?}");
        assert!(error.message.contains(message), "{}", error.message);
    }

    #[test]
    fn what_is_within_the_limits_passes() {
        let full = json!({"Name": "abc", "Kind": "B", "Limit": 100, "Type": "AWS::EC2::Volume", "On": true,
            "At": 1.5, "Tags": [{"Key": "a", "Other": 1}], "Unknown": {}});
        for input in [json!({"Name": "é"}), full] {
            check(INPUT, &input).unwrap();
        }
    }

    #[test]
    fn every_limit_is_enforced_and_named() {
        for (member, value, message) in [
            (
                "Name",
                json!(""),
                "Value '' at 'name' failed to satisfy constraint: Member must have length greater",
            ),
            (
                "Name",
                json!("🔑🔑"),
                "Value '🔑🔑' at 'name' failed to satisfy constraint: Member must have length less",
            ),
            (
                "Kind",
                json!("a"),
                "Value 'a' at 'kind' failed to satisfy constraint: Member must satisfy enum value set: [A, B]",
            ),
            (
                "Limit",
                json!(-1),
                "Value '-1' at 'limit' failed to satisfy constraint: Member must have value greater",
            ),
            ("Limit", json!(101), "Member must have value less than or equal to 100"),
            (
                "Type",
                json!("AWS::::Account"),
                "at 'type' failed to satisfy constraint: Member must satisfy enum",
            ),
            (
                "Tags",
                json!([]),
                "at 'tags' failed to satisfy constraint: Member must have length greater than or equal to 1",
            ),
            (
                "Tags",
                json!([{}]),
                "Value null at 'tags.1.member.key' failed to satisfy constraint: Member must not be null",
            ),
        ] {
            let mut input = json!({"Name": "a"});
            input[member] = value;
            is_refused(&input, "ValidationException", message);
        }
        is_refused(
            &json!({"Limit": 101}),
            "ValidationException",
            "2 validation errors detected: Value null at 'name'",
        );
    }

    #[test]
    fn a_value_of_another_type_cannot_be_read() {
        for input in [
            json!([]),
            json!({"Name": 1}),
            json!({"Name": "a", "On": "true"}),
            json!({"Name": "a", "Tags": {}}),
        ] {
            is_refused(&input, "SerializationException", "another type");
        }
    }
}
