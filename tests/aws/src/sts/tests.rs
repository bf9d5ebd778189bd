//! Who may assume what, in STS's words.

use super::*;
use crate::test_client::{Client, Received};
use config_rules_local::endpoint::{Answer, Fault};

const CALLER: &str = "arn:aws:iam::111122223333:role/rules/function";
const READER: &str = "arn:aws:iam::444455556666:role/security/reader";

async fn start() -> Sts {
    let reader = StsRole::new("444455556666", "/security/reader");
    assert_eq!(reader.arn(), READER);
    let data = StsData::new(CALLER)
        .role(reader.trusts(CALLER))
        .role(StsRole::new("444455556666", "secret").trusts(CALLER).external_id("a:b/c"))
        .role(StsRole::new("444455556666", "whole").trusts("arn:aws:iam::111122223333:root"))
        .role(StsRole::new("444455556666", "stranger").trusts("arn:aws:iam::111122223333:role/function"))
        .role(StsRole::new("777788889999", "next").trusts(READER));
    Sts::start(data).await.unwrap()
}

async fn call(sts: &Sts, access_key_id: &str, call: &str) -> Received {
    let authorization =
        format!("AWS4-HMAC-SHA256 Credential={access_key_id}/20260101/us-east-1/sts/aws4_request");
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("authorization", &authorization)];
    let body = format!("Version=2011-06-15&Action={call}");
    Client::connect(sts.address()).await.call("POST", "/", &headers, &body).await.unwrap()
}

async fn assume(sts: &Sts, role: &str, others: &str) -> Received {
    call(sts, "ASIA111122223333SELF", &format!("AssumeRole&RoleArn={role}&RoleSessionName=config{others}"))
        .await
}

fn text<'a>(answer: &'a Received, element: &str) -> &'a str {
    let (_, rest) =
        answer.body.split_once(&format!("<{element}>")).unwrap_or_else(|| unreachable!("{answer:?}"));
    rest.split('<').next().unwrap()
}

#[tokio::test]
async fn credentials_name_the_account_and_act_as_the_role() {
    let sts = start().await;
    let answer = assume(&sts, READER, "&DurationSeconds=900").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let arn = "arn:aws:sts::444455556666:assumed-role/reader/config";
    assert_eq!(text(&answer, "Arn"), arn);
    let key = text(&answer, "AccessKeyId");
    assert!(key.starts_with("ASIA444455556666") && key.len() == 20, "{key}");
    let expiration: jiff::Timestamp = text(&answer, "Expiration").parse().unwrap();
    let lasts = expiration.duration_since(jiff::Timestamp::now()).as_secs();
    assert!((890..=900).contains(&lasts), "{lasts}");
    let identity = call(&sts, key, "GetCallerIdentity").await;
    assert_eq!((text(&identity, "Arn"), text(&identity, "Account")), (arn, "444455556666"));
    assert_eq!(text(&identity, "UserId"), text(&answer, "AssumedRoleId"));
    let next = "AssumeRole&RoleArn=arn:aws:iam::777788889999:role/next&RoleSessionName=config";
    assert_eq!(call(&sts, key, next).await.status, 200);
}

#[tokio::test]
async fn answers_have_the_form_of_the_query_protocol() {
    let sts = start().await;
    let answer = call(&sts, "AKIAEXAMPLE", "GetCallerIdentity").await;
    let (id, user) = (&answer.headers["x-amzn-requestid"], text(&answer, "UserId"));
    assert_eq!(
        answer.body,
        format!(
            r#"<?xml version="1.0" encoding="UTF-8"?><GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:sts::111122223333:assumed-role/function/config-rules</Arn><UserId>{user}</UserId><Account>111122223333</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata></GetCallerIdentityResponse>"#
        )
    );
}

#[tokio::test]
async fn only_those_who_are_trusted_get_keys() {
    let sts = start().await;
    for (role, others, granted) in [
        ("whole", "", true),
        ("secret", "&ExternalId=a:b/c", true),
        ("secret", "&ExternalId=other", false),
        ("secret", "", false),
        ("stranger", "", false),
        ("reader", "", false),
        ("absent", "", false),
    ] {
        let role = format!("arn:aws:iam::444455556666:role/{role}");
        let answer = assume(&sts, &role, others).await;
        assert_eq!(answer.status == 200, granted, "{role}{others}: {answer:?}");
        if !granted {
            assert_eq!((answer.status, text(&answer, "Code")), (403, "AccessDenied"));
            let caller = "arn:aws:sts::111122223333:assumed-role/function/config-rules";
            let message =
                format!("User: {caller} is not authorized to perform: sts:AssumeRole on resource: {role}");
            assert_eq!(text(&answer, "Message"), message);
        }
    }
}

