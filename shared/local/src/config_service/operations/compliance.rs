//! The operations that read evaluation results and sum them up, by rule and by resource.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::config_service::account::{Account, ResourceKey};
use crate::config_service::evaluation::{COMPLIANCE_TYPE, EvaluationResult};
use crate::config_service::operation::{Context, Operation};
use crate::config_service::paging::Sizes;
use crate::config_service::rule_limits::NAMES;
use crate::config_service::shape::{Member, Shape, TEXT, optional, required};
use crate::config_service::time::epoch_seconds;
use crate::endpoint::ApiError;

/// What a summary by rule counts at most, of rules and of resources.
const MAX_BY_RULE: usize = 25;
/// What a summary by resource type counts at most.
const MAX_BY_RESOURCE_TYPE: usize = 100;

const TYPE: Member = optional("ResourceType", RESOURCE_TYPE);
const RESOURCE_TYPE: Shape = Shape::Text(1, 256);
const ID: Member = optional("ResourceId", Shape::Text(1, 768));
const COMPLIANCE_TYPES: Member = optional("ComplianceTypes", Shape::List(&COMPLIANCE_TYPE, 0, 3));
const LIMIT: Member = optional("Limit", Shape::Integer(0, 100));
const NEXT_TOKEN: Member = optional("NextToken", TEXT);

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "DescribeComplianceByConfigRule",
        input: &[NAMES, COMPLIANCE_TYPES, NEXT_TOKEN],
        serve: compliance_by_rule,
    },
    Operation {
        name: "DescribeComplianceByResource",
        input: &[TYPE, ID, COMPLIANCE_TYPES, LIMIT, NEXT_TOKEN],
        serve: compliance_by_resource,
    },
    Operation {
        name: "GetComplianceDetailsByConfigRule",
        // A rule's name may have 128 characters, but not here.
        input: &[required("ConfigRuleName", Shape::Text(1, 64)), COMPLIANCE_TYPES, LIMIT, NEXT_TOKEN],
        serve: details_by_rule,
    },
    Operation {
        name: "GetComplianceDetailsByResource",
        input: &[TYPE, ID, COMPLIANCE_TYPES, NEXT_TOKEN],
        serve: details_by_resource,
    },
    Operation {
        name: "GetComplianceSummaryByConfigRule",
        input: &[],
        serve: |context| Ok(summary_by_rule(context)),
    },
    Operation {
        name: "GetComplianceSummaryByResourceType",
        input: &[optional("ResourceTypes", Shape::List(&RESOURCE_TYPE, 0, 20))],
        serve: |context| Ok(summary_by_resource_type(context)),
    },
];

fn details_by_rule(context: &mut Context<'_>) -> Result<Value, ApiError> {
    let (rule, compliance_types) = (context.text("ConfigRuleName"), filter(context)?);
    context.account().check_rule(rule)?;
    let results =
        context.account().results_of(rule).filter(|(_, result)| is_asked_for(result, &compliance_types));
    let sizes = Sizes { default: 10, max: 100 };
    context.page("EvaluationResults", sizes, results, |(resource, result)| details(rule, resource, result))
}

fn details_by_resource(context: &mut Context<'_>) -> Result<Value, ApiError> {
    let compliance_types = filter(context)?;
    let resource = resource(context)?;
    let resource =
        resource.ok_or_else(|| ApiError::invalid_parameter("ResourceType and ResourceId are required."))?;
    let results = context.account().results_for(&resource);
    let results = results.filter(|(_, result)| is_asked_for(result, &compliance_types));
    let sizes = Sizes { default: 100, max: 100 };
    context.page("EvaluationResults", sizes, results, |(rule, result)| details(rule, &resource, result))
}

/// The model knows the type, but results cannot be filtered by it.
fn filter<'a>(context: &'a Context<'_>) -> Result<Vec<&'a str>, ApiError> {
    let compliance_types = context.texts("ComplianceTypes");
    if compliance_types.contains(&"INSUFFICIENT_DATA") {
        let message = "INSUFFICIENT_DATA cannot be used as a ComplianceType for filtering results.";
        return Err(ApiError::invalid_parameter(message));
    }
    Ok(compliance_types)
}

fn is_asked_for(result: &EvaluationResult, compliance_types: &[&str]) -> bool {
    result.is_shown() && is_among(&result.evaluation.compliance_type, compliance_types)
}

/// No filter is the same as an empty one.
fn is_among(compliance_type: &str, compliance_types: &[&str]) -> bool {
    compliance_types.is_empty() || compliance_types.contains(&compliance_type)
}

/// The resource of the call, by type and id.
fn resource(context: &Context<'_>) -> Result<Option<ResourceKey>, ApiError> {
    match (context.optional_text("ResourceType"), context.optional_text("ResourceId")) {
        (Some(resource_type), Some(id)) => Ok(Some((resource_type.to_owned(), id.to_owned()))),
        (None, Some(_)) => Err(ApiError::invalid_parameter("A ResourceId needs a ResourceType.")),
        (_, None) => Ok(None),
    }
}

fn details(rule: &str, (resource_type, resource_id): &ResourceKey, result: &EvaluationResult) -> Value {
    json!({
        "EvaluationResultIdentifier": {
            "EvaluationResultQualifier": {
                "ConfigRuleName": rule,
                "ResourceType": resource_type,
                "ResourceId": resource_id,
                "EvaluationMode": "DETECTIVE",
            },
            "OrderingTimestamp": epoch_seconds(result.evaluation.ordering_timestamp),
        },
        "ComplianceType": result.evaluation.compliance_type,
        "ResultRecordedTime": epoch_seconds(result.recorded),
        "ConfigRuleInvokedTime": epoch_seconds(result.invoked),
        "Annotation": result.evaluation.annotation,
    })
}

