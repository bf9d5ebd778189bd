//! Facts: EC2 is asked only if the answer depends on it, and its faults are never an answer.

use config_rules_local::Fault;

use crate::environment::{Environment, event};

const OWNER: &str = "approved-ami/compliant-owner-amazon";

async fn approved_ami() -> (Environment, String) {
    (Environment::start("approved-ami").await, event(OWNER))
}

#[tokio::test]
async fn ec2_is_not_asked_for_what_ids_decide() {
    let (mut environment, _) = approved_ami().await;
    for name in ["compliant-approved-id", "non-compliant-unapproved", "not-applicable-terminated"] {
        environment.record(&event(&format!("approved-ami/{name}"))).await;
    }
    assert!(environment.ec2.calls().is_empty());
}

#[tokio::test]
async fn what_ec2_told_is_kept_for_the_next_event() {
    let (mut environment, event) = approved_ami().await;
    environment.record(&event).await;
    let calls = environment.ec2.calls().len();
    assert!(calls > 0);
    for _ in 0..3 {
        assert_eq!(environment.record(&event).await["complianceType"], "COMPLIANT");
    }
    assert_eq!(environment.ec2.calls().len(), calls);
}

#[tokio::test]
async fn throttling_that_passes_changes_nothing() {
    let (mut environment, event) = approved_ami().await;
    environment.ec2.inject([Fault::Throttle, Fault::ServerError(500), Fault::CutConnection]);
    assert_eq!(environment.record(&event).await["complianceType"], "COMPLIANT");
}

#[tokio::test]
async fn a_role_that_may_not_ask_is_named_in_the_answer() {
    let (mut environment, event) = approved_ami().await;
    environment.ec2.inject_with(|_| Fault::Denied);
    let record = environment.record(&event).await;
    assert_eq!(record["complianceType"], "NON_COMPLIANT");
    let annotation = record["annotation"].as_str().unwrap();
    assert!(annotation.starts_with("MISSING-DATA: nothing is known about ami-"), "{annotation}");
    assert!(annotation.contains("UnauthorizedOperation"), "{annotation}");

    environment.ec2.inject_with(|_| Fault::None);
    assert_eq!(environment.record(&event).await["complianceType"], "COMPLIANT");
}

#[tokio::test]
async fn groups_that_are_let_in_are_looked_up_if_asked() {
    let asked = |name: &str| event(&format!("security-group-exposure/{name}"));
    let mut environment = Environment::start("security-group-exposure").await;
    environment.record(&asked("compliant-group-source")).await;
    assert!(environment.ec2.calls().is_empty());
    for _ in 0..2 {
        let record = environment.record(&asked("compliant-source-group-open")).await;
        assert!(record["annotation"].as_str().unwrap().contains("SG-OPEN-GROUP: "), "{record}");
        assert_eq!(environment.ec2.calls().len(), 1, "one call, and what it told is kept");
    }
}

#[tokio::test]
async fn the_name_of_a_key_pair_is_answered_without_ec2() {
    let event = event("key-pair-usage/compliant-approved-name");
    let mut environment = Environment::start("key-pair-usage").await;
    environment.ec2.inject_with(|_| Fault::Denied);
    assert_eq!(environment.record(&event).await["complianceType"], "COMPLIANT");
}

#[tokio::test]
async fn iam_is_asked_once_and_only_if_the_answer_depends_on_it() {
    let mut environment = Environment::start("instance-profile").await;
    environment.record(&event("instance-profile/compliant-approved-name")).await;
    assert!(environment.iam.calls().is_empty());
    for _ in 0..2 {
        let record = environment.record(&event("instance-profile/non-compliant-role-policy")).await;
        assert!(record["annotation"].as_str().unwrap().starts_with("ROLE-POLICY: "), "{record}");
        assert_eq!(environment.iam.calls().len(), 2, "profile and policies, and what they told is kept");
    }
}
