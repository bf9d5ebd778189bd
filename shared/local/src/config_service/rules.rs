//! The operations that deploy and describe rules.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::ServiceError;
use super::model::{Member, Shape, TEXT, optional, required};
use super::operation::{Context, Operation};
use super::rule::{ConfigRule, EvaluationMode, Rule, Scope};
use super::rule_limits;
use super::tags::{self, TAG, TagInput};
use crate::request_id::random;

const MAX_RULES: usize = 1000;

pub(super) const NAME: Shape = Shape::Text(1, 128);
const TEXT_256: Shape = Shape::Text(1, 256);
const MODE: Shape = Shape::OneOf(&["DETECTIVE", "PROACTIVE"]);
pub(super) const NAMES: Member = optional("ConfigRuleNames", Shape::List(&NAME, 0, 25));
pub(super) const FREQUENCY: Shape =
    Shape::OneOf(&["One_Hour", "Three_Hours", "Six_Hours", "Twelve_Hours", "TwentyFour_Hours"]);

pub(super) const PUT_CONFIG_RULE: Operation = Operation {
    name: "PutConfigRule",
    input: &[
        required("ConfigRule", Shape::Structure(CONFIG_RULE)),
        optional("Tags", Shape::List(&TAG, 0, 50)),
    ],
    serve: put_config_rule,
};

pub(super) const DESCRIBE_CONFIG_RULES: Operation = Operation {
    name: "DescribeConfigRules",
    input: &[
        NAMES,
        optional("NextToken", TEXT),
        optional("Filters", Shape::Structure(&[optional("EvaluationMode", MODE)])),
    ],
    serve: describe_config_rules,
};

pub(super) const DELETE_CONFIG_RULE: Operation = Operation {
    name: "DeleteConfigRule",
    input: &[required("ConfigRuleName", NAME)],
    serve: delete_config_rule,
};

const CONFIG_RULE: &[Member] = &[
    optional("ConfigRuleName", NAME),
    optional("ConfigRuleArn", TEXT_256),
    optional("ConfigRuleId", Shape::Text(1, 64)),
    optional("Description", Shape::Text(0, 256)),
    optional(
        "Scope",
        Shape::Structure(&[
            optional("ComplianceResourceTypes", Shape::List(&TEXT_256, 0, 100)),
            optional("TagKey", Shape::Text(1, 128)),
            optional("TagValue", TEXT_256),
            optional("ComplianceResourceId", Shape::Text(1, 768)),
        ]),
    ),
    required("Source", Shape::Structure(SOURCE)),
    optional("InputParameters", Shape::Text(1, 1024)),
    optional("MaximumExecutionFrequency", FREQUENCY),
    optional("ConfigRuleState", Shape::OneOf(&["ACTIVE", "DELETING", "DELETING_RESULTS", "EVALUATING"])),
    optional("CreatedBy", TEXT_256),
    optional("EvaluationModes", Shape::List(&Shape::Structure(&[optional("Mode", MODE)]), 0, usize::MAX)),
];

const SOURCE: &[Member] = &[
    required("Owner", Shape::OneOf(&["CUSTOM_LAMBDA", "AWS", "CUSTOM_POLICY"])),
    optional("SourceIdentifier", TEXT_256),
    optional("SourceDetails", Shape::List(&Shape::Structure(SOURCE_DETAIL), 0, 25)),
];

