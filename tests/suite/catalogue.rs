//! Every rule of the catalogue keeps to AWS Config's limits and to the style of the others.

use std::collections::BTreeSet;

use config_rules::{
    catalogue::{RULES, find_deployed},
    document::Document,
    finding::ANNOTATION_LIMIT,
    rule::{Metadata, ResourceTypes, Schedule},
};
use jiff::Timestamp;
use regex::Regex;

use crate::{
    corpus::{evaluate, facts},
    files::{below, name, text},
};

/// What only a schedule invokes evaluates the account alone, because what is recorded has changes.
#[test]
fn only_the_account_is_evaluated_on_a_schedule_alone() {
    for Metadata { name, resource_types, schedule, .. } in RULES.iter().map(|rule| rule.metadata) {
        let (account_only, schedule_only) =
            (resource_types == ResourceTypes::AccountOnly, schedule == Schedule::Only);
        assert_eq!(account_only, schedule_only, "{name}");
    }
}

#[test]
fn names_and_texts_keep_to_the_limits() {
    for rule in RULES {
        let metadata = rule.metadata;
        assert!(
            metadata.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
            "{}",
            metadata.name
        );
        // An organization rule's name in a member account is some 23 characters longer, and two calls take only 64.
        assert!(metadata.name.len() <= 40, "{}", metadata.name);
        assert!(
            metadata.description.len() <= 256 && metadata.description.ends_with('.'),
            "{}",
            metadata.description
        );
        let names: BTreeSet<_> = metadata.parameters.iter().map(|parameter| parameter.name).collect();
        assert_eq!(names.len(), metadata.parameters.len(), "{}", metadata.name);
        for parameter in metadata.parameters {
            assert!(parameter.name.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{}", parameter.name);
            assert!(parameter.meaning.ends_with('.'), "{}", parameter.name);
        }
    }
}

#[test]
fn every_rule_has_an_event_for_each_outcome() {
    for rule in RULES {
        let rule_name = rule.metadata.name;
        for outcome in ["compliant-", "non-compliant-", "not-applicable-", "error-"] {
            let begins =
                |path: &std::path::PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with(outcome);
            assert!(
                below(&format!("events/{rule_name}"), ".json").iter().any(begins),
                "{rule_name}: no {outcome}event"
            );
        }
    }
}

#[test]
fn answers_keep_to_the_limits_and_the_style() {
    for path in below("events", ".json") {
        for evaluation in evaluate(&path).into_iter().flatten() {
            let annotation = evaluation.compliance.annotation();
            assert!((1..=ANNOTATION_LIMIT).contains(&annotation.encode_utf16().count()), "{annotation}");
            assert!(!annotation.ends_with('.') && !annotation.contains('\n'), "{annotation}");
            for finding in evaluation.compliance.findings() {
                assert!(
                    finding.code.name.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'-')),
                    "{}",
                    finding.code.name
                );
                assert!(!finding.sentence.is_empty(), "{}", finding.code.name);
            }
        }
    }
}

/// What Terraform and a JSON Schema refuse by a parameter's pattern, the rule must refuse as well.
#[test]
fn patterns_take_what_the_rules_take() {
    let mut count = 0;
    for path in below("events", ".json") {
        let Ok(Document::Event(event)) = Document::from_json(&text(&path), Timestamp::UNIX_EPOCH) else {
            continue;
        };
        let rule = find_deployed(event.config_rule_name.as_deref().unwrap()).unwrap();
        let Ok(parameters) = event.parameters() else { continue };
        if (rule.configure)(&parameters, &facts()).is_err() {
            continue;
        }
        for parameter in rule.metadata.all_parameters() {
            let Some(value) = parameters.get(parameter.name) else { continue };
            let pattern = Regex::new(&parameter.pattern()).unwrap();
            assert!(pattern.is_match(value), "{}: {} is {value:?}", name(&path), parameter.name);
            count += 1;
        }
    }
    assert!(count > 100, "only {count} values");
}

/// A default is a value as any other.
#[test]
fn defaults_are_of_their_form() {
    for rule in RULES {
        for parameter in rule.metadata.all_parameters() {
            let Some(default) = parameter.default else { continue };
            let pattern = Regex::new(&parameter.pattern()).unwrap();
            assert!(pattern.is_match(default), "{}: {}", rule.metadata.name, parameter.name);
        }
    }
}

/// What a requirement names are parameters of its rule.
#[test]
fn requirements_name_parameters() {
    for rule in RULES {
        let is_parameter = |name: &str| rule.metadata.parameters.iter().any(|own| own.name == name);
        for requirement in rule.metadata.requirements {
            let condition = requirement.condition();
            let names = requirement.one_of.iter().copied().chain(condition.iter().map(|(name, _)| *name));
            for name in names {
                assert!(is_parameter(name), "{}: {name}", rule.metadata.name);
            }
            assert!(condition.is_none_or(|(_, pattern)| Regex::new(&pattern).is_ok()));
        }
    }
}
