//! The messages that events carry as their `invokingEvent`.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::item::ConfigurationItem;
use super::time;

/// What makes AWS Config invoke a function.
#[derive(Clone, Debug)]
pub(super) enum Message {
    /// A resource has changed; the first item of a resource follows none.
    Change {
        item: ConfigurationItem,
        previous: Option<ConfigurationItem>,
    },
    /// A resource is evaluated as it was recorded last.
    Evaluation {
        item: ConfigurationItem,
    },
    Schedule,
    Snapshot {
        id: String,
        bucket: String,
        key: String,
    },
}

/// A message that triggers rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MessageType {
    Change,
    OversizedChange,
    Schedule,
    Snapshot,
}

impl Message {
    /// The JSON text. A change that takes more bytes than the limit becomes its summary.
    pub(super) fn to_json(&self, account: &str, limit: usize) -> String {
        match self {
            Self::Change { item, previous } => change(item, &diff(previous.as_ref(), item), limit),
            Self::Evaluation { item } => change(item, &Value::Null, limit),
            Self::Schedule => scheduled(account).to_string(),
            Self::Snapshot { id, bucket, key } => snapshot_delivered(id, bucket, key).to_string(),
        }
    }
}

impl MessageType {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Change => "ConfigurationItemChangeNotification",
            Self::OversizedChange => "OversizedConfigurationItemChangeNotification",
            Self::Schedule => "ScheduledNotification",
            Self::Snapshot => "ConfigurationSnapshotDeliveryCompleted",
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change<'a> {
    configuration_item_diff: &'a Value,
    configuration_item: &'a RawValue,
    notification_creation_time: String,
    message_type: &'static str,
    record_version: &'static str,
}

/// The members of an item that its summary has.
const SUMMARY: [&str; 13] = [
    "configurationItemVersion",
    "configurationItemCaptureTime",
    "configurationStateId",
    "awsAccountId",
    "configurationItemStatus",
    "resourceType",
    "resourceId",
    "resourceName",
    "ARN",
    "awsRegion",
    "availabilityZone",
    "configurationStateMd5Hash",
    "resourceCreationTime",
];

fn change(item: &ConfigurationItem, diff: &Value, limit: usize) -> String {
    let created = time::text(Timestamp::now());
    let whole = Change {
        configuration_item_diff: diff,
        configuration_item: item.json(),
        notification_creation_time: created.clone(),
        message_type: MessageType::Change.name(),
        record_version: "1.3",
    };
    // All its members are JSON already.
    let whole = serde_json::to_string(&whole).unwrap_or_default();
    if whole.len() <= limit { whole } else { oversized(item, diff, &created).to_string() }
}

fn oversized(item: &ConfigurationItem, diff: &Value, created: &str) -> Value {
    let members = item.members();
    let mut summary: Map<_, _> =
        SUMMARY.into_iter().map(|name| (name.to_owned(), members[name].clone())).collect();
    let change_type = diff.get("changeType").cloned().unwrap_or_else(|| "UPDATE".into());
    summary.insert("changeType".to_owned(), change_type);
    json!({
        "configurationItemSummary": summary,
        "s3DeliverySummary": {"s3BucketLocation": null, "errorCode": null, "errorMessage": null},
        "notificationCreationTime": created,
        "messageType": MessageType::OversizedChange.name(),
        "recordVersion": "1.0",
    })
}

fn scheduled(account: &str) -> Value {
    json!({
        "awsAccountId": account,
        "notificationCreationTime": time::text(Timestamp::now()),
        "messageType": MessageType::Schedule.name(),
        "recordVersion": "1.0",
    })
}

fn snapshot_delivered(id: &str, bucket: &str, key: &str) -> Value {
    json!({
        "configSnapshotId": id,
        "s3ObjectKey": key,
        "s3Bucket": bucket,
        "notificationCreationTime": time::text(Timestamp::now()),
        "messageType": MessageType::Snapshot.name(),
        "recordVersion": "1.1",
    })
}

/// The members that are compared.
const COMPARED: [&str; 3] = ["configuration", "supplementaryConfiguration", "relationships"];

