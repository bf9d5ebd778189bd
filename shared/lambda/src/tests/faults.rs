//! Faults of EC2: those that pass are no answer, and those that last are MISSING-DATA.

use config_rules::facts::Fault;
use serde_json::json;

use super::{World, example_rule::ExampleRule, fake_ec2::FakeEc2, instance, with};

/// An EC2 that fails at what this id stands for, and the event of an instance with this group.
async fn failing(id: &str, fault: Fault, group: &str) -> (World<ExampleRule, FakeEc2>, String) {
    let world = World::example().await;
    FakeEc2::of_test().know(|facts| facts.set_fault(id, fault));
    let event = world.change(&instance("i-1", group));
    (world, event)
}

#[tokio::test]
async fn a_fault_that_passes_ends_the_invocation_and_is_no_answer() {
    let throttled = || Fault::Throttled("RequestLimitExceeded".to_owned());
    let unavailable = || Fault::ServiceUnavailable("no connection".to_owned());
    for (id, group, fault, error) in [
        ("sg-unknown", "sg-unknown", throttled(), ("Throttled", "RequestLimitExceeded")),
        ("pl-unknown", "sg-of-unknown-list", throttled(), ("Throttled", "RequestLimitExceeded")),
        ("sg-unknown", "sg-unknown", unavailable(), ("ServiceUnavailable", "no connection")),
    ] {
        let (world, event) = failing(id, fault, group).await;
        // Whatever is to be answered where data is missing.
        for on_missing_data in ["NON_COMPLIANT", "NOT_APPLICABLE", "FAIL"] {
            world.deploy(&json!({"onMissingData": on_missing_data}));
            let item = with(instance("i-1", group), "tags", json!({"Now": on_missing_data}));
            let (name, message) = world.error(&world.change(&item)).await;
            assert_eq!((name.as_str(), message.as_str()), error, "{id}");
        }
        assert!(world.operations().is_empty(), "{id}: nothing is put");
        FakeEc2::reset();
        assert_eq!(
            world.record(&event).await["complianceType"],
            "NON_COMPLIANT",
            "{id}: Lambda sends it again"
        );
    }
}

#[tokio::test]
async fn a_fault_of_what_is_not_read_is_not_met() {
    let (world, event) = failing("pl-unknown", Fault::Throttled(String::new()), "sg-open").await;
    assert_eq!(world.record(&event).await["complianceType"], "NON_COMPLIANT");
}

#[tokio::test]
async fn in_a_run_the_resource_keeps_its_result_and_the_others_are_reported() {
    let (world, _) = failing("pl-unknown", Fault::Throttled("RequestLimitExceeded".to_owned()), "").await;
    let ec2 = FakeEc2::of_test();
    ec2.list(
        &[instance("i-1", "sg-of-unknown-list"), instance("i-2", "sg-open"), instance("i-3", "sg-closed")],
        2,
    );
    for id in ["i-1", "i-2", "i-3", "i-gone"] {
        world.hold("AWS::EC2::Instance", id, "2026-03-01T10:00:00Z");
    }
    let event = world.scheduled();
    assert_eq!(world.error(&event).await, ("Throttled".to_owned(), "RequestLimitExceeded".to_owned()));
    let others = [("i-2", "NON_COMPLIANT"), ("i-3", "COMPLIANT"), ("i-gone", "NOT_APPLICABLE")];
    world.results_are(&[&[("i-1", "NON_COMPLIANT")], &others[..]].concat());
    assert_eq!(world.results(super::OWN)["i-1"].1, "from before");
    let line = world.log.all().pop().unwrap();
    assert_eq!((&line["errorType"], &line["nonCompliant"]), (&json!("Throttled"), &json!(1)));
}

#[tokio::test]
async fn what_may_not_be_asked_is_answered_as_the_parameters_say() {
    let denied = "nothing is known about sg-denied: ec2:DescribeSecurityGroups: UnauthorizedOperation";
    for (on_missing_data, compliance_type, annotation) in [
        ("NON_COMPLIANT", "NON_COMPLIANT", format!("MISSING-DATA: {denied}")),
        ("NOT_APPLICABLE", "NOT_APPLICABLE", denied.to_owned()),
    ] {
        let world = World::example().await;
        FakeEc2::of_test().deny("sg-denied");
        world.deploy(&json!({"onMissingData": on_missing_data}));
        let record = world.record(&world.change(&instance("i-1", "sg-denied"))).await;
        assert_eq!(
            (&record["complianceType"], &record["annotation"]),
            (&json!(compliance_type), &json!(annotation))
        );
    }
    let world = World::example().await;
    FakeEc2::of_test().deny("sg-denied");
    world.deploy(&json!({"onMissingData": "FAIL"}));
    let error = world.error(&world.change(&instance("i-1", "sg-denied"))).await;
    assert_eq!(error, ("MissingFacts".to_owned(), denied.to_owned()));
    world.results_are(&[]);
}
