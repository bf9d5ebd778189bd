//! Parameters by name and by ARN, and what is refused.

use serde_json::{Value, json};

use super::*;
use crate::endpoint::Fault;
use crate::test_client::{Client, Received};

async fn start() -> Ssm {
    let data = SsmData::new("444455556666", "eu-west-1")
        .string("/golden/ami", "ami-0123")
        .string("plain", "text")
        .string_list("/golden/amis", &["ami-1", "ami-2"])
        .secure_string("/secret", "external id", "AQICAH");
    Ssm::start(data).await.unwrap()
}

async fn call(ssm: &Ssm, operation: &str, input: &Value) -> Received {
    let target = format!("AmazonSSM.{operation}");
    let headers = [
        ("content-type", "application/x-amz-json-1.1"),
        ("x-amz-target", &target),
        (
            "authorization",
            "AWS4-HMAC-SHA256 Credential=ASIA111122223333ABCD/20260101/eu-west-1/ssm/aws4_request",
        ),
    ];
    Client::connect(ssm.address()).await.call("POST", "/", &headers, &input.to_string()).await.unwrap()
}

#[tokio::test]
async fn parameters_go_by_name_and_by_arn() {
    let ssm = start().await;
    let arn = |name: &str| format!("arn:aws:ssm:eu-west-1:444455556666:parameter/{name}");
    for (asked, name, kind, value) in [
        ("/golden/ami", "/golden/ami", "String", "ami-0123"),
        (&arn("golden/ami"), "/golden/ami", "String", "ami-0123"),
        (&arn("plain"), "plain", "String", "text"),
        ("/golden/amis", "/golden/amis", "StringList", "ami-1,ami-2"),
        ("/secret", "/secret", "SecureString", "AQICAH"),
    ] {
        let answer = call(&ssm, "GetParameter", &json!({"Name": asked})).await.json();
        let expected = json!({
            "ARN": arn(name.trim_start_matches('/')), "DataType": "text", "LastModifiedDate": 1_767_225_600.0,
            "Name": name, "Type": kind, "Value": value, "Version": 1,
        });
        assert_eq!(answer, json!({"Parameter": expected}), "{asked}");
    }
}

#[tokio::test]
async fn secure_strings_are_decrypted_on_request() {
    let input = json!({"Names": ["/secret", "/golden/ami"], "WithDecryption": true});
    let answer = call(&start().await, "GetParameters", &input).await.json();
    let values: Vec<_> = answer["Parameters"].as_array().unwrap().iter().map(|one| &one["Value"]).collect();
    assert_eq!(values, ["ami-0123", "external id"], "in alphabetical order");
}

#[tokio::test]
async fn what_is_not_there_is_invalid() {
    let elsewhere = "arn:aws:ssm:us-east-1:444455556666:parameter/golden/ami";
    let ssm = start().await;
    let answer = call(&ssm, "GetParameters", &json!({"Names": ["absent", "plain", elsewhere]})).await.json();
    assert_eq!(answer["InvalidParameters"], json!(["absent", elsewhere]));
    assert_eq!(answer["Parameters"][0]["Name"], "plain");
    let answer = call(&ssm, "GetParameter", &json!({"Name": "absent"})).await;
    assert_eq!((answer.status, &answer.json()["__type"]), (400, &json!("ParameterNotFound")));
}

#[tokio::test]
async fn wrong_calls_are_refused() {
    let ssm = start().await;
    let eleven = vec!["plain"; 11];
    for (operation, input, code, message) in [
        ("GetParameters", json!({"Names": eleven}), "ValidationException", "less than or equal to 10"),
        ("GetParameters", json!({"Names": []}), "ValidationException", "greater than or equal to 1"),
        ("GetParameters", json!({"Name": "plain"}), "SerializationException", "unknown field `Name`"),
        ("GetParameter", json!({"Name": 1}), "SerializationException", "invalid type"),
        ("PutParameter", json!({}), "UnknownOperationException", "is not served"),
    ] {
        let answer = call(&ssm, operation, &input).await;
        assert_eq!((answer.status, answer.json()["__type"].as_str()), (400, Some(code)), "{input}");
        assert!(answer.json()["message"].as_str().unwrap().contains(message), "{answer:?}");
        assert_eq!(answer.headers["x-amzn-errortype"], code);
    }
}

#[tokio::test]
async fn fails_on_demand_with_its_own_errors() {
    let ssm = start().await;
    ssm.inject([Fault::Throttle, Fault::Denied, Fault::ServerError(500)]);
    for (status, code) in
        [(400, "ThrottlingException"), (400, "AccessDeniedException"), (500, "InternalServerError")]
    {
        let answer = call(&ssm, "GetParameter", &json!({"Name": "plain"})).await;
        assert_eq!((answer.status, answer.json()["__type"].as_str()), (status, Some(code)));
    }
    assert_eq!(ssm.calls()[0].permission, "ssm:GetParameter");
    assert_eq!(ssm.calls()[0].request.input, json!({"Name": "plain"}));
}

#[tokio::test]
async fn a_history_has_the_oldest_first_in_pages() {
    let data = SsmData::default().earlier("/golden/ami", "ami-1", 30).earlier("/golden/ami", "ami-2", 10);
    let ssm = Ssm::start(data.string("/golden/ami", "ami-3")).await.unwrap();
    let page = async |token: Option<&str>| {
        let input = json!({"Name": "/golden/ami", "MaxResults": 2, "NextToken": token});
        serde_json::from_str::<Value>(&call(&ssm, "GetParameterHistory", &input).await.body).unwrap()
    };
    let first = page(None).await;
    let of = |page: &Value| -> Vec<_> {
        let versions = page["Parameters"].as_array().unwrap().iter();
        versions
            .map(|own| (own["Version"].as_i64().unwrap(), own["Value"].as_str().unwrap().to_owned()))
            .collect()
    };
    assert_eq!(of(&first), [(1, "ami-1".to_owned()), (2, "ami-2".to_owned())]);
    let second = page(first["NextToken"].as_str()).await;
    assert_eq!(of(&second), [(3, "ami-3".to_owned())]);
    let changed =
        |page: &Value, index: usize| page["Parameters"][index]["LastModifiedDate"].as_i64().unwrap();
    assert_eq!(
        changed(&second, 0) - changed(&first, 1),
        20 * 24 * 60 * 60,
        "when it took the place of the one before"
    );
    let absent = call(&ssm, "GetParameterHistory", &json!({"Name": "/absent"})).await;
    assert_eq!((absent.status, absent.body.contains("ParameterNotFound")), (400, true));
}
