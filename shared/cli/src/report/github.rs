//! `github`: annotations of a run in GitHub Actions, as workflow commands.
//!
//! GitHub takes ten annotations of each kind from a step and drops the others without a word, so that the gravest ones are
//! written, at the end, and how many there would have been.
//! <https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md#limitations>

use std::{
    cmp::Reverse,
    io::{self, Write as _},
};

use config_rules::finding::Severity;

use super::{
    Renderer, Stream, Summary,
    fields::{cut, remedies},
};
use crate::result::{COMPLIANCE_TYPES, EvaluationResult, printable};

/// How many annotations of a kind GitHub takes from a step.
const LIMIT: usize = 10;
/// The longest title, in characters, and a message that is never longer than the 64 KB that check runs take.
/// <https://docs.github.com/en/rest/checks/runs>
const TITLE: usize = 255;
const MESSAGE: usize = 16_000;

pub(crate) struct GitHub<'a> {
    stream: Stream<'a>,
    /// Those to write of each of the [`KINDS`], the gravest first.
    annotations: [Vec<(Rank, String)>; KINDS.len()],
    left_out: usize,
}

const KINDS: [&str; 3] = ["error", "warning", "notice"];

/// What could not be evaluated comes before everything: nobody knows how grave it is.
type Rank = (bool, Option<Severity>);

impl<'a> GitHub<'a> {
    pub(crate) fn new(stream: Stream<'a>) -> Self {
        Self { stream, annotations: Default::default(), left_out: 0 }
    }
}

impl Renderer for GitHub<'_> {
    fn add(&mut self, result: &EvaluationResult, _: bool) -> io::Result<()> {
        let rank = (result.is_refused(), result.severity());
        let kind = match rank {
            (true, _) | (_, Some(Severity::Critical | Severity::High)) => 0,
            (_, Some(Severity::Medium)) => 1,
            (_, Some(Severity::Low | Severity::Informational)) => 2,
            (false, None) => return Ok(()),
        };
        if result.is_older {
            return Ok(());
        }
        let annotations = &mut self.annotations[kind];
        if annotations.len() == LIMIT {
            self.left_out += 1;
            if annotations.last().is_some_and(|(last, _)| *last >= rank) {
                return Ok(());
            }
            annotations.pop();
        }
        annotations.push((rank, command(KINDS[kind], result)));
        annotations.sort_by_key(|(rank, _)| Reverse(*rank));
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        for (_, command) in self.annotations.iter().flatten() {
            writeln!(self.stream, "{command}")?;
        }
        let totals: Vec<_> = summary
            .totals()
            .iter()
            .zip(COMPLIANCE_TYPES)
            .map(|(count, kind)| format!("{count} {kind}"))
            .collect();
        writeln!(self.stream, "config-rules: {}", totals.join(", "))?;
        if self.left_out > 0 {
            let why = format!("GitHub takes {LIMIT} of each kind from a step, and these are the gravest");
            writeln!(self.stream, "config-rules: {} more are not annotated: {why}", self.left_out)?;
        }
        self.stream.flush()
    }
}

/// `::error file=…,title=…::…`. A line break in the message is one on the page.
fn command(kind: &str, result: &EvaluationResult) -> String {
    let name = result.config_rule_name.as_deref().unwrap_or("config-rules");
    let resource = &result.resource;
    let resource = [&resource.resource_id, &resource.account_id, &resource.aws_region];
    let subject: Vec<_> =
        [name].into_iter().chain(resource.into_iter().flatten().map(String::as_str)).collect();
    let title = property(&cut(&printable(&subject.join(" ")), TITLE));
    let message = [printable(&result.reason()), remedies(result)];
    let message: Vec<_> = message.into_iter().filter(|text| !text.is_empty()).collect();
    let message = data(&cut(&message.join("\n"), MESSAGE));
    let file = match result.file.as_str() {
        "-" => String::new(),
        file => format!("file={},", property(&printable(file))),
    };
    format!("::{kind} {file}title={title}::{message}")
}

/// Escapes what stands behind a command.
/// <https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts>
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{
        super::fields::samples::{HOSTILE, refused, rendered, result, results},
        *,
    };

    /// Kind, properties and message of a command, read as the runner does: up to the first `::`, then the rest.
    fn read(line: &str) -> (String, Vec<(String, String)>, String) {
        let unescaped = |text: &str| {
            let text = text.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",");
            text.replace("%25", "%")
        };
        let (head, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
        let (kind, properties) = head.split_once(' ').unwrap();
        let properties = properties.split(',').map(|property| {
            let (name, value) = property.split_once('=').unwrap();
            (name.to_owned(), unescaped(value))
        });
        (kind.to_owned(), properties.collect(), unescaped(message))
    }

    #[test]
    fn an_annotation_says_file_title_reason_and_remedy() {
        let wrong = result("NON_COMPLIANT", "sg-2", &["SG-ADMIN-OPEN"]);
        let text = rendered(GitHub::new, std::slice::from_ref(&wrong));
        let (kind, properties, message) = read(text.lines().next().unwrap());
        assert_eq!(kind, "error");
        let file = ("file".to_owned(), wrong.file.clone());
        let title = ("title".to_owned(), "ssh sg-2 111122223333 eu-central-1".to_owned());
        assert_eq!(properties, [file, title]);
        assert_eq!(message, format!("annotation of sg-2\n{}", wrong.findings()[0].remedy));
        assert!(text.ends_with("config-rules: 0 COMPLIANT, 1 NON_COMPLIANT, 0 NOT_APPLICABLE, 0 ERROR\n"));
    }

    #[test]
    fn no_name_is_a_command() {
        let text = rendered(GitHub::new, &results());
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 6, "what is compliant or older is no annotation: {text}");
        let (last, commands) = lines.split_last().unwrap();
        assert!(last.starts_with("config-rules: 1 COMPLIANT, 4 NON_COMPLIANT"), "{last}");
        for command in commands {
            let (_, properties, _) = read(command);
            assert_eq!(properties.len(), 2, "{command}");
            assert!(properties[1].1.chars().count() <= TITLE);
        }
        assert!(commands.iter().any(|line| read(line).1[0].1 == printable(HOSTILE)));
    }

    #[test]
    fn the_gravest_ten_of_a_kind_are_shown() {
        let high = |index| result("NON_COMPLIANT", &format!("sg-high-{index}"), &["UNKNOWN"]);
        let mut results: Vec<_> = (0..12).map(high).collect();
        results.push(result("NON_COMPLIANT", "sg-critical", &["SG-ADMIN-OPEN"]));
        results.push(refused("bad.json"));
        results.push(result("NON_COMPLIANT", "i-low", &["TAG-MISSING"]));
        let text = rendered(GitHub::new, &results);
        assert_eq!(text.matches("::error ").count(), LIMIT);
        let lines: Vec<_> = text.lines().collect();
        assert!(lines[0].contains("bad.json") && lines[1].contains("sg-critical"), "{text}");
        assert!(lines[2].contains("sg-high-0") && lines[9].contains("sg-high-7"), "{text}");
        assert!(lines[10].starts_with("::notice ") && lines[10].contains("i-low"), "{text}");
        assert!(text.contains("config-rules: 4 more are not annotated: GitHub takes 10"), "{text}");
    }

    #[test]
    fn what_comes_from_standard_input_has_no_file() {
        let piped = EvaluationResult { file: "-".to_owned(), ..refused("-") };
        assert!(rendered(GitHub::new, &[piped]).starts_with("::error title=config-rules::BadFile"));
    }
}
