//! Evaluation results, as rules and people read them.

use super::rules::{deploy, scheduled_rule};
use super::*;

const RESULTS: &str = "GetComplianceDetailsByConfigRule";
const RULE: &str = "/EvaluationResultIdentifier/EvaluationResultQualifier/ConfigRuleName";
const ID: &str = "/EvaluationResultIdentifier/EvaluationResultQualifier/ResourceId";

fn hold(service: &ConfigService, rule: &str, resource_type: &str, id: &str, compliance_type: &str) {
    let mut evaluation = evaluation(id);
    evaluation["ComplianceResourceType"] = resource_type.into();
    evaluation["ComplianceType"] = compliance_type.into();
    service.hold("111122223333", rule, serde_json::from_value(evaluation).unwrap());
}

#[tokio::test]
async fn a_rule_reads_what_it_reported() {
    let service = ConfigService::start().await.unwrap();
    for (id, compliance_type) in [("i-1", "COMPLIANT"), ("i-2", "NON_COMPLIANT"), ("i-3", "NOT_APPLICABLE")] {
        hold(&service, "required-tags", "AWS::EC2::Instance", id, compliance_type);
    }
    hold(&service, "another", "AWS::EC2::Instance", "i-4", "COMPLIANT");
    for (types, ids) in [
        (json!([]), &["i-1", "i-2"][..]),
        (json!(["COMPLIANT", "NON_COMPLIANT"]), &["i-1", "i-2"]),
        (json!(["NON_COMPLIANT"]), &["i-2"]),
        (json!(["NOT_APPLICABLE"]), &[]),
    ] {
        let input = json!({"ConfigRuleName": "required-tags", "ComplianceTypes": types});
        let answer = call(&service, RESULTS, input).await;
        assert_eq!(all(&answer["EvaluationResults"], ID), ids);
    }
    let first = call(&service, RESULTS, json!({"ConfigRuleName": "required-tags", "Limit": 1})).await;
    let expected = json!({
        "EvaluationResultIdentifier": {
            "EvaluationResultQualifier": {
                "ConfigRuleName": "required-tags",
                "ResourceType": "AWS::EC2::Instance",
                "ResourceId": "i-1",
                "EvaluationMode": "DETECTIVE",
            },
            "OrderingTimestamp": 1_465_854_789.5,
        },
        "ComplianceType": "COMPLIANT",
        "ResultRecordedTime": 1_465_854_789.5,
        "ConfigRuleInvokedTime": 1_465_854_789.5,
        "Annotation": "No tag Owner.",
    });
    assert_eq!(first["EvaluationResults"], json!([expected]));
    let next = json!({"ConfigRuleName": "required-tags", "Limit": 1, "NextToken": first["NextToken"]});
    let second = call(&service, RESULTS, next).await;
    assert_eq!(all(&second["EvaluationResults"], ID), ["i-2"]);
    assert_eq!(second["NextToken"], Value::Null);
}

#[tokio::test]
async fn results_that_cannot_be_read_are_refused() {
    let service = ConfigService::start().await.unwrap();
    service.assign_token("token", "required-tags");
    let answer = call(&service, RESULTS, json!({"ConfigRuleName": "required-tags"})).await;
    assert_eq!(answer, json!({"EvaluationResults": []}));
    for (input, name) in [
        (json!({"ConfigRuleName": "another"}), "NoSuchConfigRuleException"),
        (json!({"ConfigRuleName": "x".repeat(64)}), "NoSuchConfigRuleException"),
        (json!({"ConfigRuleName": "x".repeat(65)}), "ValidationException"),
        (json!({}), "ValidationException"),
        (json!({"ConfigRuleName": "required-tags", "Limit": 101}), "ValidationException"),
        (json!({"ConfigRuleName": "required-tags", "NextToken": "2"}), "InvalidNextTokenException"),
        (
            json!({"ConfigRuleName": "required-tags", "ComplianceTypes": ["INSUFFICIENT_DATA"]}),
            "InvalidParameterValueException",
        ),
    ] {
        fails(&service, RESULTS, input, name).await;
    }
}

/// The rules `bad`, with 26 NON_COMPLIANT instances, `good`, with one COMPLIANT volume and instance, and `silent`, with one
/// that is NOT_APPLICABLE.
async fn with_results() -> ConfigService {
    let service = ConfigService::start_recording().await.unwrap();
    for name in ["bad", "good", "silent"] {
        deploy(&service, scheduled_rule(name)).await;
    }
    for index in 0..26 {
        hold(&service, "bad", "AWS::EC2::Instance", &format!("i-{index:02}"), "NON_COMPLIANT");
    }
    hold(&service, "good", "AWS::EC2::Instance", "i-01", "COMPLIANT");
    hold(&service, "good", "AWS::EC2::Volume", "vol-1", "COMPLIANT");
    hold(&service, "silent", "AWS::EC2::Instance", "i-99", "NOT_APPLICABLE");
    service
}

fn counted(compliant: usize, non_compliant: usize, max: usize) -> Value {
    let capped = |count: usize| json!({"CappedCount": count.min(max), "CapExceeded": count > max});
    json!({"CompliantResourceCount": capped(compliant), "NonCompliantResourceCount": capped(non_compliant)})
}

