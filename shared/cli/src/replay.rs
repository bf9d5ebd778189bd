//! `config-rules replay`: the rules themselves, without Lambda.

use std::path::Path;

use config_rules::{
    catalogue::CatalogueEntry, document::Document, event::Event, facts::Facts, parameters::RawParameters,
    rule::Evaluation,
};
use jiff::Timestamp;

use crate::{
    Error,
    answer::{Answer, Refusal},
    arguments::Replay,
    files::{self, File},
};

/// Judges everything in the files named.
pub(crate) fn answers(arguments: &Replay) -> Result<Vec<Answer>, Error> {
    let Replay { input, .. } = arguments;
    let judge = Judge {
        rule: input.rule.as_deref().map(files::rule).transpose()?,
        parameters: input.parameters.as_ref(),
        facts: facts(input.facts.as_deref())?,
    };
    Ok(files::read(&input.paths)?.into_iter().flat_map(|file| judge.answers_of(file)).collect())
}

/// What the file of facts holds.
pub(crate) fn facts(path: Option<&Path>) -> Result<Facts, Error> {
    let Some((name, text)) = files::facts(path)? else {
        return Ok(Facts::default());
    };
    Facts::from_json(&text).map_err(|error| format!("--facts {name}: {error}").into())
}

/// What the command line says about all files.
struct Judge<'a> {
    rule: Option<&'static CatalogueEntry>,
    parameters: Option<&'a RawParameters>,
    facts: Facts,
}

impl Judge<'_> {
    fn answers_of(&self, file: File) -> Vec<Answer> {
        let name = file.path.display().to_string();
        let answer = |rule: Option<&CatalogueEntry>, result: Result<Evaluation, Refusal>| Answer {
            file: name.clone(),
            rule: rule.map(|rule| rule.metadata.name.to_owned()),
            outcome: result.into(),
        };
        let document = match file.text.and_then(|text| Ok(Document::from_json(&text, Timestamp::now())?)) {
            Ok(document) => document,
            Err(refusal) => return vec![answer(None, Err(refusal))],
        };
        match self.rule_of(&file.path, &document) {
            Ok(rule) => {
                let results = self.results(document, rule).into_iter();
                results.map(|result| answer(Some(rule), result.map_err(Refusal::from))).collect()
            }
            Err(refusal) => vec![answer(None, Err(refusal))],
        }
    }

    fn rule_of(&self, path: &Path, document: &Document) -> Result<&'static CatalogueEntry, Refusal> {
        let deployed_name = match document {
            Document::Event(event) => event.config_rule_name.as_deref(),
            Document::Items(_) => None,
        };
        self.rule.map_or_else(|| files::rule_of(path, deployed_name), Ok)
    }

    fn results(
        &self,
        document: Document,
        rule: &CatalogueEntry,
    ) -> Vec<Result<Evaluation, config_rules::Error>> {
        match (document, self.parameters) {
            (Document::Event(event), None) => vec![self.judge_event(&event, rule)],
            (Document::Event(event), Some(parameters)) => {
                vec![self.judge_event(&event.with_parameters(parameters), rule)]
            }
            (Document::Items(items), parameters) => {
                match (rule.configure)(&parameters.cloned().unwrap_or_default(), &self.facts) {
                    Ok(rule) => items.into_iter().map(|item| rule.case(item).judge(&self.facts)).collect(),
                    Err(error) => vec![Err(error)],
                }
            }
        }
    }

    fn judge_event(&self, event: &Event, rule: &CatalogueEntry) -> Result<Evaluation, config_rules::Error> {
        (rule.read_event)(event, &self.facts)?.judge(&self.facts)
    }
}
