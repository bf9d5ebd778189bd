//! Rules of other accounts, which are evaluated and answered there with a role of theirs.

use config_rules_test_aws::{StsData, StsRole};
use serde_json::{Value, json};

use super::{MEMBER, OWN, World, example_rule::ExampleRule, fake_ec2::FakeEc2, instance, with};

/// A function with this external id, a role that asks for another or the same, and the event of the account's rule.
async fn member(external_id: Option<&str>, parameters: Value) -> (World<ExampleRule, FakeEc2>, String) {
    let world = World::start(external_id).await;
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
