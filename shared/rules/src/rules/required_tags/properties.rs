//! What must never change a verdict, and what must never take long.

#![allow(clippy::disallowed_methods, reason = "the clock measures the test")]

use std::time::{Duration, Instant};

use proptest::prelude::*;

use serde_json::{Value as Json, json};

use super::{RequiredTags, policy::TagPolicy, tests::tagged, values::Values};
use crate::{
    finding::Compliance,
    parameters::{Value, ValueError},
    rules::testing::Case,
};

const POLICY: &str = r#"{
    "Owner": {"not": {"values": ["tbd"]}},
    "Stage": [{"values": ["test", "prod"], "caseInsensitive": true}, {"pattern": "s3-.*", "appliesTo": ["AWS::S3::*"]}],
    "DataOwner": {"when": {"Confidentiality": {"values": ["secret"]}}}
}"#;

/// Keys and values that the policy speaks of, right and wrong, and others.
fn tag() -> impl Strategy<Value = (String, String)> {
    let key = prop_oneof![
        prop::sample::select(vec![
            "Owner",
            "owner",
            "OWNER",
            "Stage",
            "stage",
            "DataOwner",
            "Confidentiality"
        ])
        .prop_map(str::to_owned),
        "[a-zO]{1,6}",
        "\\PC{1,9}",
    ];
    let value = prop_oneof![
        prop::sample::select(vec!["", " ", "tbd", "test", "s3-a", "secret", "Secret "])
            .prop_map(str::to_owned),
        "\\PC{0,300}",
    ];
    (key, value)
}

fn evaluated(tags: &[(String, String)]) -> Compliance {
    let tags: Vec<_> = tags.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    tagged(&tags).with("tagPolicy", POLICY).with("categories", "business").compliance()
}

/// The same, where the tags are a list in the configuration.
fn evaluated_as_listed(tags: &[(String, String)]) -> Compliance {
    let tags: Vec<_> = tags.iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
    let case = Case::<RequiredTags>::new("AWS::S3::Bucket", &json!({"tags": tags}).to_string());
    case.with("tagPolicy", POLICY).with("categories", "business").compliance()
}

/// Each key once: a resource cannot have one twice.
fn tags() -> impl Strategy<Value = Vec<(String, String)>> {
    prop::collection::btree_map(tag().prop_map(|(key, _)| key), tag().prop_map(|(_, value)| value), 0..9)
        .prop_map(|tags| tags.into_iter().collect())
}

/// Any JSON, with names that configurations and tag policies have.
fn json() -> impl Strategy<Value = Json> {
    let name = prop::sample::select(vec![
        "tags",
        "Tags",
        "tagSet",
        "TagSpecifications",
        "ResourceType",
        "HostedZoneTags",
        "tagSets",
        "BucketTaggingConfiguration",
        "SpotFleetRequestConfigData",
        "Key",
        "Value",
        "Owner",
        "",
        "é",
        "tag_key",
        "tag_value",
        "enforced_for",
        "@@assign",
        "@@append",
        "values",
        "when",
    ]);
    let text =
        prop::sample::select(vec!["", "Owner", "ops", "launch-template", "ec2:instance", "2*", "{}", "é"]);
    let leaf = prop_oneof![Just(json!(null)), any::<i8>().prop_map(Json::from), text.prop_map(Json::from)];
    leaf.prop_recursive(5, 40, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::vec((name.clone(), inner.clone()), 0..4).prop_map(|fields| fields
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()),
            // JSON inside JSON.
            inner.prop_map(|value| Json::from(value.to_string())),
        ]
    })
}

/// Any configuration: one that is a string has to hold JSON.
fn configuration() -> impl Strategy<Value = Json> {
    json().prop_filter("no string", |configuration| !configuration.is_string())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_order_of_tags_never_matters((tags, shuffled) in tags().prop_flat_map(|tags| (Just(tags.clone()), Just(tags).prop_shuffle()))) {
        prop_assert_eq!(evaluated_as_listed(&tags), evaluated_as_listed(&shuffled));
    }

    #[test]
    fn an_unrelated_tag_never_changes_the_answer(tags in tags(), number in any::<u32>(), value in "\\PC{0,300}") {
        let more = [tags.clone(), vec![(format!("unrelated-{number}"), value)]].concat();
        prop_assert_eq!(evaluated(&tags), evaluated(&more));
    }

    #[test]
    fn a_tag_of_aws_never_changes_the_answer(tags in tags(), key in "(aws|AWS|Aws):(Owner|Stage|createdBy)", value in "\\PC{0,9}") {
        prop_assert_eq!(evaluated(&tags), evaluated(&[tags.clone(), vec![(key, value)]].concat()));
    }

    #[test]
    fn whatever_is_wrong_the_annotation_is_short(tags in tags()) {
        let annotation = evaluated(&tags).annotation();
        prop_assert!(!annotation.is_empty() && annotation.encode_utf16().count() <= 256, "{annotation}");
    }

    #[test]
    fn a_configuration_never_changes_what_the_items_own_tags_say(
        resource_type in prop::sample::select(vec![
            "AWS::Route53::HostedZone", "AWS::EC2::LaunchTemplate", "AWS::EC2::SpotFleet", "AWS::S3::Bucket", "AWS::KMS::Alias",
        ]),
        configuration in configuration(),
        tags in tags().prop_filter("an item with tags", |tags| !tags.is_empty()),
    ) {
        let own: Vec<_> = tags.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let evaluated = |configuration: &Json| {
            let case = Case::<RequiredTags>::new(resource_type, &configuration.to_string()).with("tagPolicy", POLICY);
            let with_own = case.tagged(&own).compliance();
            (with_own.compliance_type(), with_own.findings().iter().map(|finding| finding.code).collect::<Vec<_>>())
        };
        prop_assert_eq!(evaluated(&configuration), evaluated(&json!(null)));
    }

    #[test]
    fn a_configuration_of_any_form_gets_a_short_annotation(configuration in configuration(), supplement in json()) {
        for resource_type in ["AWS::EC2::LaunchTemplate", "AWS::EC2::SpotFleet", "AWS::S3::Bucket", "AWS::EC2::Instance"] {
            let case = Case::<RequiredTags>::new(resource_type, &configuration.to_string());
            let case = case.supplemented(&supplement.to_string()).with("requiredTags", "Owner,*");
            let annotation = case.compliance().annotation();
            prop_assert!(!annotation.is_empty() && annotation.encode_utf16().count() <= 256, "{annotation}");
        }
    }

    /// Whatever a policy holds, it is read or refused in words.
    #[test]
    fn a_policy_of_any_form_is_read_or_refused(document in json(), statement in json()) {
        for text in [document.clone(), json!({"tags": document}), json!({"tags": {"owner": statement}})] {
            if let Err(problem) = TagPolicy::parse(&text.to_string()) {
                prop_assert!(matches!(problem, ValueError::Detail(detail) if !detail.is_empty()));
            }
        }
    }

    /// Any text is a pattern that is refused, or one that is fast on the longest value.
    #[test]
    fn no_pattern_takes_long(pattern in "([ab.]|\\([ab]\\|[ab]\\)|\\(a[+*]\\))([+*]|\\{1,40\\})?{1,12}", letter in "[abc]") {
        if let Ok(values) = Values::matching(&format!("({pattern})*c"), true) {
            let value = letter.repeat(256);
            let begun = Instant::now();
            values.takes(&value);
            prop_assert!(begun.elapsed() < Duration::from_secs(2), "{pattern}");
        }
    }
}
