//! What AWS Config would record of a security group.

use aws_sdk_ec2::types;
use serde::Serialize;

/// What rules read of a group, as AWS Config spells it. Rules that EC2 did not send are null, and not none.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Configuration<'a> {
    group_id: Option<&'a str>,
    group_name: Option<&'a str>,
    owner_id: Option<&'a str>,
    ip_permissions: Option<Vec<Permission<'a>>>,
    ip_permissions_egress: Option<Vec<Permission<'a>>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Permission<'a> {
    ip_protocol: Option<&'a str>,
    from_port: Option<i32>,
    to_port: Option<i32>,
    ipv4_ranges: Vec<Ipv4Range<'a>>,
    ipv6_ranges: Vec<Ipv6Range<'a>>,
    prefix_list_ids: Vec<PrefixList<'a>>,
    user_id_group_pairs: Vec<GroupPair<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Ipv4Range<'a> {
    cidr_ip: Option<&'a str>,
    description: Option<&'a str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Ipv6Range<'a> {
    cidr_ipv6: Option<&'a str>,
    description: Option<&'a str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PrefixList<'a> {
    prefix_list_id: Option<&'a str>,
    description: Option<&'a str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct GroupPair<'a> {
    group_id: Option<&'a str>,
    user_id: Option<&'a str>,
    vpc_peering_connection_id: Option<&'a str>,
    peering_status: Option<&'a str>,
}

impl<'a> Configuration<'a> {
    pub(crate) fn of(group: &'a types::SecurityGroup) -> Self {
        let permissions = |permissions: &'a Option<Vec<types::IpPermission>>| {
            permissions.as_ref().map(|permissions| permissions.iter().map(Permission::of).collect())
        };
        Self {
            group_id: group.group_id(),
            group_name: group.group_name(),
            owner_id: group.owner_id(),
            ip_permissions: permissions(&group.ip_permissions),
            ip_permissions_egress: permissions(&group.ip_permissions_egress),
        }
    }
}

impl<'a> Permission<'a> {
    fn of(permission: &'a types::IpPermission) -> Self {
        let ipv4 = permission.ip_ranges().iter();
        let ipv6 = permission.ipv6_ranges().iter();
        let lists = permission.prefix_list_ids().iter();
        let groups = permission.user_id_group_pairs().iter();
        Self {
            ip_protocol: permission.ip_protocol(),
            from_port: permission.from_port(),
            to_port: permission.to_port(),
            ipv4_ranges: ipv4
                .map(|range| Ipv4Range { cidr_ip: range.cidr_ip(), description: range.description() })
                .collect(),
            ipv6_ranges: ipv6
                .map(|range| Ipv6Range { cidr_ipv6: range.cidr_ipv6(), description: range.description() })
                .collect(),
            prefix_list_ids: lists
                .map(|list| PrefixList {
                    prefix_list_id: list.prefix_list_id(),
                    description: list.description(),
                })
                .collect(),
            user_id_group_pairs: groups.map(GroupPair::of).collect(),
        }
    }
}

impl<'a> GroupPair<'a> {
    fn of(pair: &'a types::UserIdGroupPair) -> Self {
        Self {
            group_id: pair.group_id(),
            user_id: pair.user_id(),
            vpc_peering_connection_id: pair.vpc_peering_connection_id(),
            peering_status: pair.peering_status(),
        }
    }
}
