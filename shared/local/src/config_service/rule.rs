//! A deployed rule: its definition as the API spells it, and what triggers it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::item::ConfigurationItem;

/// A rule's definition. Its name, ARN and id are there once it is deployed.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
#[allow(clippy::struct_field_names, reason = "the API's names")]
pub(super) struct ConfigRule {
    pub(super) config_rule_name: Option<String>,
    pub(super) config_rule_arn: Option<String>,
    pub(super) config_rule_id: Option<String>,
    pub(super) description: Option<String>,
    pub(super) scope: Option<Scope>,
    pub(super) source: Source,
    pub(super) input_parameters: Option<String>,
    pub(super) maximum_execution_frequency: Option<String>,
    pub(super) config_rule_state: Option<String>,
    pub(super) created_by: Option<String>,
    pub(super) evaluation_modes: Option<Vec<EvaluationMode>>,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Scope {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) compliance_resource_types: Vec<String>,
    pub(super) compliance_resource_id: Option<String>,
    pub(super) tag_key: Option<String>,
    pub(super) tag_value: Option<String>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
#[allow(clippy::struct_field_names, reason = "the API's names")]
pub(super) struct Source {
    pub(super) owner: String,
    #[serde(default)]
    pub(super) source_identifier: String,
    #[serde(default)]
    pub(super) source_details: Vec<SourceDetail>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SourceDetail {
    pub(super) event_source: Option<String>,
    pub(super) message_type: Option<String>,
    pub(super) maximum_execution_frequency: Option<String>,
}

#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
pub(super) struct EvaluationMode {
    pub(super) mode: Option<String>,
}

/// What makes AWS Config invoke a rule's function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trigger {
    Change,
    OversizedChange,
    Schedule,
    Snapshot,
}

/// A rule that is deployed.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) name: String,
    pub(super) arn: String,
    pub(super) id: String,
    pub(super) definition: ConfigRule,
    pub(super) activated: Timestamp,
    pub(super) invoked: Option<Timestamp>,
    pub(super) evaluated: Option<Timestamp>,
    /// When somebody last asked for an evaluation.
    pub(super) started: Option<Timestamp>,
}

impl Trigger {
    pub(super) fn message_type(self) -> &'static str {
        match self {
            Self::Change => "ConfigurationItemChangeNotification",
            Self::OversizedChange => "OversizedConfigurationItemChangeNotification",
            Self::Schedule => "ScheduledNotification",
            Self::Snapshot => "ConfigurationSnapshotDeliveryCompleted",
        }
    }
}

impl ConfigRule {
    pub(super) fn has(&self, trigger: Trigger) -> bool {
        let details = self.source.source_details.iter();
        details.filter_map(|detail| detail.message_type.as_deref()).any(|name| name == trigger.message_type())
    }

    /// A rule without a scope sees every resource.
    pub(super) fn covers(&self, item: &ConfigurationItem) -> bool {
        self.scope.as_ref().is_none_or(|scope| scope.covers(item))
    }
}

impl Scope {
    fn covers(&self, item: &ConfigurationItem) -> bool {
        let types = &self.compliance_resource_types;
        (types.is_empty() || types.iter().any(|name| name == item.resource_type()))
            && self.compliance_resource_id.as_deref().is_none_or(|id| id == item.resource_id())
            && self.tag_key.as_deref().is_none_or(|key| self.has_tag(item, key))
    }

    fn has_tag(&self, item: &ConfigurationItem, key: &str) -> bool {
        let value = item.member("tags").get(key);
        value.is_some_and(|value| self.tag_value.as_deref().is_none_or(|wanted| value == wanted))
    }
}
