//! `instance-exposure` over many instances: few calls for what they share, and none for what has just changed from before.

use std::collections::BTreeMap;

use config_rules_local::{Ec2Data, Invocation};
use serde_json::{Value, json};

use crate::{
    scale::setting,
    world::{Before, OWN, World, item},
};

const RULE: &str = "instance-exposure";

fn instance_id(number: usize) -> String {
    format!("i-{number:017x}")
}

fn group_id(number: usize) -> String {
    format!("sg-{number:017x}")
}

/// So many instances, each with a public address, in 40 subnets and 60 groups, of which the first lets this block in by SSH.
fn network(count: usize, block: &str) -> Ec2Data {
    let subnet = |number: usize| format!("subnet-{number:017x}");
    let groups = (0..60).map(|number| {
        let from = if number == 0 { block } else { "192.0.2.0/24" };
        let permission =
            json!({"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipv4Ranges": [{"cidrIp": from}]});
        (group_id(number), json!({"ipPermissions": [permission], "ipPermissionsEgress": []}))
    });
    let allow = |egress| json!({"ruleNumber": 100, "protocol": "-1", "ruleAction": "allow", "egress": egress, "cidrBlock": "0.0.0.0/0"});
    let route = json!({"destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-1", "state": "active"});
    let paths = (0..40).map(|number| {
        let path = json!({
            "subnet": {"vpcId": format!("vpc-{}", number % 3)},
            "routeTable": {"routeTableId": format!("rtb-{number}"), "routes": [route]},
            "networkAcl": {"networkAclId": format!("acl-{number}"), "entries": [allow(false), allow(true)]},
        });
        (subnet(number), path)
    });
    let facts = json!({
        "securityGroups": groups.collect::<serde_json::Map<_, _>>(),
        "subnetPaths": paths.collect::<serde_json::Map<_, _>>(),
    });
    let instances = (0..count).map(|number| {
        let interface = json!({
            "NetworkInterfaceId": format!("eni-{number:017x}"), "SubnetId": subnet(number % 40),
            "Groups": [{"GroupId": group_id(number % 60)}], "Ipv6Addresses": [],
            "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.0.5", "Association": {"PublicIp": "198.51.100.7"}}],
        });
        json!({
            "InstanceId": instance_id(number), "ImageId": "ami-06f838da6e25d7e60",
            "State": {"Code": 16, "Name": "running"}, "NetworkInterfaces": [interface],
        })
    });
    Ec2Data::from_json(&facts.to_string()).unwrap().instances(instances)
}

async fn world(ec2: Ec2Data) -> World {
    let world = World::start(RULE, Before { ec2, ..Before::default() }).await;
    world.deploy(
        OWN,
        &json!({}),
        &json!({"ComplianceResourceTypes": ["AWS::EC2::Instance", "AWS::EC2::SecurityGroup"]}),
    );
    world
}

async fn run(world: &mut World) -> Value {
    let invocations = world.config_service.run_schedule(OWN);
    let [Invocation { event, .. }] = invocations.as_slice() else { panic!("{invocations:?}") };
    world.record(event).await
}

/// The variable `CONFIG_RULES_RESOURCES` says how many instances there are, such as 10000. What they share is asked for once.
#[tokio::test]
async fn what_instances_share_is_asked_for_once() {
    let count: usize = setting("CONFIG_RULES_RESOURCES", 2_000).try_into().unwrap();
    let mut world = world(network(count, "0.0.0.0/0")).await;
    let record = run(&mut world).await;
    assert_eq!(record["nonCompliant"], count.div_ceil(60), "{record}");
    assert_eq!(record["compliant"], count - count.div_ceil(60), "{record}");
    let mut calls = BTreeMap::new();
    for call in world.ec2.take_calls() {
        *calls.entry(call.permission).or_insert(0) += 1;
    }
    println!("{count} instances in {} ms: {calls:?}", record["durationMs"]);
    let listing = calls.remove("ec2:DescribeInstances").unwrap();
    assert!(listing <= count / 200 + 1, "{listing}");
    assert!(calls.values().sum::<usize>() <= 10, "{calls:?}");
}

/// A change of a group evaluates what has it by what is so now, although the process knows how it was a moment ago.
#[tokio::test]
async fn a_change_of_a_group_is_seen_at_once() {
    let mut world = world(network(120, "0.0.0.0/0")).await;
    run(&mut world).await;
    assert_eq!(exposed(&world), [instance_id(0), instance_id(60)]);
    world.ec2.with(|ec2| *ec2 = network(120, "192.0.2.0/24"));
    for _ in 0..2 {
        // The first time that AWS Config records it, and then a change.
        let configuration = json!({"groupId": group_id(0), "ipPermissions": []});
        let now = jiff::Timestamp::now().to_string();
        let group = json!({"configuration": configuration, "configurationItemCaptureTime": now});
        let group = item("AWS::EC2::SecurityGroup", &group_id(0), group);
        let invocations = world.config_service.record(group);
        let [Invocation { event, .. }] = invocations.as_slice() else { panic!("{invocations:?}") };
        assert_eq!(world.record(event).await["compliant"], 2);
    }
    assert!(exposed(&world).is_empty());
    assert_eq!(world.config_service.results().len(), 120, "the others keep their results");
}

fn exposed(world: &World) -> Vec<String> {
    let results = world.config_service.results().into_values();
    let exposed = results.filter(|result| result.compliance_type == "NON_COMPLIANT");
    exposed.map(|result| result.compliance_resource_id).collect()
}
