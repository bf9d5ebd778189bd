//! What EC2 and EC2 Auto Scaling describe, made into the configuration items that AWS Config would record: for runs over all
//! resources, and for what `aws ec2 describe-…` and `aws autoscaling describe-…` print.

use jiff::Timestamp;
use serde_json::{Value, value::to_raw_value};

use crate::item::{RawItem, Status};

/// A list of resources of one type, as EC2 or EC2 Auto Scaling answers it.
#[derive(Clone, Copy, Debug)]
pub struct Listing {
    /// The key of the list in the answer.
    pub key: &'static str,
    /// AWS Config's name of the type.
    pub resource_type: &'static str,
    /// Which field of the configuration is the resource's id.
    id: &'static str,
    /// Which field of the configuration is the resource's name; `""` for none.
    name: &'static str,
    /// What its ARN calls it; `""` where the id is the ARN.
    arn: &'static str,
    /// A field that a resource of the type has, and one that refers to it has not.
    own: &'static str,
}

impl Listing {
    /// Instances.
    pub const INSTANCES: Self = Self {
        key: "Instances",
        resource_type: "AWS::EC2::Instance",
        id: "instanceId",
        name: "",
        arn: "instance",
        own: "imageId",
    };
    /// Security groups.
    pub const SECURITY_GROUPS: Self = Self {
        key: "SecurityGroups",
        resource_type: "AWS::EC2::SecurityGroup",
        id: "groupId",
        name: "groupName",
        arn: "security-group",
        own: "ipPermissions",
    };
    const VOLUMES: Self = Self {
        key: "Volumes",
        resource_type: "AWS::EC2::Volume",
        id: "volumeId",
        name: "",
        arn: "volume",
        own: "size",
    };
    const LAUNCH_TEMPLATES: Self = Self {
        key: "LaunchTemplates",
        resource_type: "AWS::EC2::LaunchTemplate",
        id: "launchTemplateId",
        name: "launchTemplateName",
        arn: "launch-template",
        own: "latestVersionNumber",
    };
    const LAUNCH_CONFIGURATIONS: Self = Self {
        key: "LaunchConfigurations",
        resource_type: "AWS::AutoScaling::LaunchConfiguration",
        id: "launchConfigurationARN",
        name: "launchConfigurationName",
        arn: "",
        own: "imageId",
    };
    const AUTO_SCALING_GROUPS: Self = Self {
        key: "AutoScalingGroups",
        resource_type: "AWS::AutoScaling::AutoScalingGroup",
        id: "autoScalingGroupARN",
        name: "autoScalingGroupName",
        arn: "",
        own: "maxSize",
    };
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::INSTANCES,
        Self::SECURITY_GROUPS,
        Self::VOLUMES,
        Self::LAUNCH_TEMPLATES,
        Self::LAUNCH_CONFIGURATIONS,
        Self::AUTO_SCALING_GROUPS,
    ];

    /// Whether a resource that was described alone is of this type.
    pub(crate) fn is_of(&self, described: &Value) -> bool {
        [self.id, self.own].iter().all(|key| !described[key[..1].to_ascii_uppercase() + &key[1..]].is_null())
    }

    /// The item of one resource, whose configuration is spelled as AWS Config spells it; `None` if it has no id.
    #[must_use]
    pub fn item(&self, configuration: &Value, place: &Place) -> Option<RawItem> {
        let text = |key: &str| configuration[key].as_str().map(str::to_owned);
        let resource_id = text(self.id)?;
        let in_arn =
            |index| resource_id.split(':').nth(index).filter(|_| self.arn.is_empty()).map(str::to_owned);
        let account_id = text("ownerId").or_else(|| place.account_id.clone()).or_else(|| in_arn(4));
        let zone = configuration["placement"]["availabilityZone"].as_str();
        let region = place.region.clone().or_else(|| zone.and_then(region)).or_else(|| in_arn(3));
        Some(RawItem {
            arn: self.arn_of(&resource_id, region.as_deref(), account_id.as_deref()),
            resource_type: self.resource_type.to_owned(),
            resource_id,
            resource_name: text(self.name),
            account_id,
            aws_region: region,
            configuration_item_status: Status::Ok,
            configuration_item_capture_time: place.at,
            tags: serde_json::from_value(configuration["tags"].clone()).unwrap_or_default(),
            configuration: to_raw_value(configuration).ok(),
            supplementary_configuration: None,
        })
    }

    fn arn_of(&self, id: &str, region: Option<&str>, account: Option<&str>) -> Option<String> {
        if self.arn.is_empty() {
            return Some(id.to_owned());
        }
        let (region, account, kind) = (region?, account?, self.arn);
        Some(format!("arn:{}:ec2:{region}:{account}:{kind}/{id}", partition(region)))
    }
}

