//! Configuration items as AWS Config spells them outside of events: in its API, and in queries.

use serde_json::{Map, Value, json};

use super::item::ConfigurationItem;
use super::time::epoch_seconds;

/// The event's name of a member and that of the API, where they differ.
const API_NAMES: &[(&str, &str)] = &[
    ("ARN", "arn"),
    ("awsAccountId", "accountId"),
    ("configurationItemVersion", "version"),
    ("configurationStateMd5Hash", "configurationItemMD5Hash"),
];

const TIMES: [&str; 2] = ["configurationItemCaptureTime", "resourceCreationTime"];

impl ConfigurationItem {
    /// As `GetResourceConfigHistory` answers it: nested documents are text, times are numbers.
    pub(super) fn to_api(&self) -> Map<String, Value> {
        let mut item = self.renamed();
        for name in TIMES {
            let time = self.text(name).parse().ok().map(epoch_seconds);
            item.insert(name.into(), time.into());
        }
        item["configurationStateId"] = plain_text(self.member("configurationStateId")).into();
        item["configuration"] = document(self.member("configuration"));
        let supplements = self.member("supplementaryConfiguration").as_object().into_iter().flatten();
        item["supplementaryConfiguration"] =
            supplements.map(|(name, value)| (name.clone(), document(value))).collect();
        for relationship in item["relationships"].as_array_mut().into_iter().flatten() {
            relationship["relationshipName"] = relationship["name"].take();
        }
        item
    }

    /// As `SelectResourceConfig` answers it: documents are documents, tags are a list.
    pub(super) fn to_query(&self) -> Value {
        let mut item = self.renamed();
        let tags = self.member("tags").as_object().into_iter().flatten();
        let tag = |(key, value): (&String, &Value)| json!({"key": key, "value": value, "tag": format!("{key}={}", plain_text(value))});
        item["tags"] = tags.map(tag).collect();
        item.into()
    }

    fn renamed(&self) -> Map<String, Value> {
        let api_name = |name: &String| {
            let renamed = API_NAMES.iter().find(|(event_name, _)| event_name == name);
            renamed.map_or_else(|| name.clone(), |(_, api_name)| (*api_name).to_owned())
        };
        self.members().map(|(name, value)| (api_name(name), value.clone())).collect()
    }
}

fn document(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        document => document.to_string().into(),
    }
}

fn plain_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::super::item::tests::item;
    use super::*;

    #[test]
    fn the_api_spells_names_times_and_documents_in_its_own_way() {
        let api = Value::from(item().to_api());
        let relationship = json!({"resourceType": "AWS::EC2::VPC", "resourceId": "vpc-1", "name": null, "relationshipName": "Is contained in Vpc"});
        for (name, expected) in [
            ("version", json!("1.3")),
            ("accountId", json!("111122223333")),
            ("configurationItemCaptureTime", json!(1_787_677_900.392)),
            ("configurationStateId", json!("1787677900392")),
            ("configurationItemMD5Hash", json!("")),
            ("configuration", json!(r#"{"kmsKeyId":null,"size":8}"#)),
            ("supplementaryConfiguration", json!({"Policy": r#"{"a":[1]}"#, "Name": r#""b""#})),
            ("relationships", json!([relationship])),
            ("tags", json!({"Owner": "team"})),
            ("resourceCreationTime", Value::Null),
        ] {
            assert_eq!(api[name], expected, "{name}");
        }
        assert!(api.get("ARN").is_none() && api.get("arn").is_some());
    }

    #[test]
    fn a_query_sees_tags_as_a_list() {
        let query = item().to_query();
        assert_eq!(query["tags"], json!([{"key": "Owner", "value": "team", "tag": "Owner=team"}]));
        assert_eq!(query["configuration"]["size"], 8);
        assert_eq!(query["configurationItemCaptureTime"], "2026-08-25T17:11:40.392Z");
    }
}
