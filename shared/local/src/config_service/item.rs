//! Configuration items, and the three forms that AWS Config has for them: in events, in its API and in queries.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};

use super::resource_types;
use super::time::epoch_seconds;
use crate::FunctionArn;

/// The state of a resource at one time. A clone shares its memory.
#[derive(Clone)]
pub struct ConfigurationItem(Arc<Item>);

struct Item {
    resource_type: &'static str,
    resource_id: String,
    account: String,
    captured: Timestamp,
    is_deleted: bool,
    is_recorded: bool,
    /// As in events; all members of [`defaults`] are there. As text it takes a tenth of what the values would.
    json: Box<RawValue>,
}

/// Why something is not a configuration item.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a configuration item: {0}")]
pub struct ItemError(String);

impl ItemError {
    fn at(self, place: &str) -> Self {
        Self(format!("{place}: {}", self.0))
    }
}

fn defaults() -> Value {
    json!({
        "ARN": null,
        "availabilityZone": null,
        "awsAccountId": FunctionArn::default().account,
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
    /// Reads an item in the form of events. Of its members `resourceType`, `resourceId` and `configurationItemCaptureTime`
    /// are required; the others are by default those of an item of the account 111122223333 in us-east-1 with status `OK`.
    pub fn from_event(item: Value) -> Result<Self, ItemError> {
        let (Value::Object(item), Value::Object(mut members)) = (item, defaults()) else {
            return Err(ItemError("not an object".into()));
        };
        members.extend(item);
        let text = |name: &str| {
            let text = members.get(name).and_then(Value::as_str);
            text.ok_or_else(|| ItemError(format!("{name} is missing or not a string")))
        };
        text("awsRegion")?;
        let name = text("resourceType")?;
        let resource_type = resource_types::find_recorded(name)
            .ok_or_else(|| ItemError(format!("AWS Config does not record {name}")))?;
        let captured: Timestamp = text("configurationItemCaptureTime")?
            .parse()
            .map_err(|error| ItemError(format!("configurationItemCaptureTime: {error}")))?;
        let status = text("configurationItemStatus")?;
        let mut item = Item {
            resource_type,
            resource_id: text("resourceId")?.to_owned(),
            account: text("awsAccountId")?.to_owned(),
            captured,
            is_deleted: status.starts_with("ResourceDeleted"),
            is_recorded: !status.ends_with("NotRecorded"),
            json: Box::default(),
        };
        members.entry("configurationStateId").or_insert_with(|| captured.as_millisecond().into());
        item.json = to_raw_value(&members).map_err(|error| ItemError(error.to_string()))?;
        Ok(Self(Arc::new(item)))
    }

    /// Reads the items in a JSON text: one item, the one of an event, or all of a snapshot or history, in their order. What
    /// is wrong with one of them says which it is, and leaves the others.
    pub fn all_in(json: &[u8]) -> Result<Vec<Result<Self, ItemError>>, ItemError> {
        let mut document: BTreeMap<String, &RawValue> = parse(json)?;
        if let Some(items) = document.remove("configurationItems") {
            let items: Vec<&RawValue> = parse(items.get().as_bytes())?;
            let read = |(index, item): (usize, &RawValue)| {
                let place = format!("item {}", index + 1);
                let item = parse(item.get().as_bytes());
                item.map_err(|error| error.at(&place)).and_then(|item| Self::placed(&place, item))
            };
            return Ok(items.into_iter().enumerate().map(read).collect());
        }
        let item = match document.remove("invokingEvent") {
            None => parse(json)?,
            Some(message) => {
                let message: String = parse(message.get().as_bytes())?;
                let mut message: Value = parse(message.as_bytes())?;
                let item = message.get_mut("configurationItem").map(Value::take);
                item.ok_or_else(|| ItemError("the event has none".into()))?
            }
        };
        Ok(vec![Ok(Self::placed("item", item)?)])
    }

    /// The error says where the item stands, and of which resource it is.
    fn placed(place: &str, item: Value) -> Result<Self, ItemError> {
        let text = |name: &str| item[name].as_str().unwrap_or("?");
        let place = format!("{place} ({} {})", text("resourceType"), text("resourceId"));
        Self::from_event(item).map_err(|error| error.at(&place))
    }

    /// The item in the form of events.
    #[must_use]
    pub fn to_event(&self) -> Value {
        self.members().into()
    }

    /// The same as JSON text.
    pub(super) fn json(&self) -> &RawValue {
        &self.0.json
    }

    /// Such as `AWS::EC2::Instance`.
    #[must_use]
    pub fn resource_type(&self) -> &'static str {
        self.0.resource_type
    }

    /// The resource's id, not its name.
    #[must_use]
    pub fn resource_id(&self) -> &str {
        &self.0.resource_id
    }

    /// The account that the resource belongs to: twelve digits.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.0.account
    }

    pub(super) fn captured(&self) -> Timestamp {
        self.0.captured
    }

    pub(super) fn is_deleted(&self) -> bool {
        self.0.is_deleted
    }

    pub(super) fn is_recorded(&self) -> bool {
        self.0.is_recorded
    }

    /// In the form of events. They are read from text each time.
    pub(super) fn members(&self) -> Map<String, Value> {
        // It was written from such a map, so this cannot fail.
        serde_json::from_str(self.json().get()).unwrap_or_default()
    }

    /// As `GetResourceConfigHistory` answers it: nested documents are text, times are numbers.
    pub(super) fn to_api(&self) -> Map<String, Value> {
        let mut item = self.renamed();
        for name in ["configurationItemCaptureTime", "resourceCreationTime"] {
            let time = item[name].as_str().and_then(|text| text.parse().ok());
            item[name] = time.map(epoch_seconds).into();
        }
        item["configurationStateId"] = plain_text(&item["configurationStateId"]).into();
        if !item["configuration"].is_string() {
            item["configuration"] = document(&item["configuration"]);
        }
        for supplement in item["supplementaryConfiguration"].as_object_mut().into_iter().flatten() {
            *supplement.1 = document(supplement.1);
        }
        for relationship in item["relationships"].as_array_mut().into_iter().flatten() {
            relationship["relationshipName"] = relationship["name"].take();
        }
        item
    }

    /// As `SelectResourceConfig` answers it: documents are documents, tags are a list.
    pub(super) fn to_query(&self) -> Value {
        let mut item = self.renamed();
        let tags = item["tags"].as_object().into_iter().flatten();
        let tag = |(key, value): (&String, &Value)| json!({"key": key, "value": value, "tag": format!("{key}={}", plain_text(value))});
        item["tags"] = tags.map(tag).collect();
        item.into()
    }

    /// With the API's names, and tags as a map: old items have a list.
    fn renamed(&self) -> Map<String, Value> {
        let renamed = |(name, value): (String, Value)| {
            let name = match name.as_str() {
                "ARN" => "arn".to_owned(),
                "awsAccountId" => "accountId".to_owned(),
                "configurationItemVersion" => "version".to_owned(),
                "configurationStateMd5Hash" => "configurationItemMD5Hash".to_owned(),
                _ => name,
            };
            (name, value)
        };
        let mut item: Map<_, _> = self.members().into_iter().map(renamed).collect();
        if let Some(tags) = item["tags"].as_array() {
            let pair = |tag: &Value| Some((tag["key"].as_str()?.to_owned(), tag["value"].clone()));
            item["tags"] = tags.iter().filter_map(pair).collect();
        }
        item
    }
}

