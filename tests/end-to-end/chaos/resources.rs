//! The resources that AWS Config hears of, and those that EC2 lists.

use config_rules_local::{ConfigurationItem, Ec2Data};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{MEMBER, story::OVERSIZED};
use crate::world::{OWN, item};

/// As many resources of each type.
const RESOURCES: u64 = 40;
const IMAGES: [&str; 3] = ["ami-06f838da6e25d7e60", "ami-0fee3f29a8461de99", "ami-0c3610d4223300fa5"];
const PREFIX_LIST: &str = "pl-0123456789abcdef0";

/// What EC2 knows. It lists half of the resources that AWS Config has heard of: the other half is gone.
pub(super) fn ec2() -> Ec2Data {
    let facts = json!({
        "images": {
            IMAGES[0]: {"ownerId": OWN, "state": "available"},
            IMAGES[1]: {"ownerId": MEMBER, "state": "available"},
            IMAGES[2]: {"ownerId": OWN, "state": "available", "public": true},
        },
        "prefixLists": {PREFIX_LIST: {"name": "office", "entries": ["198.51.100.0/24", "0.0.0.0/1", "128.0.0.0/1"]}},
        "keyPairs": {
            "ops": {"keyPairId": "key-0123456789abcdef0", "keyType": "ed25519", "createTime": "2025-01-01T00:00:00.000Z"},
            "old": {"keyPairId": "key-0123456789abcdef1", "keyType": "rsa", "createTime": "2025-01-01T00:00:00.000Z"},
            "lost": {"keyPairId": "key-0123456789abcdef2", "keyType": "rsa", "createTime": "2025-01-01T00:00:00.000Z"},
        },
    });
    let listed = || (0..RESOURCES).step_by(2);
    Ec2Data::from_json(&facts.to_string())
        .unwrap()
        .instances(listed().map(|number| {
            json!({
                "InstanceId": instance_id(number), "ImageId": IMAGES[usize::try_from(number).unwrap() % 3], "KeyName": key_name(number),
                "State": {"Code": 16, "Name": "running"}, "LaunchTime": "2026-01-01T00:00:00.000Z", "Tags": [],
                "Placement": {"AvailabilityZone": "us-east-1a"},
            })
        }))
        .security_groups(listed().map(|number| {
            let port = if number % 4 == 0 { 22 } else { 443 };
            json!({
                "GroupId": group_id(number), "GroupName": "web", "OwnerId": OWN, "VpcId": "vpc-0123456789abcdef0",
                "Tags": [], "IpPermissionsEgress": [],
                "IpPermissions": [{
                    "IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [], "Ipv6Ranges": [],
                    "PrefixListIds": [{"PrefixListId": PREFIX_LIST}], "UserIdGroupPairs": [],
                }],
            })
        }))
}

fn instance_id(number: u64) -> String {
    format!("i-{number:017x}")
}

fn group_id(number: u64) -> String {
    format!("sg-{number:017x}")
}

fn key_name(number: u64) -> &'static str {
    if number.is_multiple_of(5) { "old" } else { "ops" }
}

pub(super) fn some_item(random: &mut fastrand::Rng, at: Timestamp) -> ConfigurationItem {
    let number = random.u64(..RESOURCES);
    let account = if random.u8(..4) == 0 { MEMBER } else { OWN };
    let description = "x".repeat(if random.u8(..5) == 0 { OVERSIZED } else { 10 });
    let (resource_type, id, configuration) = match random.u8(..5) {
        0 | 1 => {
            let port = if random.bool() { 22 } else { 443 };
            let mut permission = if random.bool() {
                json!({"prefixListIds": [{"prefixListId": PREFIX_LIST}]})
            } else {
                json!({"ipv4Ranges": [{"cidrIp": "0.0.0.0/0"}]})
            };
            permission["ipProtocol"] = json!("tcp");
            (permission["fromPort"], permission["toPort"]) = (json!(port), json!(port));
            let group = json!({
                "groupId": group_id(number), "ownerId": account, "description": description,
                "ipPermissions": [permission], "ipPermissionsEgress": [],
            });
            ("AWS::EC2::SecurityGroup", group_id(number), group)
        }
        2 | 3 => {
            let instance = json!({
                "instanceId": instance_id(number), "imageId": IMAGES[random.usize(..3)],
                "keyName": key_name(random.u64(..10)), "state": {"code": 16, "name": "running"},
                "launchTime": "2026-01-01T00:00:00.000Z", "description": description,
            });
            ("AWS::EC2::Instance", instance_id(number), instance)
        }
        _ => ("AWS::S3::Bucket", format!("bucket-{number}"), json!({"description": description})),
    };
    let is_deleted = random.u8(..10) == 0;
    item(
        resource_type,
        &id,
        json!({
            "awsAccountId": account,
            "configuration": if is_deleted { Value::Null } else { configuration },
            "configurationItemStatus": if is_deleted { "ResourceDeleted" } else { "OK" },
            "configurationItemCaptureTime": at.to_string(),
            "tags": if random.bool() { json!({"Owner": "ops"}) } else { json!({}) },
        }),
    )
}
