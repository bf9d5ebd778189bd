//! `PutEvaluations` and its faults: nothing is lost silently, nothing is reported twice wrongly, and no deadline missed.

use std::time::{Duration, Instant};

use config_rules_local::{Fault, Request};
use serde_json::json;

use super::{OWN, World, example_rule::ExampleRule, fake_ec2::FakeEc2, instance};

async fn change() -> (World<ExampleRule, FakeEc2>, String) {
    let world = World::example().await;
    let event = world.change(&instance("i-1", "sg-open"));
    (world, event)
}

/// With these faults on the first calls, and as many calls in all, the result is there, and Lambda learns of a success.
async fn is_reported_after(faults: &[Fault], calls: usize, retries: u32) -> World<ExampleRule, FakeEc2> {
    let (world, event) = change().await;
    world.config_service.inject(faults.to_vec());
    let record = world.record(&event).await;
    assert_eq!((&record["nonCompliant"], &record["retries"]), (&json!(1), &json!(retries)), "{faults:?}");
    assert_eq!(world.config_service.calls().len(), calls, "{faults:?}");
    world.results_are(&[("i-1", "NON_COMPLIANT")]);
    world
}

#[tokio::test]
async fn a_fault_that_passes_changes_nothing() {
    is_reported_after(&[], 1, 0).await;
    is_reported_after(&[Fault::Throttle, Fault::Throttle], 3, 0).await;
    is_reported_after(&[Fault::ServerError(500), Fault::ServerError(503)], 3, 0).await;
    is_reported_after(&[Fault::CutConnection], 2, 0).await;
    is_reported_after(&[Fault::Delay(Duration::from_millis(300))], 1, 0).await;
}

/// AWS Config takes the call, and says in its answer what it did not take.
#[tokio::test]
async fn evaluations_that_are_not_taken_are_put_again() {
    let world = is_reported_after(&[Fault::FailEvaluations(vec![0])], 2, 1).await;
    assert_eq!(world.config_service.accepted().len(), 1);
}

/// The call arrived, its answer did not. Reporting again is right, and must say the same.
#[tokio::test]
async fn an_answer_that_is_lost_is_asked_for_again() {
    let world = is_reported_after(&[Fault::CutAfterStoring], 2, 0).await;
    let [first, second] = world.config_service.accepted().try_into().unwrap();
    assert_eq!(first, second);
}

/// With this fault on every call, Lambda learns of the error; once the fault is over, its next attempt succeeds.
async fn fails_until_it_is_over(fault: Fault, error: &str, calls: usize) {
    let (world, event) = change().await;
    let persistent = fault.clone();
    world.config_service.inject_with(move |_| persistent.clone());
    let (name, message) = world.error(&event).await;
    assert_eq!(name, error, "{fault:?}: {message}");
    assert_eq!(world.config_service.calls().len(), calls, "{fault:?}");
    world.results_are(&[]);
    let line = world.log.all().pop().unwrap();
    assert_eq!((&line["errorType"], &line["nonCompliant"]), (&json!(error), &json!(0)), "{fault:?}");
    world.config_service.inject_with(|_| Fault::None);
    world.record(&event).await;
    world.results_are(&[("i-1", "NON_COMPLIANT")]);
}

#[tokio::test]
async fn a_fault_that_stays_is_lambdas_to_know() {
    fails_until_it_is_over(Fault::Throttle, "Throttled", 6).await;
    fails_until_it_is_over(Fault::ServerError(500), "ServiceUnavailable", 6).await;
    fails_until_it_is_over(Fault::CutConnection, "ServiceUnavailable", 6).await;
    fails_until_it_is_over(Fault::Denied, "AccessDenied", 1).await;
}

#[tokio::test]
async fn evaluations_that_are_never_taken_are_lambdas_to_know() {
    fails_until_it_is_over(Fault::FailEvaluations(vec![0]), "EvaluationsFailed", 4).await;
}

