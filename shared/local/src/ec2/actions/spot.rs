//! Requests for Spot Instances and Spot Fleets.

use crate::ec2::listing::{Id, Listing};
use crate::ec2::paging::Sizes;
use crate::endpoint::ApiError;

pub(super) const SPOT_INSTANCE_REQUESTS: Listing = Listing {
    name: "SpotInstanceRequests",
    set: "spotInstanceRequestSet",
    ids: &[Id {
        parameter: "SpotInstanceRequestId",
        pointer: "/SpotInstanceRequestId",
        missing: |ids| {
            ApiError::not_found("InvalidSpotInstanceRequestID.NotFound", "spot instance request ID", ids)
        },
    }],
    filters: &[("launch.key-name", "/LaunchSpecification/KeyName"), ("state", "/State")],
    sizes: Sizes::new(5..=1000),
};

pub(super) const SPOT_FLEET_REQUESTS: Listing = Listing {
    name: "SpotFleetRequestConfigs",
    set: "spotFleetRequestConfigSet",
    ids: &[],
    filters: &[],
    sizes: Sizes::new(1..=1000),
};
