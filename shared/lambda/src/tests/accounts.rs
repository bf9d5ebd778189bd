//! Rules of other accounts, which are evaluated and answered there with a role of theirs.

use config_rules_local::FunctionArn;
use config_rules_test_aws::{StsData, StsRole};
use serde_json::{Value, json};

use super::{Environment, MEMBER, OWN, World, example_rule::ExampleRule, fake_ec2::FakeEc2, instance, with};

/// A function with this external id, a role that asks for another or the same, and the event of the account's rule.
async fn member(external_id: Option<&str>, parameters: Value) -> (World<ExampleRule, FakeEc2>, String) {
    let external_id = external_id.map(str::to_owned);
    let world = World::start(Environment { external_id, ..Environment::default() }).await;
    let role =
        StsRole::new(MEMBER, "/config/evaluate").trusts(format!("arn:aws:iam::{OWN}:role/config-rules"));
    world.sts.with(|sts| *sts = StsData::default().role(role.external_id("7c1d5b1e")));
    world.deploy_in(MEMBER, &parameters, &Value::Null);
    let event = world.change(&with(instance("i-1", "sg-open"), "awsAccountId", MEMBER));
    (world, event)
}

#[tokio::test]
async fn another_accounts_rule_is_answered_there_with_its_role() {
    let (world, event) = member(Some("7c1d5b1e"), json!({"ExecutionRoleName": "config/evaluate"})).await;
    for _ in 0..2 {
        let record = world.record(&event).await;
        assert_eq!(
            (&record["complianceType"], &record["accountId"]),
            (&json!("NON_COMPLIANT"), &json!(MEMBER))
        );
    }
    assert_eq!((world.results(MEMBER).len(), world.results(OWN).len()), (1, 0));
    let [assumed] = world.sts.with(|sts| sts.assumed_roles()).try_into().unwrap();
    assert_eq!(assumed.role_arn, format!("arn:aws:iam::{MEMBER}:role/config/evaluate"));
    assert_eq!(assumed.role_session_name, "config-rules-example");
    assert_eq!(assumed.external_id.as_deref(), Some("7c1d5b1e"));
}

#[tokio::test]
async fn a_role_that_does_not_trust_the_function_is_named() {
    for external_id in [Some("wrong"), None] {
        let (world, event) = member(external_id, json!({"ExecutionRoleName": "config/evaluate"})).await;
        let (name, message) = world.error(&event).await;
        assert_eq!(name, "AccessDenied");
        let set = if external_id.is_some() { ", for the external id that is set" } else { "" };
        for part in [
            format!("arn:aws:sts::{OWN}:assumed-role/config-rules"),
            format!("role/config/evaluate: its trust policy must allow that role sts:AssumeRole{set}, and"),
        ] {
            assert!(message.contains(&part), "{message}");
        }
        assert!(world.results(MEMBER).is_empty() && world.results(OWN).is_empty());
    }
}

#[tokio::test]
async fn another_accounts_rule_without_a_role_is_refused() {
    for parameters in [json!({}), json!({"ExecutionRoleName": "config/evaluate", "AssumeRoleMode": "false"})]
    {
        let (world, event) = member(None, parameters).await;
        let record = world.record(&event).await;
        assert_eq!(record["errorType"], "NoExecutionRole", "{record}");
        assert!(
            world.sts.calls().is_empty(),
            "the role that AWS Config itself uses is nobody else's to assume"
        );
    }
}

#[tokio::test]
async fn the_functions_own_account_needs_no_role() {
    let world = World::example().await;
    world.deploy(&json!({"ExecutionRoleName": "config/evaluate"}));
    world.record(&world.change(&instance("i-1", "sg-open"))).await;
    assert!(world.sts.calls().is_empty());
    world.results_are(&[("i-1", "NON_COMPLIANT")]);
}

/// A function of the account that Lambda's emulator writes into every ARN, whose environment has this `AWS_ACCOUNT_ID`.
async fn emulated(account_id: Option<&str>) -> World<ExampleRule, FakeEc2> {
    let mut world = in_environment(account_id).await;
    world.function_arn = FunctionArn::new("012345678912", "us-east-1", "test_function");
    world
}

/// A function in AWS with this `AWS_ACCOUNT_ID`, and the rule in two accounts.
async fn in_environment(account_id: Option<&str>) -> World<ExampleRule, FakeEc2> {
    let account_id = account_id.map(str::to_owned);
    let world = World::start(Environment { account_id, ..Environment::default() }).await;
    for account in [OWN, MEMBER] {
        world.deploy_in(account, &json!({}), &Value::Null);
    }
    world
}

/// The record of an event about an instance of the account.
async fn record_of(world: &World<ExampleRule, FakeEc2>, account: &str) -> Value {
    let event = world.change(&with(instance("i-1", "sg-open"), "awsAccountId", account));
    world.record(&event).await
}

#[tokio::test]
async fn in_the_emulator_the_environment_says_whose_the_function_is() {
    let world = emulated(Some(OWN)).await;
    assert_eq!(record_of(&world, OWN).await["complianceType"], "NON_COMPLIANT");
    let refused = record_of(&world, MEMBER).await;
    assert_eq!(refused["errorType"], "NoExecutionRole", "{refused}");
    assert_eq!((world.results(OWN).len(), world.results(MEMBER).len()), (1, 0));
}

#[tokio::test]
async fn in_the_emulator_no_event_says_whose_the_function_is() {
    let world = emulated(None).await;
    for account in [OWN, MEMBER] {
        let refused = record_of(&world, account).await;
        assert_eq!(refused["errorType"], "NoExecutionRole", "{refused}");
        let message = refused["errorMessage"].as_str().unwrap();
        for part in [account, "012345678912", "AWS_ACCOUNT_ID"] {
            assert!(message.contains(part), "{message}");
        }
    }
    assert!(world.config_service.requests().is_empty());
}

#[tokio::test]
async fn in_the_emulator_what_is_no_account_is_refused() {
    for wrong in ["1111-2222-3333", "11112222333", "arn:aws:iam::111122223333:root", "١١١١٢٢"] {
        let world = emulated(Some(wrong)).await;
        let refused = record_of(&world, OWN).await;
        assert_eq!(refused["errorType"], "InvalidEnvironment", "{refused}");
        let message = format!("AWS_ACCOUNT_ID: \"{wrong}\" is not the twelve digits of an account's id");
        assert_eq!(refused["errorMessage"], message);
        assert!(world.config_service.requests().is_empty());
    }
}

#[tokio::test]
async fn in_aws_the_environment_does_not_say_whose_the_function_is() {
    for said in [MEMBER, "012345678912", "no account"] {
        let world = in_environment(Some(said)).await;
        let refused = record_of(&world, MEMBER).await;
        assert_eq!(refused["errorType"], "NoExecutionRole", "{refused}");
        let message = "the rule belongs to account 444455556666, and the function to 111122223333: the rule's parameter \
                       ExecutionRoleName has to name a role there to report with";
        assert_eq!(refused["errorMessage"], message);
        assert_eq!(record_of(&world, OWN).await["complianceType"], "NON_COMPLIANT");
        assert_eq!((world.results(OWN).len(), world.results(MEMBER).len()), (1, 0));
    }
}