const SOURCE_DETAIL: &[Member] = &[
    optional("EventSource", Shape::OneOf(&["aws.config"])),
    optional(
        "MessageType",
        Shape::OneOf(&[
            "ConfigurationItemChangeNotification",
            "ConfigurationSnapshotDeliveryCompleted",
            "ScheduledNotification",
            "OversizedConfigurationItemChangeNotification",
        ]),
    ),
    optional("MaximumExecutionFrequency", FREQUENCY),
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Put {
    config_rule: ConfigRule,
    #[serde(default)]
    tags: Vec<TagInput>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Describe {
    #[serde(default)]
    config_rule_names: Vec<String>,
    next_token: Option<String>,
    #[serde(default)]
    filters: Filters,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Filters {
    evaluation_mode: Option<String>,
}

/// Adds or changes a rule and evaluates it. A rule's tags are those of its first deployment.
fn put_config_rule(context: &mut Context<'_>) -> Result<Value, ServiceError> {
    let Put { config_rule: mut definition, tags } = context.read()?;
    definition.scope = definition.scope.filter(|scope| *scope != Scope::default());
    rule_limits::check(&definition, context.region)?;
    tags::check(&tags)?;
    let account = context.store.account(context.account);
    account.recorder()?;
    let rule = match account.rules.values().find(|rule| rule.is_meant_by(&definition)) {
        Some(rule) => Rule { definition: rule.named(definition), ..rule.clone() },
        None if account.rules.len() >= MAX_RULES => return Err(too_many_rules()),
        None => Rule::new(definition, context.account, context.region)?,
    };
    account.tags.entry(rule.arn.clone()).or_insert_with(|| tags::map(tags));
    account.rules.insert(rule.name.clone(), rule.clone());
    context.store.start_evaluation(context.account, &rule.name);
    Ok(json!({}))
}

impl Rule {
    fn new(definition: ConfigRule, account: &str, region: &str) -> Result<Self, ServiceError> {
        let given = definition.config_rule_arn.is_some() || definition.config_rule_id.is_some();
        let name = definition.config_rule_name.clone().filter(|name| !given && !name.trim().is_empty());
        let name = name.ok_or_else(|| ServiceError::invalid_parameter(
            "A new rule has a ConfigRuleName, and neither a ConfigRuleArn nor a ConfigRuleId: AWS Config generates them.",
        ))?;
        let id = format!("config-rule-{:06x}", random() & 0xff_ffff);
        let arn = format!("arn:aws:config:{region}:{account}:config-rule/{id}");
        let activated = Timestamp::now();
        let mut rule =
            Self { name, arn, id, definition, activated, invoked: None, evaluated: None, started: None };
        rule.definition = rule.named(rule.definition.clone());
        Ok(rule)
    }

    /// Whether what a definition says of name, ARN and id is this rule's.
    fn is_meant_by(&self, definition: &ConfigRule) -> bool {
        let given = [&definition.config_rule_name, &definition.config_rule_arn, &definition.config_rule_id];
        let own = [&self.name, &self.arn, &self.id];
        let mut said =
            given.into_iter().zip(own).filter_map(|(given, own)| Some(given.as_ref()? == own)).peekable();
        said.peek().is_some() && said.all(|same| same)
    }

    /// The definition, with what AWS Config adds to it.
    fn named(&self, definition: ConfigRule) -> ConfigRule {
        let detective = || vec![EvaluationMode { mode: Some("DETECTIVE".into()) }];
        ConfigRule {
            config_rule_name: Some(self.name.clone()),
            config_rule_arn: Some(self.arn.clone()),
            config_rule_id: Some(self.id.clone()),
            config_rule_state: Some("ACTIVE".into()),
            evaluation_modes: definition
                .evaluation_modes
                .filter(|modes| !modes.is_empty())
                .or_else(|| Some(detective())),
            ..definition
        }
    }

    fn has_mode(&self, mode: &str) -> bool {
        let mut modes = self.definition.evaluation_modes.iter().flatten();
        modes.any(|known| known.mode.as_deref() == Some(mode))
    }
}

fn too_many_rules() -> ServiceError {
    ServiceError::bad_request(
        "MaxNumberOfConfigRulesExceededException",
        format!("The account already has {MAX_RULES} rules, which is the maximum."),
    )
}

fn describe_config_rules(context: &mut Context<'_>) -> Result<Value, ServiceError> {
    let request: Describe = context.read()?;
    let rules = context.store.account(context.account).rules_named(&request.config_rule_names)?;
    let mode = request.filters.evaluation_mode.as_deref();
    let rules = rules.into_iter().filter(|rule| mode.is_none_or(|mode| rule.has_mode(mode)));
    let rules = rules.map(|rule| serde_json::to_value(&rule.definition).unwrap_or_default()).collect();
    let (page, next) = context.page(rules, request.next_token.as_deref(), 25)?;
    Ok(json!({"ConfigRules": page, "NextToken": next}))
}

/// Deletes the rule's results, too.
fn delete_config_rule(context: &mut Context<'_>) -> Result<Value, ServiceError> {
    let name = context.input["ConfigRuleName"].as_str().unwrap_or_default();
    let account = context.store.account(context.account);
    let rule = account.rules_named(&[name.to_owned()])?.remove(0).clone();
    account.rules.remove(name);
    account.tags.remove(&rule.arn);
    account.results.retain(|key, _| key.rule != name);
    Ok(json!({}))
}
