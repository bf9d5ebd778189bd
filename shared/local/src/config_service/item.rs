//! Configuration items, in the three spellings that AWS Config has for them: in events, in its API, and in queries.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::caller::OWN_ACCOUNT;
use super::resource_types;
use super::time::epoch_seconds;

/// A state of a resource, at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigurationItem {
    /// As in events; all members of [`defaults`] are there.
    members: Map<String, Value>,
    captured: Timestamp,
}

/// What is no configuration item.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a configuration item: {0}")]
pub struct ItemError(String);

/// Type and id of a resource.
pub(super) type ResourceKey = (String, String);

/// The event's name of a member and that of the API, where they differ.
const API_NAMES: &[(&str, &str)] = &[
    ("ARN", "arn"),
    ("awsAccountId", "accountId"),
    ("configurationItemVersion", "version"),
    ("configurationStateMd5Hash", "configurationItemMD5Hash"),
];

const TIMES: [&str; 2] = ["configurationItemCaptureTime", "resourceCreationTime"];

fn defaults() -> Value {
    json!({
        "ARN": null,
        "availabilityZone": null,
        "awsAccountId": OWN_ACCOUNT,
        "awsRegion": "us-east-1",
        "configuration": null,
        "configurationItemStatus": "OK",
        "configurationItemVersion": "1.3",
        "configurationStateMd5Hash": "",
        "relatedEvents": [],
        "relationships": [],
        "resourceCreationTime": null,
        "resourceName": null,
        "supplementaryConfiguration": {},
        "tags": {},
    })
}

impl ConfigurationItem {
    /// Reads an item as events spell it. Of its members `resourceType`, `resourceId` and `configurationItemCaptureTime`
    /// are required; the others are those of an item of the account 111122223333 in us-east-1 with status `OK`.
    pub fn from_event(item: Value) -> Result<Self, ItemError> {
        let (Value::Object(item), Value::Object(mut members)) = (item, defaults()) else {
            return Err(ItemError("not an object".into()));
        };
        members.extend(item);
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let missing = |name: &str| ItemError(format!("{name} is no text"));
        for name in ["resourceId", "awsAccountId", "awsRegion", "configurationItemStatus"] {
            text(name).ok_or_else(|| missing(name))?;
        }
        let resource_type = text("resourceType").ok_or_else(|| missing("resourceType"))?;
        if !resource_types::is_recorded(resource_type) {
            return Err(ItemError(format!("AWS Config does not record {resource_type}")));
        }
        let captured = text("configurationItemCaptureTime").and_then(|text| text.parse::<Timestamp>().ok());
        let captured = captured.ok_or_else(|| ItemError("configurationItemCaptureTime is no time".into()))?;
        members.entry("configurationStateId").or_insert_with(|| captured.as_millisecond().into());
        Ok(Self { members, captured })
    }

    /// The item as events spell it.
    #[must_use]
    pub fn to_event(&self) -> Value {
        self.members.clone().into()
    }

    /// Such as `AWS::EC2::Instance`.
    #[must_use]
    pub fn resource_type(&self) -> &str {
        self.text("resourceType")
    }

    /// The resource's id, not its name.
    #[must_use]
    pub fn resource_id(&self) -> &str {
        self.text("resourceId")
    }

    /// The account that the resource belongs to: twelve digits.
    #[must_use]
    pub fn account(&self) -> &str {
        self.text("awsAccountId")
    }

    pub(super) fn key(&self) -> ResourceKey {
        (self.resource_type().to_owned(), self.resource_id().to_owned())
    }

    pub(super) fn captured(&self) -> Timestamp {
        self.captured
    }

    pub(super) fn member(&self, name: &str) -> &Value {
        &self.members[name]
    }

    /// Empty when it is none.
    pub(super) fn text(&self, name: &str) -> &str {
        self.members.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn is_deleted(&self) -> bool {
        self.text("configurationItemStatus").starts_with("ResourceDeleted")
    }

    pub(super) fn is_recorded(&self) -> bool {
        !self.text("configurationItemStatus").ends_with("NotRecorded")
    }

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
        self.members.iter().map(|(name, value)| (api_name(name), value.clone())).collect()
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
    use super::*;

    fn item() -> ConfigurationItem {
        ConfigurationItem::from_event(json!({
            "resourceType": "AWS::EC2::Volume",
            "resourceId": "vol-1",
            "configurationItemCaptureTime": "2026-08-25T17:11:40.392Z",
            "configuration": {"size": 8, "kmsKeyId": null},
            "supplementaryConfiguration": {"Policy": {"a": [1]}, "Name": "b"},
            "relationships": [{"resourceType": "AWS::EC2::VPC", "resourceId": "vpc-1", "name": "Is contained in Vpc"}],
            "tags": {"Owner": "team"},
        }))
        .unwrap()
    }

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

    #[test]
    fn what_an_event_says_is_kept() {
        let event = item().to_event();
        assert_eq!(event["configurationStateId"], 1_787_677_900_392_i64);
        assert_eq!(event["configuration"], json!({"size": 8, "kmsKeyId": null}));
        assert_eq!(ConfigurationItem::from_event(event).unwrap(), item());
    }

    #[test]
    fn what_is_no_item_is_refused() {
        for (member, value) in [
            ("resourceType", json!("AWS::EC2::KeyPair")),
            ("resourceType", Value::Null),
            ("resourceId", json!(1)),
            ("configurationItemCaptureTime", json!("yesterday")),
            ("awsAccountId", Value::Null),
        ] {
            let mut event = item().to_event();
            event[member] = value;
            assert!(ConfigurationItem::from_event(event).is_err(), "{member}");
        }
        assert!(ConfigurationItem::from_event(json!([])).is_err());
    }
}
