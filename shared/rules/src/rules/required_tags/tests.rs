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
        .map(|finding| finding.code)
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

fn configured(configuration: &Json, tags: &[(&str, &str)]) -> Case<RequiredTags> {
    Case::new("AWS::EC2::NetworkInterface", &configuration.to_string())
        .tagged(tags)
        .with("requiredTags", "Owner,Stage")
}

/// Case 10.
#[test]
fn tags_that_only_the_configuration_has_are_judged() {
    for (field, tags) in [
        ("tags", json!({"Owner": "ops", "Stage": "test"})),
        ("tags", json!([{"key": "Owner", "value": "ops"}, {"key": "Stage", "value": "test"}])),
        ("tagSet", json!([{"key": "Owner", "value": "ops"}, {"key": "Stage", "value": "test"}])),
        ("Tags", json!([{"Key": "Owner", "Value": "ops"}, {"Key": "Stage", "Value": "test"}])),
    ] {
        configured(&json!({"other": [1], field: tags}), &[])
            .is("COMPLIANT", &format!("has Owner, Stage, by configuration.{field}"));
    }
    configured(&json!({"tagSet": [{"key": "owner", "value": "ops"}]}), &[])
        .is("NON_COMPLIANT", r#"TAG-MISSING: Stage; TAG-NAME: "owner" should be "Owner""#);
}

/// Case 10.
#[test]
fn the_items_own_tags_are_preferred_and_disagreement_is_said() {
    let own = &[("Owner", "ops"), ("Stage", "test")];
    let other = json!({"tags": {"Owner": "web"}});
    configured(&other, own).is(
        "COMPLIANT",
        "has Owner, Stage; but configuration.tags has another Owner, configuration.tags has no Stage",
    );
    configured(&other, &[("Stage", "test")])
        .is("NON_COMPLIANT", "TAG-MISSING: Owner, but configuration.tags has Owner");
    for same in [
        json!({"tags": {"Owner": "ops", "Stage": "test", "more": ""}}),
        json!({"tags": []}),
        json!({"tags": null}),
    ] {
        configured(&same, own).is("COMPLIANT", "has Owner, Stage");
    }
}

/// Case 10: an item is judged by its tags, whatever its configuration looks like.
#[test]
fn a_configuration_of_any_form_is_read() {
    for configuration in [
        json!(null),
        json!({}),
        json!([1]),
        json!("7"),
        json!({"tags": "text"}),
        json!({"tags": ["a"], "Tags": 7}),
    ] {
        configured(&configuration, &[("Owner", "ops"), ("Stage", "test")])
            .is("COMPLIANT", "has Owner, Stage");
        configured(&configuration, &[]).is("NON_COMPLIANT", "TAG-MISSING: Owner; Stage");
    }
}

/// Case 11.
#[test]
fn types_recorded_without_tags_are_not_judged_unless_they_have_some() {
    let alias = |tags| {
        Case::<RequiredTags>::new("AWS::KMS::Alias", "null").tagged(tags).with("requiredTags", "Owner")
    };
    alias(&[]).is("NOT_APPLICABLE", "AWS Config does not record tags of AWS::KMS::Alias");
    alias(&[("Owner", "ops")]).is("COMPLIANT", "has Owner");
    alias(&[("Stage", "test")]).is("NON_COMPLIANT", "TAG-MISSING: Owner");
}

/// Case 14.
#[test]
fn the_auto_scaling_group_that_forgets_tags_is_named() {
    let launched = |tags: &[(&str, &str)]| {
        tagged(&[&[("aws:autoscaling:groupName", "web")], tags].concat()).with("requiredTags", "Owner,Stage")
    };
    launched(&[]).is(
        "NON_COMPLIANT",
        r#"TAG-MISSING: Owner; Stage (Auto Scaling group "web" does not propagate them at launch)"#,
    );
    launched(&[("Owner", "ops")]).is(
        "NON_COMPLIANT",
        r#"TAG-MISSING: Stage (Auto Scaling group "web" does not propagate it at launch)"#,
    );
    launched(&[("Owner", ""), ("Stage", "test")]).is("NON_COMPLIANT", "TAG-EMPTY: Owner is empty");
    launched(&[("Owner", "ops"), ("Stage", "test")]).is("COMPLIANT", "has Owner, Stage");
}

/// Case 18.
#[test]
fn a_condition_that_is_not_met_asks_for_nothing_and_says_so() {
    let policy = r#"{"Owner": {}, "DataOwner":
        {"when": {"Confidentiality": {"values": ["secret", "internal"]}, "Public": {}}}}"#;
    let unmet = "has Owner; DataOwner is not required: only where Confidentiality is one of secret, internal and Public is there";
    for tags in [
        &[("Owner", "ops")][..],
        &[("Owner", "ops"), ("Confidentiality", "secret")],
        &[("Owner", "ops"), ("Confidentiality", "Secret"), ("Public", "")],
        &[("Owner", "ops"), ("confidentiality", "secret"), ("Public", "")],
    ] {
        by(&policy, tags).is("COMPLIANT", unmet);
    }
    by(&policy, &[("Owner", "ops"), ("Confidentiality", "internal"), ("Public", "")]).is(
        "NON_COMPLIANT",
        "TAG-MISSING: DataOwner (required where Confidentiality is one of secret, internal and Public is there)",
    );
    by(&policy, &[("Owner", "ops"), ("Confidentiality", "secret"), ("Public", ""), ("DataOwner", "x")])
        .is("COMPLIANT", "has Owner, DataOwner");
    let any_case = json!({"DataOwner": {"when": {"stage": {"pattern": "prod.*", "caseInsensitive": true}}}});
    by(&any_case, &[("Stage", "PRODUCTION")])
        .is("NON_COMPLIANT", "TAG-MISSING: DataOwner (required where stage is like prod.*)");
    by(&any_case, &[])
        .is("COMPLIANT", "no tag is required; DataOwner is not required: only where stage is like prod.*");
}

