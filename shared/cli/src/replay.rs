//! `config-rules replay`: the rules themselves, without Lambda.

use std::{process::ExitCode, rc::Rc};

use config_rules::engine::Evaluate as _;

use crate::{Error, arguments::Replay, cases::Cases, files, report::Report, result::EvaluationResult};

/// Evaluates everything in the files named, and prints the answers as they come.
pub(crate) fn run(arguments: &Replay) -> Result<ExitCode, Error> {
    let Replay { input, facts, all, output } = arguments;
    let facts = Rc::new(files::facts(facts.as_deref())?);
    let known = |_: &_| Rc::clone(&facts);
    let cases = Cases::new(input, &known)?;
    let paths = files::find(&input.files.paths)?;
    let mut report = Report::new(output)?;
    for path in paths {
        let file = path.display().to_string();
        cases.of_file(&path, &mut |found| {
            let evaluation = found.case.and_then(|case| Ok(case.evaluate(&facts)?));
            let result = EvaluationResult::new(&file, found.rule.as_ref(), found.resource, evaluation);
            report.add(&EvaluationResult {
                is_brief: found.is_one_of_many && !all && !found.is_older,
                is_older: found.is_older,
                ..result
            })
        })?;
    }
    report.summary().older_versions = cases.left_out();
    report.finish()
}
