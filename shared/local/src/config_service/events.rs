//! The events with which AWS Config invokes the functions of rules.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::account::Account;
use super::diff::diff;
use super::item::ConfigurationItem;
use super::notifications;
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

impl Store {
    /// Keeps an item, and tells the rules that are triggered by changes. A resource that was in a rule's scope and is no
    /// longer triggers it once more.
    pub(super) fn record(&mut self, item: ConfigurationItem) -> Vec<Invocation> {
        let account = self.account(item.account());
        let previous = account.items.get(&item.key()).and_then(|history| history.last()).cloned();
        let recorded =
            account.recorder.as_ref().is_some_and(|recorder| recorder.records(item.resource_type()));
        let rules = if recorded { account.rules_with(Trigger::Change) } else { Vec::new() };
        let notification =
            notifications::change(&item, &diff(previous.as_ref(), &item), self.max_notification);
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
        let limit = self.max_notification;
        let mut notifications: Vec<_> =
            items.iter().map(|item| notifications::change(item, &Value::Null, limit)).collect();
        if rule.definition.has(Trigger::Schedule) {
            notifications.push(notifications::scheduled(account));
        }
        for notification in notifications {
            let invocation = self.invoke(account, &rule, &notification, false);
            self.invocations.push(invocation);
        }
    }

    /// Lets the time come for which the rules of an account with a schedule wait.
    pub(super) fn run_schedule(&mut self, account: &str) -> Vec<Invocation> {
        let notification = notifications::scheduled(account);
        let rules = self.account(account).rules_with(Trigger::Schedule);
        rules.iter().map(|rule| self.invoke(account, rule, &notification, false)).collect()
    }

    /// None without a recorder and a delivery channel.
    pub(super) fn deliver_snapshot(&mut self, account: &str) -> Option<Snapshot> {
        let held = self.account(account);
        let bucket = held.delivery_channel.as_ref()?.s3_bucket_name.clone();
        let id = request_id();
        let key = snapshot_key(account, held, &id)?;
        let existing = held.inventory().filter(|item| !item.is_deleted());
        let items: Vec<_> = existing.map(ConfigurationItem::to_event).collect();
        let body =
            json!({"fileVersion": "1.0", "configSnapshotId": id, "configurationItems": items}).to_string();
        let rules = held.rules_with(Trigger::Snapshot);
        let notification = notifications::snapshot_delivered(&id, &bucket, &key);
        let invocations = rules.iter().map(|rule| self.invoke(account, rule, &notification, false)).collect();
        Some(Snapshot { bucket, key, body, invocations })
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

/// Account, Region, day and second are part of it.
fn snapshot_key(account: &str, held: &Account, id: &str) -> Option<String> {
    let prefix = held.delivery_channel.as_ref()?.s3_key_prefix.as_ref();
    let prefix = prefix.map(|prefix| format!("{prefix}/")).unwrap_or_default();
    let region = held.recorder.as_ref()?.text("arn").split(':').nth(3)?;
    let now = Timestamp::now();
    let (day, second) = (now.strftime("%Y/%-m/%-d"), now.strftime("%Y%m%dT%H%M%SZ"));
    Some(format!(
        "{prefix}AWSLogs/{account}/Config/{region}/{day}/ConfigSnapshot/\
         {account}_Config_{region}_ConfigSnapshot_{second}_{id}.json.gz"
    ))
}
