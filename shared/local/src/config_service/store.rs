//! What AWS Config keeps of all accounts, and the invocations of functions that follow from it.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::account::{Account, ResultToken, no_such_rule};
use super::evaluation::{Evaluation, EvaluationResult, PutEvaluations};
use super::item::ConfigurationItem;
use super::message::{Message, MessageType};
use super::rule::{Rule, Trigger};
use crate::endpoint::ApiError;
use crate::request_id::{random, request_id};

/// Bytes of a notification: the maximum of Amazon SNS.
const MAX_NOTIFICATION: usize = 256 * 1024;

/// The token that stands for a test run where rules are tested outside AWS; AWS Config never issues it.
const TEST_TOKEN: &str = "TESTMODE";

/// A function that AWS Config invokes, asynchronously, and the event that it invokes it with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// The rule's `SourceIdentifier`; it may have a version or an alias.
    pub function_arn: String,
    /// The account of the rule: twelve digits.
    pub account: String,
    /// The rule that is evaluated.
    pub rule: String,
    /// The event: JSON.
    pub event: String,
    /// When the function was invoked before.
    invoked_before: Option<Timestamp>,
}

/// A snapshot of an account's configuration items that was delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The delivery channel's bucket.
    pub bucket: String,
    /// The object's key.
    pub key: String,
    /// The object, before it is compressed with gzip: JSON.
    pub body: String,
    /// Of the rules that are triggered by snapshots.
    pub invocations: Vec<Invocation>,
}

/// Whether a function, by its ARN, can be invoked.
pub(super) struct CanInvoke(pub(super) Box<dyn Fn(&str) -> bool + Send>);

impl fmt::Debug for CanInvoke {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CanInvoke")
    }
}

#[derive(Debug)]
pub(super) struct Store {
    pub(super) accepted: Vec<Evaluation>,
    pub(super) accepts_any_token: bool,
    pub(super) rejected_tokens: HashSet<String>,
    /// Bytes. A change whose notification is longer is notified of in summary.
    pub(super) max_notification: usize,
    pub(super) can_invoke: CanInvoke,
    accounts: BTreeMap<String, Account>,
    new_account: fn(&str) -> Account,
}

impl Store {
    pub(super) fn new(new_account: fn(&str) -> Account) -> Self {
        Self {
            accepted: Vec::new(),
            accepts_any_token: false,
            rejected_tokens: HashSet::new(),
            max_notification: MAX_NOTIFICATION,
            can_invoke: CanInvoke(Box::new(|_| true)),
            accounts: BTreeMap::new(),
            new_account,
        }
    }

    pub(super) fn account(&mut self, account: &str) -> &mut Account {
        self.accounts.entry(account.to_owned()).or_insert_with(|| (self.new_account)(account))
    }

    /// An account that [`account`](Self::account) has been called for.
    pub(super) fn known_account(&self, account: &str) -> &Account {
        &self.accounts[account]
    }

    /// The token of a request; none in test mode, where any will do. The rule may have been deleted since.
    pub(super) fn check_token(
        &mut self,
        request: &PutEvaluations,
        account: &str,
    ) -> Result<Option<ResultToken>, ApiError> {
        let token = &request.result_token;
        let is_usable = token != TEST_TOKEN && !self.rejected_tokens.contains(token);
        let accepts_any = self.accepts_any_token;
        let account = self.account(account);
        let issued = match account.tokens.get(token) {
            _ if token.is_empty() => None,
            _ if request.test_mode => return Ok(None),
            Some(issued) => Some(issued.clone()),
            None if accepts_any => Some(ResultToken::of(token, None)),
            None => None,
        };
        let issued = issued.filter(|_| is_usable).ok_or_else(|| {
            ApiError::bad_request("InvalidResultTokenException", "The specified ResultToken is not valid.")
        })?;
        let is_current = |id: &String| account.rules.get(&issued.rule).is_some_and(|rule| rule.id == *id);
        if issued.rule_id.as_ref().is_none_or(is_current) {
            Ok(Some(issued))
        } else {
            Err(no_such_rule(&issued.rule))
        }
    }

