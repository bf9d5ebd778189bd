//! `sarif`: SARIF 2.1.0, for GitHub code scanning and what else shows findings beside files.
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>
//!
//! One run. Its rules are the codes, all of them, so that they are the same in each report; a result is a finding. What is
//! COMPLIANT, exempt or older is no result: GitHub opens an alert for each result, of whatever kind it says it is. What GitHub
//! reads: <https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support>

use std::{
    collections::BTreeMap,
    io::{self, Write as _},
    path::Path,
};

use anstream::eprintln;
use config_rules::{
    catalogue::RULES,
    finding::{CODES, Code, Severity},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use serde_json::{Value, json};

use super::{Renderer, Stream, Summary, fields::fingerprint};
use crate::result::{EvaluationResult, ReportedFinding, printable};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// GitHub refuses a file whose run has more results.
const GITHUB_LIMIT: usize = 25_000;
/// What needs no escape in a path. A colon does: what stands before it in the first part would be the scheme.
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub(crate) struct Sarif<'a> {
    stream: Stream<'a>,
    codes: Vec<&'static Code>,
    count: usize,
    /// What could not be evaluated: it is said of the run as a whole, behind the results.
    notifications: Vec<Value>,
}

impl<'a> Sarif<'a> {
    pub(crate) fn new(mut stream: Stream<'a>) -> io::Result<Self> {
        let mut rules: BTreeMap<&str, (&Code, Vec<&str>)> = BTreeMap::new();
        for rule in RULES {
            for code in rule.codes.iter().chain(CODES) {
                rules.entry(code.name).or_insert((code, Vec::new())).1.push(rule.metadata.name);
            }
        }
        let driver = json!({
            "name": "config-rules",
            "version": env!("CARGO_PKG_VERSION"),
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": rules.values().map(|(code, rules)| descriptor(code, rules)).collect::<Vec<_>>(),
        });
        write!(stream, r#"{{"$schema":"{SCHEMA}","version":"2.1.0","runs":[{{"tool":{{"driver":{driver}}}"#)?;
        write!(stream, r#","columnKind":"unicodeCodePoints","results":["#)?;
        let codes = rules.into_values().map(|(code, _)| code).collect();
        Ok(Self { stream, codes, count: 0, notifications: Vec::new() })
    }

    fn write(&mut self, result: &Value) -> io::Result<()> {
        self.stream.write_all(if self.count == 0 { b"\n" } else { b",\n" })?;
        self.count += 1;
        Ok(serde_json::to_writer(&mut self.stream, result)?)
    }

    /// A finding. `occurrence` counts those of the same code at the same resource, as GitHub's own fingerprints do.
    fn finding(&self, result: &EvaluationResult, finding: &ReportedFinding, occurrence: usize) -> Value {
        let code = finding.code.as_str();
        let mut value = json!({
            "ruleId": code,
            "level": level(finding.severity),
            "message": {"text": message(result, &format!("{code}: {}", finding.sentence))},
            "locations": [location(result)],
            "partialFingerprints": fingerprints(result, code, occurrence),
            "properties": properties(result),
        });
        if let Ok(index) = self.codes.binary_search_by(|known| known.name.cmp(code)) {
            value["ruleIndex"] = index.into();
        }
        value
    }
}

impl Renderer for Sarif<'_> {
    fn add(&mut self, result: &EvaluationResult, _: bool) -> io::Result<()> {
        if result.is_refused() {
            self.notifications.push(notification(result));
        }
        if !result.is_non_compliant() || result.is_older {
            return Ok(());
        }
        let mut occurrences: BTreeMap<&str, usize> = BTreeMap::new();
        for finding in result.findings() {
            let occurrence = occurrences.entry(&finding.code).or_default();
            *occurrence += 1;
            let value = self.finding(result, finding, *occurrence);
            self.write(&value)?;
        }
        if result.findings().is_empty() {
            self.write(&json!({
                "level": result.severity().map_or("warning", level),
                "message": {"text": message(result, &result.reason())},
                "locations": [location(result)],
                "partialFingerprints": fingerprints(result, "", 1),
                "properties": properties(result),
            }))?;
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        let invocation = json!([{
            "executionSuccessful": self.notifications.is_empty() && !summary.is_interrupted,
            "toolExecutionNotifications": std::mem::take(&mut self.notifications),
        }]);
        writeln!(self.stream, "\n],\"invocations\":{invocation}}}]}}")?;
        if self.count > GITHUB_LIMIT {
            let count = self.count;
            eprintln!("sarif: {count} results; GitHub refuses a file of more than {GITHUB_LIMIT}");
        }
        self.stream.flush()
    }
}

/// A code, as SARIF describes a rule.
fn descriptor(code: &Code, rules: &[&str]) -> Value {
    let remedy = code.remedy;
    let help = match code.example {
        Some(example) => format!("{remedy}\n\n```\n{example}\n```"),
        None => remedy.to_owned(),
    };
    let mut tags = vec!["aws", "aws-config"];
    // GitHub includes ten at most; a code of more rules is one of all.
    if rules.len() == 1 {
        tags.extend(rules);
    }
    let mut properties = json!({"tags": tags});
    if let Some(severity) = security_severity(code.severity) {
        properties["security-severity"] = severity.into();
        properties["tags"] = [&["security"], tags.as_slice()].concat().into();
    }
    json!({
        "id": code.name,
        "name": code.name,
        "shortDescription": {"text": code.description},
        "fullDescription": {"text": code.description},
        "help": {"text": help, "markdown": help},
        "defaultConfiguration": {"level": level(code.severity)},
        "properties": properties,
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Informational => "note",
    }
}

/// A score in the middle of what GitHub takes for this severity: critical is over 9.0, high from 7.0, medium from 4.0 and low
/// from 0.1. Without a score it is no matter of security.
fn security_severity(severity: Severity) -> Option<&'static str> {
    match severity {
        Severity::Critical => Some("9.5"),
        Severity::High => Some("8.0"),
        Severity::Medium => Some("5.5"),
        Severity::Low => Some("2.0"),
        Severity::Informational => None,
    }
}

/// With the resource: an alert stands beside a file that may hold thousands.
fn message(result: &EvaluationResult, why: &str) -> String {
    let resource = &result.resource;
    let resource = [&resource.resource_id, &resource.account_id, &resource.aws_region];
    let resource: Vec<_> = resource.into_iter().flatten().map(String::as_str).collect();
    printable(&format!("{why} ({})", resource.join(" ")))
}

fn location(result: &EvaluationResult) -> Value {
    let resource = &result.resource;
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": {"uri": uri(&result.file)},
            // GitHub wants a region. Where in the file the resource stands is not known.
            "region": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1},
        },
    });
    if let Some(id) = &resource.resource_id {
        let parts =
            [&resource.account_id, &resource.aws_region, &resource.resource_type, &resource.resource_id];
        let parts: Vec<_> = parts.into_iter().flatten().map(String::as_str).collect();
        location["logicalLocations"] = json!([{
            "name": id,
            "fullyQualifiedName": resource.arn.clone().unwrap_or_else(|| parts.join("/")),
            "kind": "resource",
        }]);
    }
    location
}

