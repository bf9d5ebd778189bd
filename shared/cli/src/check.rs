//! `config-rules check`: whether a rule can use some parameters, and what it takes to deploy them.

use std::{collections::BTreeMap, fmt::Write as _, process::ExitCode};

use config_rules::{
    catalogue::{AnyRule, CatalogueEntry},
    facts::Facts,
    parameters::{Parameter, RawParameters, earlier_values},
    rule::Schedule,
};
use jiff::Timestamp;

use crate::{
    Error,
    arguments::Check,
    cases::chosen_rules,
    files,
    report::BAD_INPUT,
    rules::{ConfigRule, Scope},
};

/// As many characters of JSON as AWS Config takes for a rule's parameters, an organization's rule included.
const LONGEST: usize = 1024;

/// Checks the parameters, and prints what their deployment needs.
pub(crate) fn run(arguments: &Check) -> Result<ExitCode, Error> {
    let facts = files::facts(&arguments.facts)?;
    let alone = arguments.rule.map(|rule| ConfigRule::new(rule, arguments.parameters.clone()));
    let rules = chosen_rules(alone.as_slice(), &arguments.rules)?;
    let mut output = String::new();
    let mut has_error = false;
    for (index, rule) in rules.iter().enumerate() {
        output += if index == 0 { "" } else { "\n" };
        match check(rule, &facts) {
            Ok(text) => output += &text,
            Err(error) if rules.len() == 1 => return Err(error),
            Err(error) => {
                has_error = true;
                writeln!(output, "{} cannot be deployed\n    {error}", rule.name)?;
            }
        }
    }
    crate::print(output.as_bytes())?;
    Ok(ExitCode::from(if has_error { BAD_INPUT } else { 0 }))
}

/// What there is to say of one Config rule.
fn check(config_rule: &ConfigRule, facts: &Facts) -> Result<String, Error> {
    let ConfigRule { name, rule, scope, .. } = config_rule;
    let parameters = &config_rule.parameters.clone().unwrap_or_default();
    let configured = (rule.configure)(parameters, facts).map_err(|error| with_advice(error, parameters))?;
    let mut text = if name == rule.metadata.name {
        format!("{name} can use these parameters\n")
    } else {
        format!("{name} ({}) can use these parameters\n", rule.metadata.name)
    };
    let is_scoped = *scope != Scope::default();
    for (title, lines) in [
        ("length", vec![length(parameters)?]),
        ("scope", is_scoped.then(|| scope.to_string()).into_iter().collect()),
        ("role", permissions(rule, parameters, &configured)),
        ("schedule", schedule(rule, parameters)),
        ("caution", [configured.cautions.clone(), configured.lapses(Timestamp::now())].concat()),
    ] {
        for (index, line) in lines.iter().enumerate() {
            writeln!(text, "    {:<8}  {line}", if index == 0 { title } else { "" })?;
        }
    }
    Ok(text)
}

fn with_advice(error: config_rules::Error, parameters: &RawParameters) -> Error {
    match (error, parameters.references().first()) {
        (config_rules::Error::MissingFacts(why), Some(path)) => {
            format!(r#"{why}; say --facts FILE, and there {{"parameters": {{"{path}": "…"}}}}"#).into()
        }
        (other, _) => other.into(),
    }
}

fn length(parameters: &RawParameters) -> Result<String, Error> {
    let length = parameters.to_json().chars().count();
    if length > LONGEST {
        return Err(format!(
            "the parameters have {length} characters as JSON, and AWS Config takes {LONGEST} at most: put a long one \
             into Parameter Store, and say \"ssm:/path\" in its place"
        )
        .into());
    }
    Ok(format!("{length} of the {LONGEST} characters that AWS Config takes"))
}

/// What the function's role must be allowed, and why where it is not for every event.
fn permissions(rule: &CatalogueEntry, parameters: &RawParameters, configured: &AnyRule) -> Vec<String> {
    let mut lines = vec![rule.metadata.actions().join(", ")];
    lines.extend(asking(rule, parameters).iter().map(|(actions, names)| format!("{actions}, for {names}")));
    let (histories, values): (Vec<_>, Vec<_>) =
        parameters.references().into_iter().partition(|path| earlier_values(path).is_some());
    for (action, paths) in [("ssm:GetParameters", values), ("ssm:GetParameterHistory", histories)] {
        if !paths.is_empty() {
            lines.push(format!("{action}, for {}", paths.join(", ")));
        }
    }
    if let Some(role) = &configured.execution_role {
        lines.push(format!("sts:AssumeRole, for the role {} of the rule's account", role.name));
    }
    if !schedule(rule, parameters).is_empty() {
        lines.push(format!("{}, for the schedule", rule.metadata.run_actions().join(", ")));
    }
    lines
}

/// What the parameters need beyond the rule itself: calls, and the parameters that need them.
fn asking(rule: &CatalogueEntry, parameters: &RawParameters) -> BTreeMap<String, String> {
    let mut asking: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for parameter in set(rule, parameters) {
        let beyond = parameter.actions.iter().filter(|action| !rule.metadata.fact_actions.contains(action));
        let actions: Vec<_> = beyond.copied().collect();
        if !actions.is_empty() {
            asking.entry(actions.join(", ")).or_default().push(parameter.name);
        }
    }
    asking.into_iter().map(|(actions, names)| (actions, names.join(", "))).collect()
}

/// Why the rule must also run on a schedule, if it must.
fn schedule(rule: &CatalogueEntry, parameters: &RawParameters) -> Vec<String> {
    let mut lines = Vec::new();
    let drifting = set(rule, parameters).filter(|parameter| parameter.drifts);
    let names: Vec<_> = drifting.map(|parameter| parameter.name).collect();
    if !names.is_empty() {
        lines.push(format!(
            "needed: the answer by {} can change while the resource does not",
            names.join(", ")
        ));
    }
    match rule.metadata.schedule {
        Schedule::WithDriftingParameters => {}
        Schedule::Always => {
            lines.push("needed: what AWS tells can change while the resource does not".to_owned());
        }
        Schedule::Only => lines.push("needed: nothing else invokes the rule".to_owned()),
    }
    if !parameters.references().is_empty() {
        lines.push("needed: a value in Parameter Store can change while the resource does not".to_owned());
    }
    lines
}

/// The parameters that are set.
fn set(rule: &CatalogueEntry, parameters: &RawParameters) -> impl Iterator<Item = &'static Parameter> {
    rule.metadata.all_parameters().filter(|parameter| parameters.get(parameter.name).is_some())
}
