//! Versions of launch templates, however they are written: as `aws ec2 describe-launch-template-versions` prints them, or as
//! a file of facts has them, by what they are asked for by.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

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
    let mut versions: BTreeMap<(String, u64), Value> = BTreeMap::new();
    for (name, found) in facts {
        let (template, version) = name.rsplit_once(':').unwrap_or((&name, ""));
        for (number, data) in found.into_iter().flatten() {
            let Ok(number) = number.parse::<u64>() else { continue };
            let member = if template.starts_with("lt-") { "LaunchTemplateId" } else { "LaunchTemplateName" };
            let entry = versions.entry((template.to_owned(), number)).or_insert_with(|| {
                json!({
                    member: template,
                    "VersionNumber": number,
                    "DefaultVersion": false,
                    "LaunchTemplateData": {"ImageId": data.image_id, "KeyName": data.key_name},
                })
            });
            if version == "$Default" {
                entry["DefaultVersion"] = true.into();
            }
        }
    }
    versions.into_values().collect()
}
