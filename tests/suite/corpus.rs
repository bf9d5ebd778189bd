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
            items.into_iter().map(|item| rule.case(item).evaluate(&facts())).collect()
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

/// The lab of a cloud course, in which somebody asks why two servers are NON_COMPLIANT.
#[test]
fn the_lab_gets_its_answer() {
    let answers: Vec<_> =
        below("events/lab", ".json").iter().flat_map(|path| evaluate(path)).map(Result::unwrap).collect();
    let of = |compliance_type| {
        let is = |answer: &&Evaluation| answer.compliance.compliance_type() == compliance_type;
        answers.iter().filter(is).map(|answer| answer.compliance.annotation()).collect::<Vec<_>>()
    };
    assert_eq!(of("COMPLIANT").len(), 1);
    let why = of("NON_COMPLIANT");
    assert_eq!(why.len(), 2);
    assert!(why.iter().all(|why| why.starts_with("AMI-UNAPPROVED: ami-")), "{why:?}");
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
