//! Who may launch the account's own images, and read its snapshots: `DescribeImages`, `DescribeImageAttribute`,
//! `DescribeSnapshots`, `GetImageBlockPublicAccessState`, `GetSnapshotBlockPublicAccessState`.
//!
//! An image that is missing would only look private. So there is no partial listing: where one page fails, nothing is known.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::{
    Client,
    types::{self, ImageAttributeName},
};
use config_rules::facts::{
    BlockPublicAccess, Fact, Fault, ImageBlockPublicAccess, LaunchPermission, LaunchPermissions, OwnImage,
    OwnImages, PublicSnapshots, SnapshotBlockPublicAccess,
};
use config_rules_aws::Failure;

use crate::{
    call::{ask_each, during},
    key_pair_use::PAGE,
};

/// The account's images. Others do not see its deprecated and disabled ones unless they ask for them; nor does it, here.
pub(crate) async fn own_images(client: &Client) -> Result<OwnImages, Failure> {
    let call = client.describe_images().owners("self").include_deprecated(true).include_disabled(true);
    during("ec2:DescribeImages", async {
        let mut images = call.into_paginator().page_size(PAGE).items().send();
        let mut found = OwnImages::new();
        while let Some(image) = images.try_next().await? {
            found.extend(image.image_id().map(|id| (id.to_owned(), own_image(&image))));
        }
        Ok(found)
    })
    .await
}

fn own_image(image: &types::Image) -> OwnImage {
    let disks = image.block_device_mappings().iter().filter_map(|mapping| mapping.ebs());
    OwnImage {
        owner_id: image.owner_id().map(str::to_owned),
        name: image.name().map(str::to_owned),
        state: image.state().map(|state| state.as_str().to_owned()),
        public: image.public(),
        snapshot_ids: disks.filter_map(|disk| disk.snapshot_id()).map(str::to_owned).collect(),
    }
}

/// Who may launch these images. One that is gone is absent.
pub(crate) async fn launch_permissions(
    client: &Client,
    ids: &BTreeSet<String>,
) -> BTreeMap<String, Result<Fact<LaunchPermissions>, Fault>> {
    let answers = ask_each("DescribeImageAttribute", ids, async |id| {
        let call = client.describe_image_attribute().image_id(id);
        let answer = call.attribute(ImageAttributeName::LaunchPermission).send().await?;
        Ok(answer.launch_permissions().iter().map(launch_permission).collect::<Option<LaunchPermissions>>())
    })
    .await;
    let fact = |answer: Result<Option<Option<LaunchPermissions>>, Failure>| match answer {
        Ok(Some(Some(permissions))) => Ok(Fact::Known(permissions)),
        Ok(Some(None)) => Ok(Fact::Unavailable("somebody of a kind that is not known".to_owned())),
        Ok(None) => Ok(Fact::Absent),
        Err(failure) => failure.fact(),
    };
    answers.into_iter().map(|(id, answer)| (id, fact(answer))).collect()
}

/// `None` for somebody of a kind that EC2 has added.
fn launch_permission(permission: &types::LaunchPermission) -> Option<LaunchPermission> {
    let types::LaunchPermission { group, user_id, organization_arn, organizational_unit_arn, .. } =
        permission;
    let group = group.as_ref().map(|group| LaunchPermission::Group(group.as_str().to_owned()));
    let account = user_id.clone().map(LaunchPermission::UserId);
    let organization = organization_arn.clone().map(LaunchPermission::OrganizationArn);
    let unit = organizational_unit_arn.clone().map(LaunchPermission::OrganizationalUnitArn);
    group.or(account).or(organization).or(unit)
}

/// The account's snapshots that everybody may restore.
pub(crate) async fn public_snapshots(client: &Client) -> Result<PublicSnapshots, Failure> {
    let call = client.describe_snapshots().owner_ids("self").restorable_by_user_ids("all");
    during("ec2:DescribeSnapshots", async {
        let mut snapshots = call.into_paginator().page_size(PAGE).items().send();
        let mut found = PublicSnapshots::new();
        while let Some(snapshot) = snapshots.try_next().await? {
            found.extend(snapshot.snapshot_id);
        }
        Ok(found)
    })
    .await
}

/// Whether images may be shared with everybody.
pub(crate) async fn image_block_public_access(client: &Client) -> Result<ImageBlockPublicAccess, Failure> {
    during("ec2:GetImageBlockPublicAccessState", async {
        let answer = client.get_image_block_public_access_state().send().await?;
        let managed_by = answer.managed_by.map(|own| own.as_str().to_owned());
        let state = answer.image_block_public_access_state.unwrap_or_default();
        Ok(ImageBlockPublicAccess(BlockPublicAccess { state, managed_by }))
    })
    .await
}

/// Whether snapshots may be shared with everybody.
pub(crate) async fn snapshot_block_public_access(
    client: &Client,
) -> Result<SnapshotBlockPublicAccess, Failure> {
    during("ec2:GetSnapshotBlockPublicAccessState", async {
        let answer = client.get_snapshot_block_public_access_state().send().await?;
        let managed_by = answer.managed_by.map(|own| own.as_str().to_owned());
        let state = answer.state.map(|state| state.as_str().to_owned()).unwrap_or_default();
        Ok(SnapshotBlockPublicAccess(BlockPublicAccess { state, managed_by }))
    })
    .await
}

#[cfg(test)]
mod tests;
