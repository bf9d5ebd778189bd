//! Subnets, route tables and network ACLs, as facts have them: by subnet, as AWS Config records them. EC2 lists each once,
//! with all that it is associated with.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::groups::api_spelling;

/// What EC2 lists.
#[derive(Clone, Debug, Default)]
pub(in crate::ec2) struct SubnetPaths {
    pub(in crate::ec2) subnets: Vec<Value>,
    pub(in crate::ec2) route_tables: Vec<Value>,
    pub(in crate::ec2) network_acls: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SubnetPath {
    subnet: Value,
    route_table: Value,
    #[serde(default)]
    gateway_route_table: Option<Value>,
    network_acl: Value,
}

/// None does not exist.
pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SubnetPaths, D::Error> {
    let mut lists = SubnetPaths::default();
    for (id, path) in BTreeMap::<String, Option<SubnetPath>>::deserialize(deserializer)? {
        if let Some(path) = path {
            lists.add(&id, path);
        }
    }
    Ok(lists)
}

impl SubnetPaths {
    fn add(&mut self, id: &str, path: SubnetPath) {
        let [mut subnet, mut table, mut acl] =
            [path.subnet, path.route_table, path.network_acl].map(api_spelling);
        subnet["SubnetId"] = id.into();
        let vpc = subnet["VpcId"].clone();
        let mut of_gateway = path.gateway_route_table.map(api_spelling);
        if let Some(of_gateway) = &mut of_gateway {
            name(of_gateway, "RouteTableId", "rtb-of-gateway", id, &vpc);
            associate(of_gateway, "GatewayId", internet_gateway(&table).unwrap_or_default());
        }
        name(&mut table, "RouteTableId", "rtb", id, &vpc);
        // A main table is that of the subnet without naming it.
        if !associations(&table).iter().any(|own| own["Main"] == true) {
            associate(&mut table, "SubnetId", id);
        }
        name(&mut acl, "NetworkAclId", "acl", id, &vpc);
        associate(&mut acl, "SubnetId", id);
        self.subnets.push(subnet);
        [table]
            .into_iter()
            .chain(of_gateway)
            .for_each(|table| merge(&mut self.route_tables, table, "RouteTableId"));
        merge(&mut self.network_acls, acl, "NetworkAclId");
    }
}

/// Gives an id and a VPC to what has none.
fn name(resource: &mut Value, key: &str, prefix: &str, subnet: &str, vpc: &Value) {
    if resource[key].is_null() {
        resource[key] = format!("{prefix}-{subnet}").into();
    }
    if resource["VpcId"].is_null() {
        resource["VpcId"] = vpc.clone();
    }
}

fn associations(resource: &Value) -> &[Value] {
    resource["Associations"].as_array().map_or(&[], Vec::as_slice)
}

/// Adds an association, unless there is one with the same.
fn associate(resource: &mut Value, key: &str, id: &str) {
    if !associations(resource).iter().any(|own| own[key] == id) {
        let all = [associations(resource), &[json!({key: id})]].concat();
        resource["Associations"] = all.into();
    }
}

fn internet_gateway(table: &Value) -> Option<&str> {
    let mut gateways = table["Routes"].as_array()?.iter().filter_map(|route| route["GatewayId"].as_str());
    gateways.find(|gateway| gateway.starts_with("igw-"))
}

/// Adds a resource, or its associations to those of the same one.
fn merge(all: &mut Vec<Value>, resource: Value, key: &str) {
    let Some(known) = all.iter_mut().find(|known| known[key] == resource[key]) else {
        return all.push(resource);
    };
    let mut merged = associations(known).to_vec();
    merged.extend(associations(&resource).iter().filter(|own| !associations(known).contains(own)).cloned());
    known["Associations"] = merged.into();
}
