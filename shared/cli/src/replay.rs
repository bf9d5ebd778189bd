//! `config-rules replay`: the rules themselves, without Lambda.

use std::{process::ExitCode, rc::Rc};

use config_rules::engine::Evaluate as _;

use crate::{Error, answer::Answer, arguments::Replay, cases::Cases, files, report::Report};

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
            report.add(&Answer {
                file: file.clone(),
                rule: found.rule.map(|rule| rule.metadata.name.to_owned()),
                is_brief: found.is_one_of_many && !all && !found.is_older,
                is_older: found.is_older,
                outcome: evaluation.into(),
            })
        })?;
    }
    report.leave_out_older(cases.left_out());
    report.finish()
}
