//! Launch templates and their versions.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::ec2::data::Ec2Data;
use crate::ec2::listing::{Id, Listing};
use crate::ec2::paging::Sizes;
use crate::endpoint::ApiError;
use crate::query::Members;
use crate::query::QueryRequest;

pub(super) const LAUNCH_TEMPLATES: Listing = Listing {
    name: "LaunchTemplates",
    set: "launchTemplates",
    ids: &[
        Id { parameter: "LaunchTemplateId", pointer: "/LaunchTemplateId", missing: |ids| no_such_id(ids[0]) },
        Id {
            parameter: "LaunchTemplateName",
            pointer: "/LaunchTemplateName",
            missing: |names| no_such_name(names[0]),
        },
    ],
    filters: &[("launch-template-name", "/LaunchTemplateName")],
    sizes: Sizes::new(1..=200),
};

const VERSIONS: Listing = Listing {
    name: "LaunchTemplateVersions",
    set: "launchTemplateVersionSet",
    ids: &[],
    filters: &[],
    sizes: Sizes::new(1..=200),
};

/// The versions of one template, by number or alias, or all; or those of all templates, by alias only.
pub(super) fn describe_launch_template_versions(
    data: &Ec2Data,
    request: &QueryRequest,
) -> Result<Members, ApiError> {
    let wanted = request.list("LaunchTemplateVersion");
    let versions = if let Some((member, name, missing)) = template(request)? {
        let asked = if wanted.is_empty() { vec!["all"] } else { wanted.clone() };
        let named = |version| [format!("{name}:{version}"), format!("{name}/{version}")];
        let asked: Vec<_> = asked.iter().flat_map(named).collect();
        data.check_available(&asked.iter().map(String::as_str).collect::<Vec<_>>())?;
        let versions = Versions::new(data, |version| version[member] == name);
        versions.all.first().ok_or_else(|| missing(name))?;
        versions.check(&wanted)?;
        versions
    } else {
        only_aliases(&wanted)?;
        Versions::new(data, |_| true)
    };
    let wanted =
        |version: &&Value| wanted.is_empty() || wanted.iter().any(|name| versions.is_called(version, name));
    let versions = versions.all.iter().copied().filter(wanted);
    if request.flag("ResolveAlias") {
        let resolved = versions.map(|version| resolved(data, version)).collect::<Result<Vec<_>, _>>()?;
        return VERSIONS.describe(&resolved, data, request);
    }
    VERSIONS.describe(versions, data, request)
}

/// The version with the image that its alias leads to. AWS does not document what it says where that is none.
fn resolved(data: &Ec2Data, version: &Value) -> Result<Value, ApiError> {
    let mut version = version.clone();
    let image = &mut version["LaunchTemplateData"]["ImageId"];
    if let Some(alias) = image.as_str().filter(|image| image.starts_with("resolve:ssm:")) {
        *image = data.image_aliases().get(alias)?.map_or(Value::Null, |image| image.as_str().into());
    }
    Ok(version)
}

type Missing = fn(&str) -> ApiError;

/// The member that identifies the template of the request, its value, and the error if there is none.
fn template(request: &QueryRequest) -> Result<Option<(&str, &str, Missing)>, ApiError> {
    match (request.get("LaunchTemplateId"), request.get("LaunchTemplateName")) {
        (Some(_), Some(_)) => Err(ApiError::bad_request(
            "InvalidParameterCombination",
            "The parameters LaunchTemplateId and LaunchTemplateName cannot be used together",
        )),
        (Some(id), None) => Ok(Some(("LaunchTemplateId", id, no_such_id))),
        (None, Some(name)) => Ok(Some(("LaunchTemplateName", name, no_such_name))),
        (None, None) => Ok(None),
    }
}

fn only_aliases(wanted: &[&str]) -> Result<(), ApiError> {
    if !wanted.is_empty() && wanted.iter().all(|name| ["$Default", "$Latest"].contains(name)) {
        return Ok(());
    }
    let message = "Only $Default and $Latest are allowed for the versions of all launch templates";
    Err(ApiError::invalid_value(message))
}

/// Versions, and each template's latest.
struct Versions<'a> {
    all: Vec<&'a Value>,
    latest: BTreeMap<&'a str, Option<u64>>,
}

impl<'a> Versions<'a> {
    fn new(data: &'a Ec2Data, of: impl Fn(&Value) -> bool) -> Self {
        let all: Vec<_> = data.launch_template_versions.iter().filter(|version| of(version)).collect();
        let mut latest = BTreeMap::new();
        for version in &all {
            let number = latest.entry(template_of(version)).or_default();
            *number = version["VersionNumber"].as_u64().max(*number);
        }
        Self { all, latest }
    }

    fn check(&self, wanted: &[&str]) -> Result<(), ApiError> {
        let absent = |name: &&&str| !self.all.iter().any(|version| self.is_called(version, name));
        wanted.iter().find(absent).map_or(Ok(()), |name| {
            let message = format!("Could not find launch template version {name}");
            Err(ApiError::bad_request("InvalidLaunchTemplateId.VersionNotFound", message))
        })
    }

    /// Whether a version goes by this number or alias.
    fn is_called(&self, version: &Value, name: &str) -> bool {
        let number = version["VersionNumber"].as_u64();
        match name {
            "$Default" => version["DefaultVersion"] == true,
            "$Latest" => self.latest.get(template_of(version)) == Some(&number),
            name => number.is_some_and(|number| number.to_string() == name),
        }
    }
}

fn template_of(version: &Value) -> &str {
    version["LaunchTemplateId"].as_str().unwrap_or_default()
}

fn no_such_id(id: &str) -> ApiError {
    ApiError::bad_request(
        "InvalidLaunchTemplateId.NotFound",
        format!("The specified launch template, with template ID {id}, does not exist."),
    )
}

fn no_such_name(name: &str) -> ApiError {
    ApiError::bad_request(
        "InvalidLaunchTemplateName.NotFoundException",
        format!("The specified launch template, with template name {name}, does not exist."),
    )
}
