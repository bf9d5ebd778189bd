//! Every sample event through the function of its rule: what AWS Config gets is what a replay says.

use config_rules::{
    catalogue::{CatalogueEntry, RULES},
    engine::Evaluate as _,
    event::{Event, Message},
    facts::Facts,
    rule::Evaluation,
};
use config_rules_local::{Answer, Call, Evaluation as Reported, Outcome};
use serde_json::Value;

use crate::{
    environment::{events_of, facts},
    world::{Before, World},
};

#[tokio::test]
async fn every_event_is_reported_as_replayed() {
    for rule in RULES {
        let name = rule.metadata.name;
        let events = events_of(name);
        let mut world = World::of_samples(name, Before::samples()).await;
        assert!(events.len() > 3, "{name}: only {} events", events.len());
        for (sample, event) in events {
            is_reported_as_replayed(&mut world, rule, &sample, &event).await;
        }
    }
}

async fn is_reported_as_replayed(world: &mut World, rule: &CatalogueEntry, sample: &str, text: &str) {
    let event = Event::from_json(text).unwrap();
    let is_run = matches!(event.message(), Ok(Message::Scheduled { .. }));
    let facts = Facts::from_json(&facts()).unwrap();
    let calls_before = world.config_service.calls().len();
    let outcome = world.send(text).await;
    let calls = world.config_service.calls().split_off(calls_before);
    match (rule.read_event)(&event, &facts).and_then(|case| case.evaluate(&facts)) {
        Ok(expected) => {
            assert!(is_run || calls.len() == 1, "{sample}: {calls:?}");
            assert!(calls.iter().all(|call| matches!(call.answer, Answer::Accepted)), "{sample}: {calls:?}");
            let reported: Vec<_> = calls.iter().flat_map(Call::evaluations).cloned().collect();
            // A run over all resources is about what EC2 lists as well.
            assert!(is_run || reported.len() == 1, "{sample}: {reported:?}");
            assert!(reported.contains(&as_reported(&expected)), "{sample}: {expected:?} in {reported:?}");
        }
        Err(error) => {
            assert!(calls.is_empty(), "{sample}: {calls:?}");
            assert_eq!(said(&outcome), (error.name().to_owned(), error.to_string()), "{sample}");
            // Only a passing error is Lambda's to know: it sends the event again.
            assert_eq!(matches!(outcome, Outcome::Response(_)), error.is_permanent(), "{sample}");
        }
    }
}

pub(crate) fn as_reported(evaluation: &Evaluation) -> Reported {
    Reported {
        compliance_resource_type: evaluation.resource_type.clone(),
        compliance_resource_id: evaluation.resource_id.clone(),
        compliance_type: evaluation.compliance.compliance_type().to_owned(),
        annotation: Some(evaluation.compliance.annotation()),
        ordering_timestamp: evaluation.ordering_timestamp,
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
