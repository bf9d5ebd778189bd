//! `config-rules diff`: what another set of rules, other resources or another version would change.

use std::{collections::BTreeMap, process::ExitCode};

use anstream::println;
use serde::Serialize;

use crate::{
    Error,
    arguments::{Diff, DiffFormat, Files, Input},
    baseline::{self, State, States},
    fleet, history,
    progress::{INTERRUPTED, Progress},
    report::{BAD_INPUT, FOUND},
    result::{Identity, printable},
};

/// What has become of an answer, in the order in which it is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Change {
    /// NON_COMPLIANT, and was not, or was not there.
    NewlyNonCompliant,
    /// It cannot be evaluated any more.
    NewlyError,
    /// NON_COMPLIANT for another reason.
    ChangedReason,
    /// COMPLIANT or NOT_APPLICABLE, and was not.
    NewlyCompliant,
    /// It was NON_COMPLIANT, and is not there any more.
    Gone,
}

/// A change of one answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Changed<'a> {
    change: Change,
    #[serde(flatten)]
    of: &'a Identity,
    before: Option<&'a State>,
    after: Option<&'a State>,
}

/// Compares, and prints what differs.
pub(crate) fn run(arguments: &Diff) -> Result<ExitCode, Error> {
    let progress = Progress::start()?;
    if arguments.history {
        return history::run(arguments, &progress);
    }
    let before_rules =
        if arguments.rules_before.is_empty() { &arguments.rules } else { &arguments.rules_before };
    let after_path = arguments.after.as_ref().unwrap_or(&arguments.before);
    if arguments.after.is_none() && arguments.rules_before.is_empty() {
        return Err(
            "what is to be compared? Say two fleets or two files of results, or --rules-before".into()
        );
    }
    let before = states(arguments, &arguments.before, before_rules, &progress)?;
    let after = states(arguments, after_path, &arguments.rules, &progress)?;
    if progress.is_stopped() {
        return Ok(ExitCode::from(INTERRUPTED));
    }
    let changes = changes(&before, &after);
    match arguments.format {
        DiffFormat::Text => print_text(&changes),
        DiffFormat::Json => println!("{}", serde_json::to_string_pretty(&changes)?),
    }
    let has = |change| changes.iter().any(|changed| changed.change == change);
    Ok(ExitCode::from(match (has(Change::NewlyError), has(Change::NewlyNonCompliant)) {
        (true, _) => BAD_INPUT,
        (false, true) if arguments.fail_on_new => FOUND,
        _ => 0,
    }))
}

/// The answers of a file of results, or by evaluating a fleet.
fn states(
    arguments: &Diff,
    path: &std::path::Path,
    rules: &[std::path::PathBuf],
    progress: &Progress,
) -> Result<States, Error> {
    if baseline::is_of_results(path) {
        return baseline::read(path);
    }
    let mut states = States::new();
    fleet::evaluate(&input(arguments, path, rules, false), &arguments.facts, progress, &mut |result| {
        states.insert(result.identity(), State::from(&result));
        Ok(())
    })?;
    Ok(states)
}

pub(crate) fn input(
    arguments: &Diff,
    path: &std::path::Path,
    rules: &[std::path::PathBuf],
    history: bool,
) -> Input {
    Input {
        files: Files { paths: vec![path.to_owned()], parameters: None },
        rule: arguments.rule.clone(),
        rules: rules.to_vec(),
        history,
    }
}

fn changes<'a>(before: &'a States, after: &'a States) -> Vec<Changed<'a>> {
    let mut changes = Vec::new();
    let identities: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
    for of in identities {
        let (before, after) = (before.get(of), after.get(of));
        if let Some(change) = change(before, after) {
            changes.push(Changed { change, of, before, after });
        }
    }
    changes.sort_by_key(|changed| changed.change);
    changes
}

