//! Scheduled runs: every resource in scope gets one result, what is gone loses its own, and half a run is none.

use std::time::Duration;

use config_rules::{
    facts::{Fact, Facts},
    finding::{Finding, Verdict},
    item::ConfigurationItem,
    parameters::{ParameterError, RawParameters},
    rule::{Metadata, ResourceTypes, Rule},
};
use config_rules_aws::AwsError;
use config_rules_local::Fault;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::{Environment, OWN, World, example_rule::ExampleRule, fake_ec2::FakeEc2, instance, with};
use crate::ConfigInventory;

const TYPE: &str = "AWS::EC2::Instance";
const BEFORE: &str = "2026-03-01T10:00:00Z";

/// An EC2 that lists so many instances, every third of which is open to everybody.
async fn instances(count: usize) -> World<ExampleRule, FakeEc2> {
    let world = World::example().await;
    let group = |number: usize| if number.is_multiple_of(3) { "sg-open" } else { "sg-network" };
    let stage = |number: usize| if number.is_multiple_of(2) { "prod" } else { "test" };
    let item = |number: usize| instance(&format!("i-{number}"), group(number));
    let items: Vec<_> =
        (0..count).map(|number| with(item(number), "tags", json!({"Stage": stage(number)}))).collect();
    FakeEc2::of_test().list(&items, 200);
    world
}

#[track_caller]
fn counts(record: &Value, non_compliant: u32, compliant: u32, not_applicable: u32) {
    let of = |field: &str| record[field].as_u64().unwrap();
    let found = (of("nonCompliant"), of("compliant"), of("notApplicable"));
    assert_eq!(found, (non_compliant.into(), compliant.into(), not_applicable.into()), "{record}");
}

#[tokio::test]
async fn every_instance_is_evaluated_once_page_by_page() {
    let world = instances(450).await;
    let record = world.run().await;
    counts(&record, 150, 300, 0);
    assert_eq!(record["messageType"], "ScheduledNotification");
    assert_eq!(world.results(OWN).len(), 450);
    assert_eq!(FakeEc2::of_test().listings(), 3);
    let item_time = world.config_service.accepted()[0].ordering_timestamp;
    assert!(item_time > BEFORE.parse().unwrap(), "an item is of the time of the run");
}

/// However many instances ask for a fact, it is looked up once for all of a page.
#[tokio::test]
async fn what_instances_have_in_common_is_looked_up_once() {
    let world = instances(200).await;
    world.run().await;
    assert_eq!(FakeEc2::of_test().take_look_ups(), [2, 2], "two groups, and two lists");
}

#[tokio::test]
async fn what_is_listed_twice_is_reported_once() {
    let world = World::example().await;
    FakeEc2::of_test().list(&[instance("i-1", "sg-open"), instance("i-1", "sg-open")], 1);
    counts(&world.run().await, 1, 0, 0);
}

#[tokio::test]
async fn what_is_gone_loses_its_result_and_what_is_newer_keeps_it() {
    let world = instances(3).await;
    world.hold(TYPE, "i-gone", BEFORE);
    world.hold(TYPE, "i-newer", "2999-01-01T00:00:00Z");
    counts(&world.run().await, 1, 2, 1);
    let results = world.results(OWN);
    assert_eq!(results["i-gone"].1, "no longer there, or no longer in the rule's scope");
    assert_eq!(results["i-newer"].1, "from before");
    let again = world.run().await;
    counts(&again, 1, 2, 0);
}

/// What is withdrawn drops out of the list that says what there is to withdraw.
#[tokio::test]
async fn many_that_are_gone_all_lose_their_results() {
    let world = instances(1).await;
    for number in 0..350 {
        world.hold(TYPE, &format!("i-gone-{number}"), BEFORE);
    }
    world.config_service.inject_into("GetComplianceDetailsByConfigRule", [Fault::EmptyPage]);
    counts(&world.run().await, 1, 0, 350);
    assert_eq!(world.results(OWN).values().filter(|(kind, _)| kind == "NOT_APPLICABLE").count(), 350);
}

#[tokio::test]
async fn what_the_rule_has_nothing_to_say_about_loses_its_result_for_that_reason() {
    let world = World::example().await;
    let volume = |id: &str| with(instance(id, "sg-open"), "resourceType", "AWS::EC2::Volume");
    FakeEc2::of_test().list(&[instance("i-1", "sg-open"), volume("vol-1"), volume("vol-2")], 200);
    world.hold("AWS::EC2::Volume", "vol-1", BEFORE);
    counts(&world.run().await, 1, 0, 1);
    assert_eq!(world.results(OWN)["vol-1"].1, "AWS::EC2::Volume is not a type that this rule evaluates");
    assert!(!world.results(OWN).contains_key("vol-2"), "what AWS Config has never heard of is not reported");
}

