//! What rules reported, as people and rules read it.

use serde::Deserialize;
use serde_json::{Value, json};

use super::account::{Held, ResultKey};
use super::error::ServiceError;
use super::model::{Shape, TEXT, optional, required};
use super::operation::{Context, Operation};
use super::paging;
use super::put_evaluations::COMPLIANCE_TYPES;
use super::time::epoch_seconds;

pub(super) const GET_COMPLIANCE_DETAILS_BY_CONFIG_RULE: Operation = Operation {
    name: "GetComplianceDetailsByConfigRule",
    input: &[
        // A rule's name may have 128 characters, but not here.
        required("ConfigRuleName", Shape::Text(1, 64)),
        optional("ComplianceTypes", Shape::List(&COMPLIANCE_TYPES, 0, 3)),
        optional("Limit", Shape::Integer(0, 100)),
        optional("NextToken", TEXT),
    ],
    serve: by_config_rule,
};

pub(super) const GET_COMPLIANCE_DETAILS_BY_RESOURCE: Operation = Operation {
    name: "GetComplianceDetailsByResource",
    input: &[
        optional("ResourceType", Shape::Text(1, 256)),
        optional("ResourceId", Shape::Text(1, 768)),
        optional("ComplianceTypes", Shape::List(&COMPLIANCE_TYPES, 0, 3)),
        optional("NextToken", TEXT),
    ],
    serve: by_resource,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ByConfigRule {
    config_rule_name: String,
    #[serde(default)]
    compliance_types: Vec<String>,
    limit: Option<i64>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ByResource {
    resource_type: Option<String>,
    resource_id: Option<String>,
    #[serde(default)]
    compliance_types: Vec<String>,
    next_token: Option<String>,
}

fn by_config_rule(context: &mut Context<'_>) -> Result<Value, ServiceError> {
    let request: ByConfigRule = context.read()?;
    check_filter(&request.compliance_types)?;
    let size = context.page_size(paging::size(request.limit, 10, 100)?);
    let account = context.store.account(context.account);
    account.check_rule(&request.config_rule_name)?;
    let of_the_rule = |key: &ResultKey| key.rule == request.config_rule_name;
    // There may be a hundred thousand: only those of the page are written out.
    let results = account
        .results
        .iter()
        .filter(|(key, held)| of_the_rule(key) && is_shown(held, &request.compliance_types));
    let name = GET_COMPLIANCE_DETAILS_BY_CONFIG_RULE.name;
    let (page, next) = paging::page(name, results.collect(), request.next_token.as_deref(), size)?;
    let page: Vec<_> = page.into_iter().map(|(key, held)| result(key, held)).collect();
    Ok(json!({"EvaluationResults": page, "NextToken": next}))
}

fn by_resource(context: &mut Context<'_>) -> Result<Value, ServiceError> {
    let request: ByResource = context.read()?;
    check_filter(&request.compliance_types)?;
    let (Some(resource_type), Some(resource_id)) = (&request.resource_type, &request.resource_id) else {
        return Err(ServiceError::invalid_parameter("ResourceType and ResourceId are required."));
    };
    let of_the_resource =
        |key: &ResultKey| key.resource_type == *resource_type && key.resource_id == *resource_id;
    let results = context.store.account(context.account).results.iter();
    let results =
        results.filter(|(key, held)| of_the_resource(key) && is_shown(held, &request.compliance_types));
    let results = results.map(|(key, held)| result(key, held)).collect();
    let (page, next) = context.page(results, request.next_token.as_deref(), 100)?;
    Ok(json!({"EvaluationResults": page, "NextToken": next}))
}

/// The model knows the type, but it cannot be asked for.
fn check_filter(compliance_types: &[String]) -> Result<(), ServiceError> {
    if compliance_types.iter().any(|compliance_type| compliance_type == "INSUFFICIENT_DATA") {
        let message = "INSUFFICIENT_DATA cannot be used as a ComplianceType for filtering results.";
        return Err(ServiceError::invalid_parameter(message));
    }
    Ok(())
}

/// Nobody is shown what is not applicable, and no filter is the same as an empty one.
pub(super) fn is_shown(held: &Held, compliance_types: &[String]) -> bool {
    let compliance_type = &held.evaluation.compliance_type;
    compliance_type != "NOT_APPLICABLE"
        && (compliance_types.is_empty() || compliance_types.contains(compliance_type))
}

fn result(key: &ResultKey, held: &Held) -> Value {
    json!({
        "EvaluationResultIdentifier": {
            "EvaluationResultQualifier": {
                "ConfigRuleName": key.rule,
                "ResourceType": key.resource_type,
                "ResourceId": key.resource_id,
                "EvaluationMode": "DETECTIVE",
            },
            "OrderingTimestamp": epoch_seconds(held.evaluation.ordering_timestamp),
        },
        "ComplianceType": held.evaluation.compliance_type,
        "ResultRecordedTime": epoch_seconds(held.recorded),
        "ConfigRuleInvokedTime": epoch_seconds(held.invoked),
        "Annotation": held.evaluation.annotation,
    })
}