impl PartialEq for ConfigurationItem {
    fn eq(&self, other: &Self) -> bool {
        self.json().get() == other.json().get()
    }
}

impl fmt::Debug for ConfigurationItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ConfigurationItem").field(&self.json().get()).finish()
    }
}

fn parse<'a, T: serde::Deserialize<'a>>(json: &'a [u8]) -> Result<T, ItemError> {
    serde_json::from_slice(json).map_err(|error| ItemError(error.to_string()))
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
    fn an_events_item_is_kept_as_it_is() {
        let event = item().to_event();
        assert_eq!(event["configurationStateId"], 1_787_677_900_392_i64);
        assert_eq!(event["configuration"], json!({"size": 8, "kmsKeyId": null}));
        assert_eq!(ConfigurationItem::from_event(event).unwrap(), item());
    }

    #[test]
    fn the_api_has_one_form_for_what_events_have_in_two() {
        let mut event = item().to_event();
        event["configuration"] = event["configuration"].to_string().into();
        event["tags"] = json!([{"key": "Owner", "value": "team"}]);
        let (old, new) = (ConfigurationItem::from_event(event).unwrap().to_api(), item().to_api());
        assert_eq!((&old["configuration"], &old["tags"]), (&new["configuration"], &new["tags"]));
    }

    #[test]
    fn items_are_found_in_events_and_snapshots() {
        let own = item().to_event();
        let event = json!({"invokingEvent": json!({"configurationItem": own}).to_string()});
        let snapshot = json!({"fileVersion": "1.0", "configurationItems": [own]});
        for json in [&own, &event, &snapshot] {
            let found = ConfigurationItem::all_in(json.to_string().as_bytes()).unwrap();
            assert_eq!(found, [Ok(item())], "{json}");
        }
        for other in [
            "",
            "{}",
            "[]",
            r#"{"configurationItems": 1}"#,
            r#"{"invokingEvent": 1}"#,
            r#"{"invokingEvent": "{}"}"#,
        ] {
            assert!(ConfigurationItem::all_in(other.as_bytes()).is_err(), "{other}");
        }
    }

    /// What `item` is not.
    #[track_caller]
    fn is_left_out(item: &Result<ConfigurationItem, ItemError>, why: &str) {
        let error = item.as_ref().unwrap_err().to_string();
        assert!(error.starts_with(&format!("not a configuration item: {why}")), "{error}");
    }

    #[test]
    fn one_bad_item_leaves_the_others_of_a_snapshot() {
        let mut key_pair = item().to_event();
        key_pair["resourceType"] = "AWS::EC2::KeyPair".into();
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        let snapshot = format!(r#"{{"configurationItems": [1, {}, {key_pair}, {deep}]}}"#, item().to_event());
        let items = ConfigurationItem::all_in(snapshot.as_bytes()).unwrap();
        is_left_out(&items[0], "item 1 (? ?): not an object");
        assert_eq!(items[1], Ok(item()));
        is_left_out(
            &items[2],
            "item 3 (AWS::EC2::KeyPair vol-1): AWS Config does not record AWS::EC2::KeyPair",
        );
        is_left_out(&items[3], "item 4: recursion limit exceeded");
        let alone = ConfigurationItem::all_in(key_pair.to_string().as_bytes()).unwrap_err().to_string();
        assert!(alone.contains("item (AWS::EC2::KeyPair vol-1): AWS Config does not record"), "{alone}");
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

    #[test]
    fn the_api_has_its_own_names_times_and_documents() {
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
