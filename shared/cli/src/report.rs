//! Reports: what came of an evaluation, in one or several formats at once, and the exit status.
//!
//! A renderer gets every result as it comes, and the totals at the end, also when somebody has pressed Ctrl-C.

mod html;
mod json;
mod summary;
mod table;
mod text;

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    process::ExitCode,
};

pub(crate) use self::summary::Summary;
use crate::{
    Error,
    arguments::{FailOn, Format, Output},
    result::EvaluationResult,
};

/// The exit status when `--fail-on` or `--expect-names` found something.
const FOUND: u8 = 1;
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
        Ok(Self { output, renderers, summary: Summary::default(), has_found: false, has_bad_input: false })
    }

    /// Adds a result to every report.
    pub(crate) fn add(&mut self, result: &EvaluationResult) -> Result<(), Error> {
        let is_unexpected = self.output.expect_names && !result.is_as_named();
        let counts = matches!(self.output.fail_on, Some(FailOn::NonCompliant)) && !result.is_older;
        self.has_bad_input |= result.is_refused() && (is_unexpected || !self.output.expect_names);
        self.has_found |= is_unexpected || counts && result.is_non_compliant();
        self.summary.add(result);
        for renderer in &mut self.renderers {
            renderer.add(result, is_unexpected)?;
        }
        Ok(())
    }

    /// What is counted besides the results.
    pub(crate) fn summary(&mut self) -> &mut Summary {
        &mut self.summary
    }

    /// Ends every report.
    pub(crate) fn finish(mut self) -> Result<ExitCode, Error> {
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
    })
}
