//! `json` and `jsonl`: everything that is known, for machines. `schema results` prints the JSON Schema.

use std::io::{self, Write as _};

use schemars::JsonSchema;
use serde_json::Value;

use super::{Renderer, Stream, Summary};
use crate::result::EvaluationResult;

/// The version of the format. A new field leaves it as it is; it changes when a field goes or means something else.
pub(crate) const FORMAT_VERSION: &str = "1";

/// What `--format json` writes. `--format jsonl` writes the results alone, one a line.
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code, reason = "only its schema is used: it is written piece by piece")]
pub(crate) struct Document {
    /// The version of the format.
    format_version: String,
    /// Every result.
    results: Vec<EvaluationResult>,
    /// The totals.
    summary: Value,
}

/// `{"formatVersion": "1", "results": […], "summary": {…}}`, each result on a line of its own.
pub(crate) struct Json<'a> {
    stream: Stream<'a>,
    is_empty: bool,
}

impl<'a> Json<'a> {
    pub(crate) fn new(mut stream: Stream<'a>) -> io::Result<Self> {
        write!(stream, r#"{{"formatVersion":"{FORMAT_VERSION}","results":["#)?;
        Ok(Self { stream, is_empty: true })
    }
}

impl Renderer for Json<'_> {
    fn add(&mut self, result: &EvaluationResult, _: bool) -> io::Result<()> {
        self.stream.write_all(if self.is_empty { b"\n" } else { b",\n" })?;
        self.is_empty = false;
        Ok(serde_json::to_writer(&mut self.stream, result)?)
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        self.stream.write_all(b"\n],\"summary\":")?;
        serde_json::to_writer(&mut self.stream, summary)?;
        self.stream.write_all(b"}\n")?;
        self.stream.flush()
    }
}

/// One result a line, and no totals: what is cut off is as valid as what is not.
pub(crate) struct JsonLines<'a> {
    stream: Stream<'a>,
}

impl<'a> JsonLines<'a> {
    pub(crate) fn new(stream: Stream<'a>) -> Self {
        Self { stream }
    }
}

impl Renderer for JsonLines<'_> {
    fn add(&mut self, result: &EvaluationResult, _: bool) -> io::Result<()> {
        serde_json::to_writer(&mut self.stream, result)?;
        self.stream.write_all(b"\n")
    }

    fn finish(&mut self, _: &Summary) -> io::Result<()> {
        self.stream.flush()
    }
}
