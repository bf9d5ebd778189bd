//! Changes of one resource: what is looked up, what is reported, and what the log says.

use serde_json::{Value, json};

use super::{OWN, World, fake_ec2::FakeEc2, instance, with};

#[tokio::test]
async fn an_instance_is_evaluated_in_as_many_rounds_as_its_facts_take() {
    let world = World::example().await;
    let record = world.record(&world.change(&instance("i-1", "sg-open"))).await;
    let annotation = "EXAMPLE-OPEN: pl-everybody lets in everybody";
    for (field, expected) in [
        ("resourceType", json!("AWS::EC2::Instance")),
        ("resourceId", json!("i-1")),
        ("complianceType", json!("NON_COMPLIANT")),
        ("annotation", json!(annotation)),
        ("orderingTimestamp", json!("2026-03-01T10:00:00Z")),
        (
            "findings",
            json!([{"code": "EXAMPLE-OPEN", "severity": "HIGH", "sentence": "pl-everybody lets in everybody"}]),
        ),
        ("rule", json!("example")),
        ("messageType", json!("ConfigurationItemChangeNotification")),
        ("accountId", json!(OWN)),
        ("region", json!("us-east-1")),
        ("level", json!("INFO")),
        ("nonCompliant", json!(1)),
        ("errors", json!(0)),
    ] {
        assert_eq!(record[field], expected, "{field}");
    }
    assert_eq!(FakeEc2::of_test().take_look_ups(), [1, 1], "the group, and its list");
    let [reported] = world.config_service.accepted().try_into().unwrap();
    assert_eq!(reported.compliance_resource_type, "AWS::EC2::Instance");
    assert_eq!(
        (reported.compliance_resource_id.as_str(), reported.compliance_type.as_str()),
        ("i-1", "NON_COMPLIANT")
    );
    assert_eq!(reported.annotation.as_deref(), Some(annotation));
    assert_eq!(reported.ordering_timestamp.to_string(), "2026-03-01T10:00:00Z");
}

/// The answer, and how many requests each look-up had.
async fn is_answered(item: Value, compliance_type: &str, annotation: &str, look_ups: &[usize]) {
    let world = World::example().await;
    let record = world.record(&world.change(&item)).await;
    assert_eq!(
        (&record["complianceType"], &record["annotation"]),
        (&json!(compliance_type), &json!(annotation))
    );
    assert_eq!(FakeEc2::of_test().take_look_ups(), look_ups, "{annotation}");
    world.results_are(&[(item["resourceId"].as_str().unwrap(), compliance_type)]);
}

#[tokio::test]
async fn ec2_is_asked_for_what_the_answer_depends_on_and_no_more() {
    let quiet = "no prefix list lets in everybody";
    is_answered(instance("i-1", "sg-network"), "COMPLIANT", quiet, &[1, 1]).await;
    is_answered(instance("i-1", "sg-closed"), "COMPLIANT", quiet, &[1]).await;
}

#[tokio::test]
async fn what_the_rule_has_nothing_to_say_about_takes_no_facts() {
    let open = || instance("i-1", "sg-open");
    for (field, value, annotation) in [
        (
            "configurationItemStatus",
            json!("ResourceDeleted"),
            "the resource is not there or not recorded: ResourceDeleted",
        ),
        (
            "resourceType",
            json!("AWS::EC2::Volume"),
            "AWS::EC2::Volume is not a type that this rule evaluates",
        ),
    ] {
        is_answered(with(open(), field, value), "NOT_APPLICABLE", annotation, &[]).await;
    }
}

#[tokio::test]
async fn what_has_left_the_scope_is_not_applicable() {
    let world = World::example().await;
    world.deploy_in(OWN, &json!({}), &json!({"TagKey": "Stage"}));
    let tagged = |tags: Value| with(instance("i-1", "sg-open"), "tags", tags);
    world.record(&world.change(&tagged(json!({"Stage": "test"})))).await;
    let later = with(tagged(json!({})), "configurationItemCaptureTime", "2026-03-01T11:00:00.000Z");
    let record = world.record(&world.change(&later)).await;
    assert_eq!(record["annotation"], "the resource has left the scope of the rule");
    world.results_are(&[("i-1", "NOT_APPLICABLE")]);
}

#[tokio::test]
async fn an_event_that_is_none_of_aws_configs_is_answered_with_what_is_missing() {
    let world = World::example().await;
    for event in [r#"{"key1":"value1"}"#, "{}", "[]", "7", "null"] {
        assert_eq!(world.record(event).await["errorType"], "MalformedEvent", "{event}");
    }
    assert!(world.operations().is_empty());
    let unknown = world.change(&instance("i-1", "sg-open")).replace("ConfigurationItemChange", "Compliance");
    assert_eq!(world.record(&unknown).await["errorType"], "UnsupportedEvent");
}

#[tokio::test]
async fn a_test_events_result_is_not_kept() {
    let world = World::example().await;
    let mut event: Value = serde_json::from_str(&world.change(&instance("i-1", "sg-open"))).unwrap();
    event["resultToken"] = json!("TESTMODE");
    world.record(&event.to_string()).await;
    assert!(world.config_service.calls()[0].request.as_ref().unwrap().test_mode);
    world.results_are(&[]);
}

#[tokio::test]
async fn events_out_of_order_leave_the_newer_result() {
    let world = World::example().await;
    let older = world.change(&instance("i-1", "sg-closed"));
    let newer = with(instance("i-1", "sg-open"), "configurationItemCaptureTime", "2026-03-01T11:00:00.000Z");
    world.record(&world.change(&newer)).await;
    assert_eq!(world.record(&older).await["complianceType"], "COMPLIANT");
    world.results_are(&[("i-1", "NON_COMPLIANT")]);
}

#[tokio::test]
async fn every_invocation_is_one_line_in_the_log() {
    let world = World::example().await;
    let event = world.change(&instance("i-1", "sg-open"));
    let records = [world.record(&event).await, world.record("{}").await, world.record(&event).await];
    assert_eq!(world.log.all(), records);
    let [first, error, last] = records;
    assert_eq!((&first["coldStart"], &last["coldStart"]), (&json!(true), &json!(false)));
    assert_eq!((&error["level"], &error["errors"]), (&json!("ERROR"), &json!(1)));
    assert_eq!(first["_aws"]["CloudWatchMetrics"][0]["Namespace"], "ConfigRules");
    assert!(first["requestId"].is_string() && first["durationMs"].is_u64(), "{first}");
    let event: Value = serde_json::from_str(&event).unwrap();
    for private in [event["resultToken"].as_str().unwrap(), "securityGroups", "running"] {
        assert!(!world.log.text().contains(private), "{private}");
    }
}
