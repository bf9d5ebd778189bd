//! The lab, deployed: its rule answers what the lab expects, on changes and on its schedule.

use std::collections::BTreeMap;

use config_rules_local::Invocation;
use serde_json::{Map, Value, json};

use crate::{
    cloud::{Cloud, Details},
    tools::skip,
};

const RULE: &str = "approved-ami-lab";

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
    let expected: BTreeMap<String, Option<String>> =
        serde_json::from_value(cloud.terraform.output("lab", "expected")).unwrap();
    let evaluated: BTreeMap<_, _> =
        expected.into_iter().filter_map(|(id, verdict)| Some((id, verdict?))).collect();
    // AWS Config does not list what is NOT_APPLICABLE.
    let mut listed = evaluated.clone();
    listed.retain(|_, verdict| verdict != "NOT_APPLICABLE");

    // A rule with a schedule runs as soon as it is there, over what EC2 holds.
    cloud.evaluate(cloud.config_service.take_invocations(), listed.len());
    let in_a_run = cloud.details(RULE);
    assert_eq!(verdicts(&in_a_run), listed);
    assert_eq!(cloud.compliance(RULE), "NON_COMPLIANT");
    are_explained(&in_a_run);

    cloud.evaluate(record_all(&cloud), evaluated.len());
    assert_eq!(cloud.details(RULE), in_a_run);

    for module in ["lab", "recorder"] {
        cloud.terraform.destroy(module);
    }
    cloud.is_empty();
}

fn verdicts(details: &Details) -> BTreeMap<String, String> {
    details.iter().map(|(id, (verdict, _))| (id.clone(), verdict.clone())).collect()
}

#[track_caller]
fn are_explained(details: &Details) {
    for (verdict, annotation) in details.values() {
        let reason = if verdict == "COMPLIANT" { " is in amiIds" } else { "AMI-UNAPPROVED: ami-" };
        assert!(annotation.contains(reason), "{verdict}: {annotation}");
    }
    let unapproved = details.values().filter(|(verdict, _)| verdict == "NON_COMPLIANT");
    assert_eq!(unapproved.count(), 2);
}

/// AWS Config records the lab's servers and buckets, and tells the rule of those in its scope.
fn record_all(cloud: &Cloud) -> Vec<Invocation> {
    let mut invocations = Vec::new();
    let reservations = cloud.aws(&["ec2", "describe-instances"]);
    let instances = reservations["Reservations"].as_array().unwrap().iter();
    for instance in instances.flat_map(|reservation| reservation["Instances"].as_array().unwrap()) {
        let id = instance["InstanceId"].as_str().unwrap();
        let configuration = json!({
            "instanceId": id,
            "imageId": instance["ImageId"],
            "state": {"name": instance["State"]["Name"]},
        });
        let item = json!({"configuration": configuration, "tags": tags(&instance["Tags"])});
        invocations.extend(cloud.record("AWS::EC2::Instance", id, &item));
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

fn tags(tags: &Value) -> Map<String, Value> {
    let tags = tags.as_array().into_iter().flatten();
    tags.map(|tag| (tag["Key"].as_str().unwrap().to_owned(), tag["Value"].clone())).collect()
}
