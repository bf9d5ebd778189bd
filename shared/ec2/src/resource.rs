//! EC2's resources, from the SDK's types into those that rules read. Every field is written out, so that one which is
//! added there and forgotten here does not compile.

use aws_sdk_ec2::{
    primitives::{DateTime, DateTimeFormat},
    types,
};
use config_rules::{
    ec2::{
        Association, Attachment, GroupIdentifier, IamInstanceProfile, IcmpTypeCode, Instance, InstanceState,
        IpPermission, IpRange, Ipv6Address, MetadataOptions, NetworkAcl, NetworkAclAssociation,
        NetworkAclEntry, NetworkInterface, Placement, PortRange, PrefixListId, PrivateIpAddress, ProductCode,
        Route, RouteTable, RouteTableAssociation, RouteTableAssociationState, SecurityGroup, Subnet,
        SubnetCidrBlockState, SubnetIpv6CidrBlock, UserIdGroupPair,
    },
    item::Tags,
};

/// A value that EC2 gives one of several names.
macro_rules! name {
    ($value:expr) => {
        $value.as_ref().map(|value| value.as_str().to_owned())
    };
}

pub(crate) fn instance(instance: &types::Instance) -> Instance {
    Instance {
        instance_id: instance.instance_id.clone(),
        image_id: instance.image_id.clone(),
        key_name: instance.key_name.clone(),
        launch_time: time(instance.launch_time.as_ref()),
        state: instance.state.as_ref().map(|state| InstanceState { name: name!(state.name) }),
        placement: instance
            .placement
            .as_ref()
            .map(|placement| Placement { availability_zone: placement.availability_zone.clone() }),
        vpc_id: instance.vpc_id.clone(),
        subnet_id: instance.subnet_id.clone(),
        private_ip_address: instance.private_ip_address.clone(),
        public_ip_address: instance.public_ip_address.clone(),
        public_dns_name: instance.public_dns_name.clone(),
        ipv6_address: instance.ipv6_address.clone(),
        network_interfaces: each(instance.network_interfaces.as_deref(), network_interface),
        security_groups: each(instance.security_groups.as_deref(), group_identifier),
        iam_instance_profile: instance
            .iam_instance_profile
            .as_ref()
            .map(|profile| IamInstanceProfile { arn: profile.arn.clone(), id: profile.id.clone() }),
        metadata_options: instance.metadata_options.as_ref().map(metadata_options),
        product_codes: each(instance.product_codes.as_deref(), |code| ProductCode {
            product_code_id: code.product_code_id.clone(),
            product_code_type: name!(code.product_code_type),
        }),
    }
}

fn metadata_options(options: &types::InstanceMetadataOptionsResponse) -> MetadataOptions {
    MetadataOptions {
        state: name!(options.state),
        http_tokens: name!(options.http_tokens),
        http_put_response_hop_limit: options.http_put_response_hop_limit.map(i64::from),
        http_endpoint: name!(options.http_endpoint),
        http_protocol_ipv6: name!(options.http_protocol_ipv6),
        instance_metadata_tags: name!(options.instance_metadata_tags),
    }
}

fn network_interface(interface: &types::InstanceNetworkInterface) -> NetworkInterface {
    NetworkInterface {
        network_interface_id: interface.network_interface_id.clone(),
        vpc_id: interface.vpc_id.clone(),
        subnet_id: interface.subnet_id.clone(),
        owner_id: interface.owner_id.clone(),
        status: name!(interface.status),
        interface_type: interface.interface_type.clone(),
        description: interface.description.clone(),
        source_dest_check: interface.source_dest_check,
        attachment: interface.attachment.as_ref().map(|attachment| Attachment {
            attach_time: time(attachment.attach_time.as_ref()),
            status: name!(attachment.status),
        }),
        groups: each(interface.groups.as_deref(), group_identifier),
        private_ip_address: interface.private_ip_address.clone(),
        association: interface.association.as_ref().map(association),
        private_ip_addresses: each(interface.private_ip_addresses.as_deref(), private_ip_address),
        ipv6_addresses: each(interface.ipv6_addresses.as_deref(), |address| Ipv6Address {
            ipv6_address: address.ipv6_address.clone(),
        }),
    }
}

fn private_ip_address(address: &types::InstancePrivateIpAddress) -> PrivateIpAddress {
    PrivateIpAddress {
        private_ip_address: address.private_ip_address.clone(),
        primary: address.primary,
        association: address.association.as_ref().map(association),
    }
}

fn association(association: &types::InstanceNetworkInterfaceAssociation) -> Association {
    Association {
        public_ip: association.public_ip.clone(),
        public_dns_name: association.public_dns_name.clone(),
        ip_owner_id: association.ip_owner_id.clone(),
        carrier_ip: association.carrier_ip.clone(),
        customer_owned_ip: association.customer_owned_ip.clone(),
    }
}

fn group_identifier(group: &types::GroupIdentifier) -> GroupIdentifier {
    GroupIdentifier { group_id: group.group_id.clone(), group_name: group.group_name.clone() }
}

/// Rules that EC2 did not send are not known, which is not none.
pub(crate) fn security_group(group: &types::SecurityGroup) -> SecurityGroup {
    SecurityGroup {
        group_id: group.group_id.clone(),
        group_name: group.group_name.clone(),
        description: group.description.clone(),
        owner_id: group.owner_id.clone(),
        vpc_id: group.vpc_id.clone(),
        ip_permissions: each(group.ip_permissions.as_deref(), ip_permission),
        ip_permissions_egress: each(group.ip_permissions_egress.as_deref(), ip_permission),
    }
}

