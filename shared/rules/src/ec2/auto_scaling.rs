//! `AWS::AutoScaling::AutoScalingGroup` and `AWS::AutoScaling::LaunchConfiguration`.

use serde::Deserialize;

use super::LaunchTemplateSpecification;
use crate::embedded::null_is_default;

/// An Auto Scaling group: what it launches from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AutoScalingGroup {
    /// The name of its launch configuration, if it has one.
    pub launch_configuration_name: Option<String>,
    /// Its launch template, if it has one and no policy.
    pub launch_template: Option<LaunchTemplateSpecification>,
    /// Its policy for several types of instances, if it has one.
    pub mixed_instances_policy: Option<MixedInstancesPolicy>,
}

/// What a group launches for several types of instances.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MixedInstancesPolicy {
    /// The template, and what stands in for it.
    pub launch_template: Option<MixedLaunchTemplate>,
}

/// The launch template of a policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MixedLaunchTemplate {
    /// The template of all types that name no other.
    pub launch_template_specification: Option<LaunchTemplateSpecification>,
    /// The types of instances.
    #[serde(deserialize_with = "null_is_default")]
    pub overrides: Vec<LaunchTemplateOverride>,
}

/// A type of instances, and what it is launched from instead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LaunchTemplateOverride {
    /// Such as `c7g.large`; none where requirements choose the types.
    pub instance_type: Option<String>,
    /// Another image than the template's.
    pub image_id: Option<String>,
    /// Another template.
    pub launch_template_specification: Option<LaunchTemplateSpecification>,
}

/// A launch configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LaunchConfiguration {
    /// `ami-…`.
    pub image_id: Option<String>,
    /// The key pair; `""` where there is none.
    pub key_name: Option<String>,
}
