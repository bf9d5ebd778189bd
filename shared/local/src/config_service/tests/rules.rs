//! Rules are deployed, described and deleted within AWS Config's limits.

use super::*;

const FUNCTION: &str = "arn:aws:lambda:us-east-1:111122223333:function:required-tags";

/// A rule that is triggered by these types of messages.
pub(super) fn rule(name: &str, message_types: &[&str]) -> Value {
    let detail = |message_type: &&str| json!({"EventSource": "aws.config", "MessageType": message_type});
    let details: Vec<_> = message_types.iter().map(detail).collect();
    json!({
        "ConfigRuleName": name,
        "Source": {"Owner": "CUSTOM_LAMBDA", "SourceIdentifier": FUNCTION, "SourceDetails": details},
    })
}

pub(super) fn change_rule(name: &str) -> Value {
    rule(name, &["ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification"])
}

pub(super) fn scheduled_rule(name: &str) -> Value {
    rule(name, &["ScheduledNotification"])
}

/// The rule with this member changed.
fn with(mut rule: Value, pointer: &str, value: Value) -> Value {
    match pointer.rsplit_once('/') {
        Some((parent, member)) => rule.pointer_mut(parent).unwrap()[member] = value,
        None => rule[pointer] = value,
    }
    rule
}

pub(super) async fn deploy(service: &ConfigService, rule: Value) {
    call(service, "PutConfigRule", json!({"ConfigRule": rule})).await;
}

async fn described(service: &ConfigService, name: &str) -> Value {
    call(service, "DescribeConfigRules", json!({"ConfigRuleNames": [name]})).await["ConfigRules"][0].clone()
}

async fn is_refused(rule: Value, name: &str) {
    let service = ConfigService::start_recording().await.unwrap();
    fails(&service, "PutConfigRule", json!({"ConfigRule": rule}), name).await;
    let rules = call(&service, "DescribeConfigRules", json!({})).await;
    assert_eq!(rules, json!({"ConfigRules": []}));
}

