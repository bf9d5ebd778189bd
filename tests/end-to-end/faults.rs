//! What a function makes of AWS Config's faults: nothing is lost silently, nothing is reported twice wrongly.

use std::time::{Duration, Instant};

use config_rules_local::{Fault, Outcome};

use crate::environment::{Environment, event, with};

const RULE: &str = "security-group-exposure";

fn non_compliant() -> String {
    event("security-group-exposure/non-compliant-ssh-world")
}

/// After these faults the one verdict is there, and the function says so.
async fn is_reported_after(faults: Vec<Fault>, calls: usize) -> Environment {
    let mut environment = Environment::start(RULE).await;
    environment.config_service.inject(faults.clone());
    let record = environment.record(&non_compliant()).await;
    assert_eq!(record["complianceType"], "NON_COMPLIANT", "{faults:?}: {record}");
    assert_eq!(environment.config_service.calls().len(), calls, "{faults:?}");
    let results = environment.config_service.results();
    assert_eq!(results.len(), 1, "{faults:?}");
    assert_eq!(results.values().next().unwrap().compliance_type, "NON_COMPLIANT");
    environment
}

/// With this fault on every call, Lambda is told of the error; once the fault is over, its next attempt succeeds.
async fn fails_until_it_is_over(fault: Fault, error: &str) {
    let mut environment = Environment::start(RULE).await;
    let persistent = fault.clone();
    environment.config_service.inject_with(move |_| persistent.clone());
    assert_eq!(environment.error(&non_compliant()).await, error);
    let calls = environment.config_service.calls().len();
    assert!((2..=16).contains(&calls), "{fault:?}: {calls} calls");
    assert!(environment.config_service.results().is_empty(), "{fault:?}");

    environment.config_service.inject_with(|_| Fault::None);
    environment.record(&non_compliant()).await;
    assert_eq!(environment.config_service.results().len(), 1, "{fault:?}");
}

#[tokio::test]
async fn throttling_that_passes() {
    is_reported_after(vec![Fault::Throttle, Fault::Throttle], 3).await;
}

#[tokio::test]
async fn throttling_that_stays() {
    fails_until_it_is_over(Fault::Throttle, "Throttled").await;
}

#[tokio::test]
async fn server_errors_that_pass() {
    is_reported_after(vec![Fault::ServerError(500), Fault::ServerError(503)], 3).await;
}

#[tokio::test]
async fn server_errors_that_stay() {
    fails_until_it_is_over(Fault::ServerError(500), "ServiceUnavailable").await;
}

#[tokio::test]
async fn evaluations_that_are_not_taken_at_first() {
    let mut environment = is_reported_after(vec![Fault::FailEvaluations(vec![0])], 2).await;
    assert_eq!(environment.config_service.accepted().len(), 1);
    let record = environment.record(&non_compliant()).await;
    assert_eq!(record["retries"], 0);
}

#[tokio::test]
async fn evaluations_that_are_never_taken() {
    fails_until_it_is_over(Fault::FailEvaluations(vec![0]), "EvaluationsFailed").await;
}

#[tokio::test]
async fn a_connection_that_is_cut() {
    is_reported_after(vec![Fault::CutConnection], 2).await;
}

#[tokio::test]
async fn connections_that_are_always_cut() {
    fails_until_it_is_over(Fault::CutConnection, "ServiceUnavailable").await;
}

/// The call arrived, its answer did not. Reporting again is right, and must say the same.
#[tokio::test]
async fn an_answer_that_is_lost() {
    let environment = is_reported_after(vec![Fault::CutAfterStoring], 2).await;
    let accepted = environment.config_service.accepted();
    assert_eq!(accepted.len(), 2);
    assert_eq!(accepted[0], accepted[1]);
}

#[tokio::test]
async fn an_answer_that_is_late() {
    is_reported_after(vec![Fault::Delay(Duration::from_millis(500))], 1).await;
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_asked_for_again() {
    is_reported_after(vec![Fault::Delay(Duration::from_secs(8))], 2).await;
}

#[tokio::test]
async fn lambdas_time_is_never_exceeded() {
    const TIME: Duration = Duration::from_millis(1500);
    let mut environment = Environment::start(RULE).await;
    environment.record(&non_compliant()).await;
    environment.config_service.inject([Fault::Delay(Duration::from_secs(8))]);
    let started = Instant::now();
    let outcome = environment.function.invoke(non_compliant(), TIME).await.unwrap();
    let Outcome::Error { error_type, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(error_type, "DeadlineExceeded");
    assert!(started.elapsed() < TIME);
}

#[tokio::test]
async fn a_token_that_is_refused_is_not_tried_again() {
    let mut environment = Environment::start(RULE).await;
    environment.config_service.reject_token("expired");
    let record = environment.record(&with(&non_compliant(), "resultToken", "expired")).await;
    assert_eq!(record["errorType"], "ResultRejected");
    assert!(record["errorMessage"].as_str().unwrap().contains("InvalidResultTokenException"), "{record}");
    assert_eq!(environment.config_service.calls().len(), 1);
    assert!(environment.config_service.results().is_empty());
}

#[tokio::test]
async fn events_out_of_order_leave_the_newer_verdict() {
    let mut environment = Environment::start(RULE).await;
    let newer = non_compliant();
    let older = newer
        .replace("2026-07-20T16:05:27.827Z", "2026-07-20T15:00:00.000Z")
        .replace("0.0.0.0/0", "10.0.0.0/8");
    assert_ne!(older, newer);
    environment.record(&newer).await;
    let record = environment.record(&older).await;
    assert_eq!(record["complianceType"], "COMPLIANT", "{record}");
    let results = environment.config_service.results();
    assert_eq!(
        results.values().map(|result| result.compliance_type.as_str()).collect::<Vec<_>>(),
        ["NON_COMPLIANT"]
    );
}

/// Whatever happens on the way: what the function calls a success is held by AWS Config, and what Lambda sends again
/// after an error gets there in the end.
#[tokio::test]
async fn nothing_is_lost_and_nothing_is_wrong() {
    let verdicts = [
        "compliant-private-sources",
        "non-compliant-ssh-world",
        "not-applicable-deleted",
        "compliant-empty-ingress",
    ];
    let mut environment = Environment::start(RULE).await;
    let mut random = fastrand::Rng::with_seed(7);
    environment.config_service.inject_with(move |_| match random.u8(..8) {
        0 => Fault::Throttle,
        1 => Fault::ServerError(500),
        2 => Fault::FailEvaluations(vec![0]),
        3 => Fault::CutConnection,
        4 => Fault::CutAfterStoring,
        _ => Fault::None,
    });
    for (index, name) in verdicts.iter().cycle().take(40).enumerate() {
        let token = format!("token-{index}");
        let event = with(&event(&format!("{RULE}/{name}")), "resultToken", token.as_str());
        let mut attempts = 0;
        while let Outcome::Error { error_type, .. } = environment.invoke(&event).await {
            attempts += 1;
            assert!(attempts < 20, "{error_type}");
        }
        let results = environment.config_service.results();
        let held: Vec<_> = results.iter().filter(|(key, _)| key.rule == token).collect();
        assert_eq!(held.len(), 1, "{token}");
        let expected = name
            .rsplit_once("compliant")
            .map_or("NOT_APPLICABLE", |(non, _)| if non.is_empty() { "COMPLIANT" } else { "NON_COMPLIANT" });
        assert_eq!(held[0].1.compliance_type, expected, "{name}");
    }
}