fn change(before: Option<&State>, after: Option<&State>) -> Option<Change> {
    let was = before.is_some_and(State::is_non_compliant);
    match after {
        None => was.then_some(Change::Gone),
        Some(after) if after.compliance_type == "ERROR" => {
            before.is_none_or(|before| before.compliance_type != "ERROR").then_some(Change::NewlyError)
        }
        Some(after) if after.is_non_compliant() => match before {
            Some(before) if was => (before.reason != after.reason).then_some(Change::ChangedReason),
            _ => Some(Change::NewlyNonCompliant),
        },
        Some(_) => was.then_some(Change::NewlyCompliant),
    }
}

impl Change {
    fn title(self) -> &'static str {
        match self {
            Self::NewlyNonCompliant => "newly NON_COMPLIANT",
            Self::NewlyError => "cannot be evaluated any more",
            Self::ChangedReason => "NON_COMPLIANT for another reason",
            Self::NewlyCompliant => "no longer NON_COMPLIANT",
            Self::Gone => "NON_COMPLIANT before, and not there any more",
        }
    }
}

fn print_text(changes: &[Changed<'_>]) {
    for (index, changed) in changes.iter().enumerate() {
        if index == 0 || changes[index - 1].change != changed.change {
            println!("{}{}:", if index == 0 { "" } else { "\n" }, changed.change.title());
        }
        println!("  {}", named(changed.of));
        let reasons = [("before", changed.before), ("after", changed.after)];
        for (when, state) in reasons.into_iter().filter_map(|(when, state)| Some((when, state?))) {
            println!("    {when:6}  {}  {}", state.compliance_type, printable(&state.reason));
        }
    }
    let mut counts: BTreeMap<(&str, &str), BTreeMap<Change, usize>> = BTreeMap::new();
    for changed in changes {
        let of = counts.entry((&changed.of.account_id, &changed.of.config_rule_name)).or_default();
        *of.entry(changed.change).or_default() += 1;
    }
    for ((account, rule), counts) in counts {
        let counts: Vec<_> =
            counts.iter().map(|(change, count)| format!("{count} {}", change.title())).collect();
        let account = if account.is_empty() { "-" } else { account };
        println!("\n{}  {}: {}", printable(account), printable(rule), counts.join(", "));
    }
    if changes.is_empty() {
        println!("nothing changes");
    }
}

pub(crate) fn named(of: &Identity) -> String {
    let parts = [&of.config_rule_name, &of.resource_type, &of.resource_id, &of.account_id, &of.aws_region];
    let parts: Vec<_> =
        parts.into_iter().filter(|part| !part.is_empty()).map(|part| printable(part)).collect();
    parts.join("  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(compliance_type: &str, reason: &str) -> State {
        State { compliance_type: compliance_type.to_owned(), reason: reason.to_owned() }
    }

    #[test]
    fn what_counts_as_a_change() {
        let (bad, worse) = (state("NON_COMPLIANT", "a"), state("NON_COMPLIANT", "b"));
        let (good, better) = (state("COMPLIANT", "a"), state("COMPLIANT", "b"));
        let error = state("ERROR", "BadFile: x");
        for (before, after, expected) in [
            (None, Some(&bad), Some(Change::NewlyNonCompliant)),
            (Some(&good), Some(&bad), Some(Change::NewlyNonCompliant)),
            (Some(&error), Some(&bad), Some(Change::NewlyNonCompliant)),
            (Some(&bad), Some(&worse), Some(Change::ChangedReason)),
            (Some(&bad), Some(&bad), None),
            (Some(&bad), Some(&good), Some(Change::NewlyCompliant)),
            (Some(&good), Some(&better), None),
            (None, Some(&good), None),
            (Some(&bad), None, Some(Change::Gone)),
            (Some(&good), None, None),
            (Some(&good), Some(&error), Some(Change::NewlyError)),
            (None, Some(&error), Some(Change::NewlyError)),
            (Some(&error), Some(&error), None),
        ] {
            assert_eq!(change(before, after), expected, "{before:?} {after:?}");
        }
    }
}
