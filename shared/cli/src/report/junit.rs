//! `junit`: what CI servers show as tests. A suite for each Config rule, and a test for each resource.
//!
//! The counts of a suite stand before its tests, so that all of it is kept until the end.

use std::{collections::BTreeMap, io};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Renderer, Stream, Summary, fields::remedies};
use crate::result::{EvaluationResult, Outcome, printable};

/// The report, and the suite of what belongs to no Config rule.
const NAME: &str = "config-rules";

pub(crate) struct JUnit<'a> {
    stream: Stream<'a>,
    suites: BTreeMap<String, TestSuite>,
}

impl<'a> JUnit<'a> {
    pub(crate) fn new(stream: Stream<'a>) -> Self {
        Self { stream, suites: BTreeMap::new() }
    }
}

impl Renderer for JUnit<'_> {
    fn add(&mut self, result: &EvaluationResult, _: bool) -> io::Result<()> {
        // Two tests of one name would be one that fails and passes.
        if result.is_older {
            return Ok(());
        }
        let suite = text(result.config_rule_name.as_deref().unwrap_or(NAME));
        let mut case = TestCase::new(text(&name(result)), status(result));
        case.set_classname(suite.as_str());
        self.suites.entry(suite).or_insert_with_key(|name| TestSuite::new(name)).add_test_case(case);
        Ok(())
    }

    fn finish(&mut self, _: &Summary) -> io::Result<()> {
        let mut report = Report::new(NAME);
        report.add_test_suites(std::mem::take(&mut self.suites).into_values());
        report.serialize(&mut self.stream).map_err(io::Error::other)?;
        self.stream.flush()
    }
}

/// The resource, with all that it takes to tell it from those of other accounts; or the file. CI servers follow a test from
/// run to run by its name.
fn name(result: &EvaluationResult) -> String {
    let resource = &result.resource;
    if resource.resource_id.is_none() {
        return result.file.clone();
    }
    let parts = [&resource.resource_type, &resource.resource_id, &resource.account_id, &resource.aws_region];
    parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")
}

fn status(result: &EvaluationResult) -> TestCaseStatus {
    let (mut status, kind) = match (&result.outcome, result.compliance_type()) {
        (Outcome::Refused { error }, _) => {
            (TestCaseStatus::non_success(NonSuccessKind::Error), error.name.clone())
        }
        (_, "NON_COMPLIANT") => {
            (TestCaseStatus::non_success(NonSuccessKind::Failure), result.codes().join(" "))
        }
        (_, "NOT_APPLICABLE") => (TestCaseStatus::skipped(), String::new()),
        _ => return TestCaseStatus::success(),
    };
    status.set_message(text(&result.reason()));
    if !kind.is_empty() {
        status.set_type(text(&kind));
        status.set_description(details(result));
    }
    status
}

/// What people read who open a test that failed.
fn details(result: &EvaluationResult) -> String {
    let mut lines: Vec<String> = Vec::new();
    for finding in result.findings() {
        lines.push(format!("{} {}: {}", finding.severity, finding.code, text(&finding.sentence)));
    }
    let remedies = remedies(result);
    if !remedies.is_empty() {
        lines.push(format!("What to do: {remedies}"));
    }
    if let Some(name) = &result.resource.resource_name {
        lines.push(format!("Name: {}", text(name)));
    }
    lines.push(format!("File: {}", text(&result.file)));
    lines.join("\n")
}

/// Text that XML 1.0 has characters for: the library takes out what else it has none for, without a trace.
fn text(text: &str) -> String {
    printable(text).replace('\u{fffe}', "\\u{fffe}").replace('\u{ffff}', "\\u{ffff}")
}

#[cfg(test)]
mod tests {
    use super::{
        super::fields::samples::{HOSTILE, rendered, result, results},
        *,
    };

    fn report(results: &[EvaluationResult]) -> Report {
        Report::deserialize_from_str(&rendered(JUnit::new, results)).unwrap()
    }

    #[test]
    fn a_suite_is_a_config_rule_and_a_test_is_a_resource() {
        let report = report(&results());
        assert_eq!((report.tests, report.failures, report.errors), (7, 3, 2));
        let names: Vec<_> = report.test_suites.iter().map(|suite| suite.name.to_string()).collect();
        assert_eq!(names, [text(HOSTILE), NAME.to_owned(), "ssh".to_owned()]);
        let ssh = &report.test_suites[2];
        assert_eq!((ssh.tests, ssh.failures, ssh.skipped), (4, 2, 1));
        assert_eq!(ssh.test_cases[0].name.as_str(), "AWS::EC2::SecurityGroup sg-1 111122223333 eu-central-1");
        assert_eq!(ssh.test_cases[0].status, TestCaseStatus::success());
        let TestCaseStatus::NonSuccess { kind: NonSuccessKind::Failure, message, ty, .. } =
            &ssh.test_cases[1].status
        else {
            panic!("{:?}", ssh.test_cases[1])
        };
        assert_eq!(message.as_deref(), Some("annotation of sg-2"));
        assert_eq!(ty.as_deref(), Some("SG-ADMIN-OPEN"));
        let TestCaseStatus::NonSuccess { kind: NonSuccessKind::Error, ty, .. } =
            &report.test_suites[1].test_cases[0].status
        else {
            panic!("{:?}", report.test_suites[1])
        };
        assert_eq!(ty.as_deref(), Some("BadFile"));
    }

    #[test]
    fn nothing_that_xml_has_no_character_for_is_lost() {
        let name = "a\u{0}b\u{b}c\u{1b}[31md\u{fffe}e\u{ffff}f\u{202e}g]]>&amp;";
        let report = report(&[result("NON_COMPLIANT", name, &["SG-UNION"])]);
        let case = &report.test_suites[0].test_cases[0];
        let shown = r"a\u{0}b\u{b}c\u{1b}[31md\u{fffe}e\u{ffff}f\u{202e}g]]>&amp;";
        assert!(case.name.contains(shown), "{}", case.name.as_str());
    }

    #[test]
    fn without_results_there_is_a_report() {
        assert_eq!(report(&[]).tests, 0);
    }
}
