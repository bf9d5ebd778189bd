//! Which rules are invoked, and with which event.

use super::rules::{change_rule, deploy, rule, scheduled_rule};
use super::*;

fn event(invocation: &Invocation) -> Value {
    serde_json::from_str(&invocation.event).unwrap()
}

/// The message that the event carries.
fn message(invocation: &Invocation) -> Value {
    serde_json::from_str(event(invocation)["invokingEvent"].as_str().unwrap()).unwrap()
}

fn rules(invocations: &[Invocation]) -> Vec<&str> {
    invocations.iter().map(|invocation| invocation.rule.as_str()).collect()
}

async fn with_rules(rules: impl IntoIterator<Item = Value>) -> ConfigService {
    let service = ConfigService::start_recording().await.unwrap();
    for rule in rules {
        deploy(&service, rule).await;
    }
    drop(service.take_invocations());
    service
}

fn scoped(name: &str, scope: Value) -> Value {
    let mut rule = change_rule(name);
    rule["Scope"] = scope;
    rule
}

#[tokio::test]
async fn a_change_is_an_event_as_aws_config_sends_it() {
    let mut rule = change_rule("required-tags");
    rule["InputParameters"] = r#"{"requiredTags":"Owner"}"#.into();
    let service = with_rules([rule]).await;
    let [invocation] = record(&service, item("i-1", 1)).try_into().unwrap();
    assert_eq!(invocation.function_arn, "arn:aws:lambda:us-east-1:111122223333:function:required-tags");
    assert_eq!(invocation.account, "111122223333");
    let deployed = call(&service, "DescribeConfigRules", json!({})).await["ConfigRules"][0].clone();
    let mut event = event(&invocation);
    let token = event["resultToken"].take();
    let invoking_event = event["invokingEvent"].take();
    let execution_role =
        "arn:aws:iam::111122223333:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig";
    let expected = json!({
        "version": "1.0",
        "invokingEvent": null,
        "ruleParameters": r#"{"requiredTags":"Owner"}"#,
        "resultToken": null,
        "eventLeftScope": false,
        "executionRoleArn": execution_role,
        "configRuleArn": deployed["ConfigRuleArn"],
        "configRuleName": "required-tags",
        "configRuleId": deployed["ConfigRuleId"],
        "accountId": "111122223333",
        "evaluationMode": "DETECTIVE",
    });
    assert_eq!(event, expected);
    let mut message: Value = serde_json::from_str(invoking_event.as_str().unwrap()).unwrap();
    let created = message["notificationCreationTime"].take();
    assert_eq!(created.as_str().unwrap().len(), "2026-08-25T17:11:40.392Z".len());
    let item = ConfigurationItem::from_event(item("i-1", 1)).unwrap().to_event();
    let expected = json!({
        "configurationItemDiff": {"changedProperties": {}, "changeType": "CREATE"},
        "configurationItem": item,
        "notificationCreationTime": null,
        "messageType": "ConfigurationItemChangeNotification",
        "recordVersion": "1.3",
    });
    assert_eq!(message, expected);
    let input = json!({"ResultToken": token, "Evaluations": [evaluation("i-1")]});
    call(&service, "PutEvaluations", input.clone()).await;
    assert_eq!(service.results().into_keys().next().unwrap().rule, "required-tags");
    let foreign = call_as(OTHER_KEY, &service, "PutEvaluations", &input).await;
    assert_eq!(foreign.json()["__type"], "InvalidResultTokenException");
    call(&service, "DeleteConfigRule", json!({"ConfigRuleName": "required-tags"})).await;
    deploy(&service, change_rule("required-tags")).await;
    fails(&service, "PutEvaluations", input, "NoSuchConfigRuleException").await;
}

