//! Delivered snapshots: what Amazon S3 streams is evaluated while it is read, and half a snapshot is none.

use std::io::Write as _;

use config_rules_local::{ConfigurationItem, Fault};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use super::{OWN, World, example_rule::ExampleRule, fake_ec2::FakeEc2, instance, one, with};

/// Holds a result that is older than a snapshot of these items, which is delivered as this function makes it.
async fn delivered(
    items: &[Value],
    body: impl FnOnce(&str) -> Vec<u8>,
) -> (World<ExampleRule, FakeEc2>, String) {
    let world = World::example().await;
    world.hold("AWS::EC2::Instance", "i-gone", "2026-02-01T10:00:00Z");
    for item in items {
        world.config_service.record(ConfigurationItem::from_event(item.clone()).unwrap());
    }
    let snapshot = world.config_service.deliver_snapshot(OWN).unwrap();
    world.s3.with(|s3| s3.put_object(&snapshot.bucket, &snapshot.key, body(&snapshot.body)));
    (world, one(&snapshot.invocations))
}

pub(super) fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// So many instances, every fifth of which is open to everybody, and one volume.
fn instances(count: usize) -> Vec<Value> {
    let group = |number: usize| if number.is_multiple_of(5) { "sg-open" } else { "sg-closed" };
    let volume = with(instance("vol-1", ""), "resourceType", "AWS::EC2::Volume");
    (0..count).map(|number| instance(&format!("i-{number}"), group(number))).chain([volume]).collect()
}

#[tokio::test]
async fn every_resource_of_a_snapshot_is_evaluated() {
    let (world, event) = delivered(&instances(250), gzip).await;
    let record = world.record(&event).await;
    let counts = (&record["nonCompliant"], &record["compliant"], &record["notApplicable"]);
    assert_eq!(counts, (&json!(50), &json!(200), &json!(1)), "{record}");
    assert_eq!(record["messageType"], "ConfigurationSnapshotDeliveryCompleted");
    assert_eq!(world.results(OWN)["i-gone"].0, "NOT_APPLICABLE");
    let timestamp = world.config_service.accepted()[0].ordering_timestamp.to_string();
    assert_eq!(timestamp, "2026-03-01T10:00:00Z", "an older record must not replace a newer result");
    assert_eq!(FakeEc2::of_test().listings(), 0);
}

/// This snapshot ends with an error that is no passing one, or Lambda's to know, and nothing is withdrawn.
async fn is_no_success(
    body: impl FnOnce(&str) -> Vec<u8>,
    name: &str,
    part: &str,
) -> World<ExampleRule, FakeEc2> {
    let (world, event) = delivered(&instances(250), body).await;
    let record = world.record(&event).await;
    let message = record["errorMessage"].as_str().unwrap();
    assert!(record["errorType"] == name && message.contains(part), "{record}");
    assert_eq!(world.results(OWN)["i-gone"].0, "NON_COMPLIANT");
    world
}

#[tokio::test]
async fn a_snapshot_that_ends_early_is_no_success() {
    let half = |whole: Vec<u8>| whole[..whole.len() / 2].to_vec();
    is_no_success(|body| half(gzip(body)), "MalformedEvent", "snapshot: ").await;
    is_no_success(|body| gzip(&body[..body.len() / 2]), "MalformedEvent", "snapshot: EOF").await;
    is_no_success(|body| body.as_bytes().to_vec(), "MalformedEvent", "invalid gzip header").await;
    is_no_success(|_| gzip("{}"), "MalformedEvent", "configurationItems is missing").await;
}

#[tokio::test]
async fn an_item_that_cannot_be_read_spoils_no_other() {
    let broken = |body: &str| gzip(&body.replacen(r#""configurationItemStatus":"OK","#, "", 1));
    let world =
        is_no_success(broken, "MalformedEvent", "1 items cannot be read, the first because of missing field")
            .await;
    assert_eq!(world.results(OWN).len(), 250, "249 of 250, and the one from before");
}

#[tokio::test]
async fn a_snapshot_that_is_not_there_is_named() {
    let (world, event) = delivered(&instances(1), gzip).await;
    let record = world.record(&event.replace("ConfigSnapshot/", "Elsewhere/")).await;
    assert_eq!(record["errorType"], "CallRejected");
    let message = record["errorMessage"].as_str().unwrap();
    assert!(message.starts_with("s3:GetObject s3://config-111122223333/"), "{message}");
    world.s3.inject_with(|_| Fault::Denied);
    assert_eq!(world.error(&event).await.0, "AccessDenied");
}

#[tokio::test]
async fn a_snapshot_whose_arrival_ends_is_read_when_the_event_comes_again() {
    let (world, event) = delivered(&instances(2_000), gzip).await;
    world.s3.inject([Fault::Throttle, Fault::CutAfter(10_000)]);
    let (name, message) = world.error(&event).await;
    assert_eq!(name, "ServiceUnavailable", "{message}");
    assert_eq!(world.results(OWN)["i-gone"].0, "NON_COMPLIANT");
    assert_eq!(world.record(&event).await["nonCompliant"], 400);
}

#[tokio::test]
async fn a_snapshot_in_another_region_is_read_there() {
    let (world, event) = delivered(&instances(10), gzip).await;
    world.s3.with(|s3| s3.move_bucket("config-111122223333", "eu-central-1"));
    assert_eq!(world.record(&event).await["nonCompliant"], 2);
    let regions: Vec<_> = world.s3.calls().iter().map(|call| call.caller.region.clone()).collect();
    assert_eq!(regions, ["us-east-1", "eu-central-1"]);
}
