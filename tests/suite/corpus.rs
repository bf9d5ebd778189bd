//! The sample events: each gets the outcome of its name, in words that are kept as snapshots.

use std::{fmt::Write as _, path::Path};

use aws_lambda_events::config::ConfigEvent;
use config_rules::{
    catalogue::{self, CatalogueEntry},
    document::Document,
    engine::Evaluate as _,
    error::Error,
    facts::Facts,
    parameters::RawParameters,
    rule::Evaluation,
};

use jiff::Timestamp;

use crate::files::{below, name, root, text};

/// Evaluates what stands in a file, as `config-rules replay` does.
pub(crate) fn evaluate(path: &Path) -> Vec<Result<Evaluation, Error>> {
    match Document::from_json(&text(path), Timestamp::UNIX_EPOCH) {
        Ok(Document::Event(event)) => {
            let deployed_name = event.config_rule_name.as_deref().unwrap();
            let rule = catalogue::find_deployed(deployed_name).unwrap();
            vec![(rule.read_event)(&event, &facts()).and_then(|case| case.evaluate(&facts()))]
        }
        Ok(Document::Items(items)) => {
            let rule = (rule_of_folder(path).configure)(&RawParameters::default(), &facts()).unwrap();
            items.into_iter().map(|item| rule.case(item.unwrap()).evaluate(&facts())).collect()
        }
        Err(error) => vec![Err(error)],
    }
}

/// What is known in the samples.
pub(crate) fn facts() -> Facts {
    Facts::from_json(&text(&root().join("events/facts/samples.json"))).unwrap()
}

fn rule_of_folder(path: &Path) -> &'static CatalogueEntry {
    let folder = path.parent().unwrap().file_name().unwrap().to_str().unwrap();
    catalogue::find(folder).unwrap_or_else(|| panic!("{} is in no rule's folder", name(path)))
}

fn outcome(result: &Result<Evaluation, Error>) -> String {
    let name = result.as_ref().map_or("error", |evaluation| evaluation.compliance.compliance_type());
    name.to_lowercase().replace('_', "-")
}

#[test]
fn every_event_gets_the_outcome_of_its_name() {
    for path in below("events", ".json") {
        let file = path.file_name().unwrap().to_str().unwrap();
        let results = evaluate(&path);
        assert!(!results.is_empty(), "{file} holds nothing");
        for result in results {
            assert!(file.starts_with(&format!("{}-", outcome(&result))), "{}: {result:?}", name(&path));
        }
    }
}

#[test]
fn the_words_of_every_answer_are_as_they_were() {
    let folders = catalogue::RULES.iter().map(|rule| rule.metadata.name).chain(["lab"]);
    for folder in folders {
        let mut words = String::new();
        for path in below(&format!("events/{folder}"), ".json") {
            for result in evaluate(&path) {
                let answer = match result {
                    Ok(evaluation) => evaluation.compliance.annotation(),
                    Err(error) => format!("{}: {error}", error.name()),
                };
                writeln!(words, "{}\n    {answer}", path.file_stem().unwrap().to_str().unwrap()).unwrap();
            }
        }
        insta::assert_snapshot!(folder, words);
    }
}

/// The lab tells one story: a bastion host that anybody reaches with a key that many have, servers that nobody reaches, of which two
/// run another image than the one that is approved, and one has lost its profile.
#[test]
fn the_lab_gets_its_answers() {
    let answers =
        below("events/lab", ".json").into_iter().flat_map(|path| evaluate(&path)).map(Result::unwrap);
    let mut found: Vec<_> = answers
        .filter(|answer| answer.compliance.compliance_type() == "NON_COMPLIANT")
        .map(|answer| answer.compliance.annotation().split(':').next().unwrap().to_owned())
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "AMI-UNAPPROVED",
            "AMI-UNAPPROVED",
            "INSTANCE-EXPOSED",
            "KEY-PRESENT",
            "PROFILE-MISSING",
            "SG-ADMIN-OPEN"
        ]
    );
}

#[test]
fn one_resource_in_several_spellings_gets_one_answer() {
    let spellings = ["configuration-item", "resource-history", "snapshot", "describe"];
    for (rule, event, more) in [
        ("security-group-exposure", "ssh-world", &[][..]),
        ("instance-public-address", "elastic-ip", &["query"]),
    ] {
        let answer = |spelling: &str| {
            let path = root().join(format!("events/{rule}/non-compliant-{spelling}.json"));
            let Evaluation { resource_type, resource_id, compliance, .. } =
                evaluate(&path).remove(0).unwrap();
            (resource_type, resource_id, compliance)
        };
        for spelling in spellings.iter().chain(more) {
            assert_eq!(answer(spelling), answer(event), "{rule}: {spelling}");
        }
    }
}

/// The events have the form that the Lambda events library knows, too.
#[test]
fn the_events_are_what_others_take_for_events() {
    let mut count = 0;
    for path in below("events", ".json") {
        if let Ok(Document::Event(event)) = Document::from_json(&text(&path), Timestamp::UNIX_EPOCH) {
            let other: ConfigEvent =
                serde_json::from_str(&text(&path)).unwrap_or_else(|error| panic!("{}: {error}", name(&path)));
            assert_eq!(other.config_rule_name, event.config_rule_name);
            assert_eq!(other.account_id, event.account_id);
            assert_eq!(other.result_token.as_deref(), Some(event.result_token().unwrap()));
            count += 1;
        }
    }
    assert!(count > 100, "only {count} events");
}
