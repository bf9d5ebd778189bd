//! `config-rules replay`: the rules themselves, without Lambda.

use config_rules::{
    catalogue::CatalogueEntry, document::Document, parameters::RawParameters, rule::Evaluation,
};
use jiff::Timestamp;

use crate::{
    Error,
    answer::{Answer, Refusal},
    arguments::Input,
    files::{self, File},
};

/// Judges everything in the files named.
pub(crate) fn answers(input: &Input) -> Result<Vec<Answer>, Error> {
    let rule = input.rule.as_deref().map(files::rule).transpose()?;
    let files = files::read(&input.paths)?;
    Ok(files.into_iter().flat_map(|file| answers_of(file, rule, input.parameters.as_ref())).collect())
}

fn answers_of(
    file: File,
    rule: Option<&'static CatalogueEntry>,
    parameters: Option<&RawParameters>,
) -> Vec<Answer> {
    let name = file.path.display().to_string();
    let answer = |rule: Option<&CatalogueEntry>, result: Result<Evaluation, Refusal>| Answer {
        file: name.clone(),
        rule: rule.map(|rule| rule.metadata.name.to_owned()),
        outcome: result.into(),
    };
    let document = file.text.and_then(|text| Ok(Document::from_json(&text, Timestamp::now())?));
    let document = match document {
        Ok(document) => document,
        Err(refusal) => return vec![answer(rule, Err(refusal))],
    };
    let deployed_name = match &document {
        Document::Event(event) => event.config_rule_name.as_deref(),
        Document::Items(_) => None,
    };
    let rule = match rule.map_or_else(|| files::rule_of(&file.path, deployed_name), Ok) {
        Ok(rule) => rule,
        Err(refusal) => return vec![answer(None, Err(refusal))],
    };
    let results: Vec<Result<Evaluation, config_rules::Error>> = match document {
        Document::Event(event) => vec![(rule.judge)(&match parameters {
            Some(parameters) => event.with_parameters(parameters),
            None => event,
        })],
        Document::Items(items) => {
            let parameters = parameters.cloned().unwrap_or_default();
            items.into_iter().map(|item| (rule.evaluate)(item, false, &parameters)).collect()
        }
    };
    results.into_iter().map(|result| answer(Some(rule), result.map_err(Refusal::from))).collect()
}
