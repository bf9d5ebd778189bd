//! Subnets, and what packets pass on their way into them: route tables and network ACLs.

use crate::ec2::data::Ec2Data;
use crate::ec2::listing::{Id, Listing};
use crate::ec2::paging::Sizes;
use crate::endpoint::ApiError;
use crate::query::{Members, QueryRequest};

const SUBNETS: Listing = Listing {
    name: "Subnets",
    set: "subnetSet",
    ids: &[Id {
        parameter: "SubnetId",
        pointer: "/SubnetId",
        missing: |ids| ApiError::not_found("InvalidSubnetID.NotFound", "subnet ID", ids),
    }],
    filters: &[("subnet-id", "/SubnetId"), ("vpc-id", "/VpcId")],
    sizes: Sizes::new(5..=1000),
};

/// A subnet has an explicit association with a table, or has its VPC's main one: then no filter finds that by the subnet.
const ROUTE_TABLES: Listing = Listing {
    name: "RouteTables",
    set: "routeTableSet",
    ids: &[Id {
        parameter: "RouteTableId",
        pointer: "/RouteTableId",
        missing: |ids| ApiError::not_found("InvalidRouteTableID.NotFound", "routeTable ID", ids),
    }],
    filters: &[
        ("association.gateway-id", "/Associations/*/GatewayId"),
        ("association.main", "/Associations/*/Main"),
        (OF_SUBNET, "/Associations/*/SubnetId"),
        ("route-table-id", "/RouteTableId"),
        ("vpc-id", "/VpcId"),
    ],
    sizes: Sizes::new(5..=100),
};

const NETWORK_ACLS: Listing = Listing {
    name: "NetworkAcls",
    set: "networkAclSet",
    ids: &[Id {
        parameter: "NetworkAclId",
        pointer: "/NetworkAclId",
        missing: |ids| ApiError::not_found("InvalidNetworkAclID.NotFound", "networkAcl ID", ids),
    }],
    filters: &[
        (OF_SUBNET, "/Associations/*/SubnetId"),
        ("network-acl-id", "/NetworkAclId"),
        ("vpc-id", "/VpcId"),
    ],
    sizes: Sizes::new(5..=1000),
};

const OF_SUBNET: &str = "association.subnet-id";

/// Some of the subnets may be unavailable.
pub(super) fn describe_subnets(data: &Ec2Data, request: &QueryRequest) -> Result<Members, ApiError> {
    data.check_available(&request.list("SubnetId"))?;
    SUBNETS.describe(data.subnets.iter().chain(&data.subnet_paths.subnets), data, request)
}

pub(super) fn describe_route_tables(data: &Ec2Data, request: &QueryRequest) -> Result<Members, ApiError> {
    ROUTE_TABLES.describe(data.route_tables.iter().chain(&data.subnet_paths.route_tables), data, request)
}

pub(super) fn describe_network_acls(data: &Ec2Data, request: &QueryRequest) -> Result<Members, ApiError> {
    NETWORK_ACLS.describe(data.network_acls.iter().chain(&data.subnet_paths.network_acls), data, request)
}
