//! Configuration items, as events spell them.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::caller::OWN_ACCOUNT;
use super::resource_types;

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
        let missing = |name: &str| ItemError(format!("it has no {name}, or one that is no text"));
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

    /// Reads the items in a JSON text: an item, the one of an event, or all of a snapshot.
    pub fn all_in(json: &[u8]) -> Result<Vec<Self>, ItemError> {
        let parse =
            |json: &[u8]| serde_json::from_slice::<Value>(json).map_err(|error| ItemError(error.to_string()));
        let mut value = parse(json)?;
        if let Some(message) = value.get("invokingEvent").and_then(Value::as_str) {
            value = parse(message.as_bytes())?;
            let item = value.get_mut("configurationItem").map(Value::take);
            let item = item.ok_or_else(|| ItemError("the event brings none".into()))?;
            return Ok(vec![Self::from_event(item)?]);
        }
        match value.get_mut("configurationItems").map(Value::take) {
            Some(Value::Array(items)) => items.into_iter().map(Self::from_event).collect(),
            Some(_) => Err(ItemError("configurationItems is no list".into())),
            None => Ok(vec![Self::from_event(value)?]),
        }
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

    pub(super) fn members(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.members.iter()
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
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in super::super) fn item() -> ConfigurationItem {
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
    fn what_an_event_says_is_kept() {
        let event = item().to_event();
        assert_eq!(event["configurationStateId"], 1_787_677_900_392_i64);
        assert_eq!(event["configuration"], json!({"size": 8, "kmsKeyId": null}));
        assert_eq!(ConfigurationItem::from_event(event).unwrap(), item());
    }

    #[test]
    fn items_are_found_in_events_and_snapshots() {
        let own = item().to_event();
        let event = json!({"invokingEvent": json!({"configurationItem": own}).to_string()});
        let snapshot = json!({"fileVersion": "1.0", "configurationItems": [own]});
        for json in [&own, &event, &snapshot] {
            assert_eq!(ConfigurationItem::all_in(json.to_string().as_bytes()).unwrap(), [item()], "{json}");
        }
        for other in ["", "{}", r#"{"configurationItems": 1}"#, r#"{"invokingEvent": "{}"}"#] {
            assert!(ConfigurationItem::all_in(other.as_bytes()).is_err(), "{other}");
        }
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