    /// Stores the evaluations.
    pub(super) fn accept(
        &mut self,
        account: &str,
        token: &ResultToken,
        evaluations: impl IntoIterator<Item = Evaluation>,
    ) {
        let recorded = Timestamp::now();
        if let Some(rule) = self.account(account).rules.get_mut(&token.rule) {
            rule.evaluated = Some(recorded);
        }
        for evaluation in evaluations {
            self.accepted.push(evaluation.clone());
            let result = EvaluationResult { evaluation, recorded, invoked: token.invoked };
            self.account(account).keep_latest(&token.rule, result);
        }
    }

    /// Keeps an item. The rules that it triggers are returned: those in whose scope the resource is, or was until now.
    pub(super) fn record(&mut self, item: ConfigurationItem) -> Vec<(String, Trigger)> {
        let account = self.account(item.account());
        let history = account.history(item.resource_type(), item.resource_id());
        let previous = history.and_then(|history| history.last()).cloned();
        let is_recorded =
            account.recorder.as_ref().is_some_and(|recorder| recorder.records(item.resource_type()));
        let trigger = |rule: &Rule| {
            let left_scope = !rule.definition.covers(&item);
            let was_in_scope = || previous.as_ref().is_some_and(|previous| rule.definition.covers(previous));
            let message = Message::Change { item: item.clone(), previous: previous.clone() };
            (!left_scope || was_in_scope()).then(|| (rule.name.clone(), Trigger { message, left_scope }))
        };
        let rules =
            account.rules.values().filter(|rule| is_recorded && rule.is_triggered_by(MessageType::Change));
        let triggers = rules.filter_map(trigger).collect();
        account.record(item);
        triggers
    }

    /// The same, and leaves the invocations to [`next_invocation`](Self::next_invocation). The rules are returned.
    pub(super) fn record_later(&mut self, item: &ConfigurationItem) -> Vec<String> {
        let triggers = self.record(item.clone());
        let rules = &mut self.account(item.account()).rules;
        for (name, trigger) in &triggers {
            if let Some(rule) = rules.get_mut(name) {
                rule.pending.push_back(trigger.clone());
            }
        }
        triggers.into_iter().map(|(name, _)| name).collect()
    }

    /// What a new rule, a changed rule, or one whose evaluation is asked for evaluates: every resource in its scope as it was
    /// recorded last, if it is triggered by changes, and all resources, if it has a schedule.
    pub(super) fn start_evaluation(&mut self, account: &str, name: &str) {
        let account = self.account(account);
        let Some(rule) = account.rules.get(name) else { return };
        let is_change_triggered = rule.is_triggered_by(MessageType::Change);
        let items = account.inventory().filter(|item| is_change_triggered && rule.definition.covers(item));
        let triggers = items.map(|item| Trigger::of(Message::Evaluation { item: item.clone() }));
        let triggers: Vec<_> = triggers.collect();
        if let Some(rule) = account.rules.get_mut(name) {
            // These take the place of an evaluation that has not ended yet.
            rule.pending.retain(|trigger| matches!(trigger.message, Message::Change { .. }));
            rule.pending.extend(triggers);
            if rule.schedule(Timestamp::now()) {
                rule.pending.push_back(Trigger::of(Message::Schedule));
            }
        }
    }

    /// The next invocation that recorded items, deployed rules, started evaluations and schedules have led to.
    pub(super) fn next_invocation(&mut self, now: Timestamp) -> Option<Invocation> {
        let (account, name, trigger) = self.accounts.iter_mut().find_map(|(id, account)| {
            account.rules.values_mut().find_map(|rule| {
                if rule.due.is_some_and(|due| due <= now) {
                    rule.pending.push_back(Trigger::of(Message::Schedule));
                    rule.schedule(now);
                }
                Some((id.clone(), rule.name.clone(), rule.pending.pop_front()?))
            })
        })?;
        self.invoke(&account, &name, &trigger)
    }

    /// All rules of the account that this message triggers.
    pub(super) fn invoke_all(
        &mut self,
        account: &str,
        message_type: MessageType,
        message: &Message,
    ) -> Vec<Invocation> {
        let rules = self.account(account).rules.values();
        let names = rules.filter(|rule| rule.is_triggered_by(message_type)).map(|rule| rule.name.clone());
        let names: Vec<_> = names.collect();
        let trigger = Trigger::of(message.clone());
        names.iter().filter_map(|name| self.invoke(account, name, &trigger)).collect()
    }

