//! What else changes the answer: groups, network ACLs, route tables, subnets, gateways and interfaces; and for which instances.

use std::slice;

use serde_json::Value;

use crate::{inventory::Filter, item::RawItem, rule::FurtherTrigger};

/// Each with the instances that it concerns. Prefix lists and block public access concern all: they wait for the schedule.
pub(super) const FURTHER_TRIGGERS: &[FurtherTrigger] = &[
    FurtherTrigger {
        resource_type: "AWS::EC2::InternetGateway",
        concerned: |item| of(VPC, &texts(item, "/attachments", "/vpcId")),
    },
    FurtherTrigger {
        resource_type: "AWS::EC2::NetworkAcl",
        concerned: |item| of(SUBNET, &texts(item, "/associations", "/subnetId")),
    },
    FurtherTrigger {
        resource_type: "AWS::EC2::NetworkInterface",
        concerned: |item| of("instance-id", &text(item, "/attachment/instanceId")),
    },
    FurtherTrigger { resource_type: "AWS::EC2::RouteTable", concerned: of_route_table },
    FurtherTrigger {
        resource_type: "AWS::EC2::SecurityGroup",
        // `instance.group-id` would find those whose primary interface has it.
        concerned: |item| of("network-interface.group-id", slice::from_ref(&item.resource_id)),
    },
    FurtherTrigger {
        resource_type: "AWS::EC2::Subnet",
        concerned: |item| of(SUBNET, slice::from_ref(&item.resource_id)),
    },
];

/// EC2's filters of instances.
const SUBNET: &str = "network-interface.subnet-id";
const VPC: &str = "vpc-id";

/// The main table is that of all subnets that have none of their own, and a gateway's that of its VPC.
fn of_route_table(item: &RawItem) -> Vec<Filter> {
    let configuration = configuration(item);
    let associations = configuration["associations"].as_array().map_or(&[][..], Vec::as_slice);
    let is_for_all = |own: &Value| own["main"].as_bool() == Some(true) || own["gatewayId"].is_string();
    if associations.iter().any(is_for_all) {
        return of(VPC, &text(item, "/vpcId"));
    }
    of(SUBNET, &texts(item, "/associations", "/subnetId"))
}

/// Filters with so many values as EC2 takes.
fn of(name: &'static str, values: &[String]) -> Vec<Filter> {
    const MOST: usize = 200;
    values.chunks(MOST).map(|values| Filter { name, values: values.to_vec() }).collect()
}

fn configuration(item: &RawItem) -> Value {
    let text = item.configuration.as_ref().map_or("null", |raw| raw.get());
    serde_json::from_str(text).unwrap_or_default()
}

fn text(item: &RawItem, pointer: &str) -> Vec<String> {
    let configuration = configuration(item);
    configuration.pointer(pointer).and_then(Value::as_str).map(str::to_owned).into_iter().collect()
}

/// What each member of a list has at a place.
fn texts(item: &RawItem, list: &str, pointer: &str) -> Vec<String> {
    let configuration = configuration(item);
    let members = configuration.pointer(list).and_then(Value::as_array).into_iter().flatten();
    members.filter_map(|member| member.pointer(pointer)?.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn concerns(resource_type: &str, configuration: &Value, filters: &[(&'static str, &[&str])]) {
        let item = json!({"resourceType": format!("AWS::EC2::{resource_type}"), "resourceId": "id-1",
            "configurationItemStatus": "OK", "configurationItemCaptureTime": "2026-03-01T10:00:00.000Z",
            "configuration": configuration});
        let mut item = RawItem::from_json(&item.to_string()).unwrap();
        let trigger = FURTHER_TRIGGERS.iter().find(|own| own.resource_type == item.resource_type).unwrap();
        let filter = |(name, values): &(&'static str, &[&str])| Filter {
            name,
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        };
        assert_eq!(
            trigger.concerned(&item),
            filters.iter().map(filter).collect::<Vec<_>>(),
            "{configuration}"
        );
        item.configuration_item_status = crate::item::Status::Other("ResourceDeleted".to_owned());
        assert!(trigger.concerned(&item).is_empty(), "what is gone concerns nothing");
    }

    #[test]
    fn a_change_concerns_what_has_the_changed_resource() {
        concerns("SecurityGroup", &json!({}), &[("network-interface.group-id", &["id-1"])]);
        concerns("Subnet", &json!({}), &[(SUBNET, &["id-1"])]);
        let two =
            json!({"vpcId": "vpc-1", "associations": [{"subnetId": "subnet-1"}, {"subnetId": "subnet-2"}]});
        concerns("NetworkAcl", &two, &[(SUBNET, &["subnet-1", "subnet-2"])]);
        concerns("RouteTable", &two, &[(SUBNET, &["subnet-1", "subnet-2"])]);
        concerns("NetworkAcl", &json!({"associations": []}), &[]);
        let main = json!({"vpcId": "vpc-1", "associations": [{"main": true}, {"subnetId": "subnet-2"}]});
        concerns("RouteTable", &main, &[(VPC, &["vpc-1"])]);
        let of_gateway = json!({"vpcId": "vpc-1", "associations": [{"gatewayId": "igw-1", "main": false}]});
        concerns("RouteTable", &of_gateway, &[(VPC, &["vpc-1"])]);
        concerns("InternetGateway", &json!({"attachments": [{"vpcId": "vpc-1"}]}), &[(VPC, &["vpc-1"])]);
        concerns(
            "NetworkInterface",
            &json!({"attachment": {"instanceId": "i-1"}}),
            &[("instance-id", &["i-1"])],
        );
        concerns("NetworkInterface", &json!({"attachment": null}), &[]);
    }

    #[test]
    fn a_filter_has_no_more_values_than_ec2_takes() {
        let filters = of(SUBNET, &(0..401).map(|number| number.to_string()).collect::<Vec<_>>());
        assert_eq!(filters.iter().map(|filter| filter.values.len()).collect::<Vec<_>>(), [200, 200, 1]);
    }
}
