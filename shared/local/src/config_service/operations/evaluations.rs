//! The operations that start evaluations, receive them, and describe their status.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::config_service::evaluation::{COMPLIANCE_TYPE, Evaluation, PutEvaluations};
use crate::config_service::operation::{Context, Operation};
use crate::config_service::paging::Sizes;
use crate::config_service::resource_types;
use crate::config_service::rule::Rule;
use crate::config_service::rule_limits::{NAME, NAMES};
use crate::config_service::shape::{Member, Shape, TEXT, optional, required};
use crate::config_service::time::epoch_seconds;
use crate::endpoint::{ApiError, Fault};
use crate::json::serialization;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "DescribeConfigRuleEvaluationStatus",
        input: &[NAMES, optional("NextToken", TEXT), optional("Limit", Shape::Integer(0, 50))],
        serve: describe_evaluation_status,
    },
    Operation {
        name: "PutEvaluations",
        input: &[
            required("ResultToken", TEXT),
            optional("Evaluations", Shape::List(&Shape::Structure(EVALUATION), 0, 100)),
            optional("TestMode", Shape::Boolean),
        ],
        serve: put_evaluations,
    },
    Operation {
        name: "StartConfigRulesEvaluation",
        input: &[optional("ConfigRuleNames", Shape::List(&NAME, 1, 25))],
        serve: start_evaluation,
    },
];

const EVALUATION: &[Member] = &[
    required("ComplianceResourceType", Shape::Text(1, 256)),
    required("ComplianceResourceId", Shape::Text(1, 768)),
    required("ComplianceType", COMPLIANCE_TYPE),
    optional("Annotation", Shape::Text(1, 256)),
    required("OrderingTimestamp", Shape::Timestamp),
];

/// Stores all evaluations or none, but for those that are to fail on demand.
fn put_evaluations(context: &mut Context<'_>) -> Result<Value, ApiError> {
    let request: PutEvaluations =
        serde_json::from_value(context.input.clone()).map_err(|error| serialization(&error))?;
    request.evaluations.iter().try_for_each(check_values)?;
    let token = context.store.check_token(&request, context.account)?;
    let failed = match context.fault {
        Fault::FailEvaluations(indexes) => indexes.as_slice(),
        _ => &[],
    };
    if let Some(token) = token {
        let evaluations = request.evaluations.into_iter().enumerate();
        let stored =
            evaluations.filter(|(index, _)| !failed.contains(index)).map(|(_, evaluation)| evaluation);
        context.store.accept(context.account, &token, stored);
    }
    let echo: Vec<_> = failed.iter().filter_map(|&index| context.input["Evaluations"].get(index)).collect();
    Ok(json!({"FailedEvaluations": echo}))
}

/// What the model allows and AWS Config refuses.
fn check_values(evaluation: &Evaluation) -> Result<(), ApiError> {
    let resource_type = &evaluation.compliance_resource_type;
    if !resource_types::is_known(resource_type) {
        let permitted = resource_types::all().collect::<Vec<_>>().join(", ");
        return Err(ApiError::invalid_parameter(format!(
            "The resource type {resource_type} is invalid. Only the following values are permitted: [{permitted}]"
        )));
    }
    if evaluation.compliance_type == "INSUFFICIENT_DATA" {
        return Err(ApiError::invalid_parameter("INSUFFICIENT_DATA is not a valid ComplianceType."));
    }
    Ok(())
}

fn describe_evaluation_status(context: &mut Context<'_>) -> Result<Value, ApiError> {
    let rules = context.account().rules_named(&context.texts("ConfigRuleNames"))?;
    context.page("ConfigRulesEvaluationStatus", Sizes { default: 50, max: 50 }, rules, evaluation_status)
}

/// AWS says that it returns nothing about custom rules with a Lambda function; who looks for why one fails looks here.
fn evaluation_status(rule: &Rule) -> Value {
    let (code, message) = rule.error.clone().unzip();
    json!({
        "ConfigRuleName": rule.name,
        "ConfigRuleArn": rule.arn,
        "ConfigRuleId": rule.id,
        "LastSuccessfulInvocationTime": rule.invoked.map(epoch_seconds),
        "LastFailedInvocationTime": rule.invocation_failed.map(epoch_seconds),
        "LastSuccessfulEvaluationTime": rule.evaluated.map(epoch_seconds),
        "LastFailedEvaluationTime": rule.evaluation_failed.map(epoch_seconds),
        "LastErrorCode": code,
        "LastErrorMessage": message,
        "FirstActivatedTime": epoch_seconds(rule.activated),
        "FirstEvaluationStarted": rule.evaluated.is_some(),
    })
}

fn start_evaluation(context: &mut Context<'_>) -> Result<Value, ApiError> {
    let names: Vec<_> = context.texts("ConfigRuleNames").into_iter().map(str::to_owned).collect();
    if names.is_empty() {
        return Err(ApiError::invalid_parameter("ConfigRuleNames is required."));
    }
    let now = Timestamp::now();
    let rules = context.account().rules_named(&context.texts("ConfigRuleNames"))?;
    if !rules.iter().all(|rule| rule.can_start(now)) {
        let message = "An evaluation of a rule can be started once a minute, and when none is in progress.";
        return Err(ApiError::bad_request("LimitExceededException", message));
    }
    for name in &names {
        if let Some(rule) = context.account_mut().rules.get_mut(name) {
            rule.started = Some(now);
        }
        context.store.start_evaluation(context.account, name);
    }
    Ok(json!({}))
}
