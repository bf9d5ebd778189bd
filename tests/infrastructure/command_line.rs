//! Our AWS Config is AWS Config to the AWS command line: its usual reads work, and its errors are AWS's.

use std::process::Command;

use config_rules_local::{ConfigService, ConfigurationItem};
use serde_json::{Value, json};

use crate::tools::{runs, skip, text};

const TYPE: &str = "AWS::EC2::Instance";

/// The answer of `aws configservice`, or what it says is wrong.
fn aws(service: &ConfigService, arguments: &[&str]) -> Result<Value, String> {
    let mut command = Command::new("aws");
    command.arg("configservice").args(arguments).args(["--output", "json"]).env_remove("AWS_PROFILE");
    let variables = [
        ("AWS_ACCESS_KEY_ID", "ASIA111122223333TEST"),
        ("AWS_SECRET_ACCESS_KEY", "example-secret-access-key"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_PAGER", ""),
        ("NO_PROXY", "127.0.0.1"),
    ];
    let endpoint = service.endpoint();
    let output = command.envs(variables).env("AWS_ENDPOINT_URL_CONFIG_SERVICE", endpoint).output().unwrap();
    if output.status.success() {
        Ok(serde_json::from_slice(&output.stdout).unwrap_or_default())
    } else {
        Err(text(&output))
    }
}

/// What the command line reads below this JSON pointer is this.
#[track_caller]
fn reads(service: &ConfigService, arguments: &str, pointer: &str, expected: &Value) {
    let arguments: Vec<_> = arguments.split(' ').collect();
    let answer = aws(service, &arguments).unwrap();
    assert_eq!(answer.pointer(pointer), Some(expected), "{arguments:?}: {answer:#}");
}

#[track_caller]
fn is_refused(service: &ConfigService, arguments: &[&str], error: &str) {
    let refused = aws(service, arguments).unwrap_err();
    assert!(refused.contains(error), "{arguments:?}: {refused}");
}

fn rule(function: &str) -> String {
    let detail = |message_type| json!({"EventSource": "aws.config", "MessageType": message_type});
    let details =
        ["ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification"].map(detail);
    let arn = format!("arn:aws:lambda:us-east-1:111122223333:function:{function}");
    let source = json!({"Owner": "CUSTOM_LAMBDA", "SourceIdentifier": arn, "SourceDetails": details});
    json!({"ConfigRuleName": "owner", "Source": source}).to_string()
}

/// Two instances are evaluated, the first as NON_COMPLIANT; of the second the evaluation fails.
fn evaluate(service: &ConfigService) {
    aws(service, &["put-config-rule", "--config-rule", &rule("required-tags")]).unwrap();
    let [first, second] = service.take_invocations().try_into().unwrap();
    let event: Value = serde_json::from_str(&first.event).unwrap();
    let evaluation = json!([{
        "ComplianceResourceType": TYPE, "ComplianceResourceId": "i-1", "ComplianceType": "NON_COMPLIANT",
        "Annotation": "TAG-MISSING: Owner", "OrderingTimestamp": "2026-03-01T10:00:00Z",
    }])
    .to_string();
    let put = ["put-evaluations", "--evaluations", &evaluation, "--result-token"];
    aws(service, &[&put[..], &[event["resultToken"].as_str().unwrap()]].concat()).unwrap();
    is_refused(service, &[&put[..], &["never-issued"]].concat(), "InvalidResultTokenException");
    service.evaluation_failed(&second, "InvalidParameters", "parameter requiredTags: missing");
}

#[tokio::test]
async fn the_usual_reads_work() {
    if !runs("aws") {
        return skip("the AWS command line's reads", "aws is not on the PATH");
    }
    let service = ConfigService::start_recording().await.unwrap();
    service.limit_functions(|arn| arn.ends_with(":required-tags"));
    for id in ["i-1", "i-2"] {
        let time = "2026-03-01T10:00:00Z";
        let item = json!({"resourceType": TYPE, "resourceId": id, "configurationItemCaptureTime": time});
        assert_eq!(service.record(ConfigurationItem::from_event(item).unwrap()), []);
    }
    let missing = ["put-config-rule", "--config-rule", &rule("missing")];
    is_refused(&service, &missing, "(InsufficientPermissionsException)");
    evaluate(&service);

    let non_compliant = json!({
        "ComplianceType": "NON_COMPLIANT", "ComplianceContributorCount": {"CappedCount": 1, "CapExceeded": false},
    });
    let one = json!({"CappedCount": 1, "CapExceeded": false});
    for (arguments, pointer, expected) in [
        (
            "describe-compliance-by-config-rule",
            "/ComplianceByConfigRules/0/Compliance",
            non_compliant.clone(),
        ),
        (
            "describe-compliance-by-resource --resource-type AWS::EC2::Instance --resource-id i-1",
            "/ComplianceByResources/0/Compliance",
            non_compliant,
        ),
        (
            "get-compliance-details-by-resource --resource-type AWS::EC2::Instance --resource-id i-1",
            "/EvaluationResults/0/Annotation",
            json!("TAG-MISSING: Owner"),
        ),
        (
            "get-compliance-details-by-config-rule --config-rule-name owner",
            "/EvaluationResults/0/EvaluationResultIdentifier/EvaluationResultQualifier/ResourceId",
            json!("i-1"),
        ),
        (
            "get-compliance-summary-by-config-rule",
            "/ComplianceSummary/NonCompliantResourceCount",
            one.clone(),
        ),
        (
            "get-compliance-summary-by-resource-type --resource-types AWS::EC2::Instance",
            "/ComplianceSummariesByResourceType/0/ComplianceSummary/NonCompliantResourceCount",
            one,
        ),
        (
            "describe-config-rule-evaluation-status",
            "/ConfigRulesEvaluationStatus/0/LastErrorMessage",
            json!("parameter requiredTags: missing"),
        ),
        ("get-discovered-resource-counts", "/resourceCounts", json!([{"resourceType": TYPE, "count": 2}])),
        (
            "list-discovered-resources --resource-type AWS::EC2::Instance",
            "/resourceIdentifiers/1/resourceId",
            json!("i-2"),
        ),
    ] {
        reads(&service, arguments, pointer, &expected);
    }
}
