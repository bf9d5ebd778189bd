//! The members' names on the wire: EC2's JSON, as the command line prints it, in EC2's XML.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

/// Names that are more than the JSON's name with a small first letter: the member whose value they stand in, or any, the
/// JSON's name, and the name on the wire. What stands first wins.
const NAMES: &[(&str, &str, &str)] = &[
    ("Instances", "PublicDnsName", "dnsName"),
    ("Instances", "PublicIpAddress", "ipAddress"),
    ("Instances", "State", "instanceState"),
    ("Instances", "StateTransitionReason", "reason"),
    ("LaunchTemplateData", "BlockDeviceMappings", "blockDeviceMappingSet"),
    ("LaunchTemplateData", "SecurityGroups", "securityGroupSet"),
    ("NetworkAcls", "Associations", "associationSet"),
    ("NetworkAcls", "Entries", "entrySet"),
    ("RouteTables", "Associations", "associationSet"),
    ("RouteTables", "PropagatingVgws", "propagatingVgwSet"),
    ("RouteTables", "Routes", "routeSet"),
    ("SecurityGroups", "Description", "groupDescription"),
    (ANY, "AcceleratorManufacturers", "acceleratorManufacturerSet"),
    (ANY, "AcceleratorNames", "acceleratorNameSet"),
    (ANY, "AcceleratorTypes", "acceleratorTypeSet"),
    (ANY, "AllowedInstanceTypes", "allowedInstanceTypeSet"),
    (ANY, "BlockDeviceMappings", "blockDeviceMapping"),
    (ANY, "CpuManufacturers", "cpuManufacturerSet"),
    (ANY, "ElasticGpuAssociations", "elasticGpuAssociationSet"),
    (ANY, "ElasticGpuSpecifications", "elasticGpuSpecificationSet"),
    (ANY, "ElasticInferenceAcceleratorAssociations", "elasticInferenceAcceleratorAssociationSet"),
    (ANY, "ElasticInferenceAccelerators", "elasticInferenceAcceleratorSet"),
    (ANY, "ExcludedInstanceTypes", "excludedInstanceTypeSet"),
    (ANY, "Groups", "groupSet"),
    (ANY, "InstanceGenerations", "instanceGenerationSet"),
    (ANY, "Instances", "instancesSet"),
    (ANY, "Ipv4Prefixes", "ipv4PrefixSet"),
    (ANY, "Ipv6Addresses", "ipv6AddressesSet"),
    (ANY, "Ipv6Prefixes", "ipv6PrefixSet"),
    (ANY, "LicenseSpecifications", "licenseSet"),
    (ANY, "Licenses", "licenseSet"),
    (ANY, "LocalStorageTypes", "localStorageTypeSet"),
    (ANY, "NetworkInterfaces", "networkInterfaceSet"),
    (ANY, "PrivateIpAddresses", "privateIpAddressesSet"),
    (ANY, "ProductCodeId", "productCode"),
    (ANY, "ProductCodeType", "type"),
    (ANY, "References", "referenceSet"),
    (ANY, "SecondaryInterfaces", "secondaryInterfaceSet"),
    (ANY, "SecurityGroupIds", "securityGroupIdSet"),
    (ANY, "SecurityGroups", "groupSet"),
    (ANY, "TagSpecifications", "tagSpecificationSet"),
    (ANY, "Tags", "tagSet"),
    (ANY, "UserIdGroupPairs", "groups"),
];

const ANY: &str = "";

/// A value as EC2 sends it: names in EC2's spelling, lists as sets, and nothing where there is `null`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wire<'a> {
    /// The member that it is the value of, in the JSON's spelling.
    pub(super) member: &'a str,
    pub(super) value: &'a Value,
}

impl Serialize for Wire<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { member, value } = *self;
        match value {
            Value::Object(members) => {
                let mut map = serializer.serialize_map(None)?;
                for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
                    map.serialize_entry(&name_in(member, name), &Wire { member: name, value })?;
                }
                map.end()
            }
            Value::Array(items) => {
                // Only in launch templates are there groups that are nothing but an id.
                let ids = member == "Groups" && items.iter().all(Value::is_string);
                let items: Vec<_> = items.iter().map(|value| Wire { member, value }).collect();
                let mut set = serializer.serialize_map(Some(1))?;
                set.serialize_entry(if ids { "groupId" } else { "item" }, &items)?;
                set.end()
            }
            value => value.serialize(serializer),
        }
    }
}

fn name_in(parent: &str, name: &str) -> String {
    let special = NAMES.iter().find(|(member, json, _)| [parent, ANY].contains(member) && *json == name);
    special.map_or_else(|| with_small_initial(name), |(_, _, wire)| (*wire).to_owned())
}

fn with_small_initial(name: &str) -> String {
    let mut characters = name.chars();
    let initial = characters.next().map(|initial| initial.to_ascii_lowercase());
    initial.into_iter().chain(characters).collect()
}

#[cfg(test)]
mod tests {
    use quick_xml::se::to_string_with_root;
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn is_sent(member: &str, value: &Value, xml: &str) {
        let sent = to_string_with_root("x", &Wire { member, value }).unwrap();
        assert_eq!(sent, format!("<x>{xml}</x>"));
    }

    #[test]
    fn names_depend_on_where_they_stand() {
        let instance = json!({"State": {"Name": "running"}, "MetadataOptions": {"State": "applied"}});
        is_sent(
            "Instances",
            &instance,
            "<metadataOptions><state>applied</state></metadataOptions>\
             <instanceState><name>running</name></instanceState>",
        );
        let group = json!({"Description": "a", "IpPermissions": [{"IpRanges": [{"Description": "b"}]}]});
        is_sent(
            "SecurityGroups",
            &group,
            "<groupDescription>a</groupDescription><ipPermissions><item><ipRanges><item>\
             <description>b</description></item></ipRanges></item></ipPermissions>",
        );
    }

    #[test]
    fn nothing_is_sent_for_null_and_an_empty_set_for_an_empty_list() {
        is_sent(
            "Instances",
            &json!({"KeyName": null, "Tags": [], "EbsOptimized": false}),
            concat!("<ebsOptimized>false</ebsOptimized>", "<tagSet/>"),
        );
    }

    #[test]
    fn scalars_are_items_too() {
        let data = json!({"SecurityGroupIds": ["sg-1", "sg-2"]});
        let set = "<securityGroupIdSet><item>sg-1</item><item>sg-2</item></securityGroupIdSet>";
        is_sent("LaunchTemplateData", &data, set);
        is_sent(
            "NetworkInterfaces",
            &json!({"Groups": ["sg-1"]}),
            "<groupSet><groupId>sg-1</groupId></groupSet>",
        );
        let group = json!({"Groups": [{"GroupId": "sg-1"}]});
        is_sent("NetworkInterfaces", &group, "<groupSet><item><groupId>sg-1</groupId></item></groupSet>");
    }
}