/// Case 18: a tag that need not be there, but has to be right if it is.
#[test]
fn a_tag_may_be_its_own_condition() {
    let policy = json!({"Stage": {"values": ["test"], "when": {"Stage": {}}}});
    by(&policy, &[]).has_type("COMPLIANT");
    by(&policy, &[("Stage", "x")]).is("NON_COMPLIANT", r#"TAG-VALUE: Stage is "x" (allowed: test)"#);
}

/// Case 19.
#[test]
fn the_most_specific_type_wins() {
    let policy = json!({"Stage": [
        {"values": ["any"]},
        {"values": ["ec2"], "appliesTo": ["AWS::EC2::*"]},
        {"values": ["image"], "appliesTo": ["AWS::EC2::I*", "AWS::EC2::VPC"]},
        {"values": ["instance"], "appliesTo": ["AWS::RDS::DBInstance", "AWS::EC2::Instance"]},
    ]});
    for (resource_type, value) in [
        ("AWS::S3::Bucket", "any"),
        ("AWS::EC2::Volume", "ec2"),
        ("AWS::EC2::Image", "image"),
        ("AWS::EC2::VPC", "image"),
        ("AWS::EC2::Instance", "instance"),
        ("AWS::EC2::VPCEndpoint", "ec2"),
    ] {
        of_type(resource_type, &policy, &[("Stage", value)]).is("COMPLIANT", "has Stage");
        of_type(resource_type, &policy, &[("Stage", "x")])
            .is("NON_COMPLIANT", &format!("TAG-VALUE: Stage is \"x\" (allowed: {value})"));
    }
}

/// Case 19, across parameters.
#[test]
fn what_is_said_of_a_type_or_on_a_condition_overrules_what_is_said_of_all() {
    let policy = json!({"Stage": [
        {"values": ["ec2"], "appliesTo": ["AWS::EC2::*"]},
        {"values": ["locked"], "when": {"Public": {}}},
    ]});
    let stage =
        |resource_type, tags: &[_]| of_type(resource_type, &policy, tags).with("requiredTags", "Stage=all");
    stage("AWS::S3::Bucket", &[("Stage", "all")]).is("COMPLIANT", "has Stage");
    stage("AWS::S3::Bucket", &[("Stage", "all"), ("Public", "1")]).has_type("NON_COMPLIANT");
    stage("AWS::S3::Bucket", &[("Stage", "locked"), ("Public", "1")]).has_type("COMPLIANT");
    stage("AWS::EC2::VPC", &[("Stage", "ec2"), ("Public", "1")]).has_type("COMPLIANT");
    let category = |tags| {
        by(&json!({"BusinessUnit": {"values": ["web"], "allowEmpty": true}}), tags)
            .with("categories", "business")
    };
    let rest = [("Owner", "a"), ("Customer", "b"), ("Project", "c")];
    category(&[&rest[..], &[("CostCenter", "1")]].concat()).is("NON_COMPLIANT", "TAG-MISSING: BusinessUnit");
}

/// Case 19.
#[test]
fn requirements_of_equal_rank_are_refused_unless_their_conditions_exclude_each_other() {
    let policy = |entries: Json| json!({"tagPolicy": json!({"Stage": entries}).to_string()}).to_string();
    let error = |entries| parameter_error::<RequiredTags>(&policy(entries));
    let twice = |types| {
        format!(
            "rule required-tags: parameter tagPolicy: Stage is required twice for {types}; only one can hold"
        )
    };
    assert_eq!(error(json!([{}, {"values": ["a"]}])), twice("every type"));
    assert_eq!(
        error(
            json!([{"appliesTo": ["AWS::S3::*", "AWS::EC2::*"]}, {"appliesTo": ["AWS::EC2::*", "AWS::RDS::*"]}])
        ),
        twice("AWS::EC2::*")
    );
    let when = |key: &str, value: &str| json!({"values": [value], "when": {key: {"values": [value]}}});
    assert_eq!(error(json!([when("Public", "a"), when("Other", "b")])), twice("every type"));
    assert_eq!(error(json!([when("Public", "a"), when("Public", "A")])), twice("every type"));
    let exclusive = json!({"Stage": [when("Public", "a"), when("Public", "b")]});
    by(&exclusive, &[("Public", "a"), ("Stage", "a")]).has_type("COMPLIANT");
    by(&exclusive, &[("Public", "b"), ("Stage", "a")]).has_type("NON_COMPLIANT");
    let across = json!({"requiredTags": "stage", "tagPolicy": r#"{"Stage": {"caseInsensitive": true}}"#});
    assert_eq!(parameter_error::<RequiredTags>(&across.to_string()), twice("every type"));
}

/// Case 20.
#[test]
fn the_managed_form_has_six_tags_and_may_have_gaps() {
    tagged(&[("Owner", "ops"), ("Stage", "x")])
        .with("tag1Key", "Owner")
        .with("tag3Key", "Stage")
        .with("tag3Value", "test, prod")
        .is("NON_COMPLIANT", r#"TAG-VALUE: Stage is "x" (allowed: test, prod)"#);
    for (name, last) in [("tag7Key", "tag6Key"), ("tag10Key", "tag6Key"), ("tag7Value", "tag6Value")] {
        assert_eq!(
            parameter_error::<RequiredTags>(&json!({"requiredTags": "a", name: "x"}).to_string()),
            format!(
                "rule required-tags: parameter {name}: unknown; {last} is the last of its row, more fit into requiredTags or tagPolicy"
            )
        );
    }
}

/// Case 23.
#[test]
fn some_values_will_not_do() {
    let policy = json!({"Owner": {"not": {"values": ["TBD", "none", "test"]}}});
    for value in ["TBD", "tbd", " None "] {
        by(&policy, &[("Owner", value)]).is(
            "NON_COMPLIANT",
            &format!("TAG-VALUE: Owner is {value:?} (must not be one of TBD, none, test)"),
        );
    }
    by(&policy, &[("Owner", "tests")]).has_type("COMPLIANT");
    let no_addresses = json!({"Owner": {"not": {"pattern": ".*@.*|"}}});
    by(&no_addresses, &[("Owner", "")]).is("NON_COMPLIANT", "TAG-EMPTY: Owner is empty");
    let refused = by(&no_addresses, &[("Owner", "a@example.com")]).compliance();
    assert_eq!(refused.annotation(), "TAG-VALUE: Owner must not be like .*@.*|");
    assert!(!format!("{refused:?}").contains("example.com"), "{refused:?}");
}

/// Case 24.
#[test]
fn one_rule_judges_every_type() {
    let policy = r#"{"Owner": {}, "Backup": {"appliesTo": ["AWS::RDS::*"]}}"#;
    for resource_type in ["AWS::Lambda::Function", "AWS::New::Thing"] {
        of_type(resource_type, &policy, &[]).is("NON_COMPLIANT", "TAG-MISSING: Owner");
    }
    of_type("AWS::RDS::DBInstance", &policy, &[]).is("NON_COMPLIANT", "TAG-MISSING: Owner; Backup");
    let databases = json!({"Backup": {"appliesTo": ["AWS::RDS::*"]}});
    of_type("AWS::S3::Bucket", &databases, &[]).is("NOT_APPLICABLE", "no tag is required of AWS::S3::Bucket");
    of_type("AWS::S3::Bucket", &databases, &[])
        .with("forbiddenTags", "temp")
        .is("COMPLIANT", "no tag is required");
}

#[test]
fn categories_ask_for_tags_that_are_not_empty() {
    tagged(&[]).with("categories", "technical").is(
        "NON_COMPLIANT",
        "TAG-MISSING: Name; ApplicationId; ApplicationRole; Cluster; Environment; Version",
    );
    tagged(&[("CostCenter", ""), ("Owner", "ops")])
        .with("categories", "security,business,business,")
        .with("allowEmpty", "true")
        .is(
            "NON_COMPLIANT",
            "TAG-MISSING: Customer; Project; Confidentiality; TAG-EMPTY: CostCenter is empty",
        );
    tagged(&[])
        .with("categories", "automation")
        .is("NON_COMPLIANT", "TAG-MISSING: OptIn or OptOut; Schedule, StartStop, ExpiresOn or ExpiryDate");
    tagged(&[("OptOut", "backup"), ("Schedule", ""), ("ExpiresOn", "2027-01-01")])
        .with("categories", "automation")
        .is("COMPLIANT", "has OptOut, ExpiresOn");
}

#[test]
fn the_page_names_the_keys_of_every_category() {
    let page = include_str!("mod.rs");
    for (name, category) in
        ["technical", "automation", "business", "security"].map(|name| (name, Category::parse(name).unwrap()))
    {
        let row = page.lines().find(|line| line.starts_with(&format!("//! | `{name}` |"))).unwrap();
        for key in category.keys().concat() {
            assert!(row.contains(&format!("`{key}`")), "{name}: {key}");
        }
    }
}

#[test]
fn some_tags_must_not_be_there() {
    tagged(&[("Owner", "ops"), ("temp", "x")])
        .with("requiredTags", "Owner")
        .with("forbiddenTags", "temp,Todo")
        .is("NON_COMPLIANT", "TAG-FORBIDDEN: temp must not be there");
    tagged(&[("Owner", "ops"), ("Temp", "x")])
        .with("requiredTags", "Owner")
        .with("forbiddenTags", "temp")
        .has_type("COMPLIANT");
}

#[test]
fn some_types_are_not_judged() {
    for ignored in ["AWS::EC2::Volume,AWS::S3::Bucket", "AWS::S3::*"] {
        tagged(&[])
            .with("requiredTags", "Owner")
            .with("ignoreResourceTypes", ignored)
            .is("NOT_APPLICABLE", "AWS::S3::Bucket is in ignoreResourceTypes");
    }
}

#[track_caller]
fn refused(parameters: &Json, problem: &str) {
    let error = parameter_error::<RequiredTags>(&parameters.to_string());
    assert!(error.contains(problem), "{error}");
}

/// Case 21, among others.
#[test]
fn wrong_parameters_are_refused() {
    refused(&json!({}), "requiredTags: missing");
    refused(&json!({"tag2Value": "a"}), "tag2Value: has no meaning without tag2Key");
    refused(&json!({"requiredTags": "a,=b"}), "item 2");
    refused(&json!({"requiredTags": "a=b||c"}), "value 2 is empty");
    refused(&json!({"requiredTags": "a~x("}), "at character 2: unclosed group");
    refused(&json!({"requiredTags": "a~(x{1000}){1000}"}), "too large");
    refused(&json!({"requiredTags": "a~(?x)b #"}), "cannot stand between");
    refused(&json!({"requiredTags": "a", "tag1Key": "a"}), "tag1Key: a is required twice for every type");
    refused(&json!({"requiredTags": "a", "forbiddenTags": "a"}), "a is required as well");
    refused(&json!({"requiredTags": "a", "ignoreResourceTypes": "Bucket"}), "AWS::EC2::Instance");
    refused(&json!({"requiredTags": "a", "ignoreResourceTypes": "AWS::*::Bucket"}), "AWS::EC2::*");
    refused(&json!({"categories": "finance"}), "`technical`, `automation`");
}

/// Case 21, and what else can go wrong in a document.
#[test]
fn a_wrong_policy_is_refused_with_the_place_of_the_mistake() {
    for (policy, problem) in [
        (r#"["Owner"]"#, "(invalid type: sequence, expected an object at line 1 column 0)"),
        (r#"{"Owner": {}"#, "(EOF while parsing an object at line 1 column 12)"),
        (r#"{"Owner": {},, }"#, "at line 1 column 14"),
        ("{}", "(it names no tag)"),
        (
            r#"{"Owner": {}, "Owner": {}}"#,
            "(Owner is there twice; several requirements for one tag are a list)",
        ),
        (r#"{" Owner": {}}"#, r#"(" Owner" is not a tag key"#),
        (r#"{"Owner": true}"#, "(Owner: expected an object such as {}, with any of values, pattern, not,"),
        (r#"{"Owner": []}"#, "(Owner has an empty list"),
        (r#"{"Owner": {"vlaues": ["a"]}}"#, "(Owner.vlaues: unknown; did you mean values?)"),
        (
            r#"{"Owner": [{}, {"appliesto": []}]}"#,
            "(Owner item 2.appliesto: unknown; did you mean appliesTo?)",
        ),
        (r#"{"Owner": {"a": 1}}"#, "(Owner.a: unknown; expected one of values, pattern"),
        (r#"{"Owner": {"values": ["a"], "values": ["b"]}}"#, "(Owner: values is there twice)"),
        (r#"{"Owner": {"values": "a"}}"#, "(Owner.values: expected a list of texts)"),
        (r#"{"Owner": {"values": [1]}}"#, "(Owner.values: expected a list of texts)"),
        (r#"{"Owner": {"values": []}}"#, "(Owner.values: no value is listed)"),
        (r#"{"Owner": {"values": ["a", " "]}}"#, "(Owner.values: value 2 is empty)"),
        (
            r#"{"Owner": {"pattern": "x("}}"#,
            "(Owner.pattern: the regular expression, at character 2: unclosed group)",
        ),
        (
            r#"{"Owner": {"pattern": "(x{1000}){1000}"}}"#,
            "(Owner.pattern: the regular expression is too large)",
        ),
        (
            r#"{"Owner": {"values": ["a"], "pattern": "a"}}"#,
            "(Owner has values and a pattern; write one of them)",
        ),
        (r#"{"Owner": {"allowEmpty": "no"}}"#, "(Owner.allowEmpty: expected true or false)"),
        (r#"{"Owner": {"not": {}}}"#, "(Owner.not: empty; expected values or pattern)"),
        (
            r#"{"Owner": {"not": {"allowEmpty": true}}}"#,
            "(Owner.not.allowEmpty: unknown; expected one of values, pattern)",
        ),
        (
            r#"{"Owner": {"appliesTo": "AWS::EC2::*"}}"#,
            "(Owner.appliesTo: expected a list of resource types)",
        ),
        (r#"{"Owner": {"appliesTo": []}}"#, "(Owner.appliesTo: no type is listed)"),
        (
            r#"{"Owner": {"appliesTo": ["AWS::EC2::*", "EC2"]}}"#,
            r#"(Owner.appliesTo: item 2 "EC2" is not a resource type"#,
        ),
        (r#"{"Owner": {"when": {}}}"#, "(Owner.when: empty; expected other tags"),
        (r#"{"Owner": {"when": "Stage"}}"#, "(Owner.when: expected an object"),
        (r#"{"Owner": {"when": {"Stage": ["a"]}}}"#, "(Owner.when.Stage: expected an object"),
        (
            r#"{"Owner": {"when": {"Stage": {"value": ["a"]}}}}"#,
            "(Owner.when.Stage.value: unknown; did you mean values?)",
        ),
    ] {
        refused(&json!({"tagPolicy": policy}), problem);
    }
}

/// The managed rule takes such a key for what it is.
#[test]
fn a_key_alone_may_hold_a_comma() {
    let parameter = RequiredTags::METADATA.parameters.iter().find(|parameter| parameter.name == "tag1Key");
    let pattern = regex::Regex::new(&parameter.unwrap().pattern()).unwrap();
    assert!(pattern.is_match("a,b") && !pattern.is_match(&"a".repeat(129)));
    tagged(&[("a,b", "c")]).with("tag1Key", "a,b").has_type("COMPLIANT");
}
