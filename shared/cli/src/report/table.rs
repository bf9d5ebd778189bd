//! `table`: one row for each result that needs somebody, as wide as the terminal; and the table of totals.

use std::{
    cmp::Reverse,
    io::{self, Write as _},
};

use comfy_table::{CellAlignment, ContentArrangement, Table as Grid, presets::NOTHING};

use super::{
    Renderer, Stream, Summary,
    summary::{Counts, Group},
};
use crate::{
    arguments::GroupBy,
    result::{COMPLIANCE_TYPES, EvaluationResult, printable},
};

pub(crate) struct Table<'a> {
    stream: Stream<'a>,
    rows: Vec<[String; 6]>,
}

impl<'a> Table<'a> {
    pub(crate) fn new(stream: Stream<'a>) -> Self {
        Self { stream, rows: Vec::new() }
    }
}

impl Renderer for Table<'_> {
    fn add(&mut self, result: &EvaluationResult, _: bool) -> io::Result<()> {
        if !result.is_left_out() {
            let text = |text: &Option<String>| printable(text.as_deref().unwrap_or_default());
            let severity = result.severity().map(|severity| severity.to_string());
            self.rows.push([
                severity.unwrap_or_else(|| result.compliance_type().to_owned()),
                text(&result.resource.account_id),
                text(&result.resource.aws_region),
                text(&result.config_rule_name),
                text(&result.resource.resource_id),
                printable(&result.reason()),
            ]);
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        let mut grid = grid(["Severity", "Account", "Region", "Config rule", "Resource", "Reason"]);
        grid.add_rows(self.rows.drain(..));
        writeln!(self.stream, "{grid}\n\n{}", counts(summary, GroupBy::Rule))?;
        self.stream.flush()
    }
}

/// The totals of what they are grouped by, those with most NON_COMPLIANT first.
pub(super) fn counts(summary: &Summary, group_by: GroupBy) -> Grid {
    let keys = group_by.keys();
    let mut rows: Vec<(Vec<String>, Counts)> =
        summary.by(|group| keys.iter().map(|(_, key)| key(group).to_owned()).collect()).into_iter().collect();
    rows.sort_by_key(|(_, [_, non_compliant, ..])| Reverse(*non_compliant));
    let mut grid = grid(keys.iter().map(|(title, _)| *title).chain(COMPLIANCE_TYPES));
    for (key, counts) in rows {
        let names =
            key.into_iter().map(|name| if name.is_empty() { "-".to_owned() } else { printable(&name) });
        grid.add_row(names.chain(counts.iter().map(usize::to_string)));
    }
    for column in grid.column_iter_mut().skip(keys.len()) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    grid
}

fn grid<'a>(titles: impl IntoIterator<Item = &'a str>) -> Grid {
    let mut grid = Grid::new();
    grid.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    grid.set_header(titles.into_iter().map(str::to_owned).collect::<Vec<_>>());
    grid
}

/// The title of a column, and what stands in it.
type Key = (&'static str, fn(&Group) -> &str);

impl GroupBy {
    /// The titles of the columns, and what stands in them.
    fn keys(self) -> Vec<Key> {
        let account: Key = ("Account", |group| &group.account_id);
        let region: Key = ("Region", |group| &group.aws_region);
        let rule: Key = ("Config rule", |group| &group.config_rule_name);
        let kind: Key = ("Resource type", |group| &group.resource_type);
        match self {
            Self::Account => vec![account],
            Self::Region => vec![account, region],
            Self::Rule => vec![rule, kind],
            Self::AccountAndRule => vec![account, rule],
            Self::ResourceType => vec![kind],
        }
    }
}
