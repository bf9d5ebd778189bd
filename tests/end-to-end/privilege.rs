//! Least privilege: what a function calls is what the catalogue says that its role must allow, no less and no more.

use std::collections::BTreeSet;

use config_rules::{catalogue::RULES, event::Event};
use config_rules_local::{ConfigurationItem, Invocation, SsmData};
use config_rules_test_aws::{S3Data, StsData, StsRole};
use serde_json::{Value, json};

use crate::{
    environment::{events_of, facts},
    world::{Before, OWN, World},
};

const MEMBER: &str = "444455556666";

#[tokio::test]
async fn functions_call_what_their_roles_may() {
    for rule in RULES {
        let name = rule.metadata.name;
        let events = events_of(name);
        let mut world = world(name).await;
        for (_, event) in &events {
            world.send(event).await;
        }
        every_trigger(&mut world, sample(&events)).await;
        let calls = world.actions();
        let allowed: BTreeSet<_> = rule.metadata.calls().map(str::to_owned).collect();
        let more: Vec<_> = calls.difference(&allowed).collect();
        assert!(more.is_empty(), "{name} calls what the catalogue does not say: {more:?}");
        let less: Vec<_> = allowed.difference(&calls).collect();
        assert!(less.is_empty(), "{name}: no sample event makes it call {less:?}");
    }
}

async fn world(rule: &'static str) -> World {
    let trusting = StsRole::new(MEMBER, "evaluate").trusts(format!("arn:aws:iam::{OWN}:role/config-rules"));
    let before = Before {
        s3: S3Data::default().bucket(format!("config-{OWN}")),
        ssm: SsmData::from_json(&facts())
            .unwrap()
            .string("/rules/missing", "NON_COMPLIANT")
            .string("/rules/exempt", "COMPLIANT"),
        sts: StsData::default().role(trusting),
        ..Before::samples()
    };
    World::of_samples(rule, before).await
}

/// The parameters of a compliant sample event, and its item, which none has that is about the account. They are the
/// shortest, because some are added.
fn sample(events: &[(String, String)]) -> (Value, Option<Value>) {
    let compliant = events.iter().filter(|(name, _)| name.contains("/compliant-"));
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let samples = compliant.map(|(_, text)| {
        let event = Event::from_json(text).unwrap();
        let message = read(event.invoking_event.as_deref().unwrap());
        (event.parameters().unwrap().to_json(), message.get("configurationItem").cloned())
    });
    let (parameters, item) = samples.min_by_key(|(parameters, _)| parameters.len()).unwrap();
    (read(&parameters), item)
}

/// Every trigger, and a rule of another account.
async fn every_trigger(world: &mut World, (mut parameters, item): (Value, Option<Value>)) {
    parameters["onMissingData"] = json!("ssm:/rules/missing");
    parameters["exemptAs"] = json!("ssm:/rules/exempt@30d");
    world.deploy(OWN, &parameters, &Value::Null);
    let mut invocations = record(world, OWN, item.as_ref());
    invocations.extend(world.config_service.deliver_snapshot(OWN).unwrap().invocations);
    invocations.extend(world.config_service.run_schedule(OWN));
    world.config_service.limit_notifications(10);
    invocations.extend(record(world, OWN, item.as_ref()));
    world.config_service.limit_notifications(256 * 1024);
    parameters["ExecutionRoleName"] = json!("evaluate");
    for stored in ["exemptAs", "onMissingData"] {
        parameters.as_object_mut().unwrap().remove(stored);
    }
    world.deploy(MEMBER, &parameters, &Value::Null);
    invocations.extend(record(world, MEMBER, item.as_ref()));
    invocations.extend(world.config_service.run_schedule(MEMBER));
    for invocation in invocations {
        world.send(&invocation.event).await;
    }
}

/// AWS Config records the item as one of this account.
fn record(world: &World, account: &str, item: Option<&Value>) -> Vec<Invocation> {
    let Some(mut item) = item.cloned() else { return Vec::new() };
    item["awsAccountId"] = json!(account);
    world.config_service.record(ConfigurationItem::from_event(item).unwrap())
}
