//! What changed between two configuration items, as `configurationItemDiff` tells it.

use serde_json::{Map, Value, json};

use super::item::ConfigurationItem;

/// The members that are compared.
const COMPARED: [&str; 3] = ["configuration", "supplementaryConfiguration", "relationships"];

/// The first item of a resource has no differences: it is new altogether.
pub(super) fn diff(previous: Option<&ConfigurationItem>, item: &ConfigurationItem) -> Value {
    let mut changed = Map::new();
    let change_type = match previous {
        _ if item.is_deleted() => "DELETE",
        Some(previous) if !previous.is_deleted() => "UPDATE",
        _ => "CREATE",
    };
    if let Some(previous) = previous.filter(|_| change_type != "CREATE") {
        for name in COMPARED {
            compare(&capitalised(name), previous.member(name), item.member(name), &mut changed);
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
                compare(&format!("{path}.{}", capitalised(name)), &previous[name], &updated[name], changed);
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

fn capitalised(name: &str) -> String {
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
    fn is_told(previous: &Value, status: &str, configuration: &Value, change_type: &str, changed: &Value) {
        let previous = (!previous.is_null()).then(|| item("OK", previous));
        let expected = json!({"changedProperties": changed, "changeType": change_type});
        assert_eq!(diff(previous.as_ref(), &item(status, configuration)), expected);
    }

    #[test]
    fn the_innermost_change_is_named() {
        let (null, same, nothing) = (&Value::Null, &json!({"a": 1}), &json!({}));
        is_told(null, "ResourceDiscovered", same, "CREATE", nothing);
        is_told(same, "OK", same, "UPDATE", nothing);
        is_told(
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
        is_told(same, "ResourceDeleted", null, "DELETE", &gone);
    }
}
