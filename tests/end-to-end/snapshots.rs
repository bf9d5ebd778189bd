//! Snapshots that are larger than a function's memory.
//!
//! The variable `CONFIG_RULES_SNAPSHOT_MB` says how large, such as 2000. With `--nocapture`, the tests print what they
//! measured.

use std::{
    io::{self, Read},
    process::Command,
    time::Instant,
};

use config_rules_local::{ConfigurationItem, Outcome};
use config_rules_test_aws::{S3Data, S3Object};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use crate::{
    scale::{LAMBDAS_TIME, setting},
    world::{Before, OWN, World, item},
};

/// As much memory as the functions have, in bytes.
const MEMORY: u64 = 128 * 1024 * 1024;

/// A snapshot of many times the same item, and a last one: as it is read.
struct Snapshot {
    head: &'static [u8],
    item: Vec<u8>,
    left: usize,
    position: usize,
    tail: io::Cursor<Vec<u8>>,
}

impl Snapshot {
    /// At least so many bytes.
    fn new(item: &ConfigurationItem, bytes: u64, last: &ConfigurationItem) -> Self {
        let item = format!("{},", item.to_event()).into_bytes();
        Self {
            head: br#"{"fileVersion":"1.0","configurationItems":["#,
            left: usize::try_from(bytes).unwrap().div_ceil(item.len()),
            item,
            position: 0,
            tail: io::Cursor::new(format!("{}]}}", last.to_event()).into_bytes()),
        }
    }
}

impl Read for Snapshot {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.head.is_empty() {
            return self.head.read(buffer);
        }
        if self.left == 0 {
            return self.tail.read(buffer);
        }
        let count = (&self.item[self.position..]).read(buffer)?;
        self.position += count;
        if self.position == self.item.len() {
            (self.position, self.left) = (0, self.left - 1);
        }
        Ok(count)
    }
}

fn group(id: &str, description: &str) -> ConfigurationItem {
    let configuration = json!({
        "groupId": id, "ownerId": OWN, "description": description,
        "ipPermissions": [{"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipv4Ranges": [{"cidrIp": "0.0.0.0/0"}]}],
        "ipPermissionsEgress": [],
    });
    item("AWS::EC2::SecurityGroup", id, json!({"configuration": configuration}))
}

/// A function that cannot have more than its memory reads a snapshot of this item and one more group to the end, and finds
/// so many groups.
async fn is_read_in_little_memory(item: &ConfigurationItem, groups: u64) {
    let bytes = setting("CONFIG_RULES_SNAPSHOT_MB", 300) * 1_000_000;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    io::copy(&mut Snapshot::new(item, bytes, &group("sg-last", "")), &mut encoder).unwrap();
    let s3 = S3Data::default().object("config", "large", S3Object::from(encoder.finish().unwrap()));
    let mut world = World::start("security-group-exposure", Before { s3, ..Before::default() }).await;
    world.deploy(OWN, &json!({}), &Value::Null);
    world.config_service.assign_token("snapshot", "security-group-exposure");
    limit_memory(world.function.process_id().unwrap());
    let message = json!({
        "messageType": "ConfigurationSnapshotDeliveryCompleted", "s3Bucket": "config", "s3ObjectKey": "large",
        "notificationCreationTime": "2026-03-01T12:00:00.000Z", "recordVersion": "1.1",
    });
    let event = json!({
        "invokingEvent": message.to_string(), "ruleParameters": "{}", "resultToken": "snapshot",
        "configRuleName": "security-group-exposure", "accountId": OWN,
    });
    let started = Instant::now();
    let outcome = world.function.invoke(event.to_string(), LAMBDAS_TIME).await.unwrap();
    let Outcome::Response(record) = outcome else { panic!("{outcome:?}") };
    let record: Value = serde_json::from_str(&record).unwrap();
    assert_eq!(record["nonCompliant"], groups, "{record}");
    let peak = world.peak_memory() * 1024;
    println!(
        "{} MB in {} s, {} s of a processor, {} MB of memory",
        bytes / 1_000_000,
        started.elapsed().as_secs(),
        world.processor_time().as_secs(),
        peak >> 20
    );
    assert!(peak < MEMORY / 2, "{peak} bytes");
}

/// The kernel gives the process no more memory of its own than this, whether or not it is used.
fn limit_memory(process_id: u32) {
    let status =
        Command::new("prlimit").args([format!("--pid={process_id}"), format!("--data={MEMORY}")]).status();
    assert!(status.unwrap().success());
}

#[tokio::test]
async fn many_items_take_little_memory() {
    let volume =
        item("AWS::EC2::Volume", "vol-1", json!({"configuration": {"description": "x".repeat(20_000)}}));
    is_read_in_little_memory(&volume, 1).await;
}

#[tokio::test]
async fn large_items_take_little_memory() {
    is_read_in_little_memory(&group("sg-large", &"x".repeat(1_000_000)), 2).await;
}
