//! Counts the answers, and shows them as a table.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use crate::answer::Answer;

/// What an answer can be, in the order of the columns.
pub(crate) const OUTCOMES: [&str; 4] = ["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE", "ERROR"];

/// How many answers there were: by rule, type of resource and outcome.
#[derive(Debug, Default)]
pub(crate) struct Counts(BTreeMap<(String, String), [usize; OUTCOMES.len()]>);

impl Counts {
    pub(crate) fn add(&mut self, answer: &Answer) {
        let or_dash = |name: Option<&str>| name.unwrap_or("-").to_owned();
        let row =
            self.0.entry((or_dash(answer.rule.as_deref()), or_dash(answer.resource_type()))).or_default();
        for (count, outcome) in row.iter_mut().zip(OUTCOMES) {
            *count += usize::from(outcome == answer.name());
        }
    }

    /// Of all rules and types.
    fn totals(&self) -> [usize; OUTCOMES.len()] {
        let mut totals = [0; OUTCOMES.len()];
        for row in self.0.values() {
            totals.iter_mut().zip(row).for_each(|(total, count)| *total += count);
        }
        totals
    }

    /// A row for each rule and type, unless there is one only, and the totals.
    pub(crate) fn write(&self, stream: &mut impl Write) -> io::Result<()> {
        if self.0.len() > 1 {
            self.write_table(stream)?;
        }
        let totals = self.totals();
        let named: Vec<_> =
            totals.iter().zip(OUTCOMES).map(|(total, outcome)| format!("{total} {outcome}")).collect();
        let count: usize = totals.iter().sum();
        let answers = if count == 1 { "answer" } else { "answers" };
        writeln!(stream, "\n{count} {answers}: {}", named.join(", "))
    }

    fn write_table(&self, stream: &mut impl Write) -> io::Result<()> {
        let width = |title: &str, of: fn(&(String, String)) -> &String| {
            self.0.keys().map(|key| of(key).len()).max().unwrap_or_default().max(title.len())
        };
        let (rules, types) = (width("rule", |key| &key.0), width("resource type", |key| &key.1));
        let [first, second, third, fourth] = OUTCOMES;
        writeln!(
            stream,
            "\n{:rules$}  {:types$}  {first}  {second}  {third}  {fourth}",
            "rule", "resource type"
        )?;
        for ((rule, resource_type), row) in &self.0 {
            write!(stream, "{rule:rules$}  {resource_type:types$}")?;
            for (count, outcome) in row.iter().zip(OUTCOMES) {
                write!(stream, "  {count:>width$}", width = outcome.len())?;
            }
            writeln!(stream)?;
        }
        Ok(())
    }
}
