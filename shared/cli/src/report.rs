//! Reports: what came of an evaluation, in one or several formats at once, and the exit status.
//!
//! A renderer gets every result as it comes, and the totals at the end, also when somebody has pressed Ctrl-C.

mod asff;
mod csv;
mod fields;
mod github;
mod html;
mod json;
mod junit;
mod ocsf;
mod sarif;
mod summary;
mod table;
mod text;

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    process::ExitCode,
};

use jiff::Timestamp;

pub(crate) use self::{json::Document, summary::Summary};
use crate::{
    Error,
    arguments::{Format, Output},
    baseline::{self, State, States},
    progress::INTERRUPTED,
    result::{EvaluationResult, printable},
};

/// The exit status when `--fail-on` or `--expect-names` found something.
pub(crate) const FOUND: u8 = 1;
/// The exit status when something could not be evaluated.
pub(crate) const BAD_INPUT: u8 = 2;

/// Writes results in one format.
pub(crate) trait Renderer {
    /// Writes one result, or keeps of it what the end needs. `is_unexpected` says that the file's name says otherwise.
    fn add(&mut self, result: &EvaluationResult, is_unexpected: bool) -> io::Result<()>;

    /// Writes what there is to say about all of them, and flushes.
    fn finish(&mut self, summary: &Summary) -> io::Result<()>;
}

/// Where a renderer writes.
pub(crate) type Stream<'a> = Box<dyn Write + 'a>;

/// All that was asked for. It keeps totals, and of the results what the formats need at their end.
pub(crate) struct Report<'a> {
    output: &'a Output,
    renderers: Vec<Box<dyn Renderer + 'a>>,
    summary: Summary,
    /// What was NON_COMPLIANT before fails nothing.
    baseline: States,
    has_found: bool,
    has_bad_input: bool,
}

impl<'a> Report<'a> {
    pub(crate) fn new(output: &'a Output) -> Result<Self, Error> {
        let stdout = Box::new(BufWriter::new(anstream::stdout().lock()));
        let mut renderers = vec![renderer(output, output.format, stdout)?];
        for (format, path) in &output.reports {
            let file = File::create(path).map_err(|error| format!("--report {}: {error}", path.display()))?;
            renderers.push(renderer(output, *format, Box::new(BufWriter::new(file)))?);
        }
        let baseline = output.baseline.as_deref().map(baseline::read).transpose()?.unwrap_or_default();
        Ok(Self {
            output,
            renderers,
            summary: Summary::default(),
            baseline,
            has_found: false,
            has_bad_input: false,
        })
    }

    /// Adds a result to every report.
    pub(crate) fn add(&mut self, result: &EvaluationResult) -> Result<(), Error> {
        let is_unexpected = self.output.expect_names && !result.is_as_named();
        let is_expected = self.output.expect_names && !is_unexpected;
        let is_new = || {
            let before = self.baseline.get(&result.identity());
            !before.is_some_and(State::is_non_compliant)
        };
        let is_found = !result.is_older
            && self
                .output
                .fail_on
                .is_some_and(|least| result.severity().is_some_and(|own| own >= least.severity()))
            && is_new();
        self.has_bad_input |= result.is_refused() && (is_unexpected || !self.output.expect_names);
        self.has_found |= is_unexpected || is_found;
        // People see it in a text; from anything else it would have to be searched for.
        if result.is_refused() && !is_expected && self.output.format != Format::Text {
            let resource =
                result.resource.resource_id.as_deref().map(|id| format!("{id}: ")).unwrap_or_default();
            let line = format!("{}: {resource}{}", result.file, result.reason());
            anstream::eprintln!("{}", printable(&line));
        }
        self.summary.add(result);
        for renderer in &mut self.renderers {
            renderer.add(result, is_unexpected)?;
        }
        Ok(())
    }

    /// Ends every report. `left_out` says what was counted besides the results.
    pub(crate) fn finish(mut self, left_out: Summary) -> Result<ExitCode, Error> {
        self.summary = Summary {
            groups: self.summary.groups,
            codes: self.summary.codes,
            errors: self.summary.errors,
            ..left_out
        };
        if self.summary.is_interrupted {
            for renderer in &mut self.renderers {
                renderer.finish(&self.summary)?;
            }
            return Ok(ExitCode::from(INTERRUPTED));
        }
        for renderer in &mut self.renderers {
            renderer.finish(&self.summary)?;
        }
        Ok(ExitCode::from(match (self.has_bad_input, self.has_found) {
            (true, _) => BAD_INPUT,
            (false, true) => FOUND,
            (false, false) => 0,
        }))
    }
}

fn renderer<'a>(
    output: &'a Output,
    format: Format,
    stream: Stream<'a>,
) -> io::Result<Box<dyn Renderer + 'a>> {
    Ok(match format {
        Format::Text => Box::new(text::Text::new(stream, output)),
        Format::Table => Box::new(table::Table::new(stream)),
        Format::Html => Box::new(html::Html::new(stream)),
        Format::Json => Box::new(json::Json::new(stream)?),
        Format::Jsonl => Box::new(json::JsonLines::new(stream)),
        Format::Csv => Box::new(csv::Csv::new(stream)?),
        Format::Junit => Box::new(junit::JUnit::new(stream)),
        Format::Sarif => Box::new(sarif::Sarif::new(stream)?),
        Format::Github => Box::new(github::GitHub::new(stream)),
        Format::Ocsf => Box::new(ocsf::Ocsf::new(stream, Timestamp::now())),
        Format::Asff => Box::new(asff::Asff::new(stream, Timestamp::now())),
    })
}
