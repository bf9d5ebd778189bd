//! A secret that a rule reads appears in nothing that leaves the function.

use config_rules::{
    engine,
    facts::{Fact, Facts, Secret, USER_DATA_ACTIONS},
    finding::{Finding, Verdict},
    item::{ConfigurationItem, RawItem},
    parameters::{ParameterError, RawParameters},
    rule::{ConfiguredRule, Metadata, Rule},
};
use serde::de::IgnoredAny;
use serde_json::json;

use super::{
    ENOUGH, Environment, World,
    example_rule::{ExampleCode, ExampleRule},
    fake_ec2::FakeEc2,
    instance,
};

/// No user data holds a password.
struct SecretRule;

impl Rule for SecretRule {
    type Configuration = IgnoredAny;
    type Parameters = ();

    const METADATA: Metadata = Metadata { fact_actions: USER_DATA_ACTIONS, ..ExampleRule::METADATA };

    fn parameters(_: &RawParameters) -> Result<(), ParameterError> {
        Ok(())
    }

    fn evaluate(item: &ConfigurationItem<IgnoredAny>, (): &(), facts: &Facts) -> Verdict {
        let check = facts.user_data(&item.resource_id).known("user data").map(|user_data| {
            let user_data = user_data.filter(|user_data| user_data.expose().starts_with("cGFzc3dvcmQ"));
            user_data.map(|_| Finding::new(ExampleCode::Open, "user data holds a password"))
        });
        Verdict::of([check], "user data holds no password")
    }
}

/// Base64 that begins with a password, put together here so that no scan takes it for one.
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

/// An EC2 that knows the secret of one instance, and may not tell that of another.
fn ec2() -> FakeEc2 {
    let ec2 = FakeEc2::of_test();
    ec2.know(|facts| {
        facts.set("i-1", Fact::Known(Secret::new(user_data())));
        facts.set::<Secret>("i-2", Fact::Unavailable("UnauthorizedOperation".to_owned()));
    });
    ec2.list(&[instance("i-1", ""), instance("i-2", "")], 1);
    ec2
}

#[test]
fn a_part_of_the_secret_is_found() {
    assert!(tells(&format!("user data begins with {}", &user_data()[..6])));
    assert!(!tells("user data begins with cGFz"));
}

#[tokio::test]
async fn nothing_that_leaves_the_function_tells_a_secret() {
    for on_missing_data in ["NON_COMPLIANT", "FAIL"] {
        let world = World::<SecretRule, FakeEc2>::start(Environment::default()).await;
        let ec2 = ec2();
        world.deploy(&json!({"onMissingData": on_missing_data}));
        let record = world.record(&world.change(&instance("i-1", ""))).await;
        assert_eq!(record["annotation"], "EXAMPLE-OPEN: user data holds a password", "the rule has read it");
        let run = world.handle(&world.scheduled(), ENOUGH).await;
        assert_eq!(run.is_err(), on_missing_data == "FAIL");
        is_kept(&format!("{record} {run:?} {ec2:?}"));
        is_kept(&world.log.text());
        for request in world.config_service.requests() {
            is_kept(&request.body);
        }
    }
}

#[tokio::test]
async fn facts_and_evaluations_show_no_secret() {
    FakeEc2::reset();
    let rule = ConfiguredRule::<SecretRule>::new(&RawParameters::default(), &Facts::default()).unwrap();
    let item = RawItem::from_json(&instance("i-1", "").to_string()).unwrap();
    let mut facts = Facts::default();
    let evaluations = engine::evaluate(&[rule.case(item, false)], &mut facts, &ec2()).await;
    assert!(matches!(facts.user_data("i-1"), Fact::Known(secret) if secret.expose() == user_data()));
    is_kept(&format!("{evaluations:?} {facts:?} {:?}", facts.user_data("i-1")));
    is_kept(&serde_json::to_string(&facts).unwrap());
    assert!(tells(&facts.to_json_with_secrets().unwrap()), "a file has it by request");
    is_kept(&serde_json::to_string(&facts.with_faults_as_reasons()).unwrap());
}
