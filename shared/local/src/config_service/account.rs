//! What AWS Config keeps of one account.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;

use super::evaluation::EvaluationResult;
use super::item::ConfigurationItem;
use super::recorder::{DeliveryChannel, Recorder};
use super::rule::Rule;
use crate::endpoint::ApiError;

/// Tags' values by their keys.
pub(super) type Tags = BTreeMap<String, String>;

/// Type and id of a resource.
pub(super) type ResourceKey = (String, String);

/// What a result token was issued for.
#[derive(Clone, Debug)]
pub(super) struct ResultToken {
    pub(super) rule: String,
    /// Of a rule that is deployed.
    pub(super) rule_id: Option<String>,
    pub(super) invoked: Timestamp,
}

impl ResultToken {
    /// Issued now.
    pub(super) fn of(rule: &str, rule_id: Option<String>) -> Self {
        Self { rule: rule.to_owned(), rule_id, invoked: Timestamp::now() }
    }
}

#[derive(Debug, Default)]
pub(super) struct Account {
    /// By name.
    pub(super) rules: BTreeMap<String, Rule>,
    pub(super) tokens: HashMap<String, ResultToken>,
    pub(super) recorder: Option<Recorder>,
    pub(super) delivery_channel: Option<DeliveryChannel>,
    /// Of every rule and recorder, by its ARN.
    pub(super) tags: BTreeMap<String, Tags>,
    /// Of every resource the latest, by the rule's name.
    results: BTreeMap<ResourceKey, BTreeMap<String, EvaluationResult>>,
    /// Whose results can be read, whether or not they are deployed.
    reporting: BTreeSet<String>,
    /// By type and id of the resource, the oldest first.
    items: BTreeMap<&'static str, BTreeMap<String, Vec<ConfigurationItem>>>,
}

impl Account {
    /// An account with a recorder that records everything.
    pub(super) fn recording(account: &str) -> Self {
        let recorder = Recorder::recording_all(account);
        let tags = BTreeMap::from([(recorder.text("arn").to_owned(), Tags::new())]);
        let channel = DeliveryChannel::to_bucket(format!("config-{account}"));
        Self { recorder: Some(recorder), delivery_channel: Some(channel), tags, ..Self::default() }
    }

    /// Results of this rule can be read from now on.
    pub(super) fn add_rule_name(&mut self, rule: &str) {
        if !self.reporting.contains(rule) {
            self.reporting.insert(rule.to_owned());
        }
    }

    /// An older result never replaces a newer one; of two with the same time, the one that came last stands.
    pub(super) fn keep_latest(&mut self, rule: &str, result: EvaluationResult) {
        self.add_rule_name(rule);
        let evaluation = &result.evaluation;
        let key = (evaluation.compliance_resource_type.clone(), evaluation.compliance_resource_id.clone());
        let results = self.results.entry(key).or_default();
        let time = |result: &EvaluationResult| result.evaluation.ordering_timestamp;
        if results.get(rule).is_none_or(|kept| time(kept) <= time(&result)) {
            results.insert(rule.to_owned(), result);
        }
    }

    /// The latest results of each resource, by rule.
    pub(super) fn results(
        &self,
    ) -> impl Iterator<Item = (&ResourceKey, &BTreeMap<String, EvaluationResult>)> {
        self.results.iter()
    }

    /// Those of one rule.
    pub(super) fn results_of(&self, rule: &str) -> impl Iterator<Item = (&ResourceKey, &EvaluationResult)> {
        self.results.iter().filter_map(move |(resource, results)| Some((resource, results.get(rule)?)))
    }

    /// Those of one resource, by rule.
    pub(super) fn results_for(
        &self,
        resource: &ResourceKey,
    ) -> impl Iterator<Item = (&String, &EvaluationResult)> {
        self.results.get(resource).into_iter().flatten()
    }

    /// Deletes a rule with its results.
    pub(super) fn delete_rule(&mut self, name: &str) {
        self.reporting.remove(name);
        self.results.retain(|_, results| {
            results.remove(name);
            !results.is_empty()
        });
        if let Some(rule) = self.rules.remove(name) {
            self.tags.remove(&rule.arn);
        }
    }

    /// Puts an item into its resource's history; of two with the same time, the one that came last is the later.
    pub(super) fn record(&mut self, item: ConfigurationItem) {
        let resources = self.items.entry(item.resource_type()).or_default();
        let history = resources.entry(item.resource_id().to_owned()).or_default();
        let index = history.partition_point(|earlier| earlier.captured() <= item.captured());
        history.insert(index, item);
    }

    /// The items of a resource, the oldest first; none if it was never recorded.
    pub(super) fn history(&self, resource_type: &str, resource_id: &str) -> Option<&[ConfigurationItem]> {
        Some(self.items.get(resource_type)?.get(resource_id)?)
    }

    /// The types of the resources that were recorded.
    pub(super) fn recorded_types(&self) -> impl Iterator<Item = &'static str> {
        self.items.keys().copied()
    }

    /// The latest item of every resource of this type.
    pub(super) fn inventory_of(&self, resource_type: &str) -> impl Iterator<Item = &ConfigurationItem> {
        self.items
            .get(resource_type)
            .into_iter()
            .flat_map(BTreeMap::values)
            .filter_map(|history| history.last())
    }

    /// The latest item of every resource, those that are deleted left out.
    pub(super) fn inventory(&self) -> impl Iterator<Item = &ConfigurationItem> {
        let latest = self.recorded_types().flat_map(|resource_type| self.inventory_of(resource_type));
        latest.filter(|item| !item.is_deleted())
    }

    pub(super) fn recorder(&self) -> Result<&Recorder, ApiError> {
        self.recorder.as_ref().ok_or_else(|| {
            ApiError::bad_request(
                "NoAvailableConfigurationRecorderException",
                "Configuration recorder is not available to record your resources.",
            )
        })
    }

    /// What was recorded while there was a recorder stays readable without one.
    pub(super) fn check_recorded(&self) -> Result<(), ApiError> {
        if self.items.is_empty() { self.recorder().map(drop) } else { Ok(()) }
    }

    /// The names of the rules that are deployed, and of those that have results without being so.
    pub(super) fn rule_names(&self) -> BTreeSet<&str> {
        self.rules.keys().chain(&self.reporting).map(String::as_str).collect()
    }

    pub(super) fn check_rule(&self, name: &str) -> Result<(), ApiError> {
        let is_known = self.rules.contains_key(name) || self.reporting.contains(name);
        if is_known { Ok(()) } else { Err(no_such_rule(name)) }
    }

    /// The deployed rules with these names; all without any.
    pub(super) fn rules_named(&self, names: &[&str]) -> Result<Vec<&Rule>, ApiError> {
        if names.is_empty() {
            return Ok(self.rules.values().collect());
        }
        names.iter().map(|name| self.rules.get(*name).ok_or_else(|| no_such_rule(name))).collect()
    }
}

pub(super) fn no_such_rule(name: &str) -> ApiError {
    ApiError::bad_request(
        "NoSuchConfigRuleException",
        format!(
            "The ConfigRule '{name}' provided in the request is invalid. Please check the configRule name"
        ),
    )
}
