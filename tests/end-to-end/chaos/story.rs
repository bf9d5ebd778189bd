//! What happens in the accounts, by a seed: chapters of events. Within a chapter their order does not matter.

use std::io::Write as _;

use config_rules_local::{ConfigService, ConfigurationItem, Invocation};
use config_rules_test_aws::config_rule;
use flate2::{Compression, write::GzEncoder};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{MEMBER, resources::some_item};
use crate::world::OWN;

/// The account, name and parameters of a rule whose changes, runs and snapshots the story tells of.
type Deployed = (&'static str, &'static str, fn() -> Value);

/// What is not known is an error in all of them: else it would be a verdict.
const RULES: [Deployed; 5] = [
    (OWN, "security-group-exposure", || json!({"adminPorts": "ssm:/rules/ports", "onMissingData": "FAIL"})),
    (OWN, "approved-ami", || json!({"owners": OWN, "onMissingData": "FAIL"})),
    (OWN, "required-tags", || json!({"requiredTags": "ssm:/rules/tags", "onMissingData": "FAIL"})),
    (OWN, "key-pair-usage", || {
        json!({
            "mode": "anyKey", "allowedKeyTypes": "ed25519", "danglingKey": "ignore", "unusedKeys": "report",
            "onMissingData": "FAIL",
        })
    }),
    (
        MEMBER,
        "security-group-exposure",
        || json!({"ExecutionRoleName": "config/evaluate", "onMissingData": "FAIL"}),
    ),
];

/// More bytes than a notification may have.
pub(super) const OVERSIZED: usize = 6_000;
/// As many changes are recorded between two runs.
const CHANGES: usize = 12;

/// An event, and the function that it is for.
#[derive(Clone)]
pub(super) struct Event {
    pub(super) function: &'static str,
    pub(super) account: &'static str,
    pub(super) rule: &'static str,
    pub(super) token: String,
    pub(super) body: String,
}

impl std::fmt::Debug for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.body)
    }
}

/// What S3 holds.
pub(super) struct Object {
    pub(super) bucket: String,
    pub(super) key: String,
    pub(super) body: Vec<u8>,
}

#[derive(Default)]
pub(super) struct Story {
    pub(super) items: Vec<ConfigurationItem>,
    pub(super) snapshots: Vec<Object>,
    pub(super) chapters: Vec<Vec<Event>>,
}

impl Story {
    /// At least so many events. Every third is delivered twice, and none in order.
    pub(super) async fn new(seed: u64, count: usize) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let config_service = ConfigService::start_recording().await.unwrap();
        deploy(&config_service);
        let (mut story, mut at) = (Self::default(), "2026-03-01T10:00:00Z".parse::<Timestamp>().unwrap());
        while story.events().count() < count {
            let mut changes = Vec::new();
            for _ in 0..CHANGES {
                at += SignedDuration::from_secs(random.i64(1..600));
                let item = some_item(&mut random, at);
                story.items.push(item.clone());
                changes.extend(config_service.record(item));
            }
            story.add(changes, &mut random);
            at += SignedDuration::from_secs(600);
            let mut runs = Vec::new();
            for account in [OWN, MEMBER] {
                if random.bool() {
                    runs.extend(config_service.run_schedule(account));
                } else {
                    let snapshot = config_service.deliver_snapshot(account).unwrap();
                    let body = gzip(&snapshot.body);
                    story.snapshots.push(Object { bucket: snapshot.bucket, key: snapshot.key, body });
                    runs.extend(snapshot.invocations);
                }
            }
            for run in &mut runs {
                run.event = created_at(&run.event, at);
            }
            story.add(runs, &mut random);
        }
        story
    }

    pub(super) fn events(&self) -> impl Iterator<Item = &Event> {
        self.chapters.iter().flatten()
    }

    fn add(&mut self, invocations: Vec<Invocation>, random: &mut fastrand::Rng) {
        let mut chapter = Vec::new();
        for invocation in invocations {
            let times = if random.u8(..3) == 0 { 2 } else { 1 };
            chapter.extend(std::iter::repeat_n(Event::of(&invocation), times));
        }
        random.shuffle(&mut chapter);
        self.chapters.push(chapter);
    }
}

impl Event {
    fn of(invocation: &Invocation) -> Self {
        let is_of = |(account, rule, _): &&(&str, &str, _)| {
            invocation.account == *account && invocation.rule == *rule
        };
        let (account, rule, _) = RULES.iter().find(is_of).unwrap();
        let event: Value = serde_json::from_str(&invocation.event).unwrap();
        let token = event["resultToken"].as_str().unwrap().to_owned();
        Self { function: rule, account, rule, token, body: invocation.event.clone() }
    }
}

/// Deploys all rules, on every trigger.
pub(super) fn deploy(config_service: &ConfigService) {
    config_service.limit_notifications(OVERSIZED);
    for (account, name, parameters) in RULES {
        let rule = config_rule(name, &parameters(), &Value::Null);
        config_service.deploy(account, &rule).unwrap();
    }
    drop(config_service.take_invocations());
}

/// The same event, as if AWS Config had sent it at this time.
fn created_at(event: &str, at: Timestamp) -> String {
    let mut event: Value = serde_json::from_str(event).unwrap();
    let mut message: Value = serde_json::from_str(event["invokingEvent"].as_str().unwrap()).unwrap();
    message["notificationCreationTime"] = at.to_string().into();
    event["invokingEvent"] = message.to_string().into();
    event.to_string()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}
