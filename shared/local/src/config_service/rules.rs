//! The operations that deploy and describe rules.

use serde::Deserialize;
use serde_json::{Value, json};

use super::error::ServiceError;
use super::model::{Shape, TEXT, optional, required};
use super::operation::{Context, Operation};
use super::rule::{ConfigRule, Rule, Scope};
use super::rule_limits;
use super::rule_model::{CONFIG_RULE, MODE, NAME, NAMES};
use super::tags::{self, TAG, TagInput};

const MAX_RULES: usize = 1000;

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