#[tokio::test]
async fn a_result_that_is_refused_is_not_put_again() {
    let (world, event) = change().await;
    world
        .config_service
        .inject([Fault::Refuse("InvalidResultTokenException"), Fault::Refuse("NoSuchConfigRuleException")]);
    for name in ["InvalidResultTokenException", "NoSuchConfigRuleException"] {
        let record = world.record(&event).await;
        assert_eq!(record["errorType"], "ResultRejected", "{record}");
        assert!(record["errorMessage"].as_str().unwrap().contains(name), "{record}");
    }
    assert_eq!(world.config_service.calls().len(), 2);
    world.results_are(&[]);
}

/// A run over so many open instances, and one that is closed.
async fn run(count: usize) -> World<ExampleRule, FakeEc2> {
    let world = World::example().await;
    let mut items: Vec<_> = (0..count).map(|number| instance(&format!("i-{number}"), "sg-open")).collect();
    items.push(instance("i-closed", "sg-closed"));
    FakeEc2::of_test().list(&items, 200);
    world
}

fn sizes(world: &World<ExampleRule, FakeEc2>) -> Vec<usize> {
    world.config_service.calls().iter().map(|call| call.evaluations().len()).collect()
}

#[tokio::test]
async fn a_run_reports_a_hundred_at_a_time() {
    let world = run(250).await;
    let record = world.run().await;
    let mut sizes = sizes(&world);
    sizes.sort_unstable();
    assert_eq!(sizes, [51, 100, 100]);
    assert_eq!((&record["nonCompliant"], &record["compliant"]), (&json!(250), &json!(1)));
    assert_eq!((&record["batches"], &record["retries"]), (&json!(3), &json!(0)));
    let lines = world.log.all();
    assert_eq!(lines.len(), 251, "one for each finding, and one for the run");
    assert_eq!(lines[0]["findings"][0]["code"], "EXAMPLE-OPEN");
    assert!(lines[..250].iter().all(|line| line["complianceType"] == "NON_COMPLIANT"));
}

#[tokio::test]
async fn of_a_batch_only_what_was_not_taken_is_put_again() {
    let world = run(99).await;
    world.config_service.inject_into("PutEvaluations", [Fault::FailEvaluations(vec![3, 7])]);
    let record = world.run().await;
    assert_eq!(sizes(&world), [100, 2]);
    assert_eq!((&record["batches"], &record["retries"]), (&json!(1), &json!(1)));
    assert_eq!(world.results(OWN).len(), 100);
    assert_eq!(world.log.all().len(), 100, "what was taken in the end is logged once");
}

#[tokio::test]
async fn the_time_that_lambda_gives_is_never_exceeded() {
    const TIME: Duration = Duration::from_millis(800);
    let (world, event) = change().await;
    world.config_service.inject([Fault::Delay(Duration::from_secs(4))]);
    let started = Instant::now();
    let (name, message) = world.handle(&event, TIME).await.unwrap_err();
    assert!(started.elapsed() < TIME);
    assert_eq!(name, "DeadlineExceeded");
    assert!(message.contains("when 0 results had been reported"), "{message}");
}

/// What it reported is true, and what it could not look for is not taken for gone.
#[tokio::test]
async fn a_run_without_time_is_no_success_and_withdraws_nothing() {
    let world = run(2_000).await;
    world.hold("AWS::EC2::Instance", "i-gone", "2026-03-01T10:00:00Z");
    let slow = |request: &Request| {
        if request.operation == "PutEvaluations" {
            Fault::Delay(Duration::from_millis(400))
        } else {
            Fault::None
        }
    };
    world.config_service.inject_with(slow);
    let (name, message) = world.handle(&world.scheduled(), Duration::from_secs(1)).await.unwrap_err();
    assert_eq!(name, "DeadlineExceeded");
    let reported = world.log.all().pop().unwrap()["nonCompliant"].as_u64().unwrap();
    assert!((1..2_000).contains(&reported), "{reported}");
    assert!(message.contains(&format!("when {reported} results had been reported")), "{message}");
    assert!(message.contains("a longer timeout, or more memory"), "{message}");
    let results = world.results(OWN);
    // Four calls may have been under way, and no answer have come.
    assert!(
        (reported..=reported + 400).contains(&(results.len() as u64 - 1)),
        "{reported} of {}",
        results.len()
    );
    assert_eq!(results["i-gone"].0, "NON_COMPLIANT");
}
