//! Sample events of every rule while every call may fail: each has its result in the end.

use config_rules::{
    catalogue::{CatalogueEntry, RULES},
    engine::Evaluate as _,
    event::Event,
    facts::Facts,
};
use config_rules_local::{Evaluation, Fault, Outcome};
use serde_json::Value;
use tokio::task::JoinSet;

use super::{
    ATTEMPTS,
    faults::{Weather, of_api, of_config_service},
};
use crate::{
    corpus::as_reported,
    environment::{events_of, facts},
    scale::setting,
    world::{Before, World},
};

/// As many of each rule.
const SAMPLES: usize = 40;

#[tokio::test]
async fn sample_events_have_their_results_whatever_fails() {
    let seed = setting("CONFIG_RULES_CHAOS_SEED", 1);
    let rules: JoinSet<_> =
        RULES.iter().zip(seed..).map(|(rule, seed)| have_their_results(rule, seed)).collect();
    let repeated: usize = rules.join_all().await.into_iter().sum();
    assert!(repeated > 0, "nothing went wrong");
}

/// How many more calls there were than results.
async fn have_their_results(rule: &'static CatalogueEntry, seed: u64) -> usize {
    let mut world = World::of_samples(rule.metadata.name, Before::samples()).await;
    fail_at_random(&world, seed);
    let chosen = choose(rule, seed);
    for (event, expected) in &chosen {
        succeeds(&mut world, event).await;
        assert!(world.config_service.accepted().contains(expected), "{expected:?} after {event}");
    }
    world.config_service.calls().len() - chosen.len()
}

/// Events that lead to an evaluation, and the evaluation.
fn choose(rule: &CatalogueEntry, seed: u64) -> Vec<(String, Evaluation)> {
    let facts = Facts::from_json(&facts()).unwrap();
    let expected = |text: &str| {
        let case = (rule.read_event)(&Event::from_json(text).ok()?, &facts).ok()?;
        Some(as_reported(&case.evaluate(&facts).ok()?))
    };
    let events = events_of(rule.metadata.name).into_iter();
    let answered = events.filter_map(|(_, text)| expected(&text).map(|evaluation| (text, evaluation)));
    fastrand::Rng::with_seed(seed).choose_multiple(answered, SAMPLES)
}

fn fail_at_random(world: &World, seed: u64) {
    let mut config_service = Weather::new(seed, of_config_service, Fault::ServerError(503));
    world.config_service.inject_with(move |_| config_service.next());
    let weather = |service| Weather::new(seed ^ service, passing, Fault::Throttle);
    let (mut ec2, mut iam, mut ssm, mut auto_scaling) = (weather(1), weather(2), weather(3), weather(4));
    world.ec2.inject_with(move |_| ec2.next());
    world.iam.inject_with(move |_| iam.next());
    world.ssm.inject_with(move |_| ssm.next());
    world.auto_scaling.inject_with(move |_| auto_scaling.next());
}

/// A fault that passes. A call that is denied is something that rules answer.
fn passing(random: &mut fastrand::Rng) -> Fault {
    std::iter::repeat_with(|| of_api(random)).find(|fault| !matches!(fault, Fault::Denied)).unwrap()
}

/// Lambda sends the event until it is a success.
async fn succeeds(world: &mut World, event: &str) {
    for _ in 0..ATTEMPTS {
        if let Outcome::Response(record) = world.send(event).await {
            let record: Value = serde_json::from_str(&record).unwrap();
            return assert!(record["errorType"].is_null(), "a passing fault is no permanent error: {record}");
        }
    }
    panic!("lost: {event}");
}