/// Relative to where the command runs, which is the root of the repository for GitHub.
fn uri(file: &str) -> String {
    let scheme = if Path::new(file).is_absolute() { "file://" } else { "" };
    let path = file.trim_start_matches("./");
    format!("{scheme}{}", percent_encode(path.as_bytes(), IN_PATH))
}

/// GitHub reads this name alone, and expects the number behind the hash.
fn fingerprints(result: &EvaluationResult, code: &str, occurrence: usize) -> Value {
    json!({"primaryLocationLineHash": format!("{}/{code}:{occurrence}", fingerprint(result))})
}

fn properties(result: &EvaluationResult) -> Value {
    let resource = &result.resource;
    json!({
        "configRuleName": result.config_rule_name,
        "rule": result.rule,
        "accountId": resource.account_id,
        "awsRegion": resource.aws_region,
        "resourceType": resource.resource_type,
        "resourceName": resource.resource_name,
    })
}

fn notification(result: &EvaluationResult) -> Value {
    json!({
        "level": "error",
        "message": {"text": printable(&result.reason())},
        "locations": [location(result)],
        "properties": properties(result),
    })
}

#[cfg(test)]
mod tests {
    use super::{
        super::fields::samples::{rendered, result, results},
        *,
    };

    fn run(results: &[EvaluationResult]) -> Value {
        let text = rendered(|stream| Sarif::new(stream).unwrap(), results);
        let sarif: Value = serde_json::from_str(&text).unwrap();
        sarif["runs"][0].clone()
    }

