//! What can be asked for, and the calls that answer it.

/// A fact that a rule wants to know.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FactRequest {
    /// An image. The instance that was launched from it is named, if there is one, because EC2 tells what it knows of an
    /// image that is gone, or no longer shared, only to those who ask about an instance of theirs.
    Image {
        /// Such as `ami-0123456789abcdef0`.
        image_id: String,
        /// Such as `i-0123456789abcdef0`.
        instance_id: Option<String>,
    },
    /// The image that a parameter of Parameter Store names, as EC2 resolves it in a launch template of the account.
    ImageAlias {
        /// As the launch template has it: `resolve:ssm:/golden/web`.
        alias: String,
        /// The version of a launch template that has it: `lt-0123456789abcdef0:3`.
        version: String,
    },
    /// Versions of a launch template, by its id or name, a colon, and a number, `$Default`, `$Latest` or `all`:
    /// `lt-0123456789abcdef0:3`.
    LaunchTemplateVersions(String),
    /// The entries of a managed prefix list: `pl-…`.
    PrefixList(String),
    /// The security group as it is now, of the account that asks: `sg-…`.
    SecurityGroup(String),
    /// A network interface that a filter of `DescribeNetworkInterfaces` finds: `group-id=sg-…`.
    NetworkInterface(String),
    /// How packets get into a subnet and out of it: `subnet-…`.
    SubnetPath(String),
    /// Whether a network interface refuses what comes from an internet gateway: `eni-…`.
    DenyAllIgwTraffic(String),
    /// What VPC block public access stops, of the account and in the Region that ask: `111122223333/us-east-1`.
    VpcBlockPublicAccess(String),
    /// The key pair that has this name now.
    KeyPair(String),
    /// Every key pair, and what refers to it.
    KeyPairUse,
    /// The user data of an instance, by the instance's id: a secret.
    UserData(String),
    /// The user data of versions of a launch template, by its id, a slash, and a number, `$Default`, `$Latest` or `all`:
    /// `lt-0123456789abcdef0/3`. Secrets.
    TemplateUserData(String),
    /// The instance profile that has the name in this ARN now, and its role. By ARN, because profiles, roles and key pairs
    /// may have the same name.
    InstanceProfile(String),
    /// The managed policies that are attached to a role, by the role's ARN.
    RolePolicies(String),
    /// The account's own images.
    OwnImages,
    /// Who may launch an image of the account's own: `ami-…`.
    LaunchPermissions(String),
    /// The account's own snapshots that everybody may restore.
    PublicSnapshots,
    /// Whether the account's images may be shared with everybody.
    ImageBlockPublicAccess,
    /// Whether its snapshots may be.
    SnapshotBlockPublicAccess,
}

impl FactRequest {
    /// What [`Facts`] files the answer under.
    pub(super) fn key(&self) -> &str {
        match self {
            Self::Image { image_id: id, .. }
            | Self::ImageAlias { alias: id, .. }
            | Self::LaunchTemplateVersions(id)
            | Self::PrefixList(id)
            | Self::SecurityGroup(id)
            | Self::NetworkInterface(id)
            | Self::SubnetPath(id)
            | Self::DenyAllIgwTraffic(id)
            | Self::VpcBlockPublicAccess(id)
            | Self::KeyPair(id)
            | Self::UserData(id)
            | Self::TemplateUserData(id)
            | Self::InstanceProfile(id)
            | Self::RolePolicies(id)
            | Self::LaunchPermissions(id) => id,
            _ => self.account_key().unwrap_or_default(),
        }
    }
}

/// The calls that answer [`FactRequest::Image`].
pub const IMAGE_ACTIONS: &[&str] = &["ec2:DescribeImages", "ec2:DescribeInstanceImageMetadata"];
/// The calls that answer [`FactRequest::LaunchTemplateVersions`] and [`FactRequest::TemplateUserData`], and [`FactRequest::ImageAlias`] if the caller may also
/// read the parameter: `ssm:GetParameters`.
pub const LAUNCH_TEMPLATE_ACTIONS: &[&str] = &["ec2:DescribeLaunchTemplateVersions"];
/// The calls that answer [`FactRequest::PrefixList`].
pub const PREFIX_LIST_ACTIONS: &[&str] =
    &["ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"];
