//! Parameters that refer to Parameter Store.

use config_rules_local::{Fault, SsmData};
use serde_json::json;

use super::{OWN, World, example_rule::ExampleRule, fake_ec2::FakeEc2, instance};

/// A rule with a stored parameter, an EC2 that does not know the group, and the event about it.
async fn stored() -> (World<ExampleRule, FakeEc2>, String) {
    let world = World::example().await;
    world.ssm.with(|ssm| *ssm = SsmData::new(OWN, "us-east-1").string("/rules/missing", "NOT_APPLICABLE"));
    world.deploy(&json!({"onMissingData": "ssm:/rules/missing"}));
    FakeEc2::of_test().deny("sg-denied");
    let event = world.change(&instance("i-1", "sg-denied"));
    (world, event)
}

#[tokio::test]
async fn a_stored_parameter_is_read_once() {
    let (world, event) = stored().await;
    let (first, second) = (world.record(&event).await, world.record(&event).await);
    assert_eq!(first["complianceType"], "NOT_APPLICABLE", "{first}");
    assert_eq!(first["parameterHash"], second["parameterHash"]);
    assert_eq!(world.ssm.calls().len(), 1);
    let other = World::example().await;
    let record = other.record(&other.change(&instance("i-1", "sg-closed"))).await;
    assert_ne!(record["parameterHash"], first["parameterHash"]);
}

#[tokio::test]
async fn a_parameter_that_is_not_stored_is_named() {
    let (world, event) = stored().await;
    let record = world.record(&event.replace("/rules/missing", "/rules/absent")).await;
    assert_eq!(record["errorType"], "InvalidParameters");
    let message = record["errorMessage"].as_str().unwrap();
    assert!(
        message.contains("parameter onMissingData: Parameter Store has no parameter /rules/absent"),
        "{message}"
    );
    world.results_are(&[]);
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_asked_when_the_event_comes_again() {
    for (fault, error) in [
        (Fault::Throttle, "Throttled"),
        (Fault::ServerError(500), "ServiceUnavailable"),
        (Fault::CutConnection, "ServiceUnavailable"),
        (Fault::Denied, "MissingFacts"),
    ] {
        let (world, event) = stored().await;
        let persistent = fault.clone();
        world.ssm.inject_with(move |_| persistent.clone());
        let (name, message) = world.error(&event).await;
        assert_eq!(name, error, "{fault:?}: {message}");
        assert!(message.contains("ssm:GetParameters"), "{fault:?}: {message}");
        world.results_are(&[]);
        world.ssm.inject_with(|_| Fault::None);
        assert_eq!(world.record(&event).await["complianceType"], "NOT_APPLICABLE");
    }
}

/// `NOT_APPLICABLE` has taken the place of `COMPLIANT`, which no parameter takes, ten days ago.
#[tokio::test]
async fn what_a_parameter_held_counts_for_as_many_days_as_it_says() {
    for (days, is_taken) in [(9, true), (11, false)] {
        let world = World::example().await;
        let data = SsmData::new(OWN, "us-east-1").string("/rules/missing", "NOT_APPLICABLE");
        let data = data.earlier("/rules/missing", "FAIL", 40).earlier("/rules/missing", "COMPLIANT", 10);
        world.ssm.with(|ssm| *ssm = data);
        world.deploy(&json!({"onMissingData": format!("ssm:/rules/missing@{days}d")}));
        FakeEc2::of_test().deny("sg-denied");
        let event = world.change(&instance("i-1", "sg-denied"));
        for _ in 0..2 {
            let record = world.record(&event).await;
            assert_eq!(record["complianceType"] == "NOT_APPLICABLE", is_taken, "{record}");
            if !is_taken {
                let message = record["errorMessage"].as_str().unwrap();
                assert!(
                    message.contains(r#"[\"NOT_APPLICABLE\",\"COMPLIANT\"]"#),
                    "the newest first: {message}"
                );
            }
        }
        assert_eq!(world.ssm.calls().len(), 1, "it is kept");
        let record = world.record(&event.replace("/rules/missing", "/rules/absent")).await;
        assert_eq!(record["errorType"], "InvalidParameters", "{record}");
    }
}
