//! Thousands of invocations while every call to every service may fail: nothing is lost, nothing is wrong, and nothing is a
//! success that was none.
//!
//! The variable `CONFIG_RULES_CHAOS_SEED` chooses another story and other faults, and `CONFIG_RULES_CHAOS_EVENTS` how many
//! events there are. Which call meets which fault depends on the order in which several processes make their calls, too.

mod aws;
mod faults;
mod resources;
mod samples;
mod story;

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

use config_rules_local::{Answer, Evaluation, Function, Outcome, ResultKey};
use serde_json::Value;
use tokio::task::JoinSet;

use self::{
    aws::Aws,
    story::{Event, Story},
};
use crate::{scale::setting, world::OWN};

/// The account whose rule is served with a role.
const MEMBER: &str = "444455556666";
/// Longer than any answer takes.
const ENOUGH: Duration = Duration::from_mins(2);
/// Little more than the functions keep for their last words.
const LITTLE: Duration = Duration::from_millis(300);
/// As many processes of each function as Lambda runs at a time.
const PROCESSES: usize = 8;
/// Lambda tries three times, and then the event lies in the failure queue until somebody sends it again. What is sent as
/// often as this is lost.
const ATTEMPTS: u32 = 40;

/// What each event makes AWS Config hold, by the event's token.
type Expected = HashMap<String, Vec<(ResultKey, Evaluation)>>;

#[tokio::test]
async fn nothing_is_lost_and_nothing_is_wrong_whatever_fails() {
    let seed = setting("CONFIG_RULES_CHAOS_SEED", 1);
    let count = setting("CONFIG_RULES_CHAOS_EVENTS", 240);
    println!("CONFIG_RULES_CHAOS_SEED={seed} CONFIG_RULES_CHAOS_EVENTS={count}");
    let story = Story::new(seed, count.try_into().unwrap()).await;

    let calm = Arc::new(Stage::new(Aws::start(&story).await, Expected::new(), seed));
    for chapter in &story.chapters {
        calm.play(chapter.clone(), 1).await;
    }
    let expected = calm.told();
    assert!(story.events().all(|event| expected.contains_key(&event.token)), "every event leads to a result");

    let rough = Arc::new(Stage::new(Aws::start(&story).await, expected, seed));
    rough.aws.fail_at_random(seed);
    for chapter in &story.chapters {
        rough.play(chapter.clone(), PROCESSES).await;
    }
    for account in [OWN, MEMBER] {
        let (held, should) = (rough.aws.held(account), calm.aws.held(account));
        assert!(!should.is_empty());
        for (key, evaluation) in &should {
            assert_eq!(held.get(key), Some(evaluation), "{account} {key:?}");
        }
        assert_eq!(held.len(), should.len(), "{account}");
    }
    let errors = rough.errors.lock().unwrap();
    println!("{} events, told as failed and sent again: {errors:?}", story.events().count());
    assert!(!errors.is_empty(), "nothing went wrong");
}

/// An AWS in which the story is played.
struct Stage {
    aws: Aws,
    expected: Expected,
    queue: Mutex<VecDeque<(Event, u32)>>,
    random: Mutex<fastrand::Rng>,
    /// How often Lambda was told of an error, by its name.
    errors: Mutex<BTreeMap<String, u32>>,
}

impl Stage {
    fn new(aws: Aws, expected: Expected, seed: u64) -> Self {
        let random = Mutex::new(fastrand::Rng::with_seed(seed));
        Self { aws, expected, queue: Mutex::default(), random, errors: Mutex::default() }
    }

    /// Sends all events of a chapter, and each again until it is a success.
    async fn play(self: &Arc<Self>, chapter: Vec<Event>, processes: usize) {
        self.queue.lock().unwrap().extend(chapter.into_iter().map(|event| (event, 0)));
        let mut workers = JoinSet::new();
        for _ in 0..processes {
            workers.spawn(Arc::clone(self).work());
        }
        while let Some(done) = workers.join_next().await {
            done.unwrap();
        }
    }

    fn next(&self) -> Option<(Event, u32)> {
        self.queue.lock().unwrap().pop_front()
    }

    async fn work(self: Arc<Self>) {
        let mut functions = BTreeMap::new();
        while let Some((event, attempts)) = self.next() {
            let function = match functions.remove(event.function) {
                Some(function) => function,
                None => self.aws.function(event.function).await,
            };
            let (error, function) = self.send(&event, function).await;
            match error {
                None => self.is_held(&event),
                Some((error, message)) => {
                    assert!(attempts < ATTEMPTS, "lost because of {error}: {message}: {event:?}");
                    *self.errors.lock().unwrap().entry(error).or_default() += 1;
                    self.queue.lock().unwrap().push_back((event.clone(), attempts + 1));
                }
            }
            // Lambda ends a process now and then, and with it what it knows.
            if let Some(function) = function.filter(|_| !self.happens(10)) {
                functions.insert(event.function, function);
            }
        }
    }

    /// One invocation: the error that Lambda is told of, and the function, if it still runs.
    async fn send(
        &self,
        event: &Event,
        mut function: Function,
    ) -> (Option<(String, String)>, Option<Function>) {
        let is_rough = !self.expected.is_empty();
        let time = if is_rough && self.happens(10) { LITTLE } else { ENOUGH };
        match function.invoke(event.body.clone(), time).await {
            Ok(Outcome::Response(record)) => {
                let record: Value = serde_json::from_str(&record).unwrap();
                assert!(record["errorType"].is_null(), "a passing fault is no permanent error: {record}");
                (None, Some(function))
            }
            Ok(Outcome::Error { error_type, message }) => (Some((error_type, message)), Some(function)),
            // Lambda would have killed it.
            Err(_) if time < ENOUGH => (Some(("TimedOut".to_owned(), String::new())), None),
            Err(error) => panic!("{error}: {event:?}"),
        }
    }

    fn happens(&self, one_in: u32) -> bool {
        self.random.lock().unwrap().u32(..one_in) == 0
    }

    /// A success is one: what the event leads to is there, or something newer.
    fn is_held(&self, event: &Event) {
        let Some(expected) = self.expected.get(&event.token) else { return };
        let held = self.aws.held(event.account);
        for (key, expected) in expected {
            let held = held.get(key).unwrap_or_else(|| panic!("{key:?} is missing after {event:?}"));
            let is_newer = held.ordering_timestamp > expected.ordering_timestamp;
            assert!(is_newer || held == expected, "{held:?} instead of {expected:?} after {event:?}");
        }
    }

    /// What AWS Config was told, by token.
    fn told(&self) -> Expected {
        let mut told = Expected::new();
        for call in self.aws.config_service.calls() {
            let (Ok(request), Answer::Accepted) = (call.request, call.answer) else { panic!() };
            let rule = self.aws.rule_of(&request.result_token);
            let results = told.entry(request.result_token).or_default();
            results.extend(request.evaluations.into_iter().map(|evaluation| {
                let key = ResultKey {
                    rule: rule.to_owned(),
                    resource_type: evaluation.compliance_resource_type.clone(),
                    resource_id: evaluation.compliance_resource_id.clone(),
                };
                (key, evaluation)
            }));
        }
        told
    }
}