/// The calls that answer [`FactRequest::SecurityGroup`].
pub const SECURITY_GROUP_ACTIONS: &[&str] = &["ec2:DescribeSecurityGroups"];
/// The calls that answer [`FactRequest::NetworkInterface`], or [`FactRequest::DenyAllIgwTraffic`].
pub const NETWORK_INTERFACE_ACTIONS: &[&str] = &["ec2:DescribeNetworkInterfaces"];
/// The calls that answer [`FactRequest::SubnetPath`].
pub const SUBNET_PATH_ACTIONS: &[&str] =
    &["ec2:DescribeNetworkAcls", "ec2:DescribeRouteTables", "ec2:DescribeSubnets"];
/// The calls that answer [`FactRequest::VpcBlockPublicAccess`].
pub const VPC_BLOCK_PUBLIC_ACCESS_ACTIONS: &[&str] =
    &["ec2:DescribeVpcBlockPublicAccessExclusions", "ec2:DescribeVpcBlockPublicAccessOptions"];
/// The calls that answer [`FactRequest::KeyPair`].
pub const KEY_PAIR_ACTIONS: &[&str] = &["ec2:DescribeKeyPairs"];
/// The calls that answer [`FactRequest::KeyPairUse`].
pub const KEY_PAIR_USE_ACTIONS: &[&str] = &[
    "autoscaling:DescribeAutoScalingGroups",
    "autoscaling:DescribeLaunchConfigurations",
    "ec2:DescribeFleets",
    "ec2:DescribeInstances",
    "ec2:DescribeKeyPairs",
    "ec2:DescribeLaunchTemplateVersions",
    "ec2:DescribeSpotFleetRequests",
    "ec2:DescribeSpotInstanceRequests",
];

/// The calls that answer [`FactRequest::UserData`].
pub const USER_DATA_ACTIONS: &[&str] = &["ec2:DescribeInstanceAttribute"];

/// The call that answers [`FactRequest::OwnImages`].
pub const OWN_IMAGES_ACTIONS: &[&str] = &["ec2:DescribeImages"];
/// The call that answers [`FactRequest::LaunchPermissions`].
pub const LAUNCH_PERMISSIONS_ACTIONS: &[&str] = &["ec2:DescribeImageAttribute"];
/// The call that answers [`FactRequest::PublicSnapshots`].
pub const PUBLIC_SNAPSHOTS_ACTIONS: &[&str] = &["ec2:DescribeSnapshots"];
/// The call that answers [`FactRequest::ImageBlockPublicAccess`].
pub const IMAGE_BLOCK_PUBLIC_ACCESS_ACTIONS: &[&str] = &["ec2:GetImageBlockPublicAccessState"];
/// The call that answers [`FactRequest::SnapshotBlockPublicAccess`].
pub const SNAPSHOT_BLOCK_PUBLIC_ACCESS_ACTIONS: &[&str] = &["ec2:GetSnapshotBlockPublicAccessState"];

/// The call that answers [`FactRequest::InstanceProfile`].
pub const INSTANCE_PROFILE_ACTIONS: &[&str] = &["iam:GetInstanceProfile"];
/// The calls that answer [`FactRequest::RolePolicies`], whose role is known from its profile.
pub const ROLE_POLICIES_ACTIONS: &[&str] = &["iam:GetInstanceProfile", "iam:ListAttachedRolePolicies"];

/// The actions that can be limited to resources of the account, and what these resources' ARNs end with.
pub const ACTION_RESOURCES: &[(&str, &str)] =
    &[("iam:GetInstanceProfile", "instance-profile/*"), ("iam:ListAttachedRolePolicies", "role/*")];
