mod organization;
mod recorded;
mod refused;
mod requirements;

use serde_json::{Value as Json, json};

use super::*;
use crate::{
    parameters::Value,
    rules::testing::{Case, parameter_error},
};

pub(super) fn tagged(tags: &[(&str, &str)]) -> Case<RequiredTags> {
    Case::new("AWS::S3::Bucket", "null").tagged(tags)
}

fn of_type(resource_type: &str, policy: &impl ToString, tags: &[(&str, &str)]) -> Case<RequiredTags> {
    Case::new(resource_type, "null").tagged(tags).with("tagPolicy", &policy.to_string())
}

fn by(policy: &impl ToString, tags: &[(&str, &str)]) -> Case<RequiredTags> {
    of_type("AWS::EC2::Instance", policy, tags)
}

#[test]
fn all_tags_present_is_compliant() {
    tagged(&[("Owner", "ops"), ("CostCenter", "1")])
        .with("requiredTags", "Owner, CostCenter")
        .is("COMPLIANT", "has Owner, CostCenter");
}

/// Case 1.
#[test]
fn every_missing_tag_is_named_in_order() {
    tagged(&[])
        .with("requiredTags", "Owner,CostCenter")
        .with("tag1Key", "Stage")
        .with("tagPolicy", r#"{"Zone": {}, "Area": {"values": ["a"]}}"#)
        .with("categories", "security")
        .is("NON_COMPLIANT", "TAG-MISSING: Owner; CostCenter; Stage; Zone; Area; Confidentiality");
}

#[test]
fn findings_come_gravest_first() {
    tagged(&[
        ("temp", "x"),
        ("Stage", "x"),
        ("environment", "prod"),
        ("Confidentiality", ""),
        ("OWNER", "a"),
        ("owner", "b"),
        ("Zone", "A"),
        ("Area", "b "),
        ("Code", "1"),
    ])
    .with(
        "requiredTags",
        "Area=b,Zone=a,Code~[a-z],Stage=test|prod,Confidentiality=public|secret,Environment,Owner,Team",
    )
    .with("forbiddenTags", "temp")
    .is(
        "NON_COMPLIANT",
        "TAG-MISSING: Team; \
        TAG-AMBIGUOUS: \"OWNER\" and \"owner\" should be one \"Owner\"; \
        TAG-NAME: \"environment\" should be \"Environment\"; \
        TAG-EMPTY: Confidentiality is empty (allowed: public, secret); \
        TAG-VALUE: Stage is \"x\" (allowed: test, prod); +4 more",
    );
    let codes: Vec<_> = tagged(&[("temp", ""), ("Zone", "A"), ("Area", "b "), ("Code", "1"), ("Stage", "x")])
        .with("requiredTags", "Area=b,Zone=a,Code~[a-z],Stage=y")
        .with("forbiddenTags", "temp")
        .compliance()
        .findings()
        .iter()
        .map(|finding| finding.code.name)
        .collect();
    assert_eq!(codes, ["TAG-VALUE", "TAG-PATTERN", "TAG-VALUE-CASE", "TAG-VALUE-SPACE", "TAG-FORBIDDEN"]);
}

/// Case 2.
#[test]
fn blank_values_count_only_if_allowed() {
    for value in ["", " "] {
        let owner = |required: &str| tagged(&[("Owner", value)]).with("requiredTags", required);
        owner("Owner").is("NON_COMPLIANT", "TAG-EMPTY: Owner is empty");
        owner("Owner").with("allowEmpty", "true").is("COMPLIANT", "has Owner");
        owner("Owner=a")
            .with("allowEmpty", "true")
            .is("NON_COMPLIANT", "TAG-EMPTY: Owner is empty (allowed: a)");
        let policy = |allowed: bool| json!({"Owner": {"values": ["a"], "allowEmpty": allowed}});
        by(&policy(true), &[("Owner", value)]).has_type("COMPLIANT");
        by(&policy(false), &[("Owner", value)]).with("allowEmpty", "true").has_type("NON_COMPLIANT");
        by(&json!({"Owner": {"allowEmpty": false}}), &[("Owner", value)])
            .with("allowEmpty", "true")
            .has_type("NON_COMPLIANT");
    }
}

/// Case 3.
#[test]
fn near_misses_are_named() {
    for found in [
        "costcenter",
        "Cost-Center",
        "cost_center",
        "CostCenter ",
        "Cost Center",
        "CostCentre",
        "Cost:Center",
    ] {
        tagged(&[(found, "1")])
            .with("requiredTags", "CostCenter")
            .is("NON_COMPLIANT", &format!("TAG-NAME: {found:?} should be \"CostCenter\""));
    }
    tagged(&[("\u{421}ostCenter", "1")])
        .with("requiredTags", "CostCenter")
        .is("NON_COMPLIANT", r#"TAG-NAME: "\u{421}ostCenter" should be "CostCenter""#);
    for found in ["Center", "CostUnit", "aws:CostCenter"] {
        tagged(&[(found, "1")])
            .with("requiredTags", "CostCenter")
            .is("NON_COMPLIANT", "TAG-MISSING: CostCenter");
    }
    tagged(&[("Ownr", "1")]).with("requiredTags", "Owner").is("NON_COMPLIANT", "TAG-MISSING: Owner");
}

#[test]
fn a_required_key_is_no_near_miss_of_another() {
    tagged(&[("owner", "a")]).with("requiredTags", "Owner,owner").is("NON_COMPLIANT", "TAG-MISSING: Owner");
}

/// Case 4.
#[test]
fn of_keys_equal_but_for_case_the_exact_one_wins() {
    let owner = |keys: &[&str]| {
        let tags: Vec<_> = keys.iter().map(|key| (*key, "ops")).collect();
        tagged(&tags).with("requiredTags", "Owner")
    };
    owner(&["OWNER", "Owner", "owner"]).is("COMPLIANT", "has Owner");
    owner(&["owner", "OWNER"])
        .is("NON_COMPLIANT", r#"TAG-AMBIGUOUS: "OWNER" and "owner" should be one "Owner""#);
    let any_case = json!({"Owner": {"values": ["ops"], "caseInsensitive": true}});
    by(&any_case, &[("owner", "Ops"), ("OWNER", "x")]).has_type("NON_COMPLIANT");
    by(&any_case, &[("owner", "x"), ("Owner", "OPS")]).is("COMPLIANT", "has Owner");
}

/// Case 5.
#[test]
fn a_wrong_value_is_told_apart_by_what_is_wrong_with_it() {
    let stage = |value, words: &str| {
        tagged(&[("Stage", value)]).with("requiredTags", "Stage=prod| test").is("NON_COMPLIANT", words);
    };
    stage("Prod", r#"TAG-VALUE-CASE: Stage is "Prod"; should be "prod""#);
    stage("prod ", r#"TAG-VALUE-SPACE: Stage is "prod "; should be "prod""#);
    stage(" Prod", r#"TAG-VALUE-CASE: Stage is " Prod"; should be "prod""#);
    stage("production", r#"TAG-VALUE: Stage is "production" (allowed: prod, test)"#);
    stage(&"x".repeat(256), &format!("TAG-VALUE: Stage is \"{}\"… (allowed: prod, test)", "x".repeat(60)));
    tagged(&[("Stage", "test")]).with("requiredTags", "Stage=prod| test").has_type("COMPLIANT");
}

/// Case 5, with patterns.
#[test]
fn patterns_match_the_whole_value() {
    let cost_center =
        |value| tagged(&[("CostCenter", value)]).with("requiredTags", r"CostCenter~cc-\d{4}|none");
    cost_center("cc-1234").has_type("COMPLIANT");
    cost_center("none").has_type("COMPLIANT");
    cost_center("xcc-12345")
        .is("NON_COMPLIANT", r#"TAG-PATTERN: CostCenter is "xcc-12345" (pattern: cc-\d{4}|none)"#);
    cost_center("cc-1234\n")
        .is("NON_COMPLIANT", r#"TAG-VALUE-SPACE: CostCenter is "cc-1234\n"; should be "cc-1234""#);
    by(
        &json!({"CostCenter": {"pattern": "cc-[a-f]+", "caseInsensitive": true}}),
        &[("costcenter", "CC-AFFE")],
    )
    .is("COMPLIANT", "has CostCenter");
}

/// Case 6.
#[test]
fn a_value_with_a_comma_is_written_as_json() {
    let policy = json!({"Owner": {"values": ["ops, night shift", "ops"]}});
    by(&policy, &[("Owner", "ops, night shift")]).has_type("COMPLIANT");
    tagged(&[("Owner", "night shift")])
        .with("tag1Key", " Owner ")
        .with("tag1Value", " ops ,  night shift , ")
        .has_type("COMPLIANT");
}

/// Cases 7 and 8.
#[test]
fn keys_of_aws_neither_satisfy_nor_violate() {
    for key in ["aws:Owner", "AWS:owner", "aws:cloudformation:stack-name", "aws:autoscaling:groupname"] {
        tagged(&[(key, "x")]).with("requiredTags", "Owner").is("NON_COMPLIANT", "TAG-MISSING: Owner");
        tagged(&[(key, "x"), ("Owner", "ops")]).with("requiredTags", "Owner").has_type("COMPLIANT");
        for (parameter, value) in [
            ("requiredTags", key.to_owned()),
            ("tag1Key", key.to_owned()),
            ("forbiddenTags", key.to_owned()),
            ("tagPolicy", json!({key: {}}).to_string()),
            ("tagPolicy", json!({"Owner": {"when": {key: {}}}}).to_string()),
        ] {
            let mut parameters = json!({"requiredTags": "Stage"});
            parameters[parameter] = json!(value);
            let error = parameter_error::<RequiredTags>(&parameters.to_string());
            assert!(error.contains("not beginning with `aws:`"), "{parameter}: {error}");
        }
    }
}

/// Case 9.
#[test]
fn keys_and_values_have_the_limits_of_aws() {
    let accepted = |parameters: Json| {
        let raw = RawParameters::from_json(&parameters.to_string()).unwrap();
        RequiredTags::parameters(&raw).is_ok()
    };
    let text = |length: usize| "é".repeat(length);
    assert!(accepted(json!({"requiredTags": text(128)})) && !accepted(json!({"requiredTags": text(129)})));
    for (length, fits) in [(128, true), (129, false)] {
        assert_eq!(accepted(json!({"tag1Key": text(length)})), fits);
        assert_eq!(accepted(json!({"tagPolicy": json!({text(length): {}}).to_string()})), fits);
    }
    for (length, fits) in [(256, true), (257, false)] {
        assert_eq!(accepted(json!({"requiredTags": format!("a=b|{}", text(length))})), fits);
        assert_eq!(accepted(json!({"tag1Key": "a", "tag1Value": text(length)})), fits);
        let policy = json!({"a": {"values": [text(length)]}}).to_string();
        assert_eq!(accepted(json!({"tagPolicy": policy})), fits);
    }
}
