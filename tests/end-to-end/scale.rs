//! Runs over many resources: how fast, and in how much memory.
//!
//! The variable `CONFIG_RULES_RESOURCES` says how many there are, such as 100000. With `--nocapture`, the tests print what
//! they measured.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use config_rules_local::{Ec2Data, Fault, Invocation, Outcome};
use serde_json::{Value, json};

use crate::world::{Before, OWN, World};

/// As long as AWS Config may take to answer.
const LATENCY: Duration = Duration::from_millis(60);
/// As long as Lambda lets a function run.
pub(crate) const LAMBDAS_TIME: Duration = Duration::from_mins(15);
/// As much memory as the functions have, in kB.
const MEMORY: u64 = 128 * 1024;

/// A number from a variable; without one, another.
pub(crate) fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("{name}={text}")))
}

fn resources(otherwise: u64) -> usize {
    setting("CONFIG_RULES_RESOURCES", otherwise).try_into().unwrap()
}

fn group(number: usize, port: u16) -> Value {
    json!({
        "GroupId": format!("sg-{number:017x}"),
        "GroupName": format!("group-{number}"),
        "OwnerId": OWN,
        "VpcId": "vpc-0123456789abcdef0",
        "IpPermissions": [{
            "IpProtocol": "tcp", "FromPort": port, "ToPort": port,
            "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": [],
        }],
        "IpPermissionsEgress": [],
    })
}

/// So many groups, one in a hundred of which is open to all on port 22.
fn groups(count: usize) -> Ec2Data {
    let port = |number: usize| if number.is_multiple_of(100) { 22 } else { 443 };
    Ec2Data::default().security_groups((0..count).map(|number| group(number, port(number))))
}

/// So many instances of one image, one in a hundred of which is of another.
fn instances(count: usize) -> Ec2Data {
    let image = |number: usize| {
        if number.is_multiple_of(100) { "ami-0fee3f29a8461de99" } else { "ami-06f838da6e25d7e60" }
    };
    Ec2Data::default().instances((0..count).map(|number| {
        json!({
            "InstanceId": format!("i-{number:017x}"), "ImageId": image(number), "KeyName": "ops",
            "State": {"Code": 16, "Name": "running"}, "LaunchTime": "2026-01-01T00:00:00.000Z",
            "Placement": {"AvailabilityZone": "us-east-1a"}, "VpcId": "vpc-0123456789abcdef0",
            "SecurityGroups": [{"GroupId": "sg-0123456789abcdef0", "GroupName": "web"}],
            "Tags": [{"Key": "Name", "Value": format!("web-{number}")}, {"Key": "Owner", "Value": "ops"}],
        })
    }))
}

/// A world in which AWS Config takes its time, and how many of its calls were under way at once, at most.
async fn slow(rule: &'static str, ec2: Ec2Data, parameters: &Value) -> (World, Arc<Mutex<Vec<Instant>>>) {
    let world = World::start(rule, Before { ec2, ..Before::default() }).await;
    world.deploy(OWN, parameters, &Value::Null);
    let arrivals = Arc::<Mutex<Vec<Instant>>>::default();
    let seen = Arc::clone(&arrivals);
    world.config_service.inject_with(move |request| {
        if request.operation == "PutEvaluations" {
            seen.lock().unwrap().push(Instant::now());
        }
        Fault::Delay(LATENCY)
    });
    (world, arrivals)
}

/// How many calls, at most, were under way at once: an answer comes no sooner than the latency after its call.
fn most_at_once(arrivals: &[Instant]) -> usize {
    let at =
        |start: &Instant| arrivals.iter().filter(|other| (*start..*start + LATENCY).contains(other)).count();
    arrivals.iter().map(at).max().unwrap_or_default()
}

/// Every resource is evaluated and reported, in little memory, and several batches are under way at once.
async fn all_are_reported(rule: &'static str, ec2: Ec2Data, parameters: Value, count: usize) {
    let (mut world, arrivals) = slow(rule, ec2, &parameters).await;
    let invocations = world.config_service.run_schedule(OWN);
    let [Invocation { event, .. }] = invocations.as_slice() else { panic!("{invocations:?}") };
    let Outcome::Response(record) = world.function.invoke(event.clone(), LAMBDAS_TIME).await.unwrap() else {
        panic!()
    };
    let record: Value = serde_json::from_str(&record).unwrap();
    assert_eq!(record["compliant"], count - count.div_ceil(100), "{record}");
    assert_eq!(record["nonCompliant"], count.div_ceil(100), "{record}");
    assert_eq!(world.config_service.results().len(), count);
    let at_once = most_at_once(&arrivals.lock().unwrap());
    assert!((2..=4).contains(&at_once), "{at_once}");
    let (peak, processor) = (world.peak_memory(), world.processor_time());
    println!(
        "{rule}: {count} resources in {} s, {} s of a processor, {} MB",
        record["durationMs"].as_u64().unwrap() / 1_000,
        processor.as_secs(),
        peak / 1024
    );
    assert!(peak < MEMORY / 2, "{peak} kB");
}

#[tokio::test]
async fn many_groups_are_reported_in_little_time_and_memory() {
    let count = resources(4_000);
    all_are_reported("security-group-exposure", groups(count), json!({}), count).await;
}

#[tokio::test]
async fn many_instances_are_reported_in_little_time_and_memory() {
    let count = resources(4_000);
    let parameters = json!({"amiIds": "ami-06f838da6e25d7e60"});
    all_are_reported("approved-ami", instances(count), parameters, count).await;
}
