//! Prints the answers, and turns them into an exit status.

use std::{fmt::Write as _, io::Write as _, path::Path, process::ExitCode};

use anstyle::{AnsiColor, Style};

use crate::{
    Error,
    answer::{Answer, Outcome, Verdict},
    arguments::{FailOn, Format, Output},
};

/// The exit status when `--fail-on` or `--expect-names` found something.
const FOUND: u8 = 1;
/// The exit status when something could not be judged.
pub(crate) const BAD_INPUT: u8 = 2;

const DIM: Style = Style::new().dimmed();
const OUTCOMES: [&str; 4] = ["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE", ERROR];
const ERROR: &str = "ERROR";

/// Prints the answers on standard output.
pub(crate) fn report(answers: &[Answer], output: &Output) -> Result<ExitCode, Error> {
    let text = match output.format {
        Format::Json => serde_json::to_string_pretty(answers)? + "\n",
        Format::Text => text(answers, output.expect_names)?,
    };
    anstream::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::from(exit_status(answers, output)))
}

fn exit_status(answers: &[Answer], output: &Output) -> u8 {
    let is_expected = |answer: &&Answer| output.expect_names && answer.is_as_named();
    let is_found = |answer: &Answer| match output.fail_on {
        Some(FailOn::NonCompliant) => answer.name() == "NON_COMPLIANT",
        None => false,
    };
    if answers.iter().any(|answer| answer.name() == ERROR && !is_expected(&answer)) {
        BAD_INPUT
    } else if answers.iter().any(|answer| is_found(answer) || output.expect_names && !answer.is_as_named()) {
        FOUND
    } else {
        0
    }
}

impl Answer {
    fn name(&self) -> &str {
        match &self.outcome {
            Outcome::Verdict(verdict) => &verdict.compliance_type,
            Outcome::Refusal { .. } => ERROR,
        }
    }

    /// Whether the file's name begins with what came of it, as `non-compliant-ssh-world.json` should.
    fn is_as_named(&self) -> bool {
        let outcome = self.name().to_ascii_lowercase().replace('_', "-");
        let name = Path::new(&self.file).file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.strip_prefix(&outcome).is_some_and(|rest| rest.starts_with(['-', '.']))
    }
}

fn text(answers: &[Answer], expect_names: bool) -> Result<String, Error> {
    let mut text = String::new();
    for answer in answers {
        write_answer(&mut text, answer)?;
        if expect_names && !answer.is_as_named() {
            let style = color(ERROR);
            writeln!(text, "    {style}not what the file's name says{style:#}")?;
        }
    }
    let count = |name: &str| answers.iter().filter(|answer| answer.name() == name).count();
    let counts: Vec<_> = OUTCOMES.iter().map(|name| format!("{} {name}", count(name))).collect();
    writeln!(text, "\n{} answers: {}", answers.len(), counts.join(", "))?;
    Ok(text)
}

fn write_answer(text: &mut String, answer: &Answer) -> Result<(), Error> {
    let (style, name) = (color(answer.name()), answer.name());
    write!(text, "{style}{name:<14}{style:#}  ")?;
    match &answer.outcome {
        Outcome::Verdict(Verdict { resource_id, annotation, .. }) => {
            writeln!(
                text,
                "{}  {resource_id}\n    {annotation}",
                answer.rule.as_deref().unwrap_or_default()
            )?;
        }
        Outcome::Refusal { error } => {
            writeln!(
                text,
                "{}\n    {}: {}",
                answer.rule.as_deref().unwrap_or_default(),
                error.name,
                error.message
            )?;
        }
    }
    writeln!(text, "    {DIM}{}{DIM:#}", answer.file)?;
    Ok(())
}

fn color(outcome: &str) -> Style {
    match outcome {
        "COMPLIANT" => AnsiColor::Green.on_default(),
        "NON_COMPLIANT" => AnsiColor::Red.on_default().bold(),
        "NOT_APPLICABLE" => AnsiColor::BrightBlack.on_default(),
        _ => AnsiColor::Magenta.on_default().bold(),
    }
}
