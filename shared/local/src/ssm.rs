//! SSM's Parameter Store on a loopback port: answers from a file of facts.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::Response;
use axum::http::request::Parts;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::FunctionArn;
use crate::endpoint::{Api, ApiError, Caller, Endpoint, Fault};
use crate::json::{self, JsonRequest, serialization};
use crate::query::page_from;

/// Parameter Store as functions call it. It serves `GetParameter`, `GetParameterHistory` and `GetParameters`. Members that are not served, and
/// selectors of versions, are refused.
pub type Ssm = Endpoint<SsmData>;

/// The parameters of one account and region. By default, none in those of [`FunctionArn`]'s default.
#[derive(Debug, Default)]
pub struct SsmData {
    home: FunctionArn,
    parameters: BTreeMap<String, Parameter>,
    /// What parameters held before, and until how many days ago: the oldest first.
    earlier: BTreeMap<String, Vec<(String, i64)>>,
}

#[derive(Debug)]
struct Parameter {
    r#type: &'static str,
    value: String,
    /// The value without decryption.
    ciphertext: Option<String>,
}

impl Parameter {
    fn plain(r#type: &'static str, value: &str) -> Self {
        Self { r#type, value: value.into(), ciphertext: None }
    }

    fn secure(value: &str, ciphertext: &str) -> Self {
        Self { r#type: "SecureString", value: value.into(), ciphertext: Some(ciphertext.into()) }
    }
}

impl SsmData {
    /// No parameters in this account and region.
    #[must_use]
    pub fn new(account: &str, region: &str) -> Self {
        Self { home: FunctionArn::new(account, region, ""), ..Self::default() }
    }

    /// Reads the `parameters` of a file of facts, by name: each is a `String` of the default account and Region. What is
    /// `null` there, or not there at all, does not exist. Under `/path@30d` stands a list of what `/path` has and had.
    ///
    /// # Errors
    /// When the text is not the JSON of facts.
    pub fn from_json(text: &str) -> serde_json::Result<Self> {
        #[derive(Deserialize)]
        struct Facts {
            #[serde(default)]
            parameters: BTreeMap<String, Option<String>>,
        }
        let Facts { parameters } = serde_json::from_str(text)?;
        let known = parameters.iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
        Ok(known.fold(Self::default(), |data, (name, value)| match name.rsplit_once('@') {
            None => data.string(name, value),
            Some((name, _)) => {
                let values = serde_json::from_str(value);
                let values: Vec<_> = values.unwrap_or_else(|_| value.split(',').map(str::to_owned).collect());
                let (newest, earlier) = values.split_first().unwrap_or((value, &[]));
                earlier.iter().rev().fold(data, |data, own| data.earlier(name, own, 0)).string(name, newest)
            }
        }))
    }

    /// Adds a `String`.
    #[must_use]
    pub fn string(self, name: &str, value: &str) -> Self {
        self.parameter(name, Parameter::plain("String", value))
    }

    /// Adds what a `String` held until so many days ago, the oldest first.
    #[must_use]
    pub fn earlier(mut self, name: &str, value: &str, days_ago: i64) -> Self {
        self.earlier.entry(name.to_owned()).or_default().push((value.to_owned(), days_ago));
        self
    }

    /// Adds a `StringList`.
    #[must_use]
    pub fn string_list(self, name: &str, values: &[&str]) -> Self {
        self.parameter(name, Parameter::plain("StringList", &values.join(",")))
    }

    /// Adds a `SecureString`. Without decryption, its value is the ciphertext.
    #[must_use]
    pub fn secure_string(self, name: &str, value: &str, ciphertext: &str) -> Self {
        self.parameter(name, Parameter::secure(value, ciphertext))
    }

    fn parameter(mut self, name: &str, parameter: Parameter) -> Self {
        self.parameters.insert(name.into(), parameter);
        self
    }

    /// The parameter of this name or ARN, as the API describes it; none if there is none.
    fn find(&self, name: &str, decrypt: bool) -> Option<Value> {
        let (name, parameter) = match name.strip_prefix(&self.arn("")) {
            // A name in an ARN has one slash in front, whether or not it is the name's own.
            Some(rest) => self.get(&format!("/{rest}")).or_else(|| self.get(rest)),
            None => self.get(name),
        }?;
        let ciphertext = parameter.ciphertext.as_ref().filter(|_| !decrypt);
        Some(json!({
            "ARN": self.arn(name.trim_start_matches('/')),
            "DataType": "text",
            "LastModifiedDate": 1_767_225_600.0,
            "Name": name,
            "Type": parameter.r#type,
            "Value": ciphertext.unwrap_or(&parameter.value),
            "Version": 1,
        }))
    }

    fn get(&self, name: &str) -> Option<(&str, &Parameter)> {
        self.parameters.get_key_value(name).map(|(name, parameter)| (name.as_str(), parameter))
    }

    fn arn(&self, name: &str) -> String {
        let FunctionArn { partition, region, account, .. } = &self.home;
        format!("arn:{partition}:ssm:{region}:{account}:parameter/{name}")
    }
}

impl Api for SsmData {
    type Request = JsonRequest;

    const SERVICE: &'static str = "ssm";

    fn read(http: &Parts, body: &[u8]) -> Result<JsonRequest, ApiError> {
        JsonRequest::read(http, body, "AmazonSSM")
    }

    fn action(request: &JsonRequest) -> &str {
        &request.operation
    }

    fn run(
        &mut self,
        request: &JsonRequest,
        _caller: &Caller,
        _fault: &Fault,
    ) -> Result<Response<Body>, ApiError> {
        let output = match request.operation.as_str() {
            "GetParameter" => get_parameter(self, &request.input),
            "GetParameterHistory" => get_parameter_history(self, &request.input),
            "GetParameters" => get_parameters(self, &request.input),
            operation => Err(json::unknown_operation(operation)),
        };
        Ok(json::response(&output?))
    }

    fn render(error: &ApiError) -> Response<Body> {
        json::error(error)
    }

    fn unsigned() -> ApiError {
        json::unsigned()
    }

    fn throttled() -> ApiError {
        ApiError::bad_request("ThrottlingException", "Rate exceeded")
    }

    fn denied(why: &str) -> ApiError {
        ApiError::bad_request("AccessDeniedException", why)
    }

    fn internal(status: u16) -> ApiError {
        ApiError::new(status, "InternalServerError", "An internal error occurred.")
    }
}

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

fn get_parameter(data: &SsmData, input: &Value) -> Result<Value, ApiError> {
    let GetParameter { name, with_decryption } = read(input)?;
    let parameter = data.find(&name, with_decryption);
    let parameter = parameter.ok_or_else(|| ApiError::bad_request("ParameterNotFound", ""))?;
    Ok(json!({"Parameter": parameter}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct GetParameterHistory {
    name: String,
    next_token: Option<String>,
    max_results: Option<usize>,
}

/// Versions count from 1, the oldest first.
fn get_parameter_history(data: &SsmData, input: &Value) -> Result<Value, ApiError> {
    const MOST: usize = 50;
    const DAY: i64 = 24 * 60 * 60;
    let GetParameterHistory { name, next_token, max_results } = read(input)?;
    let newest = data.find(&name, false);
    let newest = newest.ok_or_else(|| ApiError::bad_request("ParameterNotFound", ""))?;
    let now = Timestamp::now().as_second();
    let mut changed = 1_767_225_600;
    let mut versions = Vec::new();
    for (value, days_ago) in data.earlier.get(&name).into_iter().flatten() {
        versions.push(json!({"Value": value, "LastModifiedDate": changed}));
        changed = now - DAY * days_ago;
    }
    versions.push(json!({"Value": newest["Value"], "LastModifiedDate": changed}));
    for (version, number) in versions.iter_mut().zip(1..) {
        (version["Name"], version["Type"], version["Version"]) =
            (newest["Name"].clone(), newest["Type"].clone(), number.into());
    }
    let page = page_from(next_token.as_deref(), versions, max_results.unwrap_or(MOST).min(MOST));
    let (versions, next) =
        page.ok_or_else(|| ApiError::bad_request("InvalidNextToken", "The specified token isn't valid."))?;
    Ok(json!({"Parameters": versions, "NextToken": next}))
}

/// A name that does not exist is no error. Parameters are in alphabetical order.
fn get_parameters(data: &SsmData, input: &Value) -> Result<Value, ApiError> {
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
    T::deserialize(input).map_err(|error| serialization(&error))
}
