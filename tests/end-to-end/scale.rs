//! Runs over many resources: how fast, in how much memory, and what becomes of those for which the time is too short.
//!
//! The variable `CONFIG_RULES_RESOURCES` says how many there are, such as 100000. With `--nocapture`, the tests print what
//! they measured.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use config_rules_local::{Ec2Data, Evaluation, Fault, Invocation, Outcome};
use serde_json::{Value, json};

use crate::{
    runs::group,
    world::{Before, OWN, World},
};

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

/// Every resource is judged and reported, in little memory, and several batches are under way at once.
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
    assert_eq!(world.held(OWN).len(), count);
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

/// A run that its time is too short for says so, and how far it got. What it reported is true, and what it could not look
/// for is not taken for gone.
#[tokio::test]
async fn a_run_without_time_is_no_success_and_takes_nothing_back() {
    const TIME: Duration = Duration::from_secs(3);
    let (mut world, _) = slow("security-group-exposure", groups(20_000), &json!({})).await;
    world.config_service.hold(OWN, "security-group-exposure", earlier("sg-gone"));
    let invocations = world.config_service.run_schedule(OWN);
    let started = Instant::now();
    let outcome = world.function.invoke(invocations[0].event.clone(), TIME).await.unwrap();
    assert!(started.elapsed() < TIME);
    let Outcome::Error { error_type, message } = outcome else { panic!("{outcome:?}") };
    assert_eq!(error_type, "DeadlineExceeded");
    let line: Value = serde_json::from_str(world.function.log().last().unwrap()).unwrap();
    let reported = line["compliant"].as_u64().unwrap() + line["nonCompliant"].as_u64().unwrap();
    assert!(message.contains(&format!("when {reported} results had been reported")), "{message}");
    assert!(message.contains("a longer timeout, or more memory"), "{message}");
    let held = world.held(OWN);
    let of_run = u64::try_from(held.len()).unwrap() - 1;
    // Four calls may have been under way, and no answer have come.
    assert!(reported > 0 && (reported..=reported + 400).contains(&of_run), "{reported} of {of_run}");
    assert!(held.iter().any(|(id, compliance, _)| id == "sg-gone" && compliance == "NON_COMPLIANT"));
}

fn earlier(id: &str) -> Evaluation {
    Evaluation {
        compliance_resource_type: "AWS::EC2::SecurityGroup".to_owned(),
        compliance_resource_id: id.to_owned(),
        compliance_type: "NON_COMPLIANT".to_owned(),
        annotation: Some("from an earlier run".to_owned()),
        ordering_timestamp: "2026-03-01T10:00:00Z".parse().unwrap(),
    }
}

/// What is taken back drops out of the list that says what there is to take back.
#[tokio::test]
async fn many_that_are_gone_all_lose_their_results() {
    let (mut world, _) = slow("security-group-exposure", groups(1), &json!({})).await;
    for number in 0..950 {
        world.config_service.hold(OWN, "security-group-exposure", earlier(&format!("sg-gone-{number}")));
    }
    let record = world.run_schedule().await;
    assert_eq!(record["notApplicable"], 950, "{record}");
    assert_eq!(
        world.held(OWN).iter().filter(|(_, compliance, _)| compliance == "NOT_APPLICABLE").count(),
        950
    );
}
