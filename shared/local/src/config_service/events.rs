//! The events with which AWS Config invokes the functions of rules.

use jiff::{Timestamp, Unit};
use serde_json::{Value, json};

use super::diff::diff;
use super::item::ConfigurationItem;
use super::rule::{Rule, Trigger};
use super::store::Store;
use super::tokens::Issue;
use crate::request_id::{random, request_id};

/// A function that AWS Config invokes, asynchronously, and the event that it hands over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// What the rule's `SourceIdentifier` says; it may have a version or an alias.
    pub function_arn: String,
    /// The account of the rule: twelve digits.
    pub account: String,
    /// The rule whose result is asked for.
    pub rule: String,
    /// The event: JSON.
    pub event: String,
}

/// A snapshot of an account's configuration items that was delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The delivery channel's bucket.
    pub bucket: String,
    /// The object's key.
    pub key: String,
    /// What AWS Config puts there, before it is compressed with gzip: JSON.
    pub body: String,
    /// Of the rules that are triggered by snapshots.
    pub invocations: Vec<Invocation>,
}

/// What of an item an oversized notification holds, and its `changeType`.
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

impl Store {
    /// Keeps an item, and tells the rules that are triggered by changes. A resource that was in a rule's scope and is no
    /// longer triggers it once more.
    pub(super) fn record(&mut self, item: ConfigurationItem) -> Vec<Invocation> {
        let account = self.account(item.account());
        let previous = account.items.get(&item.key()).and_then(|history| history.last()).cloned();
        let recorded =
            account.recorder.as_ref().is_some_and(|recorder| recorder.records(item.resource_type()));
        let rules = if recorded { account.rules_with(Trigger::Change) } else { Vec::new() };
        let notification = self.change(&item, &diff(previous.as_ref(), &item));
        let mut invocations = Vec::new();
        for rule in rules {
            let left = !rule.definition.covers(&item);
            if !left || previous.as_ref().is_some_and(|previous| rule.definition.covers(previous)) {
                invocations.push(self.invoke(item.account(), &rule, &notification, left));
            }
        }
        self.account(item.account()).record(item);
        invocations
    }

    /// What a new rule, a changed rule, or one whose evaluation is asked for sees: every resource in its scope as it was
    /// recorded last, if it is triggered by changes, and its schedule, if it has one.
    pub(super) fn start_evaluation(&mut self, account: &str, name: &str) {
        let held = self.account(account);
        let Some(rule) = held.rules.get(name).cloned() else {
            return;
        };
        let covered = held.inventory().filter(|item| !item.is_deleted() && rule.definition.covers(item));
        let items: Vec<_> = covered.filter(|_| rule.definition.has(Trigger::Change)).cloned().collect();
        let mut notifications: Vec<_> = items.iter().map(|item| self.change(item, &Value::Null)).collect();
        if rule.definition.has(Trigger::Schedule) {
            notifications.push(scheduled(account));
        }
        for notification in notifications {
            let invocation = self.invoke(account, &rule, &notification, false);
            self.invocations.push(invocation);
        }
    }

    /// Lets the time come for which the rules of an account with a schedule wait.
    pub(super) fn run_schedule(&mut self, account: &str) -> Vec<Invocation> {
        let notification = scheduled(account);
        let rules = self.account(account).rules_with(Trigger::Schedule);
        rules.iter().map(|rule| self.invoke(account, rule, &notification, false)).collect()
    }

    /// None without a delivery channel.
    pub(super) fn deliver_snapshot(&mut self, account: &str) -> Option<Snapshot> {
        let held = self.account(account);
        let channel = held.delivery_channel.clone()?;
        let region = held.recorder.as_ref()?.text("arn").split(':').nth(3)?.to_owned();
        let id = request_id();
        let items: Vec<_> =
            held.inventory().filter(|item| !item.is_deleted()).map(ConfigurationItem::to_event).collect();
        let now = Timestamp::now();
        let (day, second) = (now.strftime("%Y/%-m/%-d"), now.strftime("%Y%m%dT%H%M%SZ"));
        let prefix = channel.s3_key_prefix.map(|prefix| format!("{prefix}/")).unwrap_or_default();
        let key = format!(
            "{prefix}AWSLogs/{account}/Config/{region}/{day}/ConfigSnapshot/{account}_Config_{region}_ConfigSnapshot_{second}_{id}.json.gz"
        );
        let notification = json!({
            "configSnapshotId": id,
            "s3ObjectKey": key,
            "s3Bucket": channel.s3_bucket_name,
            "notificationCreationTime": milliseconds(now),
            "messageType": Trigger::Snapshot.message_type(),
            "recordVersion": "1.1",
        });
        let rules = self.account(account).rules_with(Trigger::Snapshot);
        let invocations = rules.iter().map(|rule| self.invoke(account, rule, &notification, false)).collect();
        let body =
            json!({"fileVersion": "1.0", "configSnapshotId": id, "configurationItems": items}).to_string();
        Some(Snapshot { bucket: channel.s3_bucket_name, key, body, invocations })
    }

    /// The notification of a change, or, if that is too long, of its summary.
    fn change(&self, item: &ConfigurationItem, diff: &Value) -> Value {
        let created = milliseconds(Timestamp::now());
        let whole = json!({
            "configurationItemDiff": diff,
            "configurationItem": item.to_event(),
            "notificationCreationTime": created,
            "messageType": Trigger::Change.message_type(),
            "recordVersion": "1.3",
        });
        if whole.to_string().len() <= self.max_notification {
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

    /// Issues a token for the rule and writes the event.
    fn invoke(&mut self, account: &str, rule: &Rule, notification: &Value, left_scope: bool) -> Invocation {
        let token = format!("{:016x}{:016x}{:016x}", random(), random(), random());
        let held = self.account(account);
        if let Some(rule) = held.rules.get_mut(&rule.name) {
            rule.invoked = Some(Timestamp::now());
        }
        let execution_role = held.recorder.as_ref().map(|recorder| recorder.text("roleARN").to_owned());
        self.tokens.issued.insert(token.clone(), Issue::now(account, &rule.name, Some(rule.id.clone())));
        let event = json!({
            "version": "1.0",
            "invokingEvent": notification.to_string(),
            "ruleParameters": rule.definition.input_parameters.as_deref().unwrap_or("{}"),
            "resultToken": token,
            "eventLeftScope": left_scope,
            "executionRoleArn": execution_role,
            "configRuleArn": rule.arn,
            "configRuleName": rule.name,
            "configRuleId": rule.id,
            "accountId": account,
            "evaluationMode": "DETECTIVE",
        });
        Invocation {
            function_arn: rule.definition.source.source_identifier.clone(),
            account: account.to_owned(),
            rule: rule.name.clone(),
            event: event.to_string(),
        }
    }
}

fn scheduled(account: &str) -> Value {
    json!({
        "awsAccountId": account,
        "notificationCreationTime": milliseconds(Timestamp::now()),
        "messageType": Trigger::Schedule.message_type(),
        "recordVersion": "1.0",
    })
}

/// Such as `2026-08-25T17:11:40.392Z`.
fn milliseconds(time: Timestamp) -> String {
    let rounded = time.round(Unit::Millisecond).unwrap_or(time);
    format!("{rounded:.3}")
}
