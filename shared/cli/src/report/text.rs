//! `text`: for people at a terminal. What is wrong, grouped by file, and at the end the totals and what to do.

use std::io::{self, Write as _};

use anstyle::{AnsiColor, Style};

use super::{Renderer, Stream, Summary, table};
use crate::{
    arguments::{GroupBy, Output},
    result::{COMPLIANCE_TYPES, EvaluationResult, printable},
};

/// How many results a terminal shows at once; of more, errors are repeated at the end.
const ON_SCREEN: usize = 10;

const DIM: Style = Style::new().dimmed();

pub(crate) struct Text<'a> {
    stream: Stream<'a>,
    output: &'a Output,
    file: Option<String>,
    left_out: usize,
    shown: usize,
}

impl<'a> Text<'a> {
    pub(crate) fn new(stream: Stream<'a>, output: &'a Output) -> Self {
        Self { stream, output, file: None, left_out: 0, shown: 0 }
    }

    /// The file, once for all that stands in it.
    fn write_file(&mut self, file: &str) -> io::Result<()> {
        if self.file.as_deref() != Some(file) {
            let gap = if self.file.is_some() { "\n" } else { "" };
            writeln!(self.stream, "{gap}{DIM}{}{DIM:#}", printable(file))?;
            self.file = Some(file.to_owned());
        }
        Ok(())
    }

    fn write_totals(&mut self, summary: &Summary) -> io::Result<()> {
        let totals = summary.totals();
        let count: usize = totals.iter().sum();
        if self.output.group_by.is_some() || summary.groups.len() > 1 {
            let group_by = self.output.group_by.unwrap_or(GroupBy::Rule);
            writeln!(self.stream, "\n{}", table::counts(summary, group_by))?;
        }
        let named: Vec<_> =
            totals.iter().zip(COMPLIANCE_TYPES).map(|(total, kind)| format!("{total} {kind}")).collect();
        let results = if count == 1 { "result" } else { "results" };
        writeln!(self.stream, "\n{count} {results}: {}", named.join(", "))
    }

    fn write_left_out(&mut self, summary: &Summary) -> io::Result<()> {
        let left_out = [
            (self.left_out, "COMPLIANT or NOT_APPLICABLE not shown: --all shows them"),
            (summary.older_versions, "older versions of resources not evaluated: --history does"),
            (summary.not_evaluated, "resources not evaluated: their type, or the rules' scope"),
        ];
        for (count, what) in left_out.into_iter().filter(|(count, _)| *count > 0) {
            writeln!(self.stream, "{count} {what}")?;
        }
        if !summary.account_rules_left_out.is_empty() {
            let rules = summary.account_rules_left_out.join(", ");
            writeln!(
                self.stream,
                "not evaluated, because they evaluate an account as a whole, and need the resources and facts of one: {rules}"
            )?;
        }
        if summary.groups.is_empty() {
            let why = "there is no resource of a type that a rule here evaluates";
            writeln!(self.stream, "nothing was evaluated: {why}")?;
        }
        if summary.is_interrupted {
            let style = color("ERROR");
            writeln!(
                self.stream,
                "{style}interrupted: the totals are of what was evaluated until then{style:#}"
            )?;
        }
        Ok(())
    }

    fn write_remedies(&mut self, summary: &Summary) -> io::Result<()> {
        if summary.codes.is_empty() {
            return Ok(());
        }
        writeln!(self.stream, "\nWhat to do:")?;
        let mut codes: Vec<_> = summary.codes.iter().collect();
        codes.sort_by_key(|(name, code)| (std::cmp::Reverse(code.severity), *name));
        for (name, code) in codes {
            let resources = if code.resources == 1 { "resource" } else { "resources" };
            writeln!(self.stream, "  {name}, {} {resources}: {}", code.resources, code.remedy)?;
        }
        Ok(())
    }

    /// What could not be evaluated, again: it may have scrolled away.
    fn write_errors(&mut self, summary: &Summary) -> io::Result<()> {
        let [.., errors] = summary.totals();
        if errors == 0 || self.shown <= ON_SCREEN {
            return Ok(());
        }
        let style = color("ERROR");
        writeln!(self.stream, "\n{style}{errors} could not be evaluated:{style:#}")?;
        for result in &summary.errors {
            let resource = result.resource.resource_id.as_deref().map(|id| format!(": {}", printable(id)));
            let (file, resource) = (printable(&result.file), resource.unwrap_or_default());
            writeln!(self.stream, "  {file}{resource}: {}", printable(&result.reason()))?;
        }
        let more = errors - summary.errors.len();
        if more > 0 {
            writeln!(self.stream, "  and {more} more")?;
        }
        Ok(())
    }
}

impl Renderer for Text<'_> {
    fn add(&mut self, result: &EvaluationResult, is_unexpected: bool) -> io::Result<()> {
        if (result.is_left_out() || self.output.summary) && !is_unexpected {
            self.left_out += usize::from(result.is_left_out());
            return Ok(());
        }
        self.shown += 1;
        self.write_file(&result.file)?;
        let (style, name) = (color(result.compliance_type()), result.compliance_type());
        write!(self.stream, "{style}{name:<14}{style:#}  {}", columns(result))?;
        if result.is_older {
            write!(self.stream, ", an older version")?;
        }
        writeln!(self.stream, "\n    {}", printable(&result.reason()))?;
        let place = place(result);
        if !place.is_empty() {
            writeln!(self.stream, "    {DIM}{place}{DIM:#}")?;
        }
        if is_unexpected {
            let style = color("ERROR");
            writeln!(self.stream, "    {style}not what the file's name says{style:#}")?;
        }
        self.stream.flush()
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        self.write_totals(summary)?;
        self.write_left_out(summary)?;
        self.write_remedies(summary)?;
        self.write_errors(summary)?;
        self.stream.flush()
    }
}

/// Severity, rule and resource.
fn columns(result: &EvaluationResult) -> String {
    let severity = result.severity().map(|severity| severity.to_string());
    let rule = match (&result.config_rule_name, &result.rule) {
        (Some(name), Some(rule)) if name != rule => Some(format!("{name} ({rule})")),
        (name, rule) => name.clone().or_else(|| rule.clone()),
    };
    let name = result.resource.resource_name.as_ref().map(|name| format!("{name:?}"));
    let columns = [severity, rule, result.resource.resource_id.clone(), name];
    let columns: Vec<_> = columns.into_iter().flatten().map(|column| printable(&column)).collect();
    columns.join("  ")
}

/// Where the resource is, and when it was recorded.
fn place(result: &EvaluationResult) -> String {
    let resource = &result.resource;
    let recorded = result.ordering_timestamp.map(|time| format!("recorded {time}"));
    let place = if let Some(arn) = &resource.arn {
        vec![Some(arn.clone()), recorded]
    } else {
        let resource = resource.clone();
        vec![resource.resource_type, resource.account_id, resource.aws_region, recorded]
    };
    place.into_iter().flatten().map(|part| printable(&part)).collect::<Vec<_>>().join("  ")
}

pub(super) fn color(compliance_type: &str) -> Style {
    match compliance_type {
        "COMPLIANT" => AnsiColor::Green.on_default(),
        "NON_COMPLIANT" => AnsiColor::Red.on_default().bold(),
        "NOT_APPLICABLE" => AnsiColor::BrightBlack.on_default(),
        _ => AnsiColor::Magenta.on_default().bold(),
    }
}
