//! Further triggers: a change of another resource evaluates those that it concerns, and nothing else.

use config_rules::{
    facts::Facts,
    finding::{Code, Verdict},
    inventory::Filter,
    item::ConfigurationItem,
    parameters::{ParameterError, RawParameters},
    rule::{FurtherTrigger, Metadata, Rule},
};
use serde_json::{Value, json};

use super::{Environment, OWN, World, example_rule::ExampleRule, fake_ec2::FakeEc2, instance, with};

/// The example, whose answer a change of a group changes.
struct Triggered;

const GROUP: FurtherTrigger = FurtherTrigger {
    resource_type: "AWS::EC2::SecurityGroup",
    concerned: |item| {
        vec![Filter { name: "network-interface.group-id", values: vec![item.resource_id.clone()] }]
    },
};

impl Rule for Triggered {
    type Configuration = <ExampleRule as Rule>::Configuration;
    type Parameters = ();
    const METADATA: Metadata = Metadata { further_triggers: &[GROUP], ..ExampleRule::METADATA };
    const CODES: &'static [&'static Code] = ExampleRule::CODES;
    fn parameters(raw: &RawParameters) -> Result<(), ParameterError> {
        ExampleRule::parameters(raw)
    }
    fn evaluate(item: &ConfigurationItem<Self::Configuration>, parameters: &(), facts: &Facts) -> Verdict {
        ExampleRule::evaluate(item, parameters, facts)
    }
}

const INSTANCE: &str = "AWS::EC2::Instance";

/// A rule with these types in its scope, two instances that have the group, and one that has lost it.
async fn world(types: &[&str]) -> World<Triggered, FakeEc2> {
    let world = World::<Triggered, FakeEc2>::start(Environment::default()).await;
    world.deploy_in(OWN, &json!({}), &json!({"ComplianceResourceTypes": types}));
    FakeEc2::of_test().list(&[instance("i-1", "sg-open"), instance("i-2", "sg-network")], 1);
    world.hold(INSTANCE, "i-before", "2026-03-01T10:00:00Z");
    world
}

fn group() -> Value {
    json!({
        "resourceType": "AWS::EC2::SecurityGroup", "resourceId": "sg-open", "awsAccountId": OWN, "awsRegion": "us-east-1",
        "configurationItemCaptureTime": "2026-03-02T10:00:00.000Z", "configurationItemStatus": "OK",
        "configuration": {"groupId": "sg-open"},
    })
}

const BOTH: [&str; 2] = [INSTANCE, "AWS::EC2::SecurityGroup"];

/// An event as of a change, or, without a difference, of a rule that is new.
fn event(world: &World<Triggered, FakeEc2>, item: &Value, diff: &Value) -> String {
    let mut event: Value = serde_json::from_str(&world.change(item)).unwrap();
    let mut invoking: Value = serde_json::from_str(event["invokingEvent"].as_str().unwrap()).unwrap();
    invoking["configurationItemDiff"] = diff.clone();
    event["invokingEvent"] = json!(invoking.to_string());
    event.to_string()
}

fn changed() -> Value {
    json!({"changeType": "UPDATE", "changedProperties": {}})
}

#[tokio::test]
async fn a_change_evaluates_what_it_concerns_as_of_its_time() {
    let world = world(&BOTH).await;
    let record = world.record(&event(&world, &group(), &changed())).await;
    assert_eq!(
        (&record["nonCompliant"], &record["compliant"], &record["notApplicable"]),
        (&json!(1), &json!(1), &json!(0))
    );
    world.results_are(&[("i-1", "NON_COMPLIANT"), ("i-2", "COMPLIANT"), ("i-before", "NON_COMPLIANT")]);
    let times = world.config_service.accepted().into_iter().map(|own| own.ordering_timestamp.to_string());
    assert_eq!(times.collect::<Vec<_>>(), ["2026-03-02T10:00:00Z"; 2]);
    let filter = Filter { name: "network-interface.group-id", values: vec!["sg-open".to_owned()] };
    assert_eq!(FakeEc2::of_test().filters(), vec![Some(filter); 2]);
}

#[tokio::test]
async fn without_a_change_nothing_is_evaluated() {
    let world = world(&BOTH).await;
    let record = world.record(&event(&world, &group(), &Value::Null)).await;
    assert_eq!((&record["errors"], &record["batches"]), (&json!(0), &json!(0)), "{record}");
    assert_eq!((world.operations().len(), FakeEc2::of_test().listings()), (0, 0));
}

#[tokio::test]
async fn what_is_gone_concerns_nothing() {
    let world = world(&BOTH).await;
    let gone =
        with(with(group(), "configurationItemStatus", "ResourceDeleted"), "configuration", Value::Null);
    world.record(&event(&world, &gone, &changed())).await;
    world.results_are(&[("i-before", "NON_COMPLIANT")]);
}

/// A scope of a tag brings the changes of everything that has it.
#[tokio::test]
async fn a_type_that_the_scope_does_not_name_is_none_that_the_rule_evaluates() {
    let world = World::<Triggered, FakeEc2>::start(Environment::default()).await;
    world.deploy_in(OWN, &json!({}), &json!({"TagKey": "Stage"}));
    let tagged = with(group(), "tags", json!({"Stage": "prod"}));
    world.record(&event(&world, &tagged, &changed())).await;
    world.results_are(&[("sg-open", "NOT_APPLICABLE")]);
}

#[tokio::test]
async fn an_instance_outside_the_scope_is_left_out() {
    let world = world(&["AWS::EC2::SecurityGroup"]).await;
    world.record(&event(&world, &group(), &changed())).await;
    world.results_are(&[("i-before", "NON_COMPLIANT")]);
}

/// A run is over what the rule evaluates, whatever triggers it.
#[tokio::test]
async fn a_run_does_not_list_the_triggers() {
    let world = world(&BOTH).await;
    world.run().await;
    world.results_are(&[("i-1", "NON_COMPLIANT"), ("i-2", "COMPLIANT"), ("i-before", "NOT_APPLICABLE")]);
}
