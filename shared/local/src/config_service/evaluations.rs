//! The operations that start evaluations and tell of them, rule by rule.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::account::Account;
use super::compliance::is_shown;
use super::error::ServiceError;
use super::model::{Shape, TEXT, optional};
use super::operation::{Context, Operation};
use super::paging;
use super::put_evaluations::COMPLIANCE_TYPES;
use super::rule::Rule;
use super::rules::{NAME, NAMES};
use super::time::epoch_seconds;

/// More resources than these are not counted.
const COUNT_CAP: usize = 25;

pub(super) const DESCRIBE_CONFIG_RULE_EVALUATION_STATUS: Operation = Operation {
    name: "DescribeConfigRuleEvaluationStatus",
    input: &[NAMES, optional("NextToken", TEXT), optional("Limit", Shape::Integer(0, 50))],
    serve: describe_evaluation_status,
};

pub(super) const DESCRIBE_COMPLIANCE_BY_CONFIG_RULE: Operation = Operation {
    name: "DescribeComplianceByConfigRule",
    input: &[
        NAMES,
        optional("ComplianceTypes", Shape::List(&COMPLIANCE_TYPES, 0, 3)),
        optional("NextToken", TEXT),
    ],
    serve: describe_compliance,
};

pub(super) const START_CONFIG_RULES_EVALUATION: Operation = Operation {
    name: "StartConfigRulesEvaluation",
    input: &[optional("ConfigRuleNames", Shape::List(&NAME, 1, 25))],
    serve: start_evaluation,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    #[serde(default)]
    config_rule_names: Vec<String>,
    #[serde(default)]
    compliance_types: Vec<String>,
    limit: Option<i64>,
    next_token: Option<String>,
}

fn describe_compliance(context: &mut Context<'_>) -> Result<Value, ServiceError> {
    let request: Request = context.read()?;
    let account = context.store.account(context.account);
    let mut names = account.rule_names();
    if !request.config_rule_names.is_empty() {
        request.config_rule_names.iter().try_for_each(|name| account.check_rule(name))?;
        names.retain(|name| request.config_rule_names.iter().any(|asked| asked == name));
    }
    let rules = names
        .into_iter()
        .map(|name| json!({"ConfigRuleName": name, "Compliance": compliance(account, name)}));
    let asked_for = |rule: &Value| {
        let compliance_type = &rule["Compliance"]["ComplianceType"];
        request.compliance_types.is_empty()
            || request.compliance_types.iter().any(|asked| compliance_type == asked)
    };
    let rules = rules.filter(asked_for).collect();
    let (page, next) = context.page(rules, request.next_token.as_deref(), 25)?;
    Ok(json!({"ComplianceByConfigRules": page, "NextToken": next}))
}

fn compliance(account: &Account, rule: &str) -> Value {
    let results = account.results.iter().filter(|(key, held)| key.rule == rule && is_shown(held, &[]));
    let types: Vec<_> = results.map(|(_, held)| &held.evaluation.compliance_type).collect();
    let count = types.iter().filter(|compliance_type| **compliance_type == "NON_COMPLIANT").count();
    match (types.len(), count) {
        (0, _) => json!({"ComplianceType": "INSUFFICIENT_DATA"}),
        (_, 0) => json!({"ComplianceType": "COMPLIANT"}),
        _ => json!({
            "ComplianceType": "NON_COMPLIANT",
            "ComplianceContributorCount": {"CappedCount": count.min(COUNT_CAP), "CapExceeded": count > COUNT_CAP},
        }),
    }
}

fn describe_evaluation_status(context: &mut Context<'_>) -> Result<Value, ServiceError> {
    let request: Request = context.read()?;
    let size = paging::size(request.limit, 50, 50)?;
    let rules = context.store.account(context.account).rules_named(&request.config_rule_names)?;
    let rules = rules.into_iter().map(evaluation_status).collect();
    let (page, next) = context.page(rules, request.next_token.as_deref(), size)?;
    Ok(json!({"ConfigRulesEvaluationStatus": page, "NextToken": next}))
}

fn evaluation_status(rule: &Rule) -> Value {
    json!({
        "ConfigRuleName": rule.name,
        "ConfigRuleArn": rule.arn,
        "ConfigRuleId": rule.id,
        "LastSuccessfulInvocationTime": rule.invoked.map(epoch_seconds),
        "LastSuccessfulEvaluationTime": rule.evaluated.map(epoch_seconds),
        "FirstActivatedTime": epoch_seconds(rule.activated),
        "FirstEvaluationStarted": rule.invoked.is_some(),
    })
}

/// At most once a minute for a rule.
fn start_evaluation(context: &mut Context<'_>) -> Result<Value, ServiceError> {
    let Request { config_rule_names: names, .. } = context.read()?;
    if names.is_empty() {
        return Err(ServiceError::invalid_parameter("ConfigRuleNames is required."));
    }
    let now = Timestamp::now();
    let account = context.store.account(context.account);
    let recently = |time: Timestamp| now.duration_since(time) < SignedDuration::from_mins(1);
    if account.rules_named(&names)?.iter().any(|rule| rule.started.is_some_and(recently)) {
        let message = "An evaluation of a rule can be started once a minute, and when none is in progress.";
        return Err(ServiceError::bad_request("LimitExceededException", message));
    }
    for name in &names {
        if let Some(rule) = context.store.account(context.account).rules.get_mut(name) {
            rule.started = Some(now);
        }
        context.store.start_evaluation(context.account, name);
    }
    Ok(json!({}))
}
