//! `AWS::EC2::LaunchTemplate`.

use serde::{Deserialize, Serialize};

use crate::embedded::integer;

/// A launch template, and one of its versions: AWS does not say whether the default or the latest. Its item has keys that
/// begin with a capital, and EC2's listing, which holds no version, is read with small ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct LaunchTemplate {
    /// The version that is launched where none is named.
    #[serde(alias = "defaultVersionNumber", deserialize_with = "integer")]
    pub default_version_number: Option<i64>,
    /// The newest version.
    #[serde(alias = "latestVersionNumber", deserialize_with = "integer")]
    pub latest_version_number: Option<i64>,
    /// What a version holds.
    pub launch_template_data: Option<LaunchTemplateData>,
}

/// What a version of a launch template holds. AWS Config begins its keys with a capital letter, as the API does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LaunchTemplateData {
    /// `ami-…`, or `resolve:ssm:` and the parameter of Parameter Store that names the image; none where whoever launches
    /// names one.
    #[serde(alias = "ImageId")]
    pub image_id: Option<String>,
    /// The key pair.
    #[serde(alias = "KeyName")]
    pub key_name: Option<String>,
}

/// How an Auto Scaling group names a version of a launch template: by the template's id, its name, or both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LaunchTemplateSpecification {
    /// `lt-…`.
    pub launch_template_id: Option<String>,
    /// The template's name.
    pub launch_template_name: Option<String>,
    /// A number, `$Default` or `$Latest`; none is the default version.
    pub version: Option<String>,
}