    #[test]
    fn a_result_is_a_finding() {
        let run = run(&results());
        let found = run["results"].as_array().unwrap();
        let ids: Vec<_> = found.iter().map(|result| result["ruleId"].as_str().unwrap_or("-")).collect();
        assert_eq!(ids, ["SG-ADMIN-OPEN", "-", "SG-UNION", "SG-UNION", "MISSING-DATA"]);
        assert_eq!(found[0]["level"], "error");
        assert_eq!(
            found[0]["message"]["text"],
            "SG-ADMIN-OPEN: sg-2 is wrong (sg-2 111122223333 eu-central-1)"
        );
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        let index = usize::try_from(found[0]["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], "SG-ADMIN-OPEN");
        assert_eq!(rules[index]["properties"]["security-severity"], "9.5");
        let logical = &found[0]["locations"][0]["logicalLocations"][0];
        assert_eq!(logical["fullyQualifiedName"], "111122223333/eu-central-1/AWS::EC2::SecurityGroup/sg-2");
        let invocation = &run["invocations"][0];
        assert_eq!(invocation["executionSuccessful"], false);
        assert_eq!(
            invocation["toolExecutionNotifications"][0]["message"]["text"],
            "BadFile: not JSON: bad.json"
        );
    }

    #[test]
    fn all_codes_are_rules_once_and_with_help() {
        let rules = run(&[])["tool"]["driver"]["rules"].clone();
        let rules = rules.as_array().unwrap();
        let ids: Vec<_> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
        assert!(ids.is_sorted() && ids.windows(2).all(|pair| pair[0] != pair[1]), "{ids:?}");
        for code in RULES.iter().flat_map(|rule| rule.codes).chain(CODES) {
            assert!(ids.contains(&code.name), "{}", code.name);
        }
        for rule in rules {
            assert!(rule["properties"]["tags"].as_array().unwrap().len() <= 10, "GitHub's limit: {rule}");
            for text in ["shortDescription", "fullDescription", "help"] {
                assert!((1..=1024).contains(&rule[text]["text"].as_str().unwrap().chars().count()), "{rule}");
            }
        }
    }

    #[test]
    fn a_fingerprint_is_one_alert_in_every_run() {
        let two = result("NON_COMPLIANT", "sg-1", &["SG-UNION", "SG-UNION", "MISSING-DATA"]);
        let hashes = |results: &[EvaluationResult]| -> Vec<String> {
            let run = run(results);
            let found = run["results"].as_array().unwrap().iter();
            found.map(|result| result["partialFingerprints"]["primaryLocationLineHash"].to_string()).collect()
        };
        let first = hashes(std::slice::from_ref(&two));
        assert!(first[0] != first[1] && first[1] != first[2], "{first:?}");
        let other = result("NON_COMPLIANT", "sg-2", &["SG-UNION"]);
        assert_eq!(hashes(&[other, two])[1..], first, "whatever else there is");
    }

    #[test]
    fn a_file_is_a_uri() {
        assert_eq!(uri("./events/a b/#1:é%.json"), "events/a%20b/%231%3A%C3%A9%25.json");
        assert_eq!(uri("/tmp/a.json"), "file:///tmp/a.json");
        assert_eq!(uri("../a.json"), "../a.json");
    }

    #[test]
    fn a_run_without_errors_was_successful() {
        let run = run(&[result("COMPLIANT", "sg-1", &["SG-UNION"])]);
        assert_eq!(run["invocations"][0]["executionSuccessful"], true);
        assert_eq!(run["results"], json!([]), "an exempt resource is no alert");
    }
}