#[tokio::test]
async fn parameters_are_checked() {
    let sts = start().await;
    let bounded = |value: &str, member: &str, demand: &str| {
        format!(
            "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: Member must {demand}"
        )
    };
    for (parameters, message) in [
        (
            "RoleSessionName=config&DurationSeconds=899",
            bounded("899", "durationSeconds", "have value greater than or equal to 900"),
        ),
        (
            "RoleSessionName=config&DurationSeconds=43201",
            bounded("43201", "durationSeconds", "have value less than or equal to 43200"),
        ),
        (
            "RoleSessionName=config&DurationSeconds=3601",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining".into(),
        ),
        (
            "RoleSessionName=a+b",
            bounded("a b", "roleSessionName", r"satisfy regular expression pattern: [\w+=,.@-]*"),
        ),
        ("RoleSessionName=a", bounded("a", "roleSessionName", "have length greater than or equal to 2")),
        (
            "ExternalId=x&RoleSessionName=config",
            bounded("x", "externalId", "have length greater than or equal to 2"),
        ),
    ] {
        let answer = call(&sts, "ASIA", &format!("AssumeRole&RoleArn={READER}&{parameters}")).await;
        assert_eq!((answer.status, text(&answer, "Code")), (400, "ValidationError"), "{parameters}");
        assert_eq!(text(&answer, "Message"), message);
    }
    let answer = call(&sts, "ASIA", "AssumeRole&RoleSessionName=config").await;
    assert!(text(&answer, "Message").contains("Value null at 'roleArn'"), "{answer:?}");
    assert_eq!(text(&assume(&sts, READER, "&Policy=x").await, "Code"), "UnknownParameter");
    assert_eq!(text(&call(&sts, "ASIA", "GetSessionToken").await, "Code"), "InvalidAction");
}

#[tokio::test]
async fn calls_are_kept_with_who_asked_for_what() {
    let sts = start().await;
    let answer = assume(&sts, READER, "&ExternalId=a:b&DurationSeconds=900").await;
    assume(&sts, "arn:aws:iam::444455556666:role/absent", "").await;
    let expected = AssumeRole {
        caller_arn: "arn:aws:sts::111122223333:assumed-role/function/config-rules".into(),
        access_key_id: "ASIA111122223333SELF".into(),
        role_arn: READER.into(),
        role_session_name: "config".into(),
        external_id: Some("a:b".into()),
        duration_seconds: Some(900),
        granted: Some(text(&answer, "AccessKeyId").into()),
    };
    let [first, second] = &sts.with(|sts| sts.assumed_roles())[..] else { unreachable!() };
    assert_eq!(first, &expected);
    assert_eq!(
        (second.granted.as_ref(), second.external_id.as_ref(), second.duration_seconds),
        (None, None, None)
    );
    let permissions: Vec<_> = sts.calls().into_iter().map(|call| call.permission).collect();
    assert_eq!(permissions, ["sts:AssumeRole", "sts:AssumeRole"]);
}

#[tokio::test]
async fn fails_on_demand_with_its_own_errors() {
    let sts = start().await;
    let faults = [Fault::Throttle, Fault::Denied, Fault::ServerError(503)];
    sts.inject(faults.clone());
    for (status, kind, code) in
        [(400, "Sender", "Throttling"), (403, "Sender", "AccessDenied"), (503, "Receiver", "InternalFailure")]
    {
        let answer = assume(&sts, READER, "").await;
        assert_eq!((answer.status, text(&answer, "Type"), text(&answer, "Code")), (status, kind, code));
    }
    assert_eq!(assume(&sts, READER, "").await.status, 200);
    let answers: Vec<_> = sts.calls().into_iter().map(|call| call.answer).collect();
    assert_eq!(answers[..3], faults.map(Answer::Fault));
    assert_eq!(sts.with(|sts| sts.assumed_roles()).len(), 1);
}
