//! The function as a process: how it starts, what it logs, how large it is.

use std::{fs, time::Duration};

use config_rules::catalogue::RULES;
use serde_json::Value;

use crate::{
    environment::{bootstrap, event},
    world::{Before, World},
};

#[tokio::test]
async fn the_connection_is_opened_once_and_before_the_first_event() {
    let mut world = World::of_samples("approved-ami", Before::default()).await;
    let mut patience = 100;
    while world.config_service.connections() == 0 {
        patience -= 1;
        assert!(patience > 0, "no connection during init");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for _ in 0..5 {
        world.record(&event("approved-ami/non-compliant-unapproved")).await;
    }
    assert_eq!(world.config_service.connections(), 1);
    assert_eq!(world.config_service.calls().len(), 5);
}

#[tokio::test]
async fn every_invocation_is_one_line_in_the_log() {
    let mut world = World::of_samples("security-group-exposure", Before::default()).await;
    let events = ["non-compliant-ssh-world", "error-admin-port-out-of-range", "compliant-empty-ingress"];
    for name in events {
        world.record(&event(&format!("security-group-exposure/{name}"))).await;
    }
    let log = world.function.log();
    assert_eq!(log.len(), events.len(), "{log:#?}");
    let lines: Vec<Value> = log.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["level"], "INFO");
    assert_eq!(lines[0]["rule"], "security-group-exposure");
    assert_eq!(lines[0]["complianceType"], "NON_COMPLIANT");
    assert_eq!(lines[0]["findings"][0]["code"], "SG-ADMIN-OPEN");
    assert_eq!(lines[0]["findings"][0]["evidence"]["traffic"][0], "tcp/22");
    assert_eq!(lines[0]["coldStart"], true);
    assert_eq!(lines[1]["level"], "ERROR");
    assert_eq!(lines[1]["errorType"], "InvalidParameters");
    assert_eq!(lines[2]["coldStart"], false);
    for line in &lines {
        assert!(line["requestId"].as_str().is_some_and(|id| !id.is_empty()), "{line}");
        assert!(line["durationMs"].is_u64(), "{line}");
    }
}

/// Cold starts depend on it, and a dependency that somebody adds shows here first.
#[test]
fn functions_stay_small() {
    // AWS Config, S3, SSM and STS are 8.1 MB: each is a client with its own protocol and endpoints. Of EC2, a function has the
    // calls that its rule may make.
    const LIMIT: u64 = 17 * 1024 * 1024 / 2;
    for rule in RULES {
        let size = fs::metadata(bootstrap(rule.metadata.name)).unwrap().len();
        assert!(size < LIMIT, "{}: {size} bytes", rule.metadata.name);
    }
}
