//! The lab, deployed: its rules answer what the lab expects, on changes and on their schedules.

use std::collections::BTreeMap;

use config_rules_local::Invocation;
use serde_json::{Map, Value, json};

use crate::{
    cloud::{Cloud, Details},
    tools::skip,
};

/// By rule and resource id, what AWS Config lists.
type Expected = BTreeMap<String, BTreeMap<String, String>>;

#[tokio::test]
async fn the_lab_answers_what_it_expects() {
    let cloud = match Cloud::start(&["recorder", "lab"]).await {
        Ok(cloud) => cloud,
        Err(reason) => return skip("the deployment of infra/lab", &reason),
    };
    for module in ["recorder", "lab"] {
        cloud.terraform.apply(module);
        cloud.terraform.has_nothing_to_do(module);
    }
    let expected: Expected = serde_json::from_value(cloud.terraform.output("lab", "expected")).unwrap();

    // A rule with a schedule runs as soon as it is there, over what EC2 holds.
    let runs = cloud.config_service.take_invocations();
    let scheduled: Vec<_> = runs.iter().map(rule_of).collect();
    assert_eq!(scheduled.len(), expected.len() - 1, "all but required-tags: {scheduled:?}");
    for (run, rule) in runs.into_iter().zip(&scheduled) {
        cloud.evaluate(vec![run], expected[rule].len());
        answers(&cloud, rule, &expected[rule]);
    }
    are_explained(&cloud);

    // A change of what has the tag goes to every rule; what a rule does not evaluate is NOT_APPLICABLE.
    let changes = record_all(&cloud);
    let evaluations = changes.len();
    cloud.evaluate(changes, evaluations);
    for (rule, expected) in &expected {
        answers(&cloud, rule, expected);
    }
    are_explained(&cloud);

    for module in ["lab", "recorder"] {
        cloud.terraform.destroy(module);
    }
    cloud.is_empty();
}

fn rule_of(invocation: &Invocation) -> String {
    let event: Value = serde_json::from_str(&invocation.event).unwrap();
    event["configRuleName"].as_str().unwrap().to_owned()
}

#[track_caller]
fn answers(cloud: &Cloud, rule: &str, expected: &BTreeMap<String, String>) {
    let details = cloud.details(rule);
    let verdicts: BTreeMap<_, _> =
        details.iter().map(|(id, (verdict, _))| (id.clone(), verdict.clone())).collect();
    assert_eq!(verdicts, *expected, "{rule}: {details:#?}");
}

/// The gravest of each.
#[track_caller]
fn are_explained(cloud: &Cloud) {
    let non_compliant = |details: Details| {
        let found = details.into_values().filter(|(verdict, _)| verdict == "NON_COMPLIANT");
        found.map(|(_, annotation)| annotation).collect::<Vec<_>>()
    };
    for (rule, count, begins, has) in [
        ("approved-ami-lab", 2, "AMI-UNAPPROVED: ami-", "not in amiIds"),
        ("instance-exposure-lab", 1, "INSTANCE-EXPOSED: tcp/22 of ", "key \"lab-shared\""),
        ("instance-profile-lab", 1, "PROFILE-MISSING: ", ""),
        ("key-pair-usage-lab", 1, "KEY-PRESENT: ", "lab-shared"),
        ("security-group-exposure-lab", 1, "SG-ADMIN-OPEN: tcp/22 from 0.0.0.0/0", "everybody"),
    ] {
        let annotations = non_compliant(cloud.details(rule));
        assert_eq!(annotations.len(), count, "{rule}: {annotations:?}");
        for annotation in annotations {
            assert!(annotation.starts_with(begins) && annotation.contains(has), "{rule}: {annotation}");
        }
    }
}

/// AWS Config records the lab's instances, groups and buckets, and tells the rules of those in their scope.
fn record_all(cloud: &Cloud) -> Vec<Invocation> {
    let mut invocations = Vec::new();
    let reservations = cloud.aws(&["ec2", "describe-instances"]);
    let instances = reservations["Reservations"].as_array().unwrap().iter();
    for instance in instances.flat_map(|reservation| reservation["Instances"].as_array().unwrap()) {
        invocations.extend(record(cloud, "AWS::EC2::Instance", "InstanceId", instance));
    }
    for group in cloud.aws(&["ec2", "describe-security-groups"])["SecurityGroups"].as_array().unwrap() {
        invocations.extend(record(cloud, "AWS::EC2::SecurityGroup", "GroupId", group));
    }
    for bucket in cloud.aws(&["s3api", "list-buckets"])["Buckets"].as_array().unwrap() {
        let name = bucket["Name"].as_str().unwrap();
        let tags = match cloud.try_aws(&["s3api", "get-bucket-tagging", "--bucket", name]) {
            Ok(answer) => tags(&answer["TagSet"]),
            Err(error) if error.contains("NoSuchTagSet") => Map::new(),
            Err(error) => panic!("{error}"),
        };
        let item = json!({"configuration": {"name": name}, "tags": tags});
        invocations.extend(cloud.record("AWS::S3::Bucket", name, &item));
    }
    invocations
}

/// AWS Config records what EC2 describes, and spells it with small initials.
fn record(cloud: &Cloud, resource_type: &str, id: &str, described: &Value) -> Vec<Invocation> {
    let id = described[id].as_str().unwrap();
    let item = json!({"configuration": with_small_initials(described), "tags": tags(&described["Tags"])});
    cloud.record(resource_type, id, &item)
}

fn with_small_initials(value: &Value) -> Value {
    match value {
        Value::Array(values) => values.iter().map(with_small_initials).collect(),
        Value::Object(members) => {
            let small = |name: &str| name[..1].to_ascii_lowercase() + &name[1..];
            members.iter().map(|(name, value)| (small(name), with_small_initials(value))).collect()
        }
        other => other.clone(),
    }
}

fn tags(tags: &Value) -> Map<String, Value> {
    let tags = tags.as_array().into_iter().flatten();
    tags.map(|tag| (tag["Key"].as_str().unwrap().to_owned(), tag["Value"].clone())).collect()
}
