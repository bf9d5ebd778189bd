//! The operations.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::SsmData;
use crate::endpoint::ApiError;

/// The most names of one call.
const MOST_NAMES: usize = 10;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct GetParameter {
    name: String,
    #[serde(default)]
    with_decryption: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct GetParameters {
    names: Vec<String>,
    #[serde(default)]
    with_decryption: bool,
}

pub(super) fn get_parameter(data: &SsmData, input: &Value) -> Result<Value, ApiError> {
    let GetParameter { name, with_decryption } = read(input)?;
    let parameter = data.find(&name, with_decryption);
    let parameter = parameter.ok_or_else(|| ApiError::bad_request("ParameterNotFound", ""))?;
    Ok(json!({"Parameter": parameter}))
}

/// A name that does not exist is no error. What exists is told in alphabetical order.
pub(super) fn get_parameters(data: &SsmData, input: &Value) -> Result<Value, ApiError> {
    let GetParameters { names, with_decryption } = read(input)?;
    check(&names)?;
    let (mut parameters, mut invalid) = (Vec::new(), Vec::new());
    for name in names {
        match data.find(&name, with_decryption) {
            Some(parameter) => parameters.push(parameter),
            None => invalid.push(name),
        }
    }
    parameters.sort_by(|one, other| one["Name"].as_str().cmp(&other["Name"].as_str()));
    Ok(json!({"Parameters": parameters, "InvalidParameters": invalid}))
}

fn check(names: &[String]) -> Result<(), ApiError> {
    let bound = match names.len() {
        0 => "greater than or equal to 1",
        1..=MOST_NAMES => return Ok(()),
        _ => "less than or equal to 10",
    };
    Err(ApiError::bad_request(
        "ValidationException",
        format!(
            "1 validation error detected: Value '[{}]' at 'names' failed to satisfy constraint: Member must have \
             length {bound}",
            names.join(", ")
        ),
    ))
}

fn read<T: DeserializeOwned>(input: &Value) -> Result<T, ApiError> {
    T::deserialize(input).map_err(|error| ApiError::bad_request("SerializationException", error.to_string()))
}
