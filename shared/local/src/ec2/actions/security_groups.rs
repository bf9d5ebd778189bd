//! Security groups.

use crate::ec2::listing::{Id, Listing};
use crate::ec2::paging::Sizes;
use crate::endpoint::ApiError;

pub(super) const SECURITY_GROUPS: Listing = Listing {
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
