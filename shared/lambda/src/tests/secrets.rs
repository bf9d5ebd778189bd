//! A secret that a rule reads appears in nothing that leaves the function.

use config_rules::{
    engine,
    facts::{Fact, Facts, Secret},
    item::RawItem,
    parameters::RawParameters,
    rule::ConfiguredRule,
};
use serde_json::json;

use super::{World, example_rule::ExampleRule, fake_ec2::FakeEc2, instance};

/// User data that the example rule finds a password in: Base64, put together here so that no scan takes it for one.
fn user_data() -> String {
    ["cGFzc3dv", "cmQ9cTdWeDItOUxtWi1wVzRrCg=="].concat()
}

/// Whether any six characters of the secret are in the text.
fn tells(text: &str) -> bool {
    let secret = user_data();
    (0..=secret.len() - 6).any(|start| text.contains(&secret[start..start + 6]))
}

#[track_caller]
fn is_kept(text: &str) {
    assert!(!tells(text), "{text}");
}

fn knowing_user_data(facts: &mut Facts) {
    facts.set("i-1", Fact::Known(Secret::new(user_data())));
}

#[test]
fn a_part_of_the_secret_is_found() {
    assert!(tells(&format!("user data begins with {}", &user_data()[..6])));
    assert!(!tells("user data begins with cGFz"));
}

#[tokio::test]
async fn nothing_that_leaves_the_function_tells_a_secret() {
    for on_missing_data in ["NON_COMPLIANT", "FAIL"] {
        let world = World::example().await;
        world.deploy(&json!({"onMissingData": on_missing_data}));
        let ec2 = FakeEc2::of_test();
        ec2.know(knowing_user_data);
        ec2.list(&[instance("i-1", "sg-open"), instance("i-2", "sg-denied")], 2);
        ec2.deny("sg-denied");
        let record = world.record(&world.change(&instance("i-1", "sg-open"))).await;
        assert_eq!(record["findings"][1]["code"], "EXAMPLE-PASSWORD", "the rule has read it");
        let run = world.handle(&world.scheduled(), super::ENOUGH).await;
        assert_eq!(run.is_err(), on_missing_data == "FAIL");
        is_kept(&world.log.text());
        is_kept(&format!("{record} {run:?} {ec2:?}"));
        world.config_service.requests().iter().for_each(|request| is_kept(&request.body));
    }
}

#[tokio::test]
async fn facts_and_evaluations_show_no_secret() {
    let world = World::example().await;
    let ec2 = FakeEc2::of_test();
    ec2.know(knowing_user_data);
    let rule = ConfiguredRule::<ExampleRule>::new(&RawParameters::default(), &Facts::default()).unwrap();
    let case = rule.case(RawItem::from_json(&instance("i-1", "sg-open").to_string()).unwrap(), false);
    let mut facts = Facts::default();
    let evaluation = engine::evaluate(&[case], &mut facts, &ec2).await.remove(0).unwrap();
    assert!(matches!(facts.user_data("i-1"), Fact::Known(secret) if secret.expose() == user_data()));
    is_kept(&format!("{evaluation:?} {facts:?} {:?}", facts.user_data("i-1")));
    is_kept(&serde_json::to_string(&facts).unwrap());
    assert!(tells(&facts.to_json_with_secrets().unwrap()), "a file has it by request");
    is_kept(&serde_json::to_string(&facts.with_faults_as_reasons()).unwrap());
    drop(world);
}
