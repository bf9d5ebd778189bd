//! Launch templates: the versions that something may launch from, and the key pairs in them.

use std::collections::BTreeSet;

use aws_sdk_autoscaling::types::{AutoScalingGroup, LaunchTemplate, LaunchTemplateSpecification};
use aws_sdk_ec2::{
    Client,
    types::{FleetLaunchTemplateSpecification, LaunchTemplateVersion},
};
use config_rules_aws::Failure;

use crate::{
    call::says_not_found,
    key_pair_use::{PAGE, Users},
};

/// One version of a template, as something that launches from it names it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Version {
    template: Template,
    number: String,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Template {
    Id(String),
    Name(String),
}

/// The versions that groups and fleets name by their number, so that they stay with it whatever else becomes the default.
#[derive(Debug, Default)]
pub(crate) struct Versions(BTreeSet<Version>);

/// The key pairs in the default and the latest version of every template, and in the others that groups and fleets name.
///
/// Not in all versions: EC2 tells these one template at a time, a template may have ten thousand, and nothing is launched
/// from an old one unless somebody names it then and there.
pub(crate) async fn look_up(
    client: &Client,
    mut versions: Versions,
    users: &mut Users,
) -> Result<(), Failure> {
    let call = client.describe_launch_template_versions().versions("$Default").versions("$Latest");
    let call = call.include_managed_resources(true);
    let mut found = call.into_paginator().page_size(PAGE).items().send();
    while let Some(version) = found.try_next().await? {
        versions.settle(&version);
        add(&version, users);
    }
    for version in versions.0 {
        match describe(client, version).await {
            Ok(found) => found.iter().for_each(|version| add(version, users)),
            // Nothing can be launched from a version that is gone.
            Err(failure) if says_not_found(&failure) => (),
            Err(failure) => return Err(failure),
        }
    }
    Ok(())
}

/// One at a time: EC2 refuses a whole call for one version that is gone.
async fn describe(client: &Client, version: Version) -> Result<Vec<LaunchTemplateVersion>, Failure> {
    let call = client.describe_launch_template_versions().versions(version.number);
    let call = match version.template {
        Template::Id(id) => call.launch_template_id(id),
        Template::Name(name) => call.launch_template_name(name),
    };
    let answer = call.include_managed_resources(true).send().await?;
    Ok(answer.launch_template_versions.unwrap_or_default())
}

fn add(version: &LaunchTemplateVersion, users: &mut Users) {
    let key_name = version.launch_template_data().and_then(|data| data.key_name());
    users.add(key_name, version.launch_template_id());
}

/// The versions that EC2 fleets name. Fleets name no key pairs themselves.
pub(crate) async fn of_fleets(client: &Client, versions: &mut Versions) -> Result<(), Failure> {
    let mut fleets = client.describe_fleets().into_paginator().page_size(PAGE).items().send();
    while let Some(fleet) = fleets.try_next().await? {
        let templates = fleet.launch_template_configs().iter();
        versions.extend(templates.filter_map(|config| config.launch_template_specification()));
    }
    Ok(())
}

/// The versions that Auto Scaling groups name. The action takes no larger pages than a hundred.
pub(crate) async fn of_groups(
    auto_scaling: &aws_sdk_autoscaling::Client,
    versions: &mut Versions,
) -> Result<(), Failure> {
    let call = auto_scaling.describe_auto_scaling_groups();
    let mut groups = call.into_paginator().page_size(100).items().send();
    while let Some(group) = groups.try_next().await? {
        versions.extend(specifications(&group));
    }
    Ok(())
}

/// A group's own template, or that of its policy and those that stand in for it with some types of instances.
fn specifications(group: &AutoScalingGroup) -> impl Iterator<Item = &LaunchTemplateSpecification> {
    let mixed = group.mixed_instances_policy().and_then(|policy| policy.launch_template());
    let overrides = mixed.map(LaunchTemplate::overrides).unwrap_or_default().iter();
    let own = [group.launch_template(), mixed.and_then(|template| template.launch_template_specification())];
    own.into_iter().flatten().chain(overrides.filter_map(|other| other.launch_template_specification()))
}

/// How groups and fleets name a version: by the template's id, its name, or both.
pub(crate) struct Named<'a> {
    id: Option<&'a str>,
    name: Option<&'a str>,
    version: Option<&'a str>,
}

impl<'a> From<&'a LaunchTemplateSpecification> for Named<'a> {
    fn from(named: &'a LaunchTemplateSpecification) -> Self {
        Self { id: named.launch_template_id(), name: named.launch_template_name(), version: named.version() }
    }
}

impl<'a> From<&'a FleetLaunchTemplateSpecification> for Named<'a> {
    fn from(named: &'a FleetLaunchTemplateSpecification) -> Self {
        Self { id: named.launch_template_id(), name: named.launch_template_name(), version: named.version() }
    }
}

impl Named<'_> {
    /// None where it is the default or the latest version, whichever that is.
    fn by_number(&self) -> Option<Version> {
        let number = self.version.filter(|version| !version.is_empty() && !version.starts_with('$'))?;
        let id = self.id.map(|id| Template::Id(id.to_owned()));
        let template = id.or_else(|| self.name.map(|name| Template::Name(name.to_owned())))?;
        Some(Version { template, number: number.to_owned() })
    }
}

impl Versions {
    pub(crate) fn extend<'a, T: Into<Named<'a>>>(&mut self, named: impl Iterator<Item = T>) {
        self.0.extend(named.filter_map(|named| named.into().by_number()));
    }

    /// What this version holds is known now.
    fn settle(&mut self, version: &LaunchTemplateVersion) {
        let id = version.launch_template_id().map(|id| Template::Id(id.to_owned()));
        let name = version.launch_template_name().map(|name| Template::Name(name.to_owned()));
        let number = version.version_number().map(|number| number.to_string()).unwrap_or_default();
        for template in id.into_iter().chain(name) {
            self.0.remove(&Version { template, number: number.clone() });
        }
    }
}
