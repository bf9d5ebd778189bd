//! The messages that events carry as their `invokingEvent`.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::item::ConfigurationItem;
use super::rule::Trigger;
use super::time;

/// What an oversized notification holds of its item.
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

/// A change, or, if that has more bytes than the limit, its summary.
pub(super) fn change(item: &ConfigurationItem, diff: &Value, limit: usize) -> Value {
    let created = time::text(Timestamp::now());
    let whole = json!({
        "configurationItemDiff": diff,
        "configurationItem": item.to_event(),
        "notificationCreationTime": created,
        "messageType": Trigger::Change.message_type(),
        "recordVersion": "1.3",
    });
    if whole.to_string().len() <= limit {
        return whole;
    }
    let members = SUMMARY.into_iter().map(|name| (name.to_owned(), item.member(name).clone()));
    let change_type = diff.get("changeType").cloned().unwrap_or_else(|| "UPDATE".into());
    let summary: Value = members.chain([("changeType".to_owned(), change_type)]).collect();
    json!({
        "configurationItemSummary": summary,
        "s3DeliverySummary": {"s3BucketLocation": null, "errorCode": null, "errorMessage": null},
        "notificationCreationTime": created,
        "messageType": Trigger::OversizedChange.message_type(),
        "recordVersion": "1.0",
    })
}

pub(super) fn scheduled(account: &str) -> Value {
    json!({
        "awsAccountId": account,
        "notificationCreationTime": time::text(Timestamp::now()),
        "messageType": Trigger::Schedule.message_type(),
        "recordVersion": "1.0",
    })
}

pub(super) fn snapshot_delivered(id: &str, bucket: &str, key: &str) -> Value {
    json!({
        "configSnapshotId": id,
        "s3ObjectKey": key,
        "s3Bucket": bucket,
        "notificationCreationTime": time::text(Timestamp::now()),
        "messageType": Trigger::Snapshot.message_type(),
        "recordVersion": "1.1",
    })
}
