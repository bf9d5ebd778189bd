//! Least privilege: what the functions call is what the catalogue says that their roles must allow, no less and no more.

use std::collections::BTreeSet;

use config_rules::{
    catalogue,
    rule::{ACTIONS, RUN_ACTIONS},
};
use config_rules_local::{ConfigurationItem, Ec2Data, Invocation, S3Data, SsmData, StsData, StsRole};
use serde_json::{Value, json};

use crate::world::{Before, OWN, World, item};

const MEMBER: &str = "444455556666";

/// All that the rule's role may be allowed, whatever is set.
fn allowed(rule: &str) -> BTreeSet<String> {
    let metadata = catalogue::find(rule).unwrap().metadata;
    let parameters = metadata.parameters.iter().map(|parameter| parameter.actions);
    let always = [ACTIONS, RUN_ACTIONS, metadata.fact_actions, metadata.inventory_actions];
    let elsewhere: &[&str] = &["ssm:GetParameters", "sts:AssumeRole", "s3:GetObject"];
    let all = always.into_iter().chain(parameters).chain([elsewhere]).flatten();
    all.map(|action| (*action).to_owned()).collect()
}

fn instance() -> Value {
    json!({
        "InstanceId": "i-0123456789abcdef0", "ImageId": "ami-0123456789abcdef0", "KeyName": "ops",
        "State": {"Code": 16, "Name": "running"}, "LaunchTime": "2026-01-01T00:00:00.000Z",
        "Placement": {"AvailabilityZone": "us-east-1a"}, "Tags": [],
    })
}

fn group() -> Value {
    json!({
        "GroupId": "sg-0123456789abcdef0", "GroupName": "web", "OwnerId": OWN, "IpPermissionsEgress": [],
        "IpPermissions": [{
            "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [], "Ipv6Ranges": [], "UserIdGroupPairs": [],
            "PrefixListIds": [{"PrefixListId": "pl-0123456789abcdef0"}],
        }],
    })
}

/// A launch template whose item does not hold its latest version.
fn launch_template() -> ConfigurationItem {
    let configuration = json!({
        "DefaultVersionNumber": "1", "LatestVersionNumber": "2",
        "LaunchTemplateData": {"ImageId": "ami-0123456789abcdef0", "KeyName": "ops"},
    });
    let more = json!({"configuration": configuration, "awsAccountId": OWN, "tags": {"Owner": "ops"}});
    item("AWS::EC2::LaunchTemplate", "lt-0123456789abcdef0", more)
}

fn ec2() -> Ec2Data {
    let facts = json!({
        "images": {"ami-0123456789abcdef0": {"ownerId": OWN, "name": "base", "state": "available"}},
        "keyPairs": {"ops": {"keyType": "rsa"}},
        "prefixLists": {"pl-0123456789abcdef0": {"entries": ["192.0.2.0/24"]}},
        "launchTemplateVersions": {
            "lt-0123456789abcdef0:1": {"1": {"imageId": "ami-0123456789abcdef0", "keyName": "ops"}},
            "lt-0123456789abcdef0:2": {"2": {"imageId": "ami-0123456789abcdef0", "keyName": "ops"}},
        },
    });
    let data = Ec2Data::from_json(&facts.to_string()).unwrap();
    data.instances([instance()]).security_groups([group()])
}

/// Every trigger, and a rule of another account.
async fn every_trigger(
    rule: &'static str,
    resource_type: &str,
    configuration: Value,
    mut parameters: Value,
) -> World {
    let before = Before {
        ec2: ec2(),
        s3: S3Data::default().bucket(format!("config-{OWN}")),
        ssm: SsmData::new(OWN, "us-east-1").string("/rules/missing", "NON_COMPLIANT"),
        sts: StsData::default()
            .role(StsRole::new(MEMBER, "judge").trusts(format!("arn:aws:iam::{OWN}:role/config-rules"))),
        ..Before::default()
    };
    let mut world = World::start(rule, before).await;
    parameters["onMissingData"] = json!("ssm:/rules/missing");
    world.deploy(OWN, &parameters, &Value::Null);
    let of = |account: &str, id: &str| {
        let more = json!({"configuration": configuration, "awsAccountId": account, "tags": {"Owner": "ops"}});
        item(resource_type, id, more)
    };
    let mut invocations: Vec<Invocation> = world.config_service.record(of(OWN, "i-0123456789abcdef0"));
    invocations.extend(world.config_service.record(launch_template()));
    invocations.extend(world.config_service.deliver_snapshot(OWN).unwrap().invocations);
    world.config_service.limit_notifications(10);
    invocations.extend(world.config_service.record(of(OWN, "i-0123456789abcdef1")));
    invocations.extend(world.config_service.run_schedule(OWN));
    world.config_service.limit_notifications(256 * 1024);
    parameters["ExecutionRoleName"] = json!("judge");
    parameters.as_object_mut().unwrap().remove("onMissingData");
    world.deploy(MEMBER, &parameters, &Value::Null);
    invocations.extend(world.config_service.record(of(MEMBER, "i-0123456789abcdef2")));
    for invocation in invocations {
        world.send(&invocation.event).await;
    }
    world
}

async fn calls_what_it_may(rule: &'static str, resource_type: &str, configuration: Value, parameters: Value) {
    let world = every_trigger(rule, resource_type, configuration, parameters).await;
    assert_eq!(world.actions(), allowed(rule), "{rule}: calls, and what its role may call");
}

#[tokio::test]
async fn approved_ami() {
    let configuration = json!({"imageId": "ami-0123456789abcdef0", "state": {"name": "running"}});
    let parameters = json!({"amisByTagKeyAndValue": "Approved", "maxAgeDays": "90"});
    calls_what_it_may("approved-ami", "AWS::EC2::Instance", configuration, parameters).await;
}

#[tokio::test]
async fn key_pair_usage() {
    let configuration = json!({"keyName": "ops", "state": {"name": "running"}});
    let parameters = json!({"mode": "anyKey", "unusedKeys": "report"});
    calls_what_it_may("key-pair-usage", "AWS::EC2::Instance", configuration, parameters).await;
}

#[tokio::test]
async fn required_tags() {
    calls_what_it_may("required-tags", "AWS::EC2::Instance", json!({}), json!({"requiredTags": "Owner"}))
        .await;
}

#[tokio::test]
async fn security_group_exposure() {
    let configuration = json!({
        "groupId": "sg-0123456789abcdef0", "ownerId": OWN, "ipPermissionsEgress": [],
        "ipPermissions": [{
            "ipProtocol": "tcp", "fromPort": 22, "toPort": 22,
            "prefixListIds": [{"prefixListId": "pl-0123456789abcdef0"}],
            "userIdGroupPairs": [{"groupId": "sg-0123456789abcdef1", "userId": OWN}],
        }],
    });
    let parameters = json!({"followGroups": "true"});
    calls_what_it_may("security-group-exposure", "AWS::EC2::SecurityGroup", configuration, parameters).await;
}
