//! Scheduled runs: every resource in scope gets one evaluation, what is gone loses its own, and half a run is none.

use std::num::NonZeroUsize;

use config_rules_local::{Ec2Data, Evaluation, Fault};
use serde_json::{Value, json};

use crate::world::{Before, OWN, World, item};

pub(crate) fn group(number: usize, port: u16) -> Value {
    json!({
        "GroupId": format!("sg-{number:017x}"),
        "GroupName": format!("group-{number}"),
        "OwnerId": OWN,
        "VpcId": "vpc-0123456789abcdef0",
        "Tags": [{"Key": "Stage", "Value": if number.is_multiple_of(2) { "prod" } else { "test" }}],
        "IpPermissions": [{
            "IpProtocol": "tcp", "FromPort": port, "ToPort": port,
            "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": [],
        }],
        "IpPermissionsEgress": [],
    })
}

/// So many groups, every third of which is open to all on port 22.
fn groups(count: usize) -> Ec2Data {
    let port = |number: usize| if number.is_multiple_of(3) { 22 } else { 443 };
    Ec2Data::default().security_groups((0..count).map(|number| group(number, port(number))))
}

async fn exposure(ec2: Ec2Data) -> World {
    World::start("security-group-exposure", Before { ec2, ..Before::default() }).await
}

fn earlier(resource_id: &str, at: &str) -> Evaluation {
    Evaluation {
        compliance_resource_type: "AWS::EC2::SecurityGroup".to_owned(),
        compliance_resource_id: resource_id.to_owned(),
        compliance_type: "NON_COMPLIANT".to_owned(),
        annotation: Some("from an earlier run".to_owned()),
        ordering_timestamp: at.parse().unwrap(),
    }
}

#[tokio::test]
async fn every_group_is_judged_once_page_by_page() {
    let mut world = exposure(groups(2_500).page_size(NonZeroUsize::new(137).unwrap())).await;
    world.deploy(OWN, &json!({}), &Value::Null);
    let record = world.run_schedule().await;
    assert_eq!((&record["nonCompliant"], &record["compliant"]), (&json!(834), &json!(1_666)), "{record}");
    assert_eq!(record["messageType"], "ScheduledNotification");
    assert_eq!(record["batches"], 25);
    assert_eq!(world.held(OWN).len(), 2_500);
    assert_eq!(world.function.log().len(), 834 + 1, "a line for each finding, and one for the run");
    let (_, compliance_type, annotation) = world.held(OWN).remove(0);
    assert_eq!(compliance_type, "NON_COMPLIANT");
    assert!(annotation.starts_with("SG-ADMIN-OPEN: tcp/22 from 0.0.0.0/0"), "{annotation}");
}

#[tokio::test]
async fn what_is_gone_loses_its_result_and_what_is_newer_keeps_it() {
    let mut world = exposure(groups(3)).await;
    world.deploy(OWN, &json!({}), &Value::Null);
    let rule = "security-group-exposure";
    world.config_service.hold(OWN, rule, earlier("sg-gone", "2026-03-01T10:00:00Z"));
    world.config_service.hold(OWN, rule, earlier("sg-newer", "2999-01-01T00:00:00Z"));
    world.run_schedule().await;
    let held = world.held(OWN);
    let of = |id: &str| held.iter().find(|(own, ..)| own == id).unwrap().clone();
    assert_eq!(of("sg-gone").1, "NOT_APPLICABLE");
    assert_eq!(of("sg-newer").1, "NON_COMPLIANT");
    assert_eq!(held.len(), 5);
}

#[tokio::test]
async fn the_scope_of_the_rule_holds_on_a_schedule_too() {
    let mut world = exposure(groups(10)).await;
    world.deploy(OWN, &json!({}), &json!({"TagKey": "Stage", "TagValue": "prod"}));
    let record = world.run_schedule().await;
    assert_eq!((&record["nonCompliant"], &record["compliant"]), (&json!(2), &json!(3)), "{record}");
}

#[tokio::test]
async fn a_listing_that_fails_takes_nothing_back() {
    let mut world = exposure(groups(600).page_size(NonZeroUsize::new(200).unwrap())).await;
    world.deploy(OWN, &json!({}), &Value::Null);
    world.config_service.hold(OWN, "security-group-exposure", earlier("sg-gone", "2026-03-01T10:00:00Z"));
    for nth in 2..12 {
        world.ec2.inject_at("DescribeSecurityGroups", nth, Fault::Denied);
    }
    let invocations = world.config_service.run_schedule(OWN);
    let (name, message) = world.fail(invocations).await;
    assert_eq!(name, "AccessDenied");
    assert!(message.contains("ec2:DescribeSecurityGroups"), "{message}");
    let held = world.held(OWN);
    assert!(
        held.iter().any(|(id, compliance_type, _)| id == "sg-gone" && compliance_type == "NON_COMPLIANT")
    );
}

