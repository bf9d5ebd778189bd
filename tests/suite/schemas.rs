//! The JSON Schemas of the rules' parameters: valid themselves, and in agreement with the rules.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use config_rules::{
    catalogue::{CatalogueEntry, RULES, find_deployed},
    schema,
};
use jsonschema::{Validator, draft202012};
use serde_json::{Value, json};

use crate::{
    corpus::facts,
    files::{below, name, text},
};

/// What only the rules know, and why. An event stands here for good reason only; the better answer is a closer pattern.
const ONLY_RULES_KNOW: &[(&str, &str)] = &[
    ("events/approved-ami/error-exemption-without-owner.json", JSON),
    ("events/approved-ami/error-stored-ids-missing.json", "what stands in Parameter Store"),
    ("events/instance-exposure/error-exemption-of-groups-and-cidrs.json", JSON),
    ("events/instance-exposure/error-icmp-alone-allowed.json", TOGETHER),
    ("events/instance-profile/error-literal-mixture.json", TOGETHER),
    ("events/instance-public-address/error-literal-allows-kinds.json", TOGETHER),
    (
        "events/required-tags/error-aws-key-required.json",
        "a pattern says what is there, not what must not be",
    ),
    ("events/required-tags/error-broken-pattern.json", EXPRESSION),
    ("events/required-tags/error-broken-policy-pattern.json", EXPRESSION),
    ("events/required-tags/error-equal-rank.json", JSON),
    ("events/required-tags/error-exclusion-of-everything.json", JSON),
    ("events/user-data-secrets/error-pattern-unclosed.json", EXPRESSION),
    ("events/required-tags/error-exclusion-without-reason.json", JSON),
    ("events/required-tags/error-misspelt-policy-field.json", JSON),
    ("events/required-tags/error-oversized-pattern.json", EXPRESSION),
    ("events/required-tags/error-policy-inherits.json", JSON),
    ("events/required-tags/error-policy-not-json.json", JSON),
    ("events/required-tags/error-value-too-long.json", JSON),
    ("events/security-group-exposure/error-authorized-and-blocked.json", TOGETHER),
    ("events/security-group-exposure/error-icmp-type-beside-all-icmp.json", TOGETHER),
    ("events/security-group-exposure/error-literal-two-rules.json", TOGETHER),
    ("events/security-group-exposure/error-nothing-to-evaluate.json", TOGETHER),
];

const JSON: &str = "the text is JSON in its turn";
const EXPRESSION: &str = "a regular expression reads no regular expressions";
const TOGETHER: &str = "each parameter is right, but not with the other";

fn validator(schema: &Value) -> Validator {
    draft202012::meta::validate(schema).unwrap_or_else(|error| panic!("{error}"));
    draft202012::new(schema).unwrap()
}

/// An event that carries parameters.
struct Sample {
    name: String,
    /// What the rule's schema says is wrong with them.
    refusal: Option<String>,
    /// Whether the rule takes them.
    is_taken: bool,
}

fn samples() -> Vec<Sample> {
    let facts = facts();
    let schema = |rule: &CatalogueEntry| (rule.metadata.name, validator(&schema::of(rule)));
    let schemas: BTreeMap<_, _> = RULES.iter().map(schema).collect();
    let sample = |path: PathBuf| {
        let event: Value = serde_json::from_str(&text(&path)).unwrap();
        let rule = find_deployed(event["configRuleName"].as_str()?).unwrap();
        let parameters: Value =
            event["ruleParameters"].as_str().map_or(Ok(json!({})), serde_json::from_str).ok()?;
        let refusal = schemas[rule.metadata.name].validate(&parameters).err().map(|error| error.to_string());
        let is_taken = (rule.configure)(&serde_json::from_value(parameters).unwrap(), &facts).is_ok();
        Some(Sample { name: name(&path), refusal, is_taken })
    };
    below("events", ".json").into_iter().filter_map(sample).collect()
}

#[test]
fn schemas_take_what_the_rules_take() {
    let taken: Vec<_> = samples().into_iter().filter(|sample| sample.is_taken).collect();
    assert!(taken.len() > 100, "only {} events", taken.len());
    for Sample { name, refusal, .. } in taken {
        assert_eq!(refusal, None, "{name}");
    }
}

#[test]
fn schemas_refuse_what_can_be_seen_without_the_rules() {
    let wrong: Vec<_> = samples().into_iter().filter(|sample| !sample.is_taken).collect();
    assert!(wrong.len() > 10, "only {} events", wrong.len());
    let unseen = wrong.into_iter().filter(|sample| sample.refusal.is_none());
    let unseen: BTreeSet<_> = unseen.map(|sample| sample.name).collect();
    assert_eq!(unseen, ONLY_RULES_KNOW.iter().map(|(name, _)| (*name).to_owned()).collect());
}

#[test]
fn exemptions_and_exclusions_have_a_schema_inside_of_their_text() {
    const GOOD: &str = r#"{"resource":"i-1","reason":"pilot","owner":"ops","expires":"2026-12-31"}"#;
    let without = |field: &str| {
        let mut entry: Value = serde_json::from_str(GOOD).unwrap();
        entry.as_object_mut().unwrap().remove(field).unwrap();
        entry
    };
    for rule in RULES {
        let schema = schema::of(rule);
        let entries = validator(&schema["properties"]["exemptions"]["contentSchema"]);
        let takes = |entry: &Value| entries.is_valid(&json!([entry]));
        assert!(takes(&serde_json::from_str(GOOD).unwrap()), "{}", rule.metadata.name);
        for field in ["reason", "owner", "expires"] {
            assert!(!takes(&without(field)), "{}: {field}", rule.metadata.name);
        }
        assert!(!takes(&json!({"until": "2026-12-31"})), "{}", rule.metadata.name);
        let exclusions = validator(&schema["properties"]["exclusions"]["contentSchema"]);
        assert!(exclusions.is_valid(&json!([{"resource": "web-*", "reason": "a platform makes it"}])));
        for wrong in
            [json!([{"resource": "web-*"}]), json!([serde_json::from_str::<Value>(GOOD).unwrap()]), json!({})]
        {
            assert!(!exclusions.is_valid(&wrong), "{}: {wrong}", rule.metadata.name);
        }
        for part in rule.exemptible {
            let named =
                &schema["properties"]["exemptions"]["contentSchema"]["items"]["properties"][part.name];
            assert_eq!(named["pattern"], part.pattern(), "{}: {}", rule.metadata.name, part.name);
        }
    }
}