/// The first item of a resource has no differences: it is new altogether.
fn diff(previous: Option<&ConfigurationItem>, item: &ConfigurationItem) -> Value {
    let mut changed = Map::new();
    let change_type = match previous {
        _ if item.is_deleted() => "DELETE",
        Some(previous) if !previous.is_deleted() => "UPDATE",
        _ => "CREATE",
    };
    if let Some(previous) = previous.filter(|_| change_type != "CREATE") {
        let (previous, item) = (previous.members(), item.members());
        for name in COMPARED {
            compare(&capitalized(name), &previous[name], &item[name], &mut changed);
        }
    }
    json!({"changedProperties": changed, "changeType": change_type})
}

/// Names the innermost values that differ: of objects by their members, of lists by their indexes.
fn compare(path: &str, previous: &Value, updated: &Value, changed: &mut Map<String, Value>) {
    match (previous, updated) {
        (Value::Object(old), Value::Object(new)) => {
            let names = old.keys().chain(new.keys().filter(|name| !old.contains_key(*name)));
            for name in names {
                compare(&format!("{path}.{}", capitalized(name)), &previous[name], &updated[name], changed);
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            for index in 0..old.len().max(new.len()) {
                let at = |list: &[Value]| list.get(index).cloned().unwrap_or_default();
                compare_whole(format!("{path}.{index}"), &at(old), &at(new), changed);
            }
        }
        _ => compare_whole(path.to_owned(), previous, updated, changed),
    }
}

fn compare_whole(path: String, previous: &Value, updated: &Value, changed: &mut Map<String, Value>) {
    let change_type = match (previous, updated) {
        _ if previous == updated => return,
        (Value::Null, _) => "CREATE",
        (_, Value::Null) => "DELETE",
        _ => "UPDATE",
    };
    let change = json!({"previousValue": previous, "updatedValue": updated, "changeType": change_type});
    changed.insert(path, change);
}

fn capitalized(name: &str) -> String {
    let mut characters = name.chars();
    characters.next().into_iter().flat_map(char::to_uppercase).chain(characters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(status: &str, configuration: &Value) -> ConfigurationItem {
        ConfigurationItem::from_event(json!({
            "resourceType": "AWS::EC2::Instance",
            "resourceId": "i-1",
            "configurationItemCaptureTime": "2026-08-25T17:11:40.392Z",
            "configurationItemStatus": status,
            "configuration": configuration,
        }))
        .unwrap()
    }

    /// `null` stands for no item before.
    #[track_caller]
    fn is_diff(previous: &Value, status: &str, configuration: &Value, change_type: &str, changed: &Value) {
        let previous = (!previous.is_null()).then(|| item("OK", previous));
        let expected = json!({"changedProperties": changed, "changeType": change_type});
        assert_eq!(diff(previous.as_ref(), &item(status, configuration)), expected);
    }

    #[test]
    fn the_innermost_change_is_named() {
        let (null, same, nothing) = (&Value::Null, &json!({"a": 1}), &json!({}));
        is_diff(null, "ResourceDiscovered", same, "CREATE", nothing);
        is_diff(same, "OK", same, "UPDATE", nothing);
        is_diff(
            &json!({"state": {"name": "running"}, "old": 1, "list": [{"a": 1}, 2]}),
            "OK",
            &json!({"state": {"name": "stopped"}, "new": 2, "list": [{"a": 2}]}),
            "UPDATE",
            &json!({
                "Configuration.State.Name": {"previousValue": "running", "updatedValue": "stopped", "changeType": "UPDATE"},
                "Configuration.Old": {"previousValue": 1, "updatedValue": null, "changeType": "DELETE"},
                "Configuration.New": {"previousValue": null, "updatedValue": 2, "changeType": "CREATE"},
                "Configuration.List.0": {"previousValue": {"a": 1}, "updatedValue": {"a": 2}, "changeType": "UPDATE"},
                "Configuration.List.1": {"previousValue": 2, "updatedValue": null, "changeType": "DELETE"},
            }),
        );
        let gone =
            json!({"Configuration": {"previousValue": same, "updatedValue": null, "changeType": "DELETE"}});
        is_diff(same, "ResourceDeleted", null, "DELETE", &gone);
    }
}
