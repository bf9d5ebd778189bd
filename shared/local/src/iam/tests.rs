//! What exists, what does not, and pages.

use serde_json::json;

use super::*;
use crate::test_client::{Client, Received};

async fn start() -> Iam {
    let arn = |kind: &str, name: &str| format!("arn:aws:iam::111122223333:{kind}/{name}");
    let policy =
        |name: &str| json!({"policyName": name, "policyArn": format!("arn:aws:iam::aws:policy/{name}")});
    let role = json!({"arn": arn("role", "web-role"), "roleName": "web-role", "assumeRolePolicyDocument": {"Statement": []}});
    let facts = json!({
        "instanceProfiles": {
            arn("instance-profile", "team/web"): {"arn": arn("instance-profile", "team/web"), "instanceProfileId": "AIPA1", "role": role},
            arn("instance-profile", "empty"): {"arn": arn("instance-profile", "empty"), "instanceProfileId": "AIPA2"},
            arn("instance-profile", "gone"): null,
        },
        "rolePolicies": {arn("role", "web-role"): [policy("a"), policy("b"), policy("c")]},
        "unavailable": {arn("instance-profile", "secret"): "denied"},
        "images": {},
    });
    Iam::start(IamData::from_json(&facts.to_string()).unwrap()).await.unwrap()
}

async fn call(iam: &Iam, parameters: &str) -> Received {
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        (
            "authorization",
            "AWS4-HMAC-SHA256 Credential=ASIA111122223333ABCD/20260101/us-east-1/iam/aws4_request",
        ),
    ];
    let body = format!("Version=2010-05-08&{parameters}");
    Client::connect(iam.address()).await.call("POST", "/", &headers, &body).await.unwrap()
}

#[tokio::test]
async fn profiles_go_by_name_with_their_role() {
    let iam = start().await;
    let answer = call(&iam, "Action=GetInstanceProfile&InstanceProfileName=web").await;
    for part in [
        "<GetInstanceProfileResult><InstanceProfile><Path>/team/</Path>",
        "<InstanceProfileId>AIPA1</InstanceProfileId><Roles><member><Path>/</Path>",
        "<AssumeRolePolicyDocument>%7B%22Statement%22%3A%5B%5D%7D</AssumeRolePolicyDocument></member></Roles>",
    ] {
        assert!(answer.body.contains(part), "{}", answer.body);
    }
    let answer = call(&iam, "Action=GetInstanceProfile&InstanceProfileName=empty").await;
    assert!(answer.body.contains("<Roles></Roles>"), "{}", answer.body);
}

#[tokio::test]
async fn what_does_not_exist_is_not_found_and_what_is_unavailable_is_denied() {
    let iam = start().await;
    for (parameters, status, code) in [
        ("Action=GetInstanceProfile&InstanceProfileName=gone", 404, "NoSuchEntity"),
        ("Action=GetInstanceProfile&InstanceProfileName=we", 404, "NoSuchEntity"),
        ("Action=GetInstanceProfile&InstanceProfileName=secret", 403, "AccessDenied"),
        ("Action=GetInstanceProfile", 400, "ValidationError"),
        ("Action=ListAttachedRolePolicies&RoleName=web", 404, "NoSuchEntity"),
        ("Action=ListAttachedRolePolicies&RoleName=web-role&MaxItems=0", 400, "ValidationError"),
        ("Action=ListAttachedRolePolicies&RoleName=web-role&PathPrefix=/", 400, "UnknownParameter"),
        ("Action=ListRoles", 400, "InvalidAction"),
    ] {
        let answer = call(&iam, parameters).await;
        assert_eq!(answer.status, status, "{parameters}");
        assert!(answer.body.contains(&format!("<Code>{code}</Code>")), "{parameters}: {}", answer.body);
    }
}

#[tokio::test]
async fn policies_have_pages() {
    let iam = start().await;
    let first = call(&iam, "Action=ListAttachedRolePolicies&RoleName=web-role&MaxItems=2").await.body;
    assert!(first.contains("<PolicyName>b</PolicyName>") && !first.contains("<PolicyName>c</PolicyName>"));
    let (_, marker) = first.split_once("<IsTruncated>true</IsTruncated><Marker>").unwrap();
    let (marker, _) = marker.split_once('<').unwrap();
    let next = format!("Action=ListAttachedRolePolicies&RoleName=web-role&Marker={marker}");
    let next = call(&iam, &next).await.body;
    assert!(next.contains("<AttachedPolicies><member><PolicyName>c</PolicyName>"), "{next}");
    assert!(next.contains("<IsTruncated>false</IsTruncated></ListAttached"), "{next}");
}
