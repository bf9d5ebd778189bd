//! Calls as they were received, and what was answered to them.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::caller::Caller;
use super::error::ServiceError;
use super::evaluation::{Evaluation, PutEvaluations};
use super::fault::Fault;

/// Bytes. AWS publishes no figure; every request within the limits of its members is smaller.
const MAX_BODY: usize = 1024 * 1024;

/// A signed call of an operation that is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Such as `PutEvaluations`; the action that a policy has to allow is `config:PutEvaluations`.
    pub operation: &'static str,
    /// The access key that signed it.
    pub access_key_id: String,
    /// The account whose AWS Config answers: twelve digits.
    pub account: String,
    /// The body's text, whether or not it can be read.
    pub body: String,
}

/// One call of `PutEvaluations` and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The request; the body's text when it is no JSON of the operation's form or lacks a required member.
    pub request: Result<PutEvaluations, String>,
    /// What the function was told.
    pub answer: Answer,
}

/// What was answered to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Success, and no evaluation failed. In test mode nothing was stored.
    Accepted,
    /// AWS Config's own refusal; nothing was stored.
    Error {
        /// Such as `InvalidResultTokenException`.
        name: String,
        /// The service's explanation.
        message: String,
    },
    /// The injected fault took the answer's place.
    Fault(Fault),
}

impl Request {
    pub(super) fn new(operation: &'static str, caller: Caller, body: &[u8]) -> Self {
        let Caller { access_key_id, account, .. } = caller;
        Self { operation, access_key_id, account, body: String::from_utf8_lossy(body).into_owned() }
    }

    /// The evaluations of a call of `PutEvaluations`; none when it is another operation, or cannot be read.
    #[must_use]
    pub fn evaluations(&self) -> Vec<Evaluation> {
        self.put_evaluations().map(|request| request.evaluations).unwrap_or_default()
    }

    pub(super) fn put_evaluations(&self) -> Result<PutEvaluations, ServiceError> {
        typed(&self.json()?)
    }

    /// A member that is null is the same as one that is left out.
    pub(super) fn json(&self) -> Result<Value, ServiceError> {
        if self.body.len() > MAX_BODY {
            return Err(ServiceError::serialization(format!("The body exceeds {MAX_BODY} bytes")));
        }
        serde_json::from_str(&self.body)
            .map(without_nulls)
            .map_err(|error| ServiceError::serialization(error.to_string()))
    }
}

impl Call {
    pub(super) fn new(request: &Request, answer: &Answer) -> Self {
        let body = |_| request.body.clone();
        Self { request: request.put_evaluations().map_err(body), answer: answer.clone() }
    }

    /// The evaluations of the request, none when it could not be read.
    #[must_use]
    pub fn evaluations(&self) -> &[Evaluation] {
        match &self.request {
            Ok(request) => &request.evaluations,
            Err(_) => &[],
        }
    }
}

impl Answer {
    pub(super) fn new(fault: &Fault, error: Option<&ServiceError>) -> Self {
        match error {
            None if fault.is_harmless() => Self::Accepted,
            Some(error) if fault.is_harmless() || matches!(fault, Fault::FailEvaluations(_)) => {
                Self::Error { name: error.name.into(), message: error.message.clone() }
            }
            _ => Self::Fault(fault.clone()),
        }
    }
}

/// Gives an input its type. What its operation's model allows has one, but for numbers that are no time.
pub(super) fn typed<T: DeserializeOwned>(input: &Value) -> Result<T, ServiceError> {
    T::deserialize(input).map_err(|error| ServiceError::serialization(error.to_string()))
}

/// The same without the members of objects that are null.
pub(super) fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let present = members.into_iter().filter(|(_, value)| !value.is_null());
            present.map(|(name, value)| (name, without_nulls(value))).collect()
        }
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}