fn ip_permission(permission: &types::IpPermission) -> IpPermission {
    let range = |cidr: &Option<String>, description: &Option<String>| IpRange {
        // A rule without its block must not vanish: what is left would look smaller than it is.
        cidr: cidr.clone().unwrap_or_default(),
        description: description.clone(),
    };
    IpPermission {
        ip_protocol: permission.ip_protocol.clone(),
        from_port: permission.from_port.map(i64::from),
        to_port: permission.to_port.map(i64::from),
        ipv4_ranges: all(permission.ip_ranges(), |own| range(&own.cidr_ip, &own.description)),
        ipv6_ranges: all(permission.ipv6_ranges(), |own| range(&own.cidr_ipv6, &own.description)),
        // What EC2 calls so are AWS Config's `ipv4Ranges`.
        ip_ranges: Vec::new(),
        prefix_list_ids: all(permission.prefix_list_ids(), |list| PrefixListId {
            prefix_list_id: list.prefix_list_id.clone(),
            description: list.description.clone(),
        }),
        user_id_group_pairs: all(permission.user_id_group_pairs(), |pair| UserIdGroupPair {
            group_id: pair.group_id.clone(),
            user_id: pair.user_id.clone(),
            description: pair.description.clone(),
            peering_status: pair.peering_status.clone(),
            vpc_peering_connection_id: pair.vpc_peering_connection_id.clone(),
        }),
    }
}

pub(crate) fn subnet(subnet: &types::Subnet) -> Subnet {
    Subnet {
        subnet_id: subnet.subnet_id.clone(),
        vpc_id: subnet.vpc_id.clone(),
        owner_id: subnet.owner_id.clone(),
        ipv6_cidr_block_association_set: each(subnet.ipv6_cidr_block_association_set.as_deref(), |block| {
            let state = block.ipv6_cidr_block_state.as_ref();
            SubnetIpv6CidrBlock {
                ipv6_cidr_block: block.ipv6_cidr_block.clone(),
                ipv6_cidr_block_state: state.map(|state| SubnetCidrBlockState { state: name!(state.state) }),
                ipv6_address_attribute: name!(block.ipv6_address_attribute),
            }
        }),
    }
}

/// Routes that EC2 did not send are not known, which is not none.
pub(crate) fn route_table(table: &types::RouteTable) -> RouteTable {
    RouteTable {
        route_table_id: table.route_table_id.clone(),
        vpc_id: table.vpc_id.clone(),
        routes: each(table.routes.as_deref(), route),
        associations: each(table.associations.as_deref(), |association| RouteTableAssociation {
            subnet_id: association.subnet_id.clone(),
            gateway_id: association.gateway_id.clone(),
            main: association.main,
            association_state: association
                .association_state
                .as_ref()
                .map(|state| RouteTableAssociationState { state: name!(state.state) }),
        }),
    }
}

fn route(route: &types::Route) -> Route {
    Route {
        destination_cidr_block: route.destination_cidr_block.clone(),
        destination_ipv6_cidr_block: route.destination_ipv6_cidr_block.clone(),
        destination_prefix_list_id: route.destination_prefix_list_id.clone(),
        gateway_id: route.gateway_id.clone(),
        egress_only_internet_gateway_id: route.egress_only_internet_gateway_id.clone(),
        nat_gateway_id: route.nat_gateway_id.clone(),
        transit_gateway_id: route.transit_gateway_id.clone(),
        vpc_peering_connection_id: route.vpc_peering_connection_id.clone(),
        network_interface_id: route.network_interface_id.clone(),
        carrier_gateway_id: route.carrier_gateway_id.clone(),
        local_gateway_id: route.local_gateway_id.clone(),
        state: name!(route.state),
        origin: name!(route.origin),
    }
}

pub(crate) fn network_acl(acl: &types::NetworkAcl) -> NetworkAcl {
    NetworkAcl {
        network_acl_id: acl.network_acl_id.clone(),
        vpc_id: acl.vpc_id.clone(),
        entries: each(acl.entries.as_deref(), network_acl_entry),
        associations: each(acl.associations.as_deref(), |association| NetworkAclAssociation {
            subnet_id: association.subnet_id.clone(),
        }),
    }
}

fn network_acl_entry(entry: &types::NetworkAclEntry) -> NetworkAclEntry {
    NetworkAclEntry {
        rule_number: entry.rule_number.map(i64::from),
        protocol: entry.protocol.clone(),
        rule_action: name!(entry.rule_action),
        egress: entry.egress,
        cidr_block: entry.cidr_block.clone(),
        ipv6_cidr_block: entry.ipv6_cidr_block.clone(),
        port_range: entry
            .port_range
            .as_ref()
            .map(|range| PortRange { from: range.from.map(i64::from), to: range.to.map(i64::from) }),
        icmp_type_code: entry.icmp_type_code.as_ref().map(|icmp| IcmpTypeCode {
            icmp_type: icmp.r#type.map(i64::from),
            code: icmp.code.map(i64::from),
        }),
    }
}

/// The tags; one without a value has an empty one.
pub(crate) fn tags(tags: &[types::Tag]) -> Tags {
    let tag = |tag: &types::Tag| Some((tag.key.clone()?, tag.value.clone().unwrap_or_default()));
    tags.iter().filter_map(tag).collect()
}

fn each<T, U>(list: Option<&[T]>, of: impl Fn(&T) -> U) -> Option<Vec<U>> {
    list.map(|list| all(list, of))
}

fn all<T, U>(list: &[T], of: impl Fn(&T) -> U) -> Vec<U> {
    list.iter().map(of).collect()
}

fn time(time: Option<&DateTime>) -> Option<String> {
    time?.fmt(DateTimeFormat::DateTime).ok()
}
