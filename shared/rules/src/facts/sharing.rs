//! Who may launch the account's images, and read its snapshots.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// The account's own images in the Region, by id, deprecated and disabled ones as well: `DescribeImages`.
pub type OwnImages = BTreeMap<String, OwnImage>;

/// An image of the account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct OwnImage {
    /// The account: 12 digits.
    pub owner_id: Option<String>,
    /// The image's name.
    pub name: Option<String>,
    /// `available`, `pending`, `disabled`, `failed` and others.
    pub state: Option<String>,
    /// Whether everybody may launch it.
    pub public: Option<bool>,
    /// The snapshots behind it: `snap-…`; none behind an image in Amazon S3.
    pub snapshot_ids: Vec<String>,
}

/// Who may launch an image, in no order of EC2's: `DescribeImageAttribute`.
pub type LaunchPermissions = BTreeSet<LaunchPermission>;

/// Somebody who may launch an image. In JSON it is `{"userId": "111122223333"}` and the like, as EC2 has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum LaunchPermission {
    /// `all` is everybody.
    Group(String),
    /// An account: 12 digits.
    UserId(String),
    /// All accounts of an organization.
    OrganizationArn(String),
    /// All accounts of an organizational unit, and of those beneath it.
    OrganizationalUnitArn(String),
}

/// The account's own snapshots in the Region that everybody may restore, by id: `DescribeSnapshots`.
pub type PublicSnapshots = BTreeSet<String>;

/// Block public access for images: `GetImageBlockPublicAccessState`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct ImageBlockPublicAccess(pub BlockPublicAccess);

/// Block public access for snapshots: `GetSnapshotBlockPublicAccessState`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct SnapshotBlockPublicAccess(pub BlockPublicAccess);

/// Whether something may be shared with everybody, in the account and the Region.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BlockPublicAccess {
    /// `unblocked`, `block-new-sharing` or, for snapshots, `block-all-sharing`.
    pub state: String,
    /// `account` or `declarative-policy`.
    #[serde(default)]
    pub managed_by: Option<String>,
}
