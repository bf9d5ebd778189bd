//! What a function reads besides the event: oversized items, stored parameters, snapshots, and other accounts.

use std::io::Write as _;

use config_rules_local::{ConfigurationItem, Fault, Invocation, Outcome, SsmData};
use config_rules_test_aws::{S3Data, StsData, StsRole};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use crate::world::{Before, OWN, World, item};

const MEMBER: &str = "444455556666";
const TYPE: &str = "AWS::EC2::SecurityGroup";

/// A group that is open to all on this port; its description makes it larger than a notification may be.
fn group(id: &str, port: u16, more: Value) -> ConfigurationItem {
    let mut configuration = json!({
        "groupId": id, "ownerId": OWN, "description": "x".repeat(4_000),
        "ipPermissions": [{"ipProtocol": "tcp", "fromPort": port, "toPort": port, "ipv4Ranges": [{"cidrIp": "0.0.0.0/0"}]}],
        "ipPermissionsEgress": [],
    });
    if more["awsAccountId"].is_string() {
        configuration["ownerId"] = more["awsAccountId"].clone();
    }
    let mut fields = json!({"configuration": configuration});
    if let (Value::Object(fields), Value::Object(more)) = (&mut fields, more) {
        fields.extend(more);
    }
    item(TYPE, id, fields)
}

async fn exposure(before: Before) -> World {
    World::start("security-group-exposure", before).await
}

#[tokio::test]
async fn an_oversized_item_is_read_from_the_history() {
    let mut world = exposure(Before::default()).await;
    world.deploy(OWN, &json!({}), &Value::Null);
    world.config_service.limit_notifications(2_000);
    let invocations = world.config_service.record(group("sg-1", 22, json!({})));
    assert!(invocations[0].event.contains("OversizedConfigurationItemChangeNotification"));
    world.config_service.inject_into("GetResourceConfigHistory", [Fault::Throttle, Fault::EmptyPage]);
    let record = world.invoke(invocations).await;
    assert_eq!(record["complianceType"], "NON_COMPLIANT", "{record}");
    assert_eq!(record["orderingTimestamp"], "2026-03-01T10:00:00Z");
}

#[tokio::test]
async fn the_version_of_the_event_is_judged_and_not_a_later_one() {
    let mut world = exposure(Before::default()).await;
    world.deploy(OWN, &json!({}), &Value::Null);
    world.config_service.limit_notifications(2_000);
    let first = world.config_service.record(group("sg-1", 22, json!({})));
    let later = json!({"configurationItemCaptureTime": "2026-03-01T11:00:00.000Z"});
    world.config_service.record(group("sg-1", 443, later));
    let record = world.invoke(first).await;
    assert_eq!(record["complianceType"], "NON_COMPLIANT", "{record}");
    assert_eq!(record["orderingTimestamp"], "2026-03-01T10:00:00Z");
}

#[tokio::test]
async fn a_deleted_oversized_item_takes_no_call() {
    let mut world = exposure(Before::default()).await;
    world.deploy(OWN, &json!({}), &Value::Null);
    world.config_service.limit_notifications(10);
    let deleted = json!({"configurationItemStatus": "ResourceDeleted"});
    let invocations = world.config_service.record(group("sg-1", 22, deleted));
    assert_eq!(world.invoke(invocations).await["complianceType"], "NOT_APPLICABLE");
    assert_eq!(world.actions().into_iter().collect::<Vec<_>>(), ["config:PutEvaluations"]);
}

#[tokio::test]
async fn an_oversized_item_that_nobody_knows_is_not_applicable() {
    let mut world = exposure(Before::default()).await;
    world.deploy(OWN, &json!({}), &Value::Null);
    world.config_service.limit_notifications(2_000);
    let mut invocations = world.config_service.record(group("sg-1", 22, json!({})));
    invocations[0].event = invocations[0].event.replace("sg-1", "sg-2");
    let record = world.invoke(invocations).await;
    assert_eq!(record["annotation"], "AWS Config has no record of the resource", "{record}");
}

#[tokio::test]
async fn parameters_come_from_parameter_store_and_are_kept() {
    let ssm = SsmData::new(OWN, "us-east-1").string("/rules/ports", "443");
    let mut world = exposure(Before { ssm, ..Before::default() }).await;
    world.deploy(OWN, &json!({"adminPorts": "ssm:/rules/ports"}), &Value::Null);
    let mut hashes = Vec::new();
    for (id, port, expected) in [("sg-1", 443, "NON_COMPLIANT"), ("sg-2", 22, "COMPLIANT")] {
        let invocations = world.config_service.record(group(id, port, json!({})));
        let record = world.invoke(invocations).await;
        assert_eq!(record["complianceType"], expected, "{record}");
        hashes.push(record["parameterHash"].clone());
    }
    assert_eq!(world.ssm.calls().len(), 1);
    assert_eq!(hashes[0], hashes[1]);
}

#[tokio::test]
async fn a_parameter_that_is_not_stored_is_named() {
    let mut world = exposure(Before::default()).await;
    world.deploy(OWN, &json!({"adminPorts": "ssm:/rules/ports"}), &Value::Null);
    let invocations = world.config_service.record(group("sg-1", 22, json!({})));
    let record = world.invoke(invocations).await;
    assert_eq!(record["errorType"], "InvalidParameters");
    let message = record["errorMessage"].as_str().unwrap();
    assert!(
        message.contains("parameter adminPorts: Parameter Store has no parameter /rules/ports"),
        "{message}"
    );
    assert!(world.held(OWN).is_empty());
}

