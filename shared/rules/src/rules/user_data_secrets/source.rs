//! Whose user data is evaluated: an instance's, a launch configuration's, a launch template's.

use serde::Deserialize;

use super::{parameters::Parameters, scan};
use crate::{
    ec2::{Instance, LaunchTemplate},
    facts::{Fact, Facts, Secret},
    finding::Verdict,
    item::{Configuration, ConfigurationItem},
    launch::TemplateVersions,
};

const LAUNCH_TEMPLATE: &str = "AWS::EC2::LaunchTemplate";
const LAUNCH_CONFIGURATION: &str = "AWS::AutoScaling::LaunchConfiguration";

pub(super) const RESOURCE_TYPES: &[&str] = &["AWS::EC2::Instance", LAUNCH_TEMPLATE, LAUNCH_CONFIGURATION];

/// An instance, or what instances are started from.
#[derive(Debug)]
pub enum StartSource {
    /// Its item does not hold the user data.
    Instance(Box<Instance>),
    /// Nor does this one's.
    LaunchTemplate(LaunchTemplate),
    /// This one's does.
    LaunchConfiguration(LaunchConfiguration),
}

/// `AWS::AutoScaling::LaunchConfiguration`: its user data.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LaunchConfiguration {
    user_data: Option<Secret>,
}

impl Configuration for StartSource {
    fn read(resource_type: &str, json: &str) -> serde_json::Result<Self> {
        Ok(match resource_type {
            LAUNCH_TEMPLATE => Self::LaunchTemplate(serde_json::from_str(json)?),
            LAUNCH_CONFIGURATION => Self::LaunchConfiguration(serde_json::from_str(json)?),
            _ => Self::Instance(serde_json::from_str(json)?),
        })
    }
}

pub(super) fn evaluate(
    item: &ConfigurationItem<StartSource>,
    parameters: &Parameters,
    facts: &Facts,
) -> Verdict {
    match &item.configuration {
        StartSource::Instance(instance) => {
            if let Some(answer) = parameters.states.not_evaluated(instance) {
                return answer;
            }
            match facts.user_data(&item.resource_id) {
                Fact::Known(secret) => scan::evaluate(secret.expose(), "", parameters),
                Fact::Absent => Verdict::not_applicable("the instance is gone"),
                Fact::Unavailable(why) => {
                    Verdict::unknown(format!("nothing is known about the user data: {why}"))
                }
            }
        }
        StartSource::LaunchConfiguration(own) => {
            scan::evaluate(own.user_data.as_ref().map_or("", Secret::expose), "", parameters)
        }
        StartSource::LaunchTemplate(template) => {
            let versions = versions(template, parameters.versions);
            Verdict::all(versions.into_iter().map(|(name, mark)| {
                of_versions(&format!("{}/{name}", item.resource_id), &name, mark, parameters, facts)
            }))
        }
    }
}

/// The versions to read, by number or alias, and what they are besides.
fn versions(template: &LaunchTemplate, versions: TemplateVersions) -> Vec<(String, &'static str)> {
    let name =
        |number: Option<i64>, alias: &str| number.map_or(alias.to_owned(), |number| number.to_string());
    let default = name(template.default_version_number, "$Default");
    let latest = name(template.latest_version_number, "$Latest");
    match versions {
        TemplateVersions::All => vec![("all".to_owned(), "")],
        TemplateVersions::DefaultAndLatest if default == latest => vec![(default, "")],
        TemplateVersions::DefaultAndLatest => vec![(default, " (default)"), (latest, " (latest)")],
    }
}

fn of_versions(key: &str, name: &str, mark: &str, parameters: &Parameters, facts: &Facts) -> Verdict {
    let what = if name == "all" { "any version".to_owned() } else { format!("version {name}") };
    match facts.template_user_data(key) {
        Fact::Known(versions) => Verdict::all(versions.0.iter().map(|(number, user_data)| {
            scan::evaluate(user_data.expose(), &format!(" in version {number}{mark}"), parameters)
        })),
        Fact::Absent => Verdict::not_applicable(format!("{what} of the launch template does not exist")),
        Fact::Unavailable(why) => {
            Verdict::unknown(format!("nothing is known about the user data of {what}: {why}"))
        }
    }
}
