//! A Config rule: its definition as the API spells it, its triggers and scope, and the state of its evaluations.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::item::ConfigurationItem;
use super::message::{Message, MessageType};
use crate::endpoint::ApiError;
use crate::request_id::random;

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

/// A rule that is deployed.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) name: String,
    pub(super) arn: String,
    pub(super) id: String,
    pub(super) definition: ConfigRule,
    /// What its function is yet to be invoked with.
    pub(super) pending: VecDeque<Trigger>,
    /// When its schedule invokes its function next.
    pub(super) due: Option<Timestamp>,
    pub(super) activated: Timestamp,
    pub(super) invoked: Option<Timestamp>,
    pub(super) evaluated: Option<Timestamp>,
    /// When an evaluation was last started on demand.
    pub(super) started: Option<Timestamp>,
    pub(super) invocation_failed: Option<Timestamp>,
    pub(super) evaluation_failed: Option<Timestamp>,
    /// Code and message of the last failure.
    pub(super) error: Option<(String, String)>,
}

/// A reason to invoke a rule's function.
#[derive(Clone, Debug)]
pub(super) struct Trigger {
    pub(super) message: Message,
    pub(super) left_scope: bool,
}

impl Trigger {
    pub(super) fn of(message: Message) -> Self {
        Self { message, left_scope: false }
    }
}

impl Rule {
    /// A definition that does not belong to any rule yet.
    pub(super) fn new(definition: ConfigRule, account: &str, region: &str) -> Result<Self, ApiError> {
        let given = definition.config_rule_arn.is_some() || definition.config_rule_id.is_some();
        let name = definition.config_rule_name.clone().filter(|name| !given && !name.trim().is_empty());
        let name = name.ok_or_else(|| ApiError::invalid_parameter(
            "A new rule has a ConfigRuleName, and neither a ConfigRuleArn nor a ConfigRuleId: AWS Config generates them.",
        ))?;
        let id = format!("config-rule-{:06x}", random() & 0xff_ffff);
        let arn = format!("arn:aws:config:{region}:{account}:config-rule/{id}");
        let mut rule = Self {
            name,
            arn,
            id,
            definition: definition.clone(),
            pending: VecDeque::new(),
            due: None,
            activated: Timestamp::now(),
            invoked: None,
            evaluated: None,
            started: None,
            invocation_failed: None,
            evaluation_failed: None,
            error: None,
        };
        rule.define(definition);
        Ok(rule)
    }

    /// Whether the name, ARN and id of a definition, as far as they are there, are this rule's.
    pub(super) fn is_meant_by(&self, definition: &ConfigRule) -> bool {
        let given = [&definition.config_rule_name, &definition.config_rule_arn, &definition.config_rule_id];
        let own = [&self.name, &self.arn, &self.id];
        let mut same =
            given.into_iter().zip(own).filter_map(|(given, own)| Some(given.as_ref()? == own)).peekable();
        same.peek().is_some() && same.all(|same| same)
    }

    /// Gives the rule this definition, with what AWS Config adds to it.
    pub(super) fn define(&mut self, definition: ConfigRule) {
        let modes = definition.evaluation_modes.filter(|modes| !modes.is_empty());
        let detective = || vec![EvaluationMode { mode: Some("DETECTIVE".into()) }];
        self.definition = ConfigRule {
            config_rule_name: Some(self.name.clone()),
            config_rule_arn: Some(self.arn.clone()),
            config_rule_id: Some(self.id.clone()),
            evaluation_modes: Some(modes.unwrap_or_else(detective)),
            ..definition
        };
    }

    /// The definition as it is described.
    pub(super) fn described(&self) -> ConfigRule {
        let state = if self.pending.is_empty() { "ACTIVE" } else { "EVALUATING" };
        ConfigRule { config_rule_state: Some(state.into()), ..self.definition.clone() }
    }

    pub(super) fn has_mode(&self, mode: &str) -> bool {
        let mut modes = self.definition.evaluation_modes.iter().flatten();
        modes.any(|known| known.mode.as_deref() == Some(mode))
    }

    /// Whether this message triggers the rule. Resources that exist are evaluated in detective mode.
    pub(super) fn is_triggered_by(&self, message_type: MessageType) -> bool {
        self.has_mode("DETECTIVE") && self.definition.has(message_type)
    }

    /// Begins the schedule's next period, if the rule has a schedule. Says whether it has.
    pub(super) fn schedule(&mut self, now: Timestamp) -> bool {
        let has_schedule = self.is_triggered_by(MessageType::Schedule);
        self.due = has_schedule.then(|| now + self.definition.period());
        has_schedule
    }

    /// An evaluation can be started once a minute, and when none is in progress.
    pub(super) fn can_start(&self, now: Timestamp) -> bool {
        let recently = |time: Timestamp| now.duration_since(time) < SignedDuration::from_mins(1);
        self.pending.is_empty() && !self.started.is_some_and(recently)
    }
}

impl ConfigRule {
    pub(super) fn has(&self, message_type: MessageType) -> bool {
        let details = self.source.source_details.iter();
        details.filter_map(|detail| detail.message_type.as_deref()).any(|name| name == message_type.name())
    }

    /// How often its schedule invokes its function.
    fn period(&self) -> SignedDuration {
        let mut details = self.source.source_details.iter();
        let frequency = details.find_map(|detail| detail.maximum_execution_frequency.as_deref());
        SignedDuration::from_hours(match frequency {
            Some("One_Hour") => 1,
            Some("Three_Hours") => 3,
            Some("Six_Hours") => 6,
            Some("Twelve_Hours") => 12,
            _ => 24,
        })
    }

    /// A rule without a scope evaluates every resource.
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
        let members = item.members();
        let value = members["tags"].get(key);
        value.is_some_and(|value| self.tag_value.as_deref().is_none_or(|wanted| value == wanted))
    }
}