    /// Issues a result token for the rule and writes the event.
    pub(super) fn invoke(&mut self, account: &str, rule: &str, trigger: &Trigger) -> Option<Invocation> {
        let (id, limit) = (account, self.max_notification);
        let account = self.account(id);
        let execution_role = account.recorder.as_ref().map(|recorder| recorder.text("roleARN").to_owned());
        let rule = account.rules.get_mut(rule)?;
        let invoked_before = rule.invoked.replace(Timestamp::now());
        let token = format!("{:016x}{:016x}{:016x}", random(), random(), random());
        account.tokens.insert(token.clone(), ResultToken::of(&rule.name, Some(rule.id.clone())));
        let event = json!({
            "version": "1.0",
            "invokingEvent": trigger.message.to_json(id, limit),
            "ruleParameters": rule.definition.input_parameters.as_deref().unwrap_or("{}"),
            "resultToken": token,
            "eventLeftScope": trigger.left_scope,
            "executionRoleArn": execution_role,
            "configRuleArn": rule.arn,
            "configRuleName": rule.name,
            "configRuleId": rule.id,
            "accountId": id,
            "evaluationMode": "DETECTIVE",
        });
        Some(Invocation {
            function_arn: rule.definition.source.source_identifier.clone(),
            account: id.to_owned(),
            rule: rule.name.clone(),
            event: event.to_string(),
            invoked_before,
        })
    }

    /// Notes that a rule's function could not be invoked, or that its evaluation has failed.
    pub(super) fn fail(&mut self, invocation: &Invocation, is_invoked: bool, code: &str, message: &str) {
        let now = Timestamp::now();
        if let Some(rule) = self.account(&invocation.account).rules.get_mut(&invocation.rule) {
            if is_invoked {
                rule.evaluation_failed = Some(now);
            } else {
                rule.invocation_failed = Some(now);
                rule.invoked = invocation.invoked_before;
            }
            rule.error = Some((code.to_owned(), message.to_owned()));
        }
    }

    /// None without a recorder and a delivery channel.
    pub(super) fn deliver_snapshot(&mut self, id: &str) -> Option<Snapshot> {
        let account = self.account(id);
        let snapshot_id = request_id();
        let bucket = account.delivery_channel.as_ref()?.s3_bucket_name.clone();
        let key = snapshot_key(id, account, &snapshot_id)?;
        let items = account.inventory().map(ConfigurationItem::json).collect();
        let body = SnapshotBody {
            file_version: "1.0",
            config_snapshot_id: &snapshot_id,
            configuration_items: items,
        };
        // All its members are JSON already.
        let body = serde_json::to_string(&body).unwrap_or_default();
        let message = Message::Snapshot { id: snapshot_id, bucket: bucket.clone(), key: key.clone() };
        let invocations = self.invoke_all(id, MessageType::Snapshot, &message);
        Some(Snapshot { bucket, key, body, invocations })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SnapshotBody<'a> {
    file_version: &'static str,
    config_snapshot_id: &'a str,
    configuration_items: Vec<&'a RawValue>,
}

/// Account, Region, day and second are part of it.
fn snapshot_key(id: &str, account: &Account, snapshot_id: &str) -> Option<String> {
    let prefix = account.delivery_channel.as_ref()?.s3_key_prefix.as_ref();
    let prefix = prefix.map(|prefix| format!("{prefix}/")).unwrap_or_default();
    let region = account.recorder.as_ref()?.text("arn").split(':').nth(3)?;
    let now = Timestamp::now();
    let (day, second) = (now.strftime("%Y/%-m/%-d"), now.strftime("%Y%m%dT%H%M%SZ"));
    Some(format!(
        "{prefix}AWSLogs/{id}/Config/{region}/{day}/ConfigSnapshot/\
         {id}_Config_{region}_ConfigSnapshot_{second}_{snapshot_id}.json.gz"
    ))
}
