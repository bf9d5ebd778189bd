//! The Config rules of an account, deployed: every trigger reaches its function, whose answer reaches AWS Config.

use std::{fs, io::Write as _};

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use crate::{
    cloud::{ACCOUNT, Cloud},
    tools::skip,
};

/// Two Config rules on one function, a value from Parameter Store, a schedule, and snapshots.
fn rules() -> Value {
    json!({
        "security-group-exposure": {},
        "owner": {
            "rule": "required-tags",
            "parameters": {"requiredTags": "Owner"},
            "resource_types": ["AWS::S3::Bucket"],
            "snapshots": true,
        },
        "cost-center": {
            "rule": "required-tags",
            "parameters": {"requiredTags": "ssm:/tags/cost-center"},
            "resource_types": ["AWS::S3::Bucket"],
            "maximum_execution_frequency": "",
        },
    })
}

#[tokio::test]
async fn every_trigger_reaches_the_deployed_functions() {
    let cloud = match Cloud::start(&["recorder", "."]).await {
        Ok(cloud) => cloud,
        Err(reason) => return skip("the deployment of infra", &reason),
    };
    cloud.terraform.apply("recorder");
    let variables = json!({
        "rules": rules(),
        "name_prefix": "test-",
        "snapshot_bucket_arn": cloud.terraform.output("recorder", "snapshot_bucket_arn"),
        "tags": {"Owner": "security"},
    });
    let variables_file = cloud.terraform.folder(".").join("terraform.tfvars.json");
    fs::write(variables_file, variables.to_string()).unwrap();
    let put_parameter = ["ssm", "put-parameter", "--name", "/tags/cost-center", "--type", "String"];
    cloud.aws(&[&put_parameter[..], &["--value", "CostCenter~[0-9]{4}"]].concat());
    let open = open_group(&cloud);
    cloud.terraform.apply(".");
    cloud.terraform.has_nothing_to_do(".");

    is_run_at_once(&cloud, &open);
    is_told_of_changes(&cloud);
    reads_snapshots(&cloud);

    cloud.terraform.destroy(".");
    cloud.terraform.destroy("recorder");
    cloud.is_empty();
}

/// The id of a group that lets everybody in by SSH.
fn open_group(cloud: &Cloud) -> String {
    let create = ["ec2", "create-security-group", "--group-name", "open", "--description", "open"];
    let group = cloud.aws(&create)["GroupId"].as_str().unwrap().to_owned();
    let permission = ["--protocol", "tcp", "--port", "22", "--cidr", "0.0.0.0/0"];
    cloud
        .aws(&[&["ec2", "authorize-security-group-ingress", "--group-id", &group], &permission[..]].concat());
    group
}

/// What EC2 tells can change while the group does not, so the rule has a schedule.
fn is_run_at_once(cloud: &Cloud, open: &str) {
    let groups = cloud.aws(&["ec2", "describe-security-groups"])["SecurityGroups"].as_array().unwrap().len();
    cloud.evaluate(cloud.config_service.take_invocations(), groups);
    let details = cloud.details("security-group-exposure");
    assert_eq!(details.len(), groups);
    let (verdict, annotation) = &details[open];
    assert_eq!(verdict, "NON_COMPLIANT");
    assert!(annotation.starts_with("SG-ADMIN-OPEN: tcp/22 from 0.0.0.0/0"), "{annotation}");
}

fn is_told_of_changes(cloud: &Cloud) {
    let bucket = |name, tags| {
        cloud.record("AWS::S3::Bucket", name, &json!({"configuration": {"name": name}, "tags": tags}))
    };
    // Two rules for each.
    let invocations =
        [bucket("tagged", json!({"Owner": "ops", "CostCenter": "1234"})), bucket("bare", json!({}))];
    cloud.evaluate(invocations.concat(), 4);
    let verdicts = |rule| {
        let details = cloud.details(rule).into_iter();
        details.map(|(id, (verdict, annotation))| [id, verdict, annotation]).collect::<Vec<_>>()
    };
    assert_eq!(
        verdicts("cost-center"),
        [["bare", "NON_COMPLIANT", "TAG-MISSING: CostCenter"], ["tagged", "COMPLIANT", "has CostCenter"]]
    );
    assert_eq!(verdicts("owner").len(), 2);
}

fn reads_snapshots(cloud: &Cloud) {
    let snapshot = cloud.config_service.deliver_snapshot(ACCOUNT).unwrap();
    let mut body = GzEncoder::new(Vec::new(), Compression::fast());
    body.write_all(snapshot.body.as_bytes()).unwrap();
    let body = cloud.write("snapshot.json.gz", &body.finish().unwrap());
    let object = ["--bucket", &snapshot.bucket, "--key", &snapshot.key, "--body", &body];
    cloud.aws(&[&["s3api", "put-object"], &object[..]].concat());
    assert_eq!(snapshot.invocations.len(), 1);
    cloud.evaluate(snapshot.invocations, 2);
}