/// A run over twelve instances with this scope.
async fn in_scope(scope: Value, non_compliant: u32, compliant: u32) -> World<ExampleRule, FakeEc2> {
    let world = instances(12).await;
    world.hold(TYPE, "i-1", BEFORE);
    world.deploy_in(OWN, &json!({}), &scope);
    world.config_service.inject_into("DescribeConfigRules", [Fault::EmptyPage]);
    let record = world.run().await;
    assert_eq!(
        (&record["nonCompliant"], &record["compliant"]),
        (&json!(non_compliant), &json!(compliant)),
        "{scope}"
    );
    world
}

#[tokio::test]
async fn the_scope_of_the_rule_holds_in_a_run_too() {
    in_scope(Value::Null, 4, 8).await;
    in_scope(json!({"TagKey": "Stage"}), 4, 8).await;
    let world = in_scope(json!({"TagKey": "Stage", "TagValue": "prod"}), 2, 4).await;
    assert_eq!(world.results(OWN)["i-1"].1, "no longer there, or no longer in the rule's scope");
    in_scope(json!({"TagKey": "Owner"}), 0, 0).await;
    in_scope(json!({"ComplianceResourceTypes": [TYPE, "AWS::EC2::Volume"]}), 4, 8).await;
    in_scope(json!({"ComplianceResourceTypes": [TYPE], "ComplianceResourceId": "i-3"}), 1, 0).await;
    let world = in_scope(json!({"ComplianceResourceTypes": ["AWS::EC2::Volume"]}), 0, 0).await;
    assert_eq!(FakeEc2::of_test().listings(), 0, "there is nothing to list");
    assert_eq!(world.results(OWN)["i-1"].0, "NOT_APPLICABLE");
}

#[tokio::test]
async fn a_listing_that_fails_withdraws_nothing() {
    let world = instances(600).await;
    world.hold(TYPE, "i-gone", BEFORE);
    FakeEc2::of_test().fail_page(1, AwsError::AccessDenied("ec2:DescribeInstances: no".to_owned()));
    let error = world.error(&world.scheduled()).await;
    assert_eq!(error, ("AccessDenied".to_owned(), "ec2:DescribeInstances: no".to_owned()));
    assert_eq!(world.results(OWN)["i-gone"].0, "NON_COMPLIANT");
    assert_eq!(world.results(OWN).len(), 201, "what the first page had is reported");
    assert!(!world.operations().contains(&"GetComplianceDetailsByConfigRule".to_owned()));
}

#[tokio::test]
async fn faults_of_every_call_lose_nothing() {
    let world = instances(450).await;
    for (operation, faults) in [
        ("DescribeConfigRules", vec![Fault::Throttle]),
        ("PutEvaluations", vec![Fault::ServerError(500), Fault::FailEvaluations(vec![3, 7])]),
        ("GetComplianceDetailsByConfigRule", vec![Fault::CutConnection, Fault::EmptyPage]),
    ] {
        world.config_service.inject_into(operation, faults);
    }
    counts(&world.run().await, 150, 300, 0);
    assert_eq!(world.results(OWN).len(), 450);
}

#[tokio::test]
async fn what_aws_config_has_recorded_is_listed_page_by_page() {
    let world = World::<ExampleRule, ConfigInventory>::start(Environment::default()).await;
    world.deploy(&json!({}));
    let without_groups = |id: &str| with(instance(id, ""), "configuration", json!({}));
    for number in 0..250 {
        world.change(&without_groups(&format!("i-{number}")));
    }
    world.change(&with(without_groups("vol-1"), "resourceType", "AWS::EC2::Volume"));
    let later = with(without_groups("i-0"), "configurationItemCaptureTime", "2026-03-01T11:00:00Z");
    world.change(&with(later, "configurationItemStatus", "ResourceDeleted"));
    world.config_service.inject_into("SelectResourceConfig", [Fault::Throttle, Fault::EmptyPage]);
    counts(&world.run().await, 0, 249, 0);
    let calls = world.operations().iter().filter(|name| *name == "SelectResourceConfig").count();
    assert_eq!(calls, 5, "three pages, an empty one, and a throttled call");
    world.config_service.inject_into("SelectResourceConfig", [Fault::Denied]);
    let (name, message) = world.error(&world.scheduled()).await;
    assert!(
        name == "AccessDenied" && message.starts_with("config:SelectResourceConfig: "),
        "{name}: {message}"
    );
}

#[tokio::test]
async fn an_account_without_resources_is_reported_as_one() {
    let world = instances(0).await;
    for _ in 0..2 {
        counts(&world.run().await, 0, 0, 1);
    }
    let nothing = ("NOT_APPLICABLE".to_owned(), "there is no resource that this rule evaluates".to_owned());
    assert_eq!(world.results(OWN), [(OWN.to_owned(), nothing)].into());
}

