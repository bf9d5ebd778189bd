//! Key pairs of launch templates, launch configurations and Auto Scaling groups: case 12.

use serde_json::{Value, json};

use super::KeyPairUsage;
use crate::rules::testing::Case;

fn launch_configuration(key: &Value) -> Case<KeyPairUsage> {
    Case::new("AWS::AutoScaling::LaunchConfiguration", &json!({"keyName": key}).to_string())
}

/// A template with one version, that has this key pair.
fn template(key: &Value) -> Case<KeyPairUsage> {
    let configuration = json!({"DefaultVersionNumber": "2", "LatestVersionNumber": "2", "LaunchTemplateData": {"KeyName": key}});
    Case::new("AWS::EC2::LaunchTemplate", &configuration.to_string())
}

fn group(overrides: &Value) -> Case<KeyPairUsage> {
    let specification = |id: &str| json!({"launchTemplateId": id, "version": "1"});
    let mut overrides = overrides.clone();
    for own in overrides.as_array_mut().unwrap() {
        if let Some(id) = own["template"].as_str() {
            own["launchTemplateSpecification"] = specification(id);
        }
    }
    let policy = json!({"launchTemplate": {"launchTemplateSpecification": specification("lt-1"), "overrides": overrides}});
    Case::new("AWS::AutoScaling::AutoScalingGroup", &json!({"mixedInstancesPolicy": policy}).to_string())
}

#[test]
fn launch_configuration_is_evaluated_by_its_key_pair() {
    launch_configuration(&json!("ops"))
        .with("mode", "none")
        .is("NON_COMPLIANT", r#"KEY-PRESENT: "ops"; no key pair is allowed"#);
    launch_configuration(&json!("ops"))
        .with("mode", "anyKey")
        .with("danglingKey", "ignore")
        .is("COMPLIANT", r#"launches with key pair "ops""#);
    for none in [json!(null), json!("")] {
        launch_configuration(&none).with("mode", "none").is("COMPLIANT", "launches without a key pair");
        launch_configuration(&none)
            .with("mode", "anyKey")
            .is("NON_COMPLIANT", "KEY-MISSING: launches without a key pair; one is required");
    }
}

#[test]
fn template_is_evaluated_by_its_key_pair() {
    let approved =
        |key: Value| template(&key).with("approvedKeyNames", "ops-*").with("danglingKey", "ignore");
    approved(json!("ops-1"))
        .is("COMPLIANT", r#"launches with key pair "ops-1" in version 2, approved by ops-*"#);
    approved(json!("dev")).is("NON_COMPLIANT", r#"KEY-UNAPPROVED: "dev" in version 2 is not in ops-*"#);
    approved(json!("dev"))
        .with("deniedKeyNames", "d*")
        .is("NON_COMPLIANT", r#"KEY-DENIED: "dev" in version 2 is denied by d*"#);
    approved(json!(null)).is("COMPLIANT", "launches without a key pair in version 2");
}

#[test]
fn template_without_key_pair_may_get_one_at_launch() {
    let reason = "version 2 names no key pair: whoever launches from it may";
    template(&json!(null)).with("mode", "anyKey").is("NOT_APPLICABLE", reason);
    template(&json!(""))
        .with("approvedKeyNames", "ops")
        .with("requireKey", "true")
        .is("NOT_APPLICABLE", reason);
}

#[test]
fn group_is_evaluated_by_what_it_launches() {
    let known = json!({"launchTemplateVersions":
        {"lt-1:1": {"1": {"keyName": "ops"}}, "lt-2:1": {"1": {"keyName": "dev"}}, "lt-3:1": {"1": {}}}});
    let of = |overrides: Value| {
        group(&overrides)
            .with("approvedKeyNames", "ops")
            .with("danglingKey", "ignore")
            .knowing(&known.to_string())
    };
    of(json!([{"template": "lt-2", "instanceType": "c7g.large"}, {"imageId": "ami-1"}])).is(
        "NON_COMPLIANT",
        r#"KEY-UNAPPROVED: "dev" in override 1 (c7g.large) with launch template lt-2 version 1 is not in ops"#,
    );
    // An override of the image has the key pair of the template of all.
    of(json!([{"imageId": "ami-1"}])).is(
        "COMPLIANT",
        r#"launches with key pair "ops" in launch template lt-1 version 1, approved by ops"#,
    );
    of(json!([{"template": "lt-3"}])).with("requireKey", "true").is(
        "NON_COMPLIANT",
        "KEY-MISSING: launches without a key pair in override 1 with launch template lt-3 version 1; one is required",
    );
}

#[test]
fn record_of_a_key_pair_is_that_of_the_next_launch() {
    let with_record = |record: Value| {
        launch_configuration(&json!("ops"))
            .with("mode", "anyKey")
            .knowing(&json!({"keyPairs": {"ops": record}}).to_string())
    };
    with_record(json!(null))
        .is("NON_COMPLIANT", r#"KEY-DANGLING: "ops" was deleted, and nothing can be launched with it"#);
    with_record(json!(null)).with("danglingKey", "ignore").has_type("COMPLIANT");
    let made = || with_record(json!({"createTime": "2025-10-01T10:00:00.000Z", "keyType": "rsa"}));
    made().is("COMPLIANT", r#"launches with key pair "ops""#);
    made()
        .with("maxKeyAgeDays", "120")
        .is("NON_COMPLIANT", r#"KEY-TOO-OLD: "ops" is 151 days old; limit 120"#);
    made()
        .with("allowedKeyTypes", "ed25519")
        .is("NON_COMPLIANT", r#"KEY-TYPE: "ops" is rsa; allowed: ed25519"#);
    let unknown = || with_record(json!({"keyType": "rsa"}));
    unknown().has_type("COMPLIANT");
    unknown()
        .with("maxKeyAgeDays", "120")
        .is("NON_COMPLIANT", r#"MISSING-DATA: EC2 does not tell when key pair "ops" was made"#);
}