/// A role of the member account that trusts the function, if it shows the external id.
fn member_role() -> StsData {
    let role = StsRole::new(MEMBER, "/config/judge")
        .trusts(format!("arn:aws:iam::{OWN}:role/config-rules"))
        .external_id("7c1d5b1e");
    StsData::default().role(role)
}

fn with_external_id(sts: StsData, external_id: &str) -> Before {
    let environment = vec![("CONFIG_RULES_EXTERNAL_ID", external_id.to_owned())];
    Before { sts, environment, ..Before::default() }
}

fn of_member(world: &World) -> Vec<Invocation> {
    world.deploy(MEMBER, &json!({"ExecutionRoleName": "config/judge"}), &Value::Null);
    world.config_service.record(group("sg-1", 22, json!({"awsAccountId": MEMBER})))
}

#[tokio::test]
async fn another_accounts_rule_is_answered_there_with_its_role() {
    let mut world = exposure(with_external_id(member_role(), "7c1d5b1e")).await;
    let invocations = of_member(&world);
    let record = world.invoke(invocations.clone()).await;
    assert_eq!(record["complianceType"], "NON_COMPLIANT", "{record}");
    assert_eq!(record["accountId"], MEMBER);
    assert_eq!(world.held(MEMBER).len(), 1);
    assert!(world.held(OWN).is_empty());
    world.invoke(invocations).await;
    let [assumed] = world.sts.with(|sts| sts.assumed_roles()).try_into().unwrap();
    assert_eq!(assumed.role_arn, format!("arn:aws:iam::{MEMBER}:role/config/judge"));
    assert_eq!(assumed.role_session_name, "config-rules-security-group-exposure");
    assert_eq!(assumed.external_id.as_deref(), Some("7c1d5b1e"));
}

#[tokio::test]
async fn a_role_that_does_not_trust_the_function_is_named() {
    let mut world = exposure(with_external_id(member_role(), "wrong")).await;
    let invocations = of_member(&world);
    let (name, message) = world.fail(invocations).await;
    assert_eq!(name, "AccessDenied");
    for part in [
        "role/config/judge: its trust policy must allow that role sts:AssumeRole, for the external id",
        &format!("arn:aws:sts::{OWN}:assumed-role/config-rules"),
    ] {
        assert!(message.contains(part), "{message}");
    }
    assert!(world.held(MEMBER).is_empty() && world.held(OWN).is_empty());
}

#[tokio::test]
async fn another_accounts_rule_without_a_role_is_refused() {
    let mut world = exposure(Before::default()).await;
    world.deploy(MEMBER, &json!({}), &Value::Null);
    let invocations = world.config_service.record(group("sg-1", 22, json!({"awsAccountId": MEMBER})));
    let record = world.invoke(invocations).await;
    assert_eq!(record["errorType"], "NoExecutionRole", "{record}");
    assert!(world.sts.calls().is_empty(), "the role that AWS Config itself uses is nobody else's to assume");
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// The event of a snapshot that was delivered, and the snapshot in its bucket.
async fn delivered(body: impl FnOnce(&str) -> Vec<u8>) -> (World, String) {
    let giver = World::start("security-group-exposure", Before::default()).await;
    giver.deploy(OWN, &json!({}), &Value::Null);
    for (number, port) in (0..250_u32).map(|number| (number, if number.is_multiple_of(5) { 22 } else { 443 }))
    {
        giver.config_service.record(group(&format!("sg-{number}"), port, json!({})));
    }
    let snapshot = giver.config_service.deliver_snapshot(OWN).unwrap();
    let s3 = S3Data::default().object(&snapshot.bucket, &snapshot.key, body(&snapshot.body));
    let world = exposure(Before { s3, ..Before::default() }).await;
    world.deploy(OWN, &json!({}), &Value::Null);
    let mut event: Value = serde_json::from_str(&snapshot.invocations[0].event).unwrap();
    event["resultToken"] = json!("snapshot");
    world.config_service.assign_token("snapshot", "security-group-exposure");
    (world, event.to_string())
}

#[tokio::test]
async fn a_snapshot_is_judged_while_it_is_read() {
    let (mut world, event) = delivered(gzip).await;
    let Outcome::Response(record) = world.send(&event).await else { panic!() };
    let record: Value = serde_json::from_str(&record).unwrap();
    assert_eq!((&record["nonCompliant"], &record["compliant"]), (&json!(50), &json!(200)), "{record}");
    let timestamp = world.config_service.accepted()[0].ordering_timestamp.to_string();
    assert_eq!(timestamp, "2026-03-01T10:00:00Z", "an older record must not replace a newer result");
}

#[tokio::test]
async fn a_snapshot_that_ends_early_is_no_success() {
    let (mut world, event) = delivered(|body| {
        let whole = gzip(body);
        whole[..whole.len() / 2].to_vec()
    })
    .await;
    let Outcome::Response(record) = world.send(&event).await else { panic!() };
    let record: Value = serde_json::from_str(&record).unwrap();
    assert_eq!(record["errorType"], "MalformedEvent", "{record}");
    assert!(!world.actions().contains("config:GetComplianceDetailsByConfigRule"), "nothing is taken back");
}

#[tokio::test]
async fn a_snapshot_that_is_not_there_is_named() {
    let (mut world, event) = delivered(gzip).await;
    let event = event.replace("ConfigSnapshot", "Elsewhere");
    let Outcome::Response(record) = world.send(&event).await else { panic!() };
    assert!(record.contains("s3:GetObject s3://config-111122223333/"), "{record}");
}
