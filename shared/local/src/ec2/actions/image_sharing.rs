//! Who may launch images and restore snapshots, and whether that may be everybody.

use std::collections::BTreeSet;

use serde::Serialize;

use super::images::has_state;
use crate::ec2::data::{BlockPublicAccess, Ec2Data};
use crate::ec2::names::Wire;
use crate::ec2::paging::{Sizes, page};
use crate::endpoint::ApiError;
use crate::query::{Members, QueryRequest};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WireSnapshot<'a> {
    #[serde(rename = "snapshotId")]
    id: &'a str,
    owner_id: &'a str,
    status: &'static str,
}

/// The attribute `launchPermission`, for the image's owner only. Of a disabled image all permissions are taken away.
pub(super) fn describe_image_attribute(data: &Ec2Data, request: &QueryRequest) -> Result<Members, ApiError> {
    let attribute = request.get("Attribute").unwrap_or_default();
    if attribute != "launchPermission" {
        let message = format!("Value ({attribute}) for parameter attribute is invalid. Unknown attribute.");
        return Err(ApiError::invalid_value(message));
    }
    let id = request.get("ImageId").unwrap_or_default();
    let image = data.images().get(id)?.filter(|image| !has_state(image, "deregistered"));
    let image = image.ok_or_else(|| ApiError::image_not_found(&[id]))?;
    if image.owner_id.as_ref() != Some(&data.owner_id()) {
        return Err(ApiError::new(403, "AuthFailure", format!("Not authorized for image:{id}")));
    }
    let permissions = data.launch_permissions();
    let own = permissions.get(id)?;
    if own.is_none() && permissions.known.contains_key(id) {
        let message = format!("The image ID '{id}' is no longer available");
        return Err(ApiError::bad_request("InvalidAMIID.Unavailable", message));
    }
    let own = own.into_iter().flatten().filter(|_| !has_state(image, "disabled"));
    let own: Vec<_> = own.map(|value| Wire { member: "LaunchPermissions", value }).collect();
    Members::default().with("imageId", Some(id))?.with_set("launchPermission", &own)
}

/// The account's snapshots: those behind its images, and the public ones.
pub(super) fn describe_snapshots(data: &Ec2Data, request: &QueryRequest) -> Result<Members, ApiError> {
    data.check_available(&["publicSnapshots"])?;
    let account = data.owner_id();
    let images = data.images();
    let images = images.all().filter(|(_, image)| image.owner_id.as_ref() == Some(&account));
    let behind = images.flat_map(|(_, image)| &image.snapshot_ids);
    let all: BTreeSet<_> = behind.chain(&data.public_snapshots).collect();
    let (owners, restorable_by) = (request.list("Owner"), request.list("RestorableBy"));
    let is_own = |name: &&str| ["self", &account].contains(name);
    let shown = |id: &str| {
        (owners.is_empty() || owners.iter().any(is_own))
            && (restorable_by.is_empty()
                || restorable_by.iter().any(is_own)
                || restorable_by.contains(&"all") && data.public_snapshots.contains(id))
    };
    let snapshots = all.into_iter().filter(|id| shown(id));
    let snapshot = |id| WireSnapshot { id, owner_id: &account, status: "completed" };
    let snapshots = snapshots.map(|id| snapshot(id.as_str())).collect();
    let (snapshots, next) = page(data, request, snapshots, &Sizes::new(5..=1000))?;
    Members::default().with_set("snapshotSet", &snapshots)?.with("nextToken", next)
}

pub(super) fn get_image_block_public_access_state(
    data: &Ec2Data,
    _: &QueryRequest,
) -> Result<Members, ApiError> {
    data.check_available(&["imageBlockPublicAccess"])?;
    block("imageBlockPublicAccessState", &data.image_block_public_access)
}

pub(super) fn get_snapshot_block_public_access_state(
    data: &Ec2Data,
    _: &QueryRequest,
) -> Result<Members, ApiError> {
    data.check_available(&["snapshotBlockPublicAccess"])?;
    block("state", &data.snapshot_block_public_access)
}

fn block(state: &str, block: &BlockPublicAccess) -> Result<Members, ApiError> {
    Members::default().with(state, Some(&block.state))?.with("managedBy", Some(&block.managed_by))
}
