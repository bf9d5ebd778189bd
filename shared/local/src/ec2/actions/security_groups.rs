//! Security groups.

use crate::ec2::data::Ec2Data;
use crate::ec2::listing::{Id, Listing};
use crate::ec2::paging::Sizes;
use crate::endpoint::ApiError;
use crate::query::{Members, QueryRequest};

/// Some of the groups may be unavailable.
pub(super) fn describe_security_groups(data: &Ec2Data, request: &QueryRequest) -> Result<Members, ApiError> {
    data.check_available(&request.list("GroupId"))?;
    SECURITY_GROUPS.describe(&data.security_groups, data, request)
}

const SECURITY_GROUPS: Listing = Listing {
    name: "SecurityGroups",
    set: "securityGroupInfo",
    ids: &[Id {
        parameter: "GroupId",
        pointer: "/GroupId",
        missing: |ids| ApiError::not_found("InvalidGroup.NotFound", "security group", ids),
    }],
    filters: &[
        ("group-id", "/GroupId"),
        ("group-name", "/GroupName"),
        ("owner-id", "/OwnerId"),
        ("vpc-id", "/VpcId"),
    ],
    sizes: Sizes::or_all(5..=1000),
};
