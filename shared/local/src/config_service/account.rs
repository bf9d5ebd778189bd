//! What AWS Config holds of one account.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::delivery_channel::DeliveryChannel;
use super::error::ServiceError;
use super::evaluation::Evaluation;
use super::item::{ConfigurationItem, ResourceKey};
use super::recorder::Recorder;
use super::rule::{Rule, Trigger};
use super::tags::Tags;

/// What AWS Config keeps one result for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResultKey {
    /// The rule that the result token was issued for; the token itself when it was assigned to none.
    pub rule: String,
    /// Such as `AWS::EC2::Instance`.
    pub resource_type: String,
    /// The resource's id.
    pub resource_id: String,
}

/// The latest evaluation of a resource.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) evaluation: Evaluation,
    pub(super) recorded: Timestamp,
    pub(super) invoked: Timestamp,
}

#[derive(Debug, Default)]
pub(super) struct Account {
    pub(super) results: BTreeMap<ResultKey, Held>,
    /// Of every resource its configuration items, the oldest first.
    pub(super) items: BTreeMap<ResourceKey, Vec<ConfigurationItem>>,
    /// Rules that are not deployed, but have tokens.
    pub(super) named_rules: BTreeSet<String>,
    /// By name.
    pub(super) rules: BTreeMap<String, Rule>,
    pub(super) recorder: Option<Recorder>,
    pub(super) delivery_channel: Option<DeliveryChannel>,
    /// Of every rule and recorder, by its ARN.
    pub(super) tags: BTreeMap<String, Tags>,
}

impl Account {
    /// An account with a recorder that records everything.
    pub(super) fn recording(account: &str) -> Self {
        let recorder = Recorder::recording_all(account);
        let tags = BTreeMap::from([(recorder.text("arn").to_owned(), Tags::new())]);
        let channel = DeliveryChannel::to_bucket(format!("config-{account}"));
        Self { recorder: Some(recorder), delivery_channel: Some(channel), tags, ..Self::default() }
    }

    /// An older result never replaces a newer one; of two with the same time, the one that came last stands.
    pub(super) fn keep_latest(&mut self, rule: &str, held: Held) {
        let Evaluation { compliance_resource_type, compliance_resource_id, .. } = held.evaluation.clone();
        let key = ResultKey {
            rule: rule.to_owned(),
            resource_type: compliance_resource_type,
            resource_id: compliance_resource_id,
        };
        let time = |held: &Held| held.evaluation.ordering_timestamp;
        if self.results.get(&key).is_none_or(|kept| time(kept) <= time(&held)) {
            self.results.insert(key, held);
        }
    }

    /// Puts an item into its resource's history; of two with the same time, the one that came last is the later.
    pub(super) fn record(&mut self, item: ConfigurationItem) {
        let history = self.items.entry(item.key()).or_default();
        let index = history.partition_point(|earlier| earlier.captured() <= item.captured());
        history.insert(index, item);
    }

    /// The latest item of every resource.
    pub(super) fn inventory(&self) -> impl Iterator<Item = &ConfigurationItem> {
        self.items.values().filter_map(|history| history.last())
    }

    pub(super) fn recorder(&self) -> Result<&Recorder, ServiceError> {
        self.recorder.as_ref().ok_or_else(|| {
            ServiceError::bad_request(
                "NoAvailableConfigurationRecorderException",
                "Configuration recorder is not available to record your resources.",
            )
        })
    }

    /// What was recorded while there was a recorder stays readable without one.
    pub(super) fn check_recorded(&self) -> Result<(), ServiceError> {
        if self.items.is_empty() { self.recorder().map(drop) } else { Ok(()) }
    }

    /// Every rule that has results or may have some, deployed or not.
    pub(super) fn rule_names(&self) -> BTreeSet<&str> {
        let with_results = self.results.keys().map(|key| &key.rule);
        self.rules.keys().chain(&self.named_rules).chain(with_results).map(String::as_str).collect()
    }

    pub(super) fn check_rule(&self, name: &str) -> Result<(), ServiceError> {
        let is_known = self.rules.contains_key(name)
            || self.named_rules.contains(name)
            || self.results.keys().any(|key| key.rule == name);
        if is_known { Ok(()) } else { Err(no_such_rule(name)) }
    }

    /// The deployed rules with these names; all without any.
    pub(super) fn rules_named(&self, names: &[String]) -> Result<Vec<&Rule>, ServiceError> {
        if names.is_empty() {
            return Ok(self.rules.values().collect());
        }
        names.iter().map(|name| self.rules.get(name).ok_or_else(|| no_such_rule(name))).collect()
    }

    /// The rules that judge what is recorded, and are triggered in this way.
    pub(super) fn rules_with(&self, trigger: Trigger) -> Vec<Rule> {
        let detective = self.rules.values().filter(|rule| rule.has_mode("DETECTIVE"));
        detective.filter(|rule| rule.definition.has(trigger)).cloned().collect()
    }
}

pub(super) fn no_such_rule(name: &str) -> ServiceError {
    ServiceError::bad_request(
        "NoSuchConfigRuleException",
        format!(
            "The ConfigRule '{name}' provided in the request is invalid. Please check the configRule name"
        ),
    )
}