#[tokio::test]
async fn a_rule_that_is_gone_is_named() {
    let world = instances(1).await;
    let record = world
        .record(&world.scheduled().replace(r#""configRuleName":"example""#, r#""configRuleName":"gone""#))
        .await;
    assert_eq!(record["errorType"], "CallRejected", "{record}");
}

#[tokio::test]
async fn an_exemption_ends_without_a_change_of_the_resource() {
    let world = World::example().await;
    FakeEc2::of_test().list(&[instance("i-1", "sg-open")], 200);
    for (expires, compliance_type, annotation) in [
        ("9999-12-31", "COMPLIANT", "EXEMPT until 9999-12-31 (legacy; ops): EXAMPLE-OPEN"),
        ("2020-01-01", "NON_COMPLIANT", "EXEMPTION-EXPIRED: 2020-01-01"),
    ] {
        let entry = json!([{"resource": "i-1", "reason": "legacy", "owner": "ops", "expires": expires}]);
        world.deploy(&json!({"exemptions": entry.to_string(), "maxExemptionDays": "99999999"}));
        // Of two results with the same time, the one that came last would stand, too.
        tokio::time::sleep(Duration::from_millis(2)).await;
        world.run().await;
        let result = &world.results(OWN)["i-1"];
        assert_eq!(result.0, compliance_type);
        assert!(result.1.starts_with(annotation), "{}", result.1);
    }
}

/// Evaluates nothing but the account, which has so many findings.
struct AccountRule<const FINDINGS: usize>;

impl<const FINDINGS: usize> Rule for AccountRule<FINDINGS> {
    type Configuration = IgnoredAny;
    type Parameters = ();

    const METADATA: Metadata =
        Metadata { resource_types: ResourceTypes::AccountOnly, ..ExampleRule::METADATA };

    fn parameters(_: &RawParameters) -> Result<(), ParameterError> {
        Ok(())
    }

    fn evaluate(_: &ConfigurationItem<IgnoredAny>, (): &(), _: &Facts) -> Verdict {
        Verdict::unknown("it evaluates no resource")
    }

    fn evaluates_account((): &()) -> bool {
        true
    }

    fn evaluate_account((): &(), facts: &Facts) -> Verdict {
        let doubts = (0..FINDINGS).map(|number| Finding::missing_data(number.to_string())).collect();
        match facts.security_group("sg-open") {
            Fact::Known(_) if FINDINGS == 0 => Verdict::compliant("the account has its group"),
            _ => Verdict::Unknown { doubts, missing_data: None },
        }
    }
}

#[tokio::test]
async fn the_account_is_evaluated_alone_where_the_rule_evaluates_nothing_else() {
    let world = World::<AccountRule<0>, FakeEc2>::start(Environment::default()).await;
    world.deploy(&json!({}));
    counts(&world.run().await, 0, 1, 0);
    assert_eq!(world.results(OWN)[OWN], ("COMPLIANT".to_owned(), "the account has its group".to_owned()));
    assert_eq!((FakeEc2::of_test().listings(), FakeEc2::of_test().take_look_ups()), (0, vec![1]));
}

/// An event of the log holds 256 KB, and an account may have thousands of findings.
#[tokio::test]
async fn each_finding_of_the_account_has_a_line_in_the_log() {
    let world = World::<AccountRule<1_000>, FakeEc2>::start(Environment::default()).await;
    world.deploy(&json!({}));
    counts(&world.run().await, 1, 0, 0);
    let lines = world.log.all();
    assert_eq!(lines.len(), 1_001, "one for each finding, and one for the run");
    let numbers: Vec<_> = lines[..1_000].iter().map(|line| line["findings"][0]["sentence"].clone()).collect();
    assert_eq!(numbers, (0..1_000).map(|number| json!(number.to_string())).collect::<Vec<_>>());
    assert!(lines[..1_000].iter().all(|line| line["resourceType"] == "AWS::::Account"));
}

#[tokio::test]
async fn an_account_about_which_there_is_nothing_to_say_is_told_why() {
    let world = World::<AccountRule<0>, FakeEc2>::start(Environment::default()).await;
    let exclusions = json!([{"account": OWN, "reason": "publishes images"}]);
    world.deploy(&json!({"exclusions": exclusions.to_string()}));
    counts(&world.run().await, 0, 0, 1);
    let (compliance_type, annotation) = &world.results(OWN)[OWN];
    assert_eq!(compliance_type, "NOT_APPLICABLE");
    assert!(annotation.contains("publishes images"), "{annotation}");
}
