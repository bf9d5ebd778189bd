//! Security groups, listed as EC2 describes them, or by id as AWS Config records them.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

#[derive(Deserialize)]
#[serde(untagged)]
enum Groups {
    Described(Vec<Value>),
    /// None does not exist.
    Recorded(BTreeMap<String, Option<Map<String, Value>>>),
}

pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Value>, D::Error> {
    Ok(match Groups::deserialize(deserializer)? {
        Groups::Described(groups) => groups,
        Groups::Recorded(groups) => {
            groups.into_iter().filter_map(|(id, group)| Some(described(id, group?))).collect()
        }
    })
}

fn described(id: String, mut group: Map<String, Value>) -> Value {
    group.insert("groupId".to_owned(), id.into());
    api_spelling(Value::Object(group))
}

/// AWS Config spells EC2's names with a small first letter, writes `ipv4Ranges` for `IpRanges`, and under `ipRanges` the
/// same blocks as plain text.
pub(super) fn api_spelling(value: Value) -> Value {
    match value {
        Value::Array(values) => values.into_iter().map(api_spelling).collect(),
        Value::Object(members) => {
            let members = members.into_iter().filter(|(name, _)| name != "ipRanges");
            members.map(|(name, value)| (api_name(&name), api_spelling(value))).collect()
        }
        other => other,
    }
}

fn api_name(name: &str) -> String {
    if name == "ipv4Ranges" {
        return "IpRanges".to_owned();
    }
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}
