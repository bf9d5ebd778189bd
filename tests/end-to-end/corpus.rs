//! Every sample event through the function of its rule: what AWS Config gets is what a replay says.

use config_rules::{Error, catalogue, engine::Evaluate as _, event::Event, facts::Facts, rule::Evaluation};
use config_rules_local::{Answer, Outcome};
use serde_json::Value;
use walkdir::WalkDir;

use crate::environment::{Environment, event, facts, root, with};

/// The sample events for a rule, in whichever folder they are: their names and texts.
fn events_of(rule: &str) -> Vec<(String, String)> {
    let files = WalkDir::new(root().join("events")).sort_by_file_name().into_iter().map(Result::unwrap);
    let files = files.filter(|file| file.path().extension().is_some_and(|extension| extension == "json"));
    let texts =
        files.map(|file| (file.path().display().to_string(), std::fs::read_to_string(file.path()).unwrap()));
    let is_for = |text: &str| {
        let name = Event::from_json(text).ok()?.config_rule_name?;
        Some(catalogue::find_deployed(&name)?.metadata.name == rule)
    };
    texts.filter(|(_, text)| is_for(text) == Some(true)).collect()
}

/// What the rule says of an event, if it knows what EC2 knows.
fn expected(rule: &str, event: &str) -> Result<Evaluation, Error> {
    let facts = Facts::from_json(&facts()).unwrap();
    (catalogue::find(rule).unwrap().read_event)(&Event::from_json(event).unwrap(), &facts)?.evaluate(&facts)
}

async fn every_event_is_reported_as_replayed(rule: &str) {
    let events = events_of(rule);
    let texts: Vec<_> = events.iter().map(|(_, text)| text.clone()).collect();
    let mut environment = Environment::start_for(rule, &texts).await;
    assert!(events.len() > 10, "{rule}: only {} events", events.len());
    for (name, text) in events {
        let calls_before = environment.config_service.calls().len();
        let outcome = environment.invoke(&text).await;
        let calls = environment.config_service.calls().split_off(calls_before);
        match expected(rule, &text) {
            Ok(expected) => {
                assert_eq!(calls.len(), 1, "{name}");
                assert!(matches!(calls[0].answer, Answer::Accepted), "{name}: {calls:?}");
                let [reported] = calls[0].evaluations() else { panic!("{name}: {calls:?}") };
                assert_eq!(reported.compliance_resource_type, expected.resource_type, "{name}");
                assert_eq!(reported.compliance_resource_id, expected.resource_id, "{name}");
                assert_eq!(reported.compliance_type, expected.compliance.compliance_type(), "{name}");
                assert_eq!(reported.annotation, Some(expected.compliance.annotation()), "{name}");
                assert_eq!(reported.ordering_timestamp, expected.ordering_timestamp, "{name}");
            }
            Err(error) => {
                assert!(calls.is_empty(), "{name}: {calls:?}");
                assert_eq!(said(&outcome), (error.name().to_owned(), error.to_string()), "{name}");
                // Only a passing error is Lambda's to know: it sends the event again.
                assert_eq!(matches!(outcome, Outcome::Response(_)), error.is_permanent(), "{name}");
            }
        }
    }
}

/// The name and the message of the error that a function answers or returns.
fn said(outcome: &Outcome) -> (String, String) {
    match outcome {
        Outcome::Error { error_type, message } => (error_type.clone(), message.clone()),
        Outcome::Response(record) => {
            let record: Value = serde_json::from_str(record).unwrap();
            let text = |field: &str| record[field].as_str().unwrap_or_default().to_owned();
            (text("errorType"), text("errorMessage"))
        }
    }
}

#[tokio::test]
async fn approved_ami() {
    every_event_is_reported_as_replayed("approved-ami").await;
}

#[tokio::test]
async fn key_pair_usage() {
    every_event_is_reported_as_replayed("key-pair-usage").await;
}

#[tokio::test]
async fn required_tags() {
    every_event_is_reported_as_replayed("required-tags").await;
}

#[tokio::test]
async fn security_group_exposure() {
    every_event_is_reported_as_replayed("security-group-exposure").await;
}

#[tokio::test]
async fn an_event_from_the_console_is_answered_with_what_is_missing() {
    let mut environment = Environment::start("approved-ami").await;
    for event in [r#"{"key1":"value1"}"#, "{}", "[]", "7", "null"] {
        let record = environment.record(event).await;
        assert_eq!(record["errorType"], "MalformedEvent", "{event}");
    }
    assert!(environment.config_service.calls().is_empty());
}

#[tokio::test]
async fn a_test_events_result_is_not_kept() {
    let mut environment = Environment::start("security-group-exposure").await;
    let event = with(&event("security-group-exposure/non-compliant-ssh-world"), "resultToken", "TESTMODE");
    environment.record(&event).await;
    let calls = environment.config_service.calls();
    assert!(calls.len() == 1 && calls[0].request.as_ref().unwrap().test_mode, "{calls:?}");
    assert!(environment.config_service.results().is_empty());
}
