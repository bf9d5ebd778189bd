//! The service as its clients see it, over the wire.

mod compliance;
mod events;
mod faults;
mod protocol;
mod put_evaluations;
mod reading;
mod recorder;
mod rules;
mod scale;

use std::time::{Duration, Instant};

use serde_json::json;

use super::*;
use crate::endpoint::Answer;
use crate::test_client::{Client, Received};

const SIGNED: [(&str, &str); 3] = [
    ("content-type", "application/x-amz-json-1.1"),
    ("x-amz-target", "StarlingDoveService.PutEvaluations"),
    ("authorization", "AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE"),
];

/// A service that takes the tests' own result tokens.
async fn start() -> ConfigService {
    let service = ConfigService::start().await.unwrap();
    service.accept_any_token();
    service
}

async fn connect(service: &ConfigService) -> Client {
    Client::connect(service.endpoint.address()).await
}

async fn put(service: &ConfigService, request: &Value) -> Received {
    try_put(service, request).await.unwrap()
}

async fn try_put(service: &ConfigService, request: &Value) -> io::Result<Received> {
    let body = request.to_string();
    connect(service).await.call("POST", "/", &SIGNED, &body).await
}

fn evaluation(id: &str) -> Value {
    json!({
        "ComplianceResourceType": "AWS::EC2::Instance",
        "ComplianceResourceId": id,
        "ComplianceType": "NON_COMPLIANT",
        "Annotation": "No tag Owner.",
        "OrderingTimestamp": 1_465_854_789.5,
    })
}

fn request(evaluations: impl IntoIterator<Item = Value>) -> Value {
    let evaluations: Vec<_> = evaluations.into_iter().collect();
    json!({"ResultToken": "token", "Evaluations": evaluations})
}

/// One evaluation with this member changed; `null` is the same as to leave it out.
fn with(member: &str, value: impl Into<Value>) -> Value {
    let mut changed = evaluation("i-1");
    changed[member] = value.into();
    request([changed])
}

fn ids(evaluations: &[Evaluation]) -> Vec<&str> {
    evaluations.iter().map(|evaluation| evaluation.compliance_resource_id.as_str()).collect()
}

/// The credentials of an account that is not the service's own.
const OTHER_KEY: &str = "ASIA444455556666ABCD";
const OTHER_ACCOUNT: &str = "444455556666";

async fn call_as(access_key_id: &str, service: &ConfigService, operation: &str, input: &Value) -> Received {
    let target = format!("StarlingDoveService.{operation}");
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={access_key_id}/20260101/us-east-1/config/aws4_request, Signature=00"
    );
    let headers = [SIGNED[0], ("x-amz-target", target.as_str()), ("authorization", authorization.as_str())];
    connect(service).await.call("POST", "/", &headers, &input.to_string()).await.unwrap()
}

/// The answer to a call of the service's own account; it has to succeed.
async fn call(service: &ConfigService, operation: &str, input: Value) -> Value {
    let answer = call_as("AKIAEXAMPLE", service, operation, &input).await;
    assert_eq!(answer.status, 200, "{operation} {input}: {answer:?}");
    answer.json()
}

/// The call is refused with this error.
async fn fails(service: &ConfigService, operation: &str, input: Value, name: &str) {
    let answer = call_as("AKIAEXAMPLE", service, operation, &input).await;
    assert_eq!(
        (answer.status, &answer.json()["__type"]),
        (400, &name.into()),
        "{operation} {input}: {answer:?}"
    );
}

/// An instance's state at this second of an hour.
fn item(id: &str, second: u8) -> Value {
    json!({
        "resourceType": "AWS::EC2::Instance",
        "resourceId": id,
        "configurationItemCaptureTime": format!("2026-08-25T17:00:{second:02}.500Z"),
        "configuration": {"imageId": "ami-1", "second": second},
        "tags": {"Owner": "team"},
    })
}

fn record(service: &ConfigService, item: Value) -> Vec<Invocation> {
    service.record(ConfigurationItem::from_event(item).unwrap())
}

/// What these members of all elements are.
fn all<'a>(list: &'a Value, pointer: &str) -> Vec<&'a Value> {
    let null = &Value::Null;
    list.as_array().unwrap().iter().map(|element| element.pointer(pointer).unwrap_or(null)).collect()
}
