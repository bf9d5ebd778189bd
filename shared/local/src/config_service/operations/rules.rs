//! The operations that deploy, describe and delete rules.

use serde_json::{Value, json};

use super::tags;
use crate::config_service::operation::{Context, Operation};
use crate::config_service::paging::Sizes;
use crate::config_service::rule::{ConfigRule, Rule, Scope};
use crate::config_service::rule_limits::{self, CONFIG_RULE, MODE, NAME, NAMES};
use crate::config_service::shape::{Shape, TEXT, optional, required};
use crate::endpoint::ApiError;

const MAX_RULES: usize = 1000;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "DeleteConfigRule",
        input: &[required("ConfigRuleName", NAME)],
        serve: delete_config_rule,
    },
    Operation {
        name: "DescribeConfigRules",
        input: &[
            NAMES,
            optional("NextToken", TEXT),
            optional("Filters", Shape::Structure(&[optional("EvaluationMode", MODE)])),
        ],
        serve: describe_config_rules,
    },
    Operation {
        name: "PutConfigRule",
        input: &[required("ConfigRule", Shape::Structure(CONFIG_RULE)), tags::TAGS],
        serve: put_config_rule,
    },
];

/// Adds or changes a rule and evaluates it. A rule's tags are those of its first deployment.
fn put_config_rule(context: &mut Context<'_>) -> Result<Value, ApiError> {
    let mut definition: ConfigRule = context.read("ConfigRule")?;
    definition.scope = definition.scope.filter(|scope| *scope != Scope::default());
    rule_limits::check(&definition, context.region)?;
    let tags = tags::read(context)?;
    context.account().recorder()?;
    check_function(context, &definition.source.source_identifier)?;
    let (id, region) = (context.account, context.region);
    let account = context.account_mut();
    let count = account.rules.len();
    let name = match account.rules.values_mut().find(|rule| rule.is_meant_by(&definition)) {
        Some(rule) => {
            rule.define(definition);
            rule.name.clone()
        }
        None if count >= MAX_RULES => return Err(too_many_rules()),
        None => {
            let rule = Rule::new(definition, id, region)?;
            let name = rule.name.clone();
            account.tags.insert(rule.arn.clone(), tags);
            account.rules.insert(name.clone(), rule);
            name
        }
    };
    context.store.start_evaluation(id, &name);
    Ok(json!({}))
}

/// AWS Config tries to invoke the function.
fn check_function(context: &Context<'_>, arn: &str) -> Result<(), ApiError> {
    if (context.store.can_invoke.0)(arn) {
        return Ok(());
    }
    Err(ApiError::bad_request(
        "InsufficientPermissionsException",
        format!(
            "The AWS Lambda function {arn} cannot be invoked. Check the specified function ARN, and check the \
             function's permissions."
        ),
    ))
}

fn too_many_rules() -> ApiError {
    ApiError::bad_request(
        "MaxNumberOfConfigRulesExceededException",
        format!("The account already has {MAX_RULES} rules, which is the maximum."),
    )
}

fn describe_config_rules(context: &mut Context<'_>) -> Result<Value, ApiError> {
    let rules = context.account().rules_named(&context.texts("ConfigRuleNames"))?;
    let mode = context.input["Filters"]["EvaluationMode"].as_str();
    let rules = rules.into_iter().filter(|rule| mode.is_none_or(|mode| rule.has_mode(mode)));
    let sizes = Sizes { default: 25, max: 25 };
    context
        .page("ConfigRules", sizes, rules, |rule| serde_json::to_value(rule.described()).unwrap_or_default())
}

/// Deletes the rule's results, too.
fn delete_config_rule(context: &mut Context<'_>) -> Result<Value, ApiError> {
    let name = context.text("ConfigRuleName").to_owned();
    let account = context.account_mut();
    account.rules_named(&[&name])?;
    account.delete_rule(&name);
    Ok(json!({}))
}
