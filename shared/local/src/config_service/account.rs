//! What AWS Config holds of one account.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::error::ServiceError;
use super::evaluation::Evaluation;
use super::item::{ConfigurationItem, ResourceKey};

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
}

impl Account {
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

    /// What was recorded while there was a recorder stays readable without one.
    pub(super) fn check_recorded(&self) -> Result<(), ServiceError> {
        if self.items.is_empty() {
            return Err(ServiceError::bad_request(
                "NoAvailableConfigurationRecorderException",
                "Configuration recorder is not available to record your resources.",
            ));
        }
        Ok(())
    }

    pub(super) fn check_rule(&self, name: &str) -> Result<(), ServiceError> {
        if self.named_rules.contains(name) || self.results.keys().any(|key| key.rule == name) {
            return Ok(());
        }
        Err(ServiceError::bad_request(
            "NoSuchConfigRuleException",
            format!(
                "The ConfigRule '{name}' provided in the request is invalid. Please check the configRule name"
            ),
        ))
    }
}
