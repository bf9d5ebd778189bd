//! `config-rules replay`: the rules themselves, without Lambda.

use std::process::ExitCode;

use crate::{Error, arguments::Replay, fleet, progress::Progress, report::Report};

/// Evaluates everything in the files named, and prints the results as they come.
pub(crate) fn run(arguments: &Replay) -> Result<ExitCode, Error> {
    let Replay { input, facts, all, output } = arguments;
    let progress = Progress::start()?;
    let mut report = Report::new(output)?;
    let summary = fleet::evaluate(input, facts, &progress, &mut |mut result| {
        result.is_brief &= !all;
        progress.suspend(|| report.add(&result))
    })?;
    report.finish(summary)
}
