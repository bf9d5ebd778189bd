//! Versions of launch templates, however they are written: as `aws ec2 describe-launch-template-versions` prints them, or as
//! a file of facts has them, by what they are asked for by.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::facts::Known;

#[derive(Deserialize)]
#[serde(untagged)]
enum Spelling {
    Listed(Vec<Value>),
    /// By `lt-…:3`, `lt-…:$Latest` or `lt-…:all` those that go by it, by their number; none if there is none.
    Facts(BTreeMap<String, Option<BTreeMap<String, Data>>>),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Data {
    image_id: Option<String>,
    key_name: Option<String>,
}

pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Value>, D::Error> {
    Ok(match Spelling::deserialize(deserializer)? {
        Spelling::Listed(versions) => versions,
        Spelling::Facts(facts) => listed(facts),
    })
}

/// Each version once, whatever it is asked for by.
fn listed(facts: BTreeMap<String, Option<BTreeMap<String, Data>>>) -> Vec<Value> {
    let mut versions = Vec::new();
    for (name, found) in facts {
        for (number, data) in found.into_iter().flatten() {
            let Some(version) = version(&mut versions, &name, &number) else { continue };
            version["LaunchTemplateData"]["ImageId"] = data.image_id.into();
            version["LaunchTemplateData"]["KeyName"] = data.key_name.into();
        }
    }
    versions
}

/// Adds user data as facts have it, by `lt-…/3`, to these versions, and versions that are not among them.
pub(super) fn add_user_data(versions: &mut Vec<Value>, facts: Known<BTreeMap<String, String>>) {
    for (name, found) in facts {
        for (number, user_data) in found.into_iter().flatten() {
            let Some(version) = version(versions, &name, &number) else { continue };
            version["LaunchTemplateData"]["UserData"] = user_data.into();
        }
    }
}

/// The version with this number, of the template in `lt-…:3` or `lt-…/3`; it is added if it is not there.
fn version<'a>(versions: &'a mut Vec<Value>, name: &str, number: &str) -> Option<&'a mut Value> {
    let (template, alias) = name.rsplit_once([':', '/']).unwrap_or((name, ""));
    let number: u64 = number.parse().ok()?;
    let member = if template.starts_with("lt-") { "LaunchTemplateId" } else { "LaunchTemplateName" };
    let is_it = |version: &Value| version[member] == template && version["VersionNumber"] == number;
    let place = versions.iter().position(is_it).unwrap_or_else(|| {
        let data = json!({});
        versions.push(json!({member: template, "VersionNumber": number, "DefaultVersion": false, "LaunchTemplateData": data}));
        versions.len() - 1
    });
    if alias == "$Default" {
        versions[place]["DefaultVersion"] = true.into();
    }
    versions.get_mut(place)
}