/// The summary, whose time is now.
fn summary(summary: &Value) -> Value {
    let mut summary = summary.clone();
    assert!(summary.as_object_mut().unwrap().remove("ComplianceSummaryTimestamp").unwrap().is_f64());
    summary
}

#[tokio::test]
async fn compliance_is_summed_up_by_rule() {
    let service = with_results().await;
    let rules = call(&service, "DescribeComplianceByConfigRule", json!({})).await;
    let count = json!({"CappedCount": 25, "CapExceeded": true});
    let expected = json!([
        {"ConfigRuleName": "bad", "Compliance": {"ComplianceType": "NON_COMPLIANT", "ComplianceContributorCount": count}},
        {"ConfigRuleName": "good", "Compliance": {"ComplianceType": "COMPLIANT"}},
        {"ConfigRuleName": "silent", "Compliance": {"ComplianceType": "INSUFFICIENT_DATA"}},
    ]);
    assert_eq!(rules["ComplianceByConfigRules"], expected);
    let filter = json!({"ComplianceTypes": ["COMPLIANT"]});
    let rules = call(&service, "DescribeComplianceByConfigRule", filter).await;
    assert_eq!(all(&rules["ComplianceByConfigRules"], "/ConfigRuleName"), ["good"]);
    let rules = call(&service, "GetComplianceSummaryByConfigRule", json!({})).await;
    assert_eq!(summary(&rules["ComplianceSummary"]), counted(1, 1, 25));
}

#[tokio::test]
async fn compliance_is_summed_up_by_resource() {
    let service = with_results().await;
    let operation = "DescribeComplianceByResource";
    let one = json!({"ResourceType": "AWS::EC2::Instance", "ResourceId": "i-01"});
    let resources = call(&service, operation, one).await;
    let count = json!({"CappedCount": 1, "CapExceeded": false});
    let expected = json!([{
        "ResourceType": "AWS::EC2::Instance", "ResourceId": "i-01",
        "Compliance": {"ComplianceType": "NON_COMPLIANT", "ComplianceContributorCount": count},
    }]);
    assert_eq!(resources["ComplianceByResources"], expected);
    for (input, ids) in [
        (json!({"ComplianceTypes": ["COMPLIANT"]}), &["vol-1"][..]),
        (json!({"ComplianceTypes": ["INSUFFICIENT_DATA"]}), &["i-99"]),
        (json!({"ResourceType": "AWS::EC2::Volume"}), &["vol-1"]),
        (json!({"ResourceType": "AWS::EC2::Volume", "ResourceId": "vol-2"}), &["vol-2"]),
        (json!({"Limit": 2}), &["i-00", "i-01"]),
    ] {
        let resources = call(&service, operation, input).await;
        assert_eq!(all(&resources["ComplianceByResources"], "/ResourceId"), ids);
    }
    let first = call(&service, operation, json!({})).await;
    assert_eq!(first["ComplianceByResources"].as_array().unwrap().len(), 10);
    let last = call(&service, operation, json!({"Limit": 100, "NextToken": first["NextToken"]})).await;
    assert_eq!(last["ComplianceByResources"].as_array().unwrap().len(), 18);
    fails(&service, operation, json!({"ResourceId": "i-01"}), "InvalidParameterValueException").await;
}

#[tokio::test]
async fn compliance_is_summed_up_by_resource_type() {
    let service = with_results().await;
    let operation = "GetComplianceSummaryByResourceType";
    let types = json!({"ResourceTypes": ["AWS::EC2::Volume", "AWS::EC2::Instance"]});
    for (input, expected) in [
        (json!({}), vec![(None, counted(1, 26, 100))]),
        (
            types,
            vec![
                (Some("AWS::EC2::Volume"), counted(1, 0, 100)),
                (Some("AWS::EC2::Instance"), counted(0, 26, 100)),
            ],
        ),
    ] {
        let answer = call(&service, operation, input).await;
        let summaries = answer["ComplianceSummariesByResourceType"].as_array().unwrap().iter();
        let summaries: Vec<_> =
            summaries.map(|one| (one["ResourceType"].as_str(), summary(&one["ComplianceSummary"]))).collect();
        assert_eq!(summaries, expected);
    }
}

#[tokio::test]
async fn the_results_of_a_resource_are_read_by_its_type_and_id() {
    let service = with_results().await;
    let operation = "GetComplianceDetailsByResource";
    let resource = json!({"ResourceType": "AWS::EC2::Instance", "ResourceId": "i-01"});
    let results = call(&service, operation, resource.clone()).await;
    assert_eq!(all(&results["EvaluationResults"], RULE), ["bad", "good"]);
    let mut compliant = resource;
    compliant["ComplianceTypes"] = json!(["COMPLIANT"]);
    let results = call(&service, operation, compliant).await;
    assert_eq!(all(&results["EvaluationResults"], RULE), ["good"]);
    fails(&service, operation, json!({}), "InvalidParameterValueException").await;
}