/// Where and when EC2 was asked. What a resource itself says of its account or Region comes first, and second.
#[derive(Clone, Debug)]
pub struct Place {
    /// The account whose resource it is, where the resource does not say.
    pub account_id: Option<String>,
    /// The Region that was asked; where it is not known, the resource's zone tells it.
    pub region: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// The Region of an Availability Zone (`us-east-1a`) or of a Local Zone (`us-west-2-lax-1a`).
fn region(zone: &str) -> Option<String> {
    let first_digit = zone.find(|letter: char| letter.is_ascii_digit())?;
    let length = zone[first_digit..].find(|letter: char| !letter.is_ascii_digit())?;
    Some(zone[..first_digit + length].to_owned())
}

/// The partitions other than `aws`, by the beginning of their Regions' names.
const PARTITIONS: &[(&str, &str)] = &[
    ("cn-", "aws-cn"),
    ("eu-isoe-", "aws-iso-e"),
    ("eusc-", "aws-eusc"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
];

fn partition(region: &str) -> &'static str {
    PARTITIONS.iter().find(|(prefix, _)| region.starts_with(prefix)).map_or("aws", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_partition_is_that_of_the_region() {
        for (region, expected) in [
            ("eu-west-1", "aws"),
            ("us-east-1", "aws"),
            ("cn-north-1", "aws-cn"),
            ("us-gov-west-1", "aws-us-gov"),
            ("us-iso-east-1", "aws-iso"),
            ("us-isob-east-1", "aws-iso-b"),
            ("eusc-de-east-1", "aws-eusc"),
        ] {
            assert_eq!(partition(region), expected);
        }
    }

    #[test]
    fn an_item_says_where_its_resource_is() {
        let place = Place { account_id: None, region: None, at: Timestamp::UNIX_EPOCH };
        let item = |configuration: Value| Listing::INSTANCES.item(&configuration, &place);
        let local_zone = json!({"instanceId": "i-1", "ownerId": "111122223333",
            "placement": {"availabilityZone": "us-west-2-lax-1a"}});
        let arn = "arn:aws:ec2:us-west-2:111122223333:instance/i-1";
        assert_eq!(item(local_zone).unwrap().arn.as_deref(), Some(arn));
        assert_eq!(item(json!({"instanceId": "i-1"})).unwrap().arn, None);
        assert!(item(json!({"instanceId": null})).is_none());
        let arn = "arn:aws-cn:autoscaling:cn-north-1:111122223333:launchConfiguration:1:launchConfigurationName/web";
        let configuration = json!({"launchConfigurationARN": arn, "launchConfigurationName": "web"});
        let item = Listing::LAUNCH_CONFIGURATIONS.item(&configuration, &place).unwrap();
        assert_eq!((item.resource_id.as_str(), item.arn.as_deref()), (arn, Some(arn)));
        assert_eq!(item.resource_name.as_deref(), Some("web"));
        assert_eq!(
            item.account_id.as_deref().zip(item.aws_region.as_deref()),
            Some(("111122223333", "cn-north-1"))
        );
    }
}