#[tokio::test]
async fn faults_on_every_call_lose_nothing() {
    let mut world = exposure(groups(450)).await;
    world.deploy(OWN, &json!({}), &Value::Null);
    world.ec2.inject([Fault::Throttle, Fault::CutConnection]);
    world.config_service.inject_into("DescribeConfigRules", [Fault::Throttle]);
    world
        .config_service
        .inject_into("PutEvaluations", [Fault::ServerError(500), Fault::FailEvaluations(vec![3, 7])]);
    world
        .config_service
        .inject_into("GetComplianceDetailsByConfigRule", [Fault::CutConnection, Fault::EmptyPage]);
    let record = world.run_schedule().await;
    assert_eq!(record["compliant"].as_u64().unwrap() + record["nonCompliant"].as_u64().unwrap(), 450);
    assert_eq!(world.held(OWN).len(), 450);
}

#[tokio::test]
async fn an_empty_account_is_told_as_one() {
    let mut world = exposure(Ec2Data::default()).await;
    world.deploy(OWN, &json!({}), &Value::Null);
    world.run_schedule().await;
    let expected = (
        OWN.to_owned(),
        "NOT_APPLICABLE".to_owned(),
        "there is no resource that this rule judges".to_owned(),
    );
    assert_eq!(world.held(OWN), [expected]);
}

fn instance(id: &str, state: &str, key: &str) -> Value {
    json!({
        "InstanceId": id, "ImageId": "ami-0123456789abcdef0", "KeyName": key, "State": {"Code": 0, "Name": state},
        "LaunchTime": "2026-01-01T00:00:00.000Z", "Tags": [],
        "Placement": {"AvailabilityZone": "us-east-1a"},
    })
}

#[tokio::test]
async fn terminated_instances_are_not_reported_but_lose_their_results() {
    let ec2 = Ec2Data::default().instances([
        instance("i-0000000000000000a", "running", "ops"),
        instance("i-0000000000000000b", "terminated", "ops"),
    ]);
    let mut world = World::start("approved-ami", Before { ec2, ..Before::default() }).await;
    world.deploy(OWN, &json!({"amiIds": "ami-0123456789abcdef0"}), &Value::Null);
    let held = Evaluation {
        compliance_resource_type: "AWS::EC2::Instance".to_owned(),
        ..earlier("i-0000000000000000b", "2026-03-01T10:00:00Z")
    };
    world.config_service.hold(OWN, "approved-ami", held);
    world.run_schedule().await;
    let held = world.held(OWN);
    assert_eq!(held[0].1, "COMPLIANT");
    assert_eq!((held[1].1.as_str(), held[1].2.as_str()), ("NOT_APPLICABLE", "the instance is terminated"));
}

#[tokio::test]
async fn unused_key_pairs_are_reported_for_the_account() {
    let ec2 = Ec2Data::default().key_pair("ops").key_pair("old").instances([instance(
        "i-0000000000000000a",
        "running",
        "ops",
    )]);
    let mut world = World::start("key-pair-usage", Before { ec2, ..Before::default() }).await;
    let parameters = json!({"mode": "anyKey", "danglingKey": "ignore", "unusedKeys": "report"});
    world.deploy(OWN, &parameters, &Value::Null);
    world.run_schedule().await;
    let held = world.held(OWN);
    assert!(
        held.contains(&(OWN.to_owned(), "NON_COMPLIANT".to_owned(), r#"KEY-UNUSED: "old""#.to_owned())),
        "{held:?}"
    );
}

#[tokio::test]
async fn tags_of_every_type_come_from_aws_configs_own_inventory() {
    let mut world = World::start("required-tags", Before::default()).await;
    for (kind, id, tags) in [
        ("AWS::S3::Bucket", "logs", json!({"Owner": "ops"})),
        ("AWS::EC2::Volume", "vol-1", json!({})),
        ("AWS::EC2::Instance", "i-1", json!({"Owner": ""})),
    ] {
        world.config_service.record(item(kind, id, json!({"tags": tags})));
    }
    world.deploy(OWN, &json!({"requiredTags": "Owner"}), &Value::Null);
    world.run_schedule().await;
    let held: Vec<_> =
        world.held(OWN).into_iter().map(|(id, compliance_type, _)| (id, compliance_type)).collect();
    let expected = [("i-1", "NON_COMPLIANT"), ("vol-1", "NON_COMPLIANT"), ("logs", "COMPLIANT")];
    assert_eq!(held, expected.map(|(id, kind)| (id.to_owned(), kind.to_owned())));
}

#[tokio::test]
async fn an_exemption_ends_without_a_change_of_the_resource() {
    let mut world = exposure(groups(1)).await;
    let exemption = |expires: &str| {
        let entry = json!({"ports": "22", "reason": "legacy", "owner": "ops", "expires": expires});
        json!({"exemptions": json!([entry]).to_string(), "maxExemptionDays": "99999999"})
    };
    world.deploy(OWN, &exemption("9999-12-31"), &Value::Null);
    world.run_schedule().await;
    let (_, compliance_type, annotation) = world.held(OWN).remove(0);
    assert_eq!(compliance_type, "COMPLIANT");
    assert!(annotation.starts_with("EXEMPT until 9999-12-31 (legacy; ops): SG-ADMIN-OPEN"), "{annotation}");
    world.deploy(OWN, &exemption("2020-01-01"), &Value::Null);
    world.run_schedule().await;
    let (_, compliance_type, annotation) = world.held(OWN).remove(0);
    assert_eq!(compliance_type, "NON_COMPLIANT");
    assert!(annotation.starts_with("EXEMPTION-EXPIRED: 2020-01-01"), "{annotation}");
}