#[tokio::test]
async fn a_change_invokes_the_rules_in_whose_scope_it_is() {
    let service = with_rules([
        change_rule("all"),
        scheduled_rule("scheduled"),
        scoped(
            "id",
            json!({"ComplianceResourceTypes": ["AWS::EC2::Instance"], "ComplianceResourceId": "i-2"}),
        ),
        scoped("key", json!({"TagKey": "Owner"})),
        scoped("type", json!({"ComplianceResourceTypes": ["AWS::EC2::Volume", "AWS::EC2::Instance"]})),
        scoped("value", json!({"TagKey": "Owner", "TagValue": "other"})),
        scoped("volume", json!({"ComplianceResourceTypes": ["AWS::EC2::Volume"]})),
    ])
    .await;
    let invocations = record(&service, item("i-1", 1));
    assert_eq!(rules(&invocations), ["all", "key", "type"]);
    let mut tokens: Vec<_> =
        invocations.iter().map(|invocation| event(invocation)["resultToken"].to_string()).collect();
    tokens.dedup();
    assert_eq!(tokens.len(), 3);
    assert_eq!(rules(&record(&service, item("i-2", 1))), ["all", "id", "key", "type"]);
    let mut foreign = item("i-1", 1);
    foreign["awsAccountId"] = OTHER_ACCOUNT.into();
    assert_eq!(record(&service, foreign), []);
}

#[tokio::test]
async fn a_resource_leaves_the_scope_once() {
    let service = with_rules([scoped("owned", json!({"TagKey": "Owner"}))]).await;
    let left = |invocations: &[Invocation]| -> Vec<Value> {
        invocations.iter().map(|invocation| event(invocation)["eventLeftScope"].clone()).collect()
    };
    let untagged = |second| {
        let mut item = item("i-1", second);
        item["tags"] = json!({"Name": "one"});
        item
    };
    assert_eq!(left(&record(&service, item("i-1", 1))), [false]);
    let invocations = record(&service, untagged(2));
    assert_eq!(left(&invocations), [true]);
    assert_eq!(message(&invocations[0])["configurationItem"]["tags"], json!({"Name": "one"}));
    assert_eq!(left(&record(&service, untagged(3))), [false; 0]);
    assert_eq!(left(&record(&service, item("i-1", 4))), [false]);
}

