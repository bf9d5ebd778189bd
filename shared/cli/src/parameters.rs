//! The rules and the parameters that the command line names.

use std::fs;

use config_rules::{
    catalogue::{self, CatalogueEntry},
    parameters::RawParameters,
};

/// `approved-ami`, or with its parameters `approved-ami={"owners": "self"}`.
#[derive(Clone, Debug)]
pub(crate) struct ChosenRule {
    pub(crate) rule: &'static CatalogueEntry,
    pub(crate) parameters: Option<RawParameters>,
}

/// Reads a rule that may bring its parameters.
pub(crate) fn chosen_rule(text: &str) -> Result<ChosenRule, String> {
    let (name, given) = text.split_once('=').map_or((text, None), |(name, given)| (name, Some(given)));
    Ok(ChosenRule { rule: rule(name)?, parameters: given.map(parameters).transpose()? })
}

/// Reads a rule's name.
pub(crate) fn rule(name: &str) -> Result<&'static CatalogueEntry, String> {
    catalogue::find(name).ok_or_else(|| format!("there is no such rule; there are {}", rule_names()))
}

/// What people may choose from.
pub(crate) fn rule_names() -> String {
    let names: Vec<_> = catalogue::RULES.iter().map(|rule| rule.metadata.name).collect();
    names.join(", ")
}

/// Reads a JSON object, or the file that holds it: `@parameters.json`.
pub(crate) fn parameters(text: &str) -> Result<RawParameters, String> {
    let not_an_object = |error| format!("not a JSON object: {error}");
    let Some(path) = text.trim().strip_prefix('@') else {
        return RawParameters::from_json(text).map_err(|error| {
            let wanted = r#"such as '{"name": "value"}', or @FILE for a file that holds it"#;
            format!("{}; expected one {wanted}", not_an_object(error))
        });
    };
    let text = fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    RawParameters::from_json(&text).map_err(|error| format!("{path}: {}", not_an_object(error)))
}
