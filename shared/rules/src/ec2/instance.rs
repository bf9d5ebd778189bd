//! `AWS::EC2::Instance`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::network_interface::{GroupIdentifier, NetworkInterface};
use crate::{embedded::integer, time::timestamp};

/// An instance, without its tags, which its item has. What belongs to its addresses and groups stands at its interfaces: the fields of the same name here are
/// those of the primary interface only.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Instance {
    /// `i-…`.
    pub instance_id: Option<String>,
    /// `ami-…`.
    pub image_id: Option<String>,
    /// The key pair that it was launched with.
    pub key_name: Option<String>,
    /// When it was last started, as RFC 3339: EC2 counts every start as a launch.
    pub launch_time: Option<String>,
    /// Its state.
    pub state: Option<InstanceState>,
    /// Where it runs.
    pub placement: Option<Placement>,
    /// `vpc-…`.
    pub vpc_id: Option<String>,
    /// `subnet-…`.
    pub subnet_id: Option<String>,
    /// The primary private IPv4 address.
    pub private_ip_address: Option<String>,
    /// The public IPv4 address of the primary interface; `""` where there is none.
    pub public_ip_address: Option<String>,
    /// Its public name, which may be empty although there is an address.
    pub public_dns_name: Option<String>,
    /// An IPv6 address of the primary interface.
    pub ipv6_address: Option<String>,
    /// All interfaces; `None` where they are not recorded.
    pub network_interfaces: Option<Vec<NetworkInterface>>,
    /// The groups of the primary interface.
    pub security_groups: Option<Vec<GroupIdentifier>>,
    /// The instance profile, by which the instance gets its role.
    pub iam_instance_profile: Option<IamInstanceProfile>,
    /// How the instance metadata service hands out the role's credentials.
    pub metadata_options: Option<MetadataOptions>,
    /// The product codes of its image; `None` where they are not recorded.
    pub product_codes: Option<Vec<ProductCode>>,
}

/// A product code, which stays with every image that is made of an instance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProductCode {
    /// Of letters and digits.
    pub product_code_id: Option<String>,
    /// `marketplace` or `devpay`.
    pub product_code_type: Option<String>,
}

/// The state of an instance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct InstanceState {
    /// `pending`, `running`, `stopping`, `stopped`, `shutting-down` or `terminated`.
    pub name: Option<String>,
}

/// Where an instance runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Placement {
    /// Such as `us-east-1a`, or of a Local Zone `us-west-2-lax-1a`.
    pub availability_zone: Option<String>,
}

/// An instance profile, as an instance names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct IamInstanceProfile {
    /// The profile's ARN, not the role's.
    pub arn: Option<String>,
    /// The profile's id, `AIPA…`: another one if it was made again under the same name.
    pub id: Option<String>,
}

/// The options of the instance metadata service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MetadataOptions {
    /// `pending` while new options are being applied, or `applied`.
    pub state: Option<String>,
    /// `optional` lets in requests without a token (`IMDSv1`), `required` does not.
    pub http_tokens: Option<String>,
    /// How many hops an answer to a request for a token may take: 1 to 64.
    #[serde(deserialize_with = "integer")]
    pub http_put_response_hop_limit: Option<i64>,
    /// `enabled` or `disabled`.
    pub http_endpoint: Option<String>,
    /// `enabled` or `disabled`: whether it answers over IPv6.
    pub http_protocol_ipv6: Option<String>,
    /// `enabled` or `disabled`: whether it tells the instance's tags.
    pub instance_metadata_tags: Option<String>,
}

impl Instance {
    /// The product codes of AWS Marketplace; `None` where they are not recorded.
    pub(crate) fn marketplace_product_codes(&self) -> Option<Vec<&str>> {
        let is_of_marketplace =
            |code: &&ProductCode| code.product_code_type.as_deref() == Some("marketplace");
        let codes = self.product_codes.as_ref()?.iter().filter(is_of_marketplace);
        Some(codes.filter_map(|code| code.product_code_id.as_deref()).collect())
    }

    /// When the instance was first launched, as near as EC2 tells. Its launch time is that of the last start; the first
    /// network interface stays from the first launch on, so that the earliest of these times is the nearest.
    #[must_use]
    pub fn first_launched(&self) -> Option<Timestamp> {
        let interfaces = self.network_interfaces.iter().flatten();
        let attachments = interfaces.filter_map(|interface| interface.attachment.as_ref());
        let attached = attachments.filter_map(|attachment| timestamp(attachment.attach_time.as_deref()));
        attached.chain(timestamp(self.launch_time.as_deref())).min()
    }
}
