//! `config-rules list` and `explain`: what the rules' pages say, where no browser is.

use std::{fmt::Write as _, process::ExitCode};

use comfy_table::{ContentArrangement, Table, presets::NOTHING};
use config_rules::{
    catalogue::{CatalogueEntry, RULES, find},
    finding::{CODES, Code},
    rule::ResourceTypes,
};

use crate::Error;

/// Prints all rules.
pub(crate) fn list() -> Result<ExitCode, Error> {
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["Rule", "Evaluates", "Is COMPLIANT when"]);
    for rule in RULES {
        table.add_row([rule.metadata.name, &evaluates(rule), rule.metadata.description]);
    }
    crate::print(table.to_string().as_bytes())
}

/// Prints what there is to know of a rule or a code.
pub(crate) fn explain(name: &str) -> Result<ExitCode, Error> {
    let mut text = String::new();
    if let Some(rule) = find(name) {
        explain_rule(&mut text, rule)?;
        return crate::print(text.as_bytes());
    }
    let codes: Vec<_> = RULES.iter().filter_map(|rule| Some((rule, own_code(rule, name)?))).collect();
    match (CODES.iter().find(|code| code.name.eq_ignore_ascii_case(name)), codes.first()) {
        (Some(code), _) => explain_code(&mut text, code, "every rule")?,
        (None, Some((_, code))) => {
            let rules: Vec<_> = codes.iter().map(|(rule, _)| rule.metadata.name).collect();
            explain_code(&mut text, code, &rules.join(", "))?;
        }
        (None, None) => {
            let why = "`config-rules list` prints the rules, and `config-rules explain RULE` its codes";
            return Err(format!("there is no rule and no code {name:?}: {why}").into());
        }
    }
    crate::print(text.as_bytes())
}

fn own_code(rule: &CatalogueEntry, name: &str) -> Option<&'static Code> {
    rule.codes.iter().copied().find(|code| code.name.eq_ignore_ascii_case(name))
}

fn evaluates(rule: &CatalogueEntry) -> String {
    match rule.metadata.resource_types {
        ResourceTypes::Every => "every type".to_owned(),
        ResourceTypes::These(types) => types.join(", "),
        ResourceTypes::AccountOnly => "the account".to_owned(),
    }
}

fn explain_code(text: &mut String, code: &Code, rules: &str) -> std::fmt::Result {
    writeln!(
        text,
        "{} ({}, of {rules})\n\n{}.\n\nWhat to do: {}",
        code.name, code.severity, code.description, code.remedy
    )?;
    if let Some(example) = code.example {
        writeln!(text, "\n    {}", example.replace('\n', "\n    "))?;
    }
    Ok(())
}

fn explain_rule(text: &mut String, rule: &CatalogueEntry) -> std::fmt::Result {
    let metadata = &rule.metadata;
    writeln!(text, "{}\n\n{}\n\nEvaluates: {}", metadata.name, metadata.description, evaluates(rule))?;
    writeln!(text, "\nParameters:")?;
    for parameter in metadata.all_parameters() {
        let default = parameter.default.map(|default| format!(" Default: {default}.")).unwrap_or_default();
        let list = if parameter.list { "a list of " } else { "" };
        writeln!(
            text,
            "  {}: {} It is {list}{}.{default}",
            parameter.name, parameter.meaning, parameter.form
        )?;
    }
    writeln!(text, "\nCodes:")?;
    for code in rule.codes.iter().chain(CODES) {
        writeln!(text, "  {} ({}): {}. {}", code.name, code.severity, code.description, code.remedy)?;
    }
    writeln!(text, "\nThe function's role must be allowed: {}", metadata.actions().join(", "))?;
    writeln!(text, "Offline, `--facts` says the same: `config-rules facts` prints what it needs.")
}