#[tokio::test]
async fn a_rule_is_described_as_it_was_deployed() {
    let service = ConfigService::start_recording().await.unwrap();
    let mut rule =
        with(change_rule("required-tags"), "InputParameters", json!(r#"{"requiredTags":"Owner"}"#));
    rule["Scope"] = json!({"ComplianceResourceTypes": ["AWS::EC2::Instance"]});
    deploy(&service, rule.clone()).await;
    let mut answer = described(&service, "required-tags").await;
    let (arn, id) = (answer["ConfigRuleArn"].take(), answer["ConfigRuleId"].take());
    let (arn, id) = (arn.as_str().unwrap(), id.as_str().unwrap());
    assert_eq!(arn, format!("arn:aws:config:us-east-1:111122223333:config-rule/{id}"));
    assert!(id.starts_with("config-rule-") && id.len() == 18, "{id}");
    rule["ConfigRuleState"] = "ACTIVE".into();
    rule["EvaluationModes"] = json!([{"Mode": "DETECTIVE"}]);
    (rule["ConfigRuleArn"], rule["ConfigRuleId"]) = (Value::Null, Value::Null);
    assert_eq!(answer, rule);
}

#[tokio::test]
async fn a_rule_is_changed_by_name_or_by_arn_and_stays_the_same_rule() {
    let service = ConfigService::start_recording().await.unwrap();
    deploy(&service, change_rule("required-tags")).await;
    let first = described(&service, "required-tags").await;
    deploy(&service, with(scheduled_rule("required-tags"), "Description", json!("by name"))).await;
    let second = described(&service, "required-tags").await;
    assert_eq!(
        (&second["Description"], &second["ConfigRuleId"]),
        (&json!("by name"), &first["ConfigRuleId"])
    );
    let mut third = change_rule("");
    third["ConfigRuleName"] = Value::Null;
    third["ConfigRuleArn"] = first["ConfigRuleArn"].clone();
    deploy(&service, third).await;
    assert_eq!(described(&service, "required-tags").await, first);
    let unknown = with(change_rule("another"), "ConfigRuleId", first["ConfigRuleId"].clone());
    let input = json!({"ConfigRule": unknown});
    fails(&service, "PutConfigRule", input, "InvalidParameterValueException").await;
}

#[tokio::test]
async fn every_documented_form_of_a_rule_is_taken() {
    let service = ConfigService::start_recording().await.unwrap();
    let details = "/Source/SourceDetails/0/MaximumExecutionFrequency";
    let snapshot = rule("a", &["ConfigurationSnapshotDeliveryCompleted"]);
    for rule in [
        change_rule(&"x".repeat(128)),
        with(change_rule("a"), "Scope", json!({"TagKey": "Owner", "TagValue": "team"})),
        with(change_rule("a"), "Scope", json!({"ComplianceResourceTypes": []})),
        with(
            change_rule("a"),
            "Scope",
            json!({"ComplianceResourceTypes": ["AWS::EC2::Instance"], "ComplianceResourceId": "i-1"}),
        ),
        with(change_rule("a"), "/Source/SourceIdentifier", json!(format!("{FUNCTION}:live"))),
        with(change_rule("a"), "EvaluationModes", json!([{"Mode": "PROACTIVE"}, {"Mode": "DETECTIVE"}])),
        with(scheduled_rule("a"), "Scope", json!({})),
        with(scheduled_rule("a"), details, json!("Six_Hours")),
        with(snapshot, "MaximumExecutionFrequency", json!("One_Hour")),
    ] {
        deploy(&service, rule).await;
    }
}

#[tokio::test]
async fn what_the_model_allows_and_config_refuses() {
    let snapshot = "ConfigurationSnapshotDeliveryCompleted";
    let two = json!([{"Mode": "DETECTIVE"}, {"Mode": "DETECTIVE"}]);
    for rule in [
        with(change_rule("a"), "ConfigRuleName", Value::Null),
        with(change_rule("a"), "ConfigRuleName", json!(" ")),
        with(change_rule("a"), "ConfigRuleId", json!("config-rule-abcdef")),
        with(change_rule("a"), "ConfigRuleState", json!("DELETING")),
        with(change_rule("a"), "CreatedBy", json!("config.amazonaws.com")),
        with(change_rule("a"), "EvaluationModes", two),
        with(change_rule("a"), "/Source/Owner", json!("AWS")),
        with(change_rule("a"), "/Source/SourceIdentifier", json!(format!("{FUNCTION}:$LATEST"))),
        with(change_rule("a"), "/Source/SourceIdentifier", json!("required-tags")),
        with(change_rule("a"), "/Source/SourceIdentifier", json!(FUNCTION.replace("us-east-1", "eu-west-1"))),
        with(change_rule("a"), "/Source/SourceIdentifier", Value::Null),
        with(change_rule("a"), "/Source/SourceDetails", json!([])),
        with(change_rule("a"), "/Source/SourceDetails/0/EventSource", Value::Null),
        with(change_rule("a"), "/Source/SourceDetails/0/MessageType", Value::Null),
        with(change_rule("a"), "/Source/SourceDetails/0/MaximumExecutionFrequency", json!("One_Hour")),
        with(change_rule("a"), "MaximumExecutionFrequency", json!("One_Hour")),
        rule("a", &["ConfigurationItemChangeNotification"]),
        rule("a", &["OversizedConfigurationItemChangeNotification"]),
        rule("a", &[snapshot, snapshot]),
        with(scheduled_rule("a"), "Scope", json!({"TagKey": "Owner"})),
        with(change_rule("a"), "Scope", json!({"TagValue": "team"})),
        with(change_rule("a"), "Scope", json!({"ComplianceResourceId": "i-1"})),
        with(change_rule("a"), "Scope", json!({"ComplianceResourceTypes": ["AWS::EC2::KeyPair"]})),
        with(
            change_rule("a"),
            "Scope",
            json!({"ComplianceResourceTypes": ["AWS::EC2::Instance"], "TagKey": "Owner"}),
        ),
        with(change_rule("a"), "InputParameters", json!("[]")),
        with(change_rule("a"), "InputParameters", json!("{")),
    ] {
        is_refused(rule, "InvalidParameterValueException").await;
    }
}

#[tokio::test]
async fn what_the_model_refuses() {
    let long = format!(r#"{{"a":"{}"}}"#, "x".repeat(1017));
    for rule in [
        change_rule(&"x".repeat(129)),
        with(change_rule("a"), "Source", Value::Null),
        with(change_rule("a"), "Description", json!("x".repeat(257))),
        with(change_rule("a"), "InputParameters", json!("")),
        with(change_rule("a"), "InputParameters", json!(long)),
        with(change_rule("a"), "Scope", json!({"TagKey": ""})),
        with(change_rule("a"), "/Source/SourceDetails/0/MessageType", json!("ScheduleNotification")),
        with(scheduled_rule("a"), "/Source/SourceDetails/0/MaximumExecutionFrequency", json!("Daily")),
    ] {
        is_refused(rule, "ValidationException").await;
    }
}

#[tokio::test]
async fn a_rule_needs_a_recorder() {
    let service = ConfigService::start().await.unwrap();
    let input = json!({"ConfigRule": change_rule("a")});
    fails(&service, "PutConfigRule", input, "NoAvailableConfigurationRecorderException").await;
}

#[tokio::test]
async fn rules_are_described_in_pages_and_deleted_with_their_results() {
    let service = ConfigService::start_recording().await.unwrap();
    for index in 0..30 {
        deploy(&service, scheduled_rule(&format!("rule-{index:02}"))).await;
    }
    let first = call(&service, "DescribeConfigRules", json!({})).await;
    let second = call(&service, "DescribeConfigRules", json!({"NextToken": first["NextToken"]})).await;
    assert_eq!([&first, &second].map(|page| page["ConfigRules"].as_array().unwrap().len()), [25, 5]);
    let proactive = json!({"Filters": {"EvaluationMode": "PROACTIVE"}});
    assert_eq!(call(&service, "DescribeConfigRules", proactive).await, json!({"ConfigRules": []}));
    service.hold("111122223333", "rule-00", serde_json::from_value(evaluation("i-1")).unwrap());
    call(&service, "DeleteConfigRule", json!({"ConfigRuleName": "rule-00"})).await;
    assert_eq!(service.results(), BTreeMap::new());
    for (operation, input) in [
        ("DeleteConfigRule", json!({"ConfigRuleName": "rule-00"})),
        ("DescribeConfigRules", json!({"ConfigRuleNames": ["rule-01", "rule-00"]})),
        ("DescribeConfigRuleEvaluationStatus", json!({"ConfigRuleNames": ["rule-00"]})),
        ("DescribeComplianceByConfigRule", json!({"ConfigRuleNames": ["rule-00"]})),
        ("GetComplianceDetailsByConfigRule", json!({"ConfigRuleName": "rule-00"})),
        ("StartConfigRulesEvaluation", json!({"ConfigRuleNames": ["rule-00"]})),
    ] {
        fails(&service, operation, input, "NoSuchConfigRuleException").await;
    }
}

#[tokio::test]
async fn tags_are_those_of_the_first_deployment_until_they_are_changed() {
    let service = ConfigService::start_recording().await.unwrap();
    for value in ["first", "second"] {
        let tags = json!([{"Key": "Team", "Value": value}]);
        call(&service, "PutConfigRule", json!({"ConfigRule": change_rule("a"), "Tags": tags})).await;
    }
    let arn = described(&service, "a").await["ConfigRuleArn"].clone();
    let list = || call(&service, "ListTagsForResource", json!({"ResourceArn": arn}));
    assert_eq!(list().await["Tags"], json!([{"Key": "Team", "Value": "first"}]));
    let more = json!([{"Key": "Stage", "Value": ""}, {"Key": "Team", "Value": "third"}]);
    call(&service, "TagResource", json!({"ResourceArn": arn, "Tags": more})).await;
    assert_eq!(list().await["Tags"], more);
    call(&service, "UntagResource", json!({"ResourceArn": arn, "TagKeys": ["Stage", "Other"]})).await;
    assert_eq!(list().await["Tags"], json!([{"Key": "Team", "Value": "third"}]));
    let many: Vec<_> = (0..50).map(|index| json!({"Key": format!("k{index}"), "Value": ""})).collect();
    fails(&service, "TagResource", json!({"ResourceArn": arn, "Tags": many}), "TooManyTagsException").await;
    let reserved = json!({"ResourceArn": arn, "Tags": [{"Key": "aws:a", "Value": ""}]});
    fails(&service, "TagResource", reserved, "ValidationException").await;
    call(&service, "DeleteConfigRule", json!({"ConfigRuleName": "a"})).await;
    fails(&service, "ListTagsForResource", json!({"ResourceArn": arn}), "ResourceNotFoundException").await;
}

#[tokio::test]
async fn a_function_that_cannot_be_invoked_is_refused() {
    let service = ConfigService::start_recording().await.unwrap();
    service.limit_functions(|arn| arn == FUNCTION);
    deploy(&service, change_rule("a")).await;
    let missing = with(change_rule("b"), "/Source/SourceIdentifier", json!(format!("{FUNCTION}-missing")));
    let answer =
        call_as("AKIAEXAMPLE", &service, "PutConfigRule", &json!({"ConfigRule": missing})).await.json();
    assert_eq!(answer["__type"], "InsufficientPermissionsException");
    let message = format!(
        "The AWS Lambda function {FUNCTION}-missing cannot be invoked. Check the specified function ARN"
    );
    assert!(answer["message"].as_str().unwrap().starts_with(&message), "{answer}");
    let rules = call(&service, "DescribeConfigRules", json!({})).await;
    assert_eq!(all(&rules["ConfigRules"], "/ConfigRuleName"), ["a"]);
}
