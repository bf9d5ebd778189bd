//! Which tags are required of which resource.

use super::*;

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
fn one_rule_evaluates_every_type() {
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
    let page = include_str!("../mod.rs");
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
fn some_types_are_not_evaluated() {
    for ignored in ["AWS::EC2::Volume,AWS::S3::Bucket", "AWS::S3::*"] {
        tagged(&[])
            .with("requiredTags", "Owner")
            .with("ignoreResourceTypes", ignored)
            .is("NOT_APPLICABLE", "AWS::S3::Bucket is in ignoreResourceTypes");
    }
}

#[test]
fn one_of_several_keys_is_enough() {
    for (parameter, value) in
        [("requiredTags", "Owner | Team".to_owned()), ("tagPolicy", json!({"Owner|Team": {}}).to_string())]
    {
        let evaluated = |tags| tagged(tags).with(parameter, &value);
        evaluated(&[("Team", "ops")]).is("COMPLIANT", "has Team");
        evaluated(&[("Team", "ops"), ("Owner", "")]).is("COMPLIANT", "has Team");
        evaluated(&[("Stage", "test")]).is("NON_COMPLIANT", "TAG-MISSING: Owner or Team");
        evaluated(&[("team", "ops")]).is("NON_COMPLIANT", "TAG-NAME: \"team\" should be \"Team\"");
        evaluated(&[("Owner", " ")]).is("NON_COMPLIANT", "TAG-EMPTY: Owner is empty");
    }
    tagged(&[("Team", "x")])
        .with("requiredTags", "Owner|Team=ops|web")
        .is("NON_COMPLIANT", r#"TAG-VALUE: Team is "x" (allowed: ops, web)"#);
    let twice = parameter_error::<RequiredTags>(r#"{"requiredTags": "Owner|Team,Team"}"#);
    assert!(twice.contains("Team is required twice for every type"), "{twice}");
    let blank = parameter_error::<RequiredTags>(r#"{"requiredTags": "Owner||Team"}"#);
    assert!(blank.contains(r#""" is not a tag key"#), "{blank}");
}

#[test]
fn any_tag_of_a_person_will_do() {
    let evaluated = |tags| tagged(tags).with("requiredTags", "*");
    evaluated(&[]).is("NON_COMPLIANT", "TAG-MISSING: any tag");
    evaluated(&[("aws:createdBy", "x"), ("AWS:x", "y")]).is("NON_COMPLIANT", "TAG-MISSING: any tag");
    evaluated(&[("aws:createdBy", "x"), ("-", "")]).is("COMPLIANT", "has -");
    evaluated(&[("foo", "bar"), ("zoo", "")]).is("COMPLIANT", "has foo");
    evaluated(&[("foo", "bar")]).with("requiredTags", "*,Owner").is("NON_COMPLIANT", "TAG-MISSING: Owner");
    let valued = |value| by(&json!({"*": {"values": ["ops"]}}), &[("-", value)]);
    valued("ops").is("COMPLIANT", "has -");
    valued("").is("NON_COMPLIANT", "TAG-MISSING: any tag (allowed: ops)");
}