#[tokio::test]
async fn an_oversized_change_is_notified_of_in_summary() {
    let service = with_rules([change_rule("all")]).await;
    let item = item("i-1", 1);
    let [whole] = record(&service, item.clone()).try_into().unwrap();
    let length = event(&whole)["invokingEvent"].as_str().unwrap().len();
    for (id, limit, message_type) in [
        ("i-2", length, "ConfigurationItemChangeNotification"),
        ("i-3", length - 1, "OversizedConfigurationItemChangeNotification"),
    ] {
        service.limit_notifications(limit);
        let mut as_long = item.clone();
        as_long["resourceId"] = id.into();
        let [invocation] = record(&service, as_long).try_into().unwrap();
        assert_eq!(message(&invocation)["messageType"], message_type);
    }
    let history = json!({"resourceType": "AWS::EC2::Instance", "resourceId": "i-3", "limit": 1});
    let answer = call(&service, "GetResourceConfigHistory", history).await;
    assert_eq!(all(&answer["configurationItems"], "/configuration"), [r#"{"imageId":"ami-1","second":1}"#]);
}

#[tokio::test]
async fn a_summary_has_everything_but_the_configuration() {
    let service = with_rules([change_rule("all")]).await;
    service.limit_notifications(0);
    let [invocation] = record(&service, item("i-1", 1)).try_into().unwrap();
    let expected = json!({
        "changeType": "CREATE",
        "configurationItemVersion": "1.3",
        "configurationItemCaptureTime": "2026-08-25T17:00:01.500Z",
        "configurationStateId": 1_787_677_201_500_i64,
        "awsAccountId": "111122223333",
        "configurationItemStatus": "OK",
        "resourceType": "AWS::EC2::Instance",
        "resourceId": "i-1",
        "resourceName": null,
        "ARN": null,
        "awsRegion": "us-east-1",
        "availabilityZone": null,
        "configurationStateMd5Hash": "",
        "resourceCreationTime": null,
    });
    assert_eq!(message(&invocation)["configurationItemSummary"], expected);
}

#[tokio::test]
async fn the_recorder_decides_which_changes_invoke_rules() {
    let service = with_rules([change_rule("all"), scheduled_rule("scheduled")]).await;
    let group = json!({"resourceTypes": ["AWS::EC2::Volume"]});
    let recorder = json!({"ConfigurationRecorder": {"roleARN": "arn:aws:iam::111122223333:role/config", "recordingGroup": group}});
    call(&service, "PutConfigurationRecorder", recorder).await;
    let mut volume = item("vol-1", 1);
    volume["resourceType"] = "AWS::EC2::Volume".into();
    assert_eq!(record(&service, item("i-1", 1)), []);
    assert_eq!(rules(&record(&service, volume.clone())), ["all"]);
    call(&service, "StopConfigurationRecorder", json!({"ConfigurationRecorderName": "default"})).await;
    assert_eq!(record(&service, volume), []);
    assert_eq!(rules(&service.run_schedule("111122223333")), ["scheduled"]);
}

#[tokio::test]
async fn a_schedule_names_the_account() {
    let service = with_rules([change_rule("change"), scheduled_rule("scheduled")]).await;
    let [run] = service.run_schedule("111122223333").try_into().unwrap();
    let mut message = message(&run);
    assert!(message["notificationCreationTime"].take().is_string());
    let expected = json!({
        "awsAccountId": "111122223333",
        "notificationCreationTime": null,
        "messageType": "ScheduledNotification",
        "recordVersion": "1.0",
    });
    assert_eq!((run.rule.as_str(), message), ("scheduled", expected));
    assert_eq!(event(&run)["ruleParameters"], "{}");
    assert_eq!(service.run_schedule(OTHER_ACCOUNT), []);
}

#[tokio::test]
async fn a_snapshots_event_names_its_object() {
    let snapshot = rule("snapshot", &["ConfigurationSnapshotDeliveryCompleted"]);
    let service = with_rules([snapshot, scheduled_rule("scheduled")]).await;
    record(&service, item("i-1", 1));
    let delivered = service.deliver_snapshot("111122223333").unwrap();
    assert_eq!(rules(&delivered.invocations), ["snapshot"]);
    let message = message(&delivered.invocations[0]);
    assert_eq!(message["messageType"], "ConfigurationSnapshotDeliveryCompleted");
    assert_eq!(message["recordVersion"], "1.1");
    assert_eq!(
        (&message["s3Bucket"], &message["s3ObjectKey"]),
        (&json!(delivered.bucket), &json!(delivered.key))
    );
    assert_eq!(delivered.bucket, "config-111122223333");
    assert!(delivered.key.starts_with("AWSLogs/111122223333/Config/us-east-1/20"), "{}", delivered.key);
    let body: Value = serde_json::from_str(&delivered.body).unwrap();
    assert_eq!(body["configSnapshotId"], message["configSnapshotId"]);
    assert_eq!(all(&body["configurationItems"], "/resourceId"), ["i-1"]);
    let without = ConfigService::start().await.unwrap();
    assert_eq!(without.deliver_snapshot("111122223333"), None);
}

/// The one instance in its latest state, and the schedule.
#[track_caller]
fn evaluates_what_exists(invocations: &[Invocation]) {
    let messages: Vec<_> = invocations.iter().map(message).collect();
    let [change, schedule] = messages.try_into().unwrap();
    assert_eq!(change["configurationItem"]["configuration"]["second"], 2);
    assert_eq!(change["configurationItemDiff"], Value::Null);
    assert_eq!(schedule["messageType"], "ScheduledNotification");
}

#[tokio::test]
async fn a_rule_is_evaluated_when_it_is_deployed_and_on_demand_once_a_minute() {
    let service = ConfigService::start_recording().await.unwrap();
    record(&service, item("i-1", 1));
    record(&service, item("i-1", 2));
    let mut deleted = item("i-2", 1);
    deleted["configurationItemStatus"] = "ResourceDeleted".into();
    record(&service, deleted);
    let mut hybrid = change_rule("hybrid");
    let schedule = json!({"EventSource": "aws.config", "MessageType": "ScheduledNotification"});
    hybrid["Source"]["SourceDetails"].as_array_mut().unwrap().push(schedule);
    deploy(&service, hybrid).await;
    evaluates_what_exists(&service.take_invocations());
    let input = json!({"ConfigRuleNames": ["hybrid"]});
    call(&service, "StartConfigRulesEvaluation", input.clone()).await;
    evaluates_what_exists(&service.take_invocations());
    fails(&service, "StartConfigRulesEvaluation", input, "LimitExceededException").await;
    fails(&service, "StartConfigRulesEvaluation", json!({}), "InvalidParameterValueException").await;
    assert_eq!(service.take_invocations(), []);
}

#[tokio::test]
async fn the_status_has_the_times_of_invocation_and_evaluation() {
    let service = with_rules([scheduled_rule("scheduled")]).await;
    let status = || call(&service, "DescribeConfigRuleEvaluationStatus", json!({}));
    let [run] = service.run_schedule("111122223333").try_into().unwrap();
    let before = status().await["ConfigRulesEvaluationStatus"][0].clone();
    assert!(before["LastSuccessfulInvocationTime"].is_f64());
    assert!(before["LastSuccessfulEvaluationTime"].is_null() && before["FirstEvaluationStarted"] == false);
    let token = event(&run)["resultToken"].clone();
    call(&service, "PutEvaluations", json!({"ResultToken": token, "Evaluations": [evaluation("i-1")]})).await;
    let after = status().await["ConfigRulesEvaluationStatus"][0].clone();
    assert!(after["LastSuccessfulEvaluationTime"].is_f64(), "{after}");
    assert_eq!(after["FirstEvaluationStarted"], true);
}

/// A function that cannot be invoked has not been invoked, and has evaluated nothing.
#[tokio::test]
async fn the_status_says_which_of_invocation_and_evaluation_has_failed() {
    let service = ConfigService::start_recording().await.unwrap();
    deploy(&service, scheduled_rule("scheduled")).await;
    let status = async || {
        let status = call(&service, "DescribeConfigRuleEvaluationStatus", json!({})).await;
        status["ConfigRulesEvaluationStatus"][0].clone()
    };
    let run = || service.run_schedule("111122223333").pop().unwrap();
    let first = service.next_invocation().unwrap();
    service.invocation_failed(&first, "ResourceNotFoundException", "not built");
    let failed = status().await;
    assert!(failed["LastFailedInvocationTime"].is_f64(), "{failed}");
    assert!(failed["LastSuccessfulInvocationTime"].is_null() && failed["LastFailedEvaluationTime"].is_null());
    assert_eq!(
        (&failed["LastErrorCode"], &failed["LastErrorMessage"]),
        (&json!("ResourceNotFoundException"), &json!("not built"))
    );

    service.evaluation_failed(&run(), "InvalidParameters", "parameter requiredTags: missing");
    let invoked = status().await;
    assert!(invoked["LastSuccessfulInvocationTime"].is_f64() && invoked["LastFailedEvaluationTime"].is_f64());
    assert_eq!(invoked["LastErrorCode"], "InvalidParameters");

    service.invocation_failed(&run(), "ResourceNotFoundException", "gone");
    assert_eq!(status().await["LastSuccessfulInvocationTime"], invoked["LastSuccessfulInvocationTime"]);
}

#[tokio::test]
async fn a_schedule_invokes_its_rule_once_in_each_period() {
    let service = ConfigService::start_recording().await.unwrap();
    let mut hourly = scheduled_rule("hourly");
    hourly["Source"]["SourceDetails"][0]["MaximumExecutionFrequency"] = "One_Hour".into();
    deploy(&service, hourly).await;
    deploy(&service, scheduled_rule("daily")).await;
    deploy(&service, change_rule("changes")).await;
    let start = Timestamp::now();
    let due = |minutes: i64| {
        let now = start + jiff::SignedDuration::from_mins(minutes);
        let due: Vec<_> = std::iter::from_fn(|| service.next_invocation_at(now)).collect();
        rules(&due).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    // All are evaluated as they are deployed.
    assert_eq!(due(0), ["daily", "hourly"]);
    assert_eq!(due(59), [""; 0]);
    assert_eq!(due(61), ["hourly"]);
    assert_eq!(due(119), [""; 0]);
    assert_eq!(due(24 * 60 + 1), ["daily", "hourly"]);
}

#[tokio::test]
async fn items_are_recorded_over_http() {
    let service = with_rules([change_rule("all")]).await;
    let mut client = connect(&service).await;
    let body = item("i-1", 1).to_string();
    let answer = client.post("/configuration-items", &body).await.unwrap();
    assert_eq!(answer.json(), json!({"accounts": ["111122223333"], "rules": ["all"]}));
    assert_eq!(rules(&service.take_invocations()), ["all"]);

    let refused = client.post("/configuration-items", "{}").await.unwrap();
    assert_eq!(refused.status, 400);
    assert!(refused.body.contains("resourceType is missing"), "{}", refused.body);
    assert!(service.take_invocations().is_empty());

    let mut unknown = item("key-1", 1);
    unknown["resourceType"] = "AWS::EC2::KeyPair".into();
    let body = json!({"configurationItems": [unknown, item("i-2", 1)]}).to_string();
    let answer = client.post("/configuration-items", &body).await.unwrap().json();
    assert_eq!(answer["rules"], json!(["all"]));
    let left_out = "not a configuration item: item 1 (AWS::EC2::KeyPair key-1): AWS Config does not record AWS::EC2::KeyPair";
    assert_eq!(answer["leftOut"], json!([left_out]));
    assert_eq!(rules(&service.take_invocations()), ["all"]);
}

/// A rule can be read before its evaluation has begun, and its status says when one has failed.
#[tokio::test]
async fn the_state_of_a_rule_is_that_of_its_evaluation() {
    let service = ConfigService::start_recording().await.unwrap();
    record(&service, item("i-1", 1));
    record(&service, item("i-2", 1));
    deploy(&service, change_rule("all")).await;
    let state = async || {
        let rules = call(&service, "DescribeConfigRules", json!({})).await;
        rules["ConfigRules"][0]["ConfigRuleState"].as_str().unwrap().to_owned()
    };
    let mut while_pending = Vec::new();
    while let Some(invocation) = service.next_invocation() {
        while_pending.push(state().await);
        service.evaluation_failed(
            &invocation,
            "InvalidParameters",
            &message(&invocation)["messageType"].to_string(),
        );
    }
    assert_eq!(
        (while_pending, state().await.as_str()),
        (vec!["EVALUATING".into(), "ACTIVE".into()], "ACTIVE")
    );
    let status = call(&service, "DescribeConfigRuleEvaluationStatus", json!({})).await;
    let status = &status["ConfigRulesEvaluationStatus"][0];
    assert_eq!(status["LastErrorCode"], "InvalidParameters");
    assert_eq!(status["LastErrorMessage"], "\"ConfigurationItemChangeNotification\"");
    assert!(status["LastFailedEvaluationTime"].is_f64() && status["LastSuccessfulEvaluationTime"].is_null());
}

#[tokio::test]
async fn no_evaluation_is_started_while_one_is_in_progress() {
    let service = ConfigService::start_recording().await.unwrap();
    record(&service, item("i-1", 1));
    deploy(&service, change_rule("all")).await;
    let input = json!({"ConfigRuleNames": ["all"]});
    fails(&service, "StartConfigRulesEvaluation", input.clone(), "LimitExceededException").await;
    assert_eq!(service.take_invocations().len(), 1);
    call(&service, "StartConfigRulesEvaluation", input).await;
}

/// What is deployed again is evaluated once, as it is then; changes that wait are not lost.
#[tokio::test]
async fn a_changed_rule_is_evaluated_anew() {
    let service = ConfigService::start_recording().await.unwrap();
    record(&service, item("i-1", 1));
    deploy(&service, change_rule("all")).await;
    let mut client = connect(&service).await;
    let body = item("i-2", 1).to_string();
    client.post("/configuration-items", &body).await.unwrap();
    let mut changed = change_rule("all");
    changed["InputParameters"] = r#"{"requiredTags":"Owner"}"#.into();
    deploy(&service, changed).await;
    let invocations = service.take_invocations();
    let ids: Vec<_> = invocations
        .iter()
        .map(|invocation| message(invocation)["configurationItem"]["resourceId"].clone())
        .collect();
    assert_eq!(ids, ["i-2", "i-1", "i-2"]);
    assert!(
        invocations
            .iter()
            .all(|invocation| event(invocation)["ruleParameters"] == r#"{"requiredTags":"Owner"}"#)
    );
}
