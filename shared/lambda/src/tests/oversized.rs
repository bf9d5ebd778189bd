//! Items that are too large for an event: AWS Config's history has them.

use config_rules_local::Fault;
use serde_json::json;

use super::{World, example_rule::ExampleRule, fake_ec2::FakeEc2, instance, with};

/// An AWS Config whose notifications have no room for an item.
async fn oversized() -> World<ExampleRule, FakeEc2> {
    let world = World::example().await;
    world.config_service.limit_notifications(10);
    world
}

#[tokio::test]
async fn an_item_is_read_from_the_history() {
    let world = oversized().await;
    let event = world.change(&instance("i-1", "sg-open"));
    assert!(event.contains("OversizedConfigurationItemChangeNotification"));
    world.config_service.inject_into("GetResourceConfigHistory", [Fault::Throttle, Fault::EmptyPage]);
    let record = world.record(&event).await;
    assert_eq!(record["complianceType"], "NON_COMPLIANT", "{record}");
    assert_eq!(record["orderingTimestamp"], "2026-03-01T10:00:00Z");
    assert_eq!(record["messageType"], "OversizedConfigurationItemChangeNotification");
}

/// The group of the version that is evaluated, if the event is about the one of ten o'clock.
async fn evaluates(versions: &[(&str, &str)], compliance_type: &str, recorded: &str) {
    let world = oversized().await;
    let event = world.change(&with(instance("i-2", "sg-closed"), "tags", json!({})));
    for (time, group) in versions {
        let item =
            with(instance("i-1", group), "configurationItemCaptureTime", format!("2026-03-01T{time}:00Z"));
        world.change(&item);
    }
    let record = world.record(&event.replace("i-2", "i-1")).await;
    assert_eq!(record["complianceType"], compliance_type, "{record}");
    assert_eq!(record["orderingTimestamp"], format!("2026-03-01T{recorded}:00Z"));
}

#[tokio::test]
async fn the_version_of_the_event_is_evaluated_and_not_another() {
    evaluates(
        &[("09:00", "sg-closed"), ("10:00", "sg-open"), ("11:00", "sg-closed")],
        "NON_COMPLIANT",
        "10:00",
    )
    .await;
}

#[tokio::test]
async fn where_that_version_is_gone_the_newest_is_evaluated() {
    evaluates(&[("09:00", "sg-open"), ("11:00", "sg-closed")], "COMPLIANT", "11:00").await;
}

#[tokio::test]
async fn what_the_rule_has_nothing_to_say_about_is_not_read() {
    for (field, value) in
        [("configurationItemStatus", "ResourceDeleted"), ("resourceType", "AWS::EC2::Volume")]
    {
        let world = oversized().await;
        let record = world.record(&world.change(&with(instance("i-1", "sg-open"), field, value))).await;
        assert_eq!(record["complianceType"], "NOT_APPLICABLE", "{record}");
        assert_eq!(world.operations(), ["PutEvaluations"]);
    }
}

#[tokio::test]
async fn an_item_that_aws_config_does_not_know_is_not_applicable() {
    let world = oversized().await;
    let event = world.change(&instance("i-1", "sg-open"));
    let record = world.record(&event.replace("i-1", "i-2")).await;
    assert_eq!(record["annotation"], "AWS Config has no record of the resource", "{record}");
    world.results_are(&[("i-2", "NOT_APPLICABLE")]);
}

#[tokio::test]
async fn a_history_that_may_not_be_read_is_named() {
    let world = oversized().await;
    let event = world.change(&instance("i-1", "sg-open"));
    world.config_service.inject_into("GetResourceConfigHistory", [Fault::Denied]);
    let (name, message) = world.error(&event).await;
    assert_eq!(name, "AccessDenied");
    assert!(message.starts_with("config:GetResourceConfigHistory: AccessDeniedException"), "{message}");
    world.results_are(&[]);
}