/// The compliance of a rule, by its resources, or of a resource, by its rules.
#[derive(Clone, Copy, Default)]
struct Compliance {
    compliant: usize,
    non_compliant: usize,
}

impl Compliance {
    fn add(&mut self, result: &EvaluationResult) {
        if result.is_shown() {
            *(if result.is_compliant() { &mut self.compliant } else { &mut self.non_compliant }) += 1;
        }
    }

    fn of<'a>(results: impl Iterator<Item = &'a EvaluationResult>) -> Self {
        let mut compliance = Self::default();
        results.for_each(|result| compliance.add(result));
        compliance
    }

    fn of_rule(account: &Account, rule: &str) -> Self {
        Self::of(account.results_of(rule).map(|(_, result)| result))
    }

    /// Of every resource that has results.
    fn of_resources(account: &Account) -> impl Iterator<Item = (&ResourceKey, Self)> {
        account.results().map(|(resource, results)| (resource, Self::of(results.values())))
    }

    fn compliance_type(self) -> &'static str {
        match (self.compliant, self.non_compliant) {
            (0, 0) => "INSUFFICIENT_DATA",
            (_, 0) => "COMPLIANT",
            _ => "NON_COMPLIANT",
        }
    }

    fn to_json(self) -> Value {
        let contributors = (self.non_compliant > 0).then(|| capped(self.non_compliant, MAX_BY_RULE));
        json!({"ComplianceType": self.compliance_type(), "ComplianceContributorCount": contributors})
    }
}

fn capped(count: usize, max: usize) -> Value {
    json!({"CappedCount": count.min(max), "CapExceeded": count > max})
}

fn compliance_by_rule(context: &mut Context<'_>) -> Result<Value, ApiError> {
    let (account, compliance_types) = (context.account(), context.texts("ComplianceTypes"));
    let names = context.texts("ConfigRuleNames");
    names.iter().try_for_each(|name| account.check_rule(name))?;
    let rules = account.rule_names().into_iter().filter(|name| names.is_empty() || names.contains(name));
    let rules = rules.map(|name| (name, Compliance::of_rule(account, name)));
    let rules = rules.filter(|(_, compliance)| is_among(compliance.compliance_type(), &compliance_types));
    context.page(
        "ComplianceByConfigRules",
        Sizes { default: 25, max: 25 },
        rules,
        |(name, compliance)| json!({"ConfigRuleName": name, "Compliance": compliance.to_json()}),
    )
}

/// A resource that is named is in the answer whether or not it has results.
fn compliance_by_resource(context: &mut Context<'_>) -> Result<Value, ApiError> {
    let (account, compliance_types) = (context.account(), context.texts("ComplianceTypes"));
    let (named, resource_type) = (resource(context)?, context.optional_text("ResourceType"));
    let resources: Box<dyn Iterator<Item = _>> = match &named {
        Some(resource) => {
            let results = account.results_for(resource).map(|(_, result)| result);
            Box::new(std::iter::once((resource, Compliance::of(results))))
        }
        None => Box::new(Compliance::of_resources(account)),
    };
    let resources = resources.filter(|((kind, _), compliance)| {
        resource_type.is_none_or(|asked| asked == kind)
            && is_among(compliance.compliance_type(), &compliance_types)
    });
    let write = |((resource_type, id), compliance): (&ResourceKey, Compliance)| json!({"ResourceType": resource_type, "ResourceId": id, "Compliance": compliance.to_json()});
    context.page("ComplianceByResources", Sizes { default: 10, max: 100 }, resources, write)
}

fn summary_by_rule(context: &Context<'_>) -> Value {
    let account = context.account();
    let rules = account.rule_names().into_iter().map(|name| Compliance::of_rule(account, name));
    json!({"ComplianceSummary": summary(rules, MAX_BY_RULE)})
}

/// One summary for each type that is asked for, else one of all resources.
fn summary_by_resource_type(context: &Context<'_>) -> Value {
    let of = |asked: Option<&str>| {
        let resources = Compliance::of_resources(context.account())
            .filter(|((kind, _), _)| asked.is_none_or(|asked| asked == kind));
        let summary = summary(resources.map(|(_, compliance)| compliance), MAX_BY_RESOURCE_TYPE);
        json!({"ResourceType": asked, "ComplianceSummary": summary})
    };
    let asked = context.texts("ResourceTypes");
    let summaries: Vec<_> = if asked.is_empty() {
        vec![of(None)]
    } else {
        asked.into_iter().map(|asked| of(Some(asked))).collect()
    };
    json!({"ComplianceSummariesByResourceType": summaries})
}

/// How many rules or resources are compliant, and how many are not. The API's names say resource in both cases.
fn summary(compliance: impl Iterator<Item = Compliance>, max: usize) -> Value {
    let mut counts = [0, 0];
    for compliance in compliance {
        match compliance.compliance_type() {
            "COMPLIANT" => counts[0] += 1,
            "NON_COMPLIANT" => counts[1] += 1,
            _ => (),
        }
    }
    json!({
        "CompliantResourceCount": capped(counts[0], max),
        "NonCompliantResourceCount": capped(counts[1], max),
        "ComplianceSummaryTimestamp": epoch_seconds(Timestamp::now()),
    })
}
