//! Network interfaces, as far as a file of facts has them: one of each group, and those of which it says whether they deny
//! gateways.

use serde_json::{Value, json};

use crate::ec2::data::Ec2Data;
use crate::ec2::listing::{Id, Listing};
use crate::ec2::paging::Sizes;
use crate::endpoint::ApiError;
use crate::query::{Members, QueryRequest};

const NETWORK_INTERFACES: Listing = Listing {
    name: "NetworkInterfaces",
    set: "networkInterfaceSet",
    ids: &[Id {
        parameter: "NetworkInterfaceId",
        pointer: "/NetworkInterfaceId",
        missing: |ids| ApiError::not_found("InvalidNetworkInterfaceID.NotFound", "networkInterface ID", ids),
    }],
    filters: &[("group-id", "/Groups/*/GroupId")],
    sizes: Sizes::or_all(5..=1000),
};

/// Those of some groups may be unavailable.
pub(super) fn describe_network_interfaces(
    data: &Ec2Data,
    request: &QueryRequest,
) -> Result<Members, ApiError> {
    let filters = request.list("Filter.1.Value").into_iter().map(|group| format!("{GROUP}{group}"));
    let filters: Vec<_> = filters.collect();
    data.check_available(&filters.iter().map(String::as_str).collect::<Vec<_>>())?;
    let ids = request.list("NetworkInterfaceId");
    data.check_available(&ids)?;
    if request.get("MaxResults").is_some() && !ids.is_empty() {
        let message = "The parameter networkInterfaceIdSet cannot be used with the parameter maxResults";
        return Err(ApiError::bad_request("InvalidParameterCombination", message));
    }
    let of_groups = data.network_interfaces.iter().filter_map(interface);
    let others = data.deny_all_igw_traffic.iter().filter_map(|(id, denies)| {
        Some(json!({"NetworkInterfaceId": id, "DenyAllIgwTraffic": (*denies)?, "Groups": []}))
    });
    let interfaces: Vec<_> = of_groups.chain(others).collect();
    NETWORK_INTERFACES.describe(&interfaces, data, request)
}

/// What the facts' filters begin with.
const GROUP: &str = "group-id=";

fn interface((filter, id): (&String, &Option<String>)) -> Option<Value> {
    let group = filter.strip_prefix(GROUP)?;
    Some(json!({"NetworkInterfaceId": id.as_ref()?, "Groups": [{"GroupId": group}]}))
}
