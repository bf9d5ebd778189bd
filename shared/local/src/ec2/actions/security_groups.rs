//! Security groups.

use crate::ec2::error::Ec2Error;
use crate::ec2::listing::{Id, Listing};
use crate::ec2::paging::Sizes;

pub(super) const SECURITY_GROUPS: Listing = Listing {
    name: "SecurityGroups",
    set: "securityGroupInfo",
    ids: &[Id {
        parameter: "GroupId",
        pointer: "/GroupId",
        missing: |ids| Ec2Error::not_found("InvalidGroup.NotFound", "security group", ids),
    }],
    filters: &[
        ("group-id", "/GroupId"),
        ("group-name", "/GroupName"),
        ("owner-id", "/OwnerId"),
        ("vpc-id", "/VpcId"),
    ],
    sizes: Sizes::or_all(5..=1000),
};
