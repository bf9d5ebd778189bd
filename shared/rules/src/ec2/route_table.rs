//! `AWS::EC2::RouteTable`.

use serde::{Deserialize, Serialize};

/// A route table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RouteTable {
    /// `rtb-…`.
    pub route_table_id: Option<String>,
    /// `vpc-…`.
    pub vpc_id: Option<String>,
    /// Its routes; `None` where they are not known.
    pub routes: Option<Vec<Route>>,
    /// What has it.
    pub associations: Option<Vec<RouteTableAssociation>>,
}

/// A route: one destination, and one target.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Route {
    /// An IPv4 block.
    pub destination_cidr_block: Option<String>,
    /// An IPv6 block.
    pub destination_ipv6_cidr_block: Option<String>,
    /// `pl-…`.
    pub destination_prefix_list_id: Option<String>,
    /// `local`, or an internet gateway (`igw-…`), virtual private gateway (`vgw-…`) or VPC endpoint (`vpce-…`).
    pub gateway_id: Option<String>,
    /// `eigw-…`: lets nobody in.
    pub egress_only_internet_gateway_id: Option<String>,
    /// `nat-…`.
    pub nat_gateway_id: Option<String>,
    /// `tgw-…`.
    pub transit_gateway_id: Option<String>,
    /// `pcx-…`.
    pub vpc_peering_connection_id: Option<String>,
    /// `eni-…`, such as that of an appliance.
    pub network_interface_id: Option<String>,
    /// `cagw-…`: the gateway to the network of a carrier (AWS Wavelength).
    pub carrier_gateway_id: Option<String>,
    /// `lgw-…` (AWS Outposts).
    pub local_gateway_id: Option<String>,
    /// `active`, `blackhole` where the target is gone, or `filtered`.
    pub state: Option<String>,
    /// `CreateRouteTable`, `CreateRoute`, or `EnableVgwRoutePropagation` for a route that was propagated.
    pub origin: Option<String>,
}

/// What has a route table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RouteTableAssociation {
    /// `subnet-…`, where a subnet was given it.
    pub subnet_id: Option<String>,
    /// `igw-…` or `vgw-…`, where a gateway was given it.
    pub gateway_id: Option<String>,
    /// Whether it is the main one of its VPC: that of all subnets that were given none.
    pub main: Option<bool>,
    /// Its state; none is told of what is in effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub association_state: Option<RouteTableAssociationState>,
}

/// The state of an association.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct RouteTableAssociationState {
    /// `associated`, `disassociated` and others.
    pub state: Option<String>,
}

impl RouteTableAssociation {
    /// One that is going, or failed, is none.
    pub(crate) fn is_in_effect(&self) -> bool {
        let state = self.association_state.as_ref().and_then(|state| state.state.as_deref());
        !matches!(state, Some("disassociated" | "disassociating" | "failed"))
    }
}
