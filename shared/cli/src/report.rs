//! Prints the answers as they come, and turns them into an exit status.

use std::{
    io::{self, BufWriter, StdoutLock, Write},
    process::ExitCode,
};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};

use crate::{
    Error,
    answer::{Answer, Outcome},
    arguments::{FailOn, Format, Output},
    counts::Counts,
};

/// The exit status when `--fail-on` or `--expect-names` found something.
const FOUND: u8 = 1;
/// The exit status when something could not be evaluated.
pub(crate) const BAD_INPUT: u8 = 2;

const DIM: Style = Style::new().dimmed();

/// The answers on standard output. It keeps how many there were, and none of them.
pub(crate) struct Report<'a> {
    output: &'a Output,
    stream: BufWriter<AutoStream<StdoutLock<'static>>>,
    counts: Counts,
    is_empty: bool,
    left_out: usize,
    older: usize,
    has_found: bool,
    has_bad_input: bool,
}

impl<'a> Report<'a> {
    pub(crate) fn new(output: &'a Output) -> io::Result<Self> {
        let mut stream = BufWriter::new(anstream::stdout().lock());
        if output.format == Format::Json {
            stream.write_all(b"[")?;
        }
        Ok(Self {
            output,
            stream,
            counts: Counts::default(),
            is_empty: true,
            left_out: 0,
            older: 0,
            has_found: false,
            has_bad_input: false,
        })
    }

    /// Prints an answer.
    pub(crate) fn add(&mut self, answer: &Answer) -> Result<(), Error> {
        let is_unexpected = self.output.expect_names && !answer.is_as_named();
        let counts = matches!(self.output.fail_on, Some(FailOn::NonCompliant)) && !answer.is_older;
        let is_found = counts && answer.is_non_compliant();
        self.has_bad_input |= answer.is_refusal() && (is_unexpected || !self.output.expect_names);
        self.has_found |= is_unexpected || is_found;
        self.counts.add(answer);
        match self.output.format {
            Format::Json => self.write_json(answer)?,
            Format::Text if answer.is_left_out() && !is_unexpected => self.left_out += 1,
            Format::Text => self.write_text(answer, is_unexpected)?,
        }
        self.is_empty = false;
        Ok(())
    }

    /// Notes how many older versions of resources were not evaluated.
    pub(crate) fn leave_out_older(&mut self, count: usize) {
        self.older = count;
    }

    /// Prints what there is to say about all of them.
    pub(crate) fn finish(mut self) -> Result<ExitCode, Error> {
        match self.output.format {
            Format::Json => self.stream.write_all(b"\n]\n")?,
            Format::Text => self.write_summary()?,
        }
        self.stream.flush()?;
        let status = if self.has_bad_input {
            BAD_INPUT
        } else if self.has_found {
            FOUND
        } else {
            0
        };
        Ok(ExitCode::from(status))
    }

    fn write_json(&mut self, answer: &Answer) -> Result<(), Error> {
        self.stream.write_all(if self.is_empty { b"\n" } else { b",\n" })?;
        Ok(serde_json::to_writer(&mut self.stream, answer).map_err(io::Error::from)?)
    }

    fn write_text(&mut self, answer: &Answer, is_unexpected: bool) -> io::Result<()> {
        let (style, name) = (color(answer.name()), answer.name());
        let rule = answer.rule.as_deref().unwrap_or_default();
        write!(self.stream, "{style}{name:<14}{style:#}  {rule}")?;
        match &answer.outcome {
            Outcome::Verdict(verdict) => {
                let older =
                    format!(", as recorded at {}; there is a newer version", verdict.ordering_timestamp);
                let older = if answer.is_older { &older } else { "" };
                writeln!(self.stream, "  {}{older}\n    {}", verdict.resource_id, verdict.annotation)?;
            }
            Outcome::Refusal { error } => writeln!(self.stream, "\n    {}: {}", error.name, error.message)?,
        }
        writeln!(self.stream, "    {DIM}{}{DIM:#}", answer.file)?;
        if is_unexpected {
            let style = color("ERROR");
            writeln!(self.stream, "    {style}not what the file's name says{style:#}")?;
        }
        self.stream.flush()
    }

    fn write_summary(&mut self) -> io::Result<()> {
        self.counts.write(&mut self.stream)?;
        if self.left_out > 0 {
            writeln!(
                self.stream,
                "{} COMPLIANT or NOT_APPLICABLE left out: --all shows them",
                self.left_out
            )?;
        }
        if self.older > 0 {
            writeln!(
                self.stream,
                "{} older versions of resources left out: --history shows them",
                self.older
            )?;
        }
        if self.is_empty {
            writeln!(
                self.stream,
                "nothing was evaluated: there is no resource of a type that a rule here evaluates"
            )?;
        }
        Ok(())
    }
}

fn color(outcome: &str) -> Style {
    match outcome {
        "COMPLIANT" => AnsiColor::Green.on_default(),
        "NON_COMPLIANT" => AnsiColor::Red.on_default().bold(),
        "NOT_APPLICABLE" => AnsiColor::BrightBlack.on_default(),
        _ => AnsiColor::Magenta.on_default().bold(),
    }
}
