//! AWS Config's API over HTTP: awsJson1.1, and a path to record configuration items by.

use std::collections::BTreeSet;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::Response;
use axum::http::request::Parts;
use axum::routing::post;
use serde_json::{Map, Value, json};

use super::evaluation::{Evaluation, PutEvaluations};
use super::item::ConfigurationItem;
use super::operation::Context;
use super::operations;
use super::shape;
use super::store::Store;
use crate::endpoint::{Answer, Api, ApiCall, ApiError, Caller, Fault, Service};
use crate::json::{self, serialization};

const DEFAULT_REGION: &str = "us-east-1";

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

/// One call of `PutEvaluations` and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The request; the body's text when it is no JSON of the operation's form or lacks a required member.
    pub request: Result<PutEvaluations, String>,
    /// What was answered.
    pub answer: Answer,
}

impl Request {
    /// The evaluations of a call of `PutEvaluations`; none when it is another operation, or cannot be read.
    #[must_use]
    pub fn evaluations(&self) -> Vec<Evaluation> {
        self.put_evaluations().map(|request| request.evaluations).unwrap_or_default()
    }

    fn put_evaluations(&self) -> Result<PutEvaluations, ApiError> {
        serde_json::from_value(self.input()?).map_err(|error| serialization(&error))
    }

    /// A member that is null is the same as one that is left out.
    fn input(&self) -> Result<Value, ApiError> {
        if self.body.len() > MAX_BODY {
            return Err(serialization(&format_args!("The body exceeds {MAX_BODY} bytes")));
        }
        serde_json::from_str(&self.body).map(without_nulls).map_err(|error| serialization(&error))
    }
}

impl Call {
    pub(super) fn new(call: &ApiCall<Request>) -> Self {
        let request = call.request.put_evaluations().map_err(|_| call.request.body.clone());
        Self { request, answer: call.answer.clone() }
    }

    /// The evaluations of the request, none when it could not be read.
    #[must_use]
    pub fn evaluations(&self) -> &[Evaluation] {
        self.request.as_ref().map_or(&[], |request| &request.evaluations)
    }
}

impl Api for Store {
    type Request = Request;

    const SERVICE: &'static str = "config";

    fn read(http: &Parts, body: &[u8]) -> Result<Request, ApiError> {
        let name = json::operation(http, "StarlingDoveService")?;
        let operation = operations::find(name).ok_or_else(|| operations::unknown(name))?.name;
        let caller = Caller::read(&http.headers).unwrap_or_default();
        let (account, body) = (caller.account().to_owned(), String::from_utf8_lossy(body).into_owned());
        Ok(Request { operation, access_key_id: caller.access_key_id, account, body })
    }

    fn action(request: &Request) -> &str {
        request.operation
    }

    fn run(&mut self, request: &Request, caller: &Caller, fault: &Fault) -> Result<Response<Body>, ApiError> {
        let region = if caller.region.is_empty() { DEFAULT_REGION } else { &caller.region };
        let output = self.perform(request.operation, caller.account(), region, &request.input()?, fault)?;
        Ok(json::response(&output))
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
        ApiError::new(status, "InternalFailure", "The service failed.")
    }
}

impl Store {
    /// Deploys a rule as `PutConfigRule` does, in the default Region.
    pub(super) fn put_config_rule(&mut self, account: &str, config_rule: &Value) -> Result<(), ApiError> {
        let input = without_nulls(json!({"ConfigRule": config_rule}));
        self.perform("PutConfigRule", account, DEFAULT_REGION, &input, &Fault::None).map(drop)
    }

    fn perform(
        &mut self,
        operation: &str,
        account: &str,
        region: &str,
        input: &Value,
        fault: &Fault,
    ) -> Result<Value, ApiError> {
        let operation = operations::find(operation).ok_or_else(|| operations::unknown(operation))?;
        shape::check(operation.input, input)?;
        self.account(account);
        let operation_name = operation.name;
        let mut context = Context { store: self, operation: operation_name, account, region, fault, input };
        (operation.serve)(&mut context).map(without_nulls)
    }
}

/// The path that records items, beside the API.
pub(super) fn paths() -> Router<Service<Store>> {
    Router::new().route("/configuration-items", post(record))
}

/// Records items, without a signature. Their accounts and the rules that they trigger are in the answer, and what was left
/// out.
async fn record(State(service): State<Service<Store>>, body: Bytes) -> Response<Body> {
    let items = match ConfigurationItem::all_in(&body) {
        Ok(items) => items,
        Err(error) => return json::error(&ApiError::validation(error.to_string())),
    };
    let (mut recorded, mut left_out) = (Vec::new(), Vec::new());
    for item in items {
        match item {
            Ok(item) => recorded.push(item),
            Err(error) => left_out.push(error.to_string()),
        }
    }
    let accounts: BTreeSet<_> = recorded.iter().map(ConfigurationItem::account).collect();
    let rules: BTreeSet<_> =
        recorded.iter().flat_map(|item| service.with(|store| store.record_later(item))).collect();
    let mut answer = json!({"accounts": accounts, "rules": rules});
    if !left_out.is_empty() {
        answer["leftOut"] = left_out.into();
    }
    json::response(&answer)
}

/// The same without the members of objects that are null.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let present = members.into_iter().filter(|(_, value)| !value.is_null());
            present.map(|(name, value)| (name, without_nulls(value))).collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}
