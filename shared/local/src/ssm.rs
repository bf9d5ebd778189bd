//! SSM's Parameter Store on a loopback port: tells the parameters that are declared to it.

mod operations;
mod parameter;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::Response;
use axum::http::request::Parts;
use serde::Deserialize;

use crate::FunctionArn;
use crate::endpoint::{Api, ApiError, Caller, Endpoint};
use crate::json::{self, JsonRequest};
use parameter::Parameter;

/// Parameter Store as functions reach it. It serves `GetParameter` and `GetParameters`. Members that are not served, and
/// selectors of versions, are refused.
pub type Ssm = Endpoint<SsmData>;

/// The parameters of one account and region. By default, none in those of [`FunctionArn`]'s default.
#[derive(Debug, Default)]
pub struct SsmData {
    home: FunctionArn,
    parameters: BTreeMap<String, Parameter>,
}

impl SsmData {
    /// No parameters in this account and region.
    #[must_use]
    pub fn new(account: &str, region: &str) -> Self {
        Self { home: FunctionArn::new(account, region, ""), parameters: BTreeMap::new() }
    }

    /// Reads the `parameters` of a file of facts, by name: each is a `String` of the default account and Region. What is
    /// `null` there, or not there at all, does not exist.
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
        Ok(known.fold(Self::default(), |data, (name, value)| data.string(name, value)))
    }

    /// Adds a `String`.
    #[must_use]
    pub fn string(self, name: &str, value: &str) -> Self {
        self.parameter(name, Parameter::plain("String", value))
    }

    /// Adds a `StringList`.
    #[must_use]
    pub fn string_list(self, name: &str, values: &[&str]) -> Self {
        self.parameter(name, Parameter::plain("StringList", &values.join(",")))
    }

    /// Adds a `SecureString`. Those who do not ask for its decryption are told the ciphertext.
    #[must_use]
    pub fn secure_string(self, name: &str, value: &str, ciphertext: &str) -> Self {
        self.parameter(name, Parameter::secure(value, ciphertext))
    }

    fn parameter(mut self, name: &str, parameter: Parameter) -> Self {
        self.parameters.insert(name.into(), parameter);
        self
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

    fn run(&mut self, request: &JsonRequest, _caller: &Caller) -> Result<Response<Body>, ApiError> {
        let output = match request.operation.as_str() {
            "GetParameter" => operations::get_parameter(self, &request.input),
            "GetParameters" => operations::get_parameters(self, &request.input),
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
