//! What changes between rules, fleets and versions; and what is new against a baseline.

use std::fs;

use serde_json::{Value, json};

use crate::{
    is_refused, run,
    snapshot::{group, item},
};

fn snapshot(items: &[Value]) -> String {
    json!({"configSnapshotId": "1", "configurationItems": items}).to_string()
}

#[test]
fn rules_fleets_and_results_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (before, after) = (path("before.json"), path("after.json"));
    let (open, closed) = ("0.0.0.0/0", "10.0.0.0/8");
    fs::write(&before, snapshot(&[group("sg-1", closed), group("sg-2", open), group("sg-3", open)])).unwrap();
    fs::write(&after, snapshot(&[group("sg-1", open), group("sg-2", closed)])).unwrap();
    let rule = ["--rule", "security-group-exposure"];
    let changes = |output: &str| -> Vec<String> {
        let changes: Vec<Value> = serde_json::from_str(output).unwrap();
        changes
            .iter()
            .map(|one| format!("{} {}", one["change"].as_str().unwrap(), one["resourceId"].as_str().unwrap()))
            .collect()
    };
    let expected = ["NEWLY_NON_COMPLIANT sg-1", "NEWLY_COMPLIANT sg-2", "GONE sg-3"];
    let fleets = run(&[&["diff", &before, &after, "--format", "json"], &rule[..]].concat());
    assert_eq!((changes(&fleets.output), fleets.status), (expected.map(str::to_owned).into(), 0));
    let failing = run(&[&["diff", &before, &after, "--fail-on-new"], &rule[..]].concat());
    assert_eq!(failing.status, 1);
    assert!(failing.output.starts_with("newly NON_COMPLIANT:\n  security-group-exposure  AWS::EC2::SecurityGroup  sg-1\n    before  COMPLIANT"), "{}", failing.output);

    // The same of results, as one version has written them and another.
    for format in ["json", "jsonl"] {
        for (of, results) in [(&before, path("old")), (&after, path("new"))] {
            let output = run(&[&["replay", of, "--format", format], &rule[..]].concat()).output;
            fs::write(results, output).unwrap();
        }
        let results = run(&["diff", &path("old"), &path("new"), "--format", "json"]);
        assert_eq!(changes(&results.output), expected, "{format}");
    }

    let rules = |parameters: &str| json!({"rules": {"sg": {"rule": "security-group-exposure", "parameters": {"adminPorts": parameters}}}});
    fs::write(path("a.json"), rules("3389").to_string()).unwrap();
    fs::write(path("b.json"), rules("22").to_string()).unwrap();
    let of_rules = run(&[
        "diff",
        &before,
        "--rules-before",
        &path("a.json"),
        "--rules",
        &path("b.json"),
        "--format",
        "json",
    ]);
    assert_eq!(changes(&of_rules.output), ["NEWLY_NON_COMPLIANT sg-2", "NEWLY_NON_COMPLIANT sg-3"]);
    is_refused(&["diff", &before, "--rules", &path("b.json")], "what is to be compared?");
    assert_eq!(run(&["diff", &path("old"), &path("old")]).output, "nothing changes\n");

    // What a baseline knows fails nothing.
    let replay = |file: &str, baseline: &[&str]| {
        run(&[&["replay", file, "--fail-on", "high"], &rule[..], baseline].concat()).status
    };
    assert_eq!(replay(&before, &[]), 1);
    assert_eq!(replay(&before, &["--baseline", &path("old")]), 0);
    assert_eq!(replay(&after, &["--baseline", &path("old")]), 1);
    is_refused(
        &[&["replay", &before, "--fail-on", "high", "--baseline", &before], &rule[..]].concat(),
        "expected results, as `replay --format json`",
    );
}

#[test]
fn a_severity_is_what_fails() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("snapshot.json");
    fs::write(&file, snapshot(&[item("AWS::EC2::Volume", "vol-1", &json!({}))])).unwrap();
    for (least, status) in [("non-compliant", 1), ("low", 1), ("medium", 0), ("critical", 0)] {
        let rule = r#"required-tags={"requiredTags":"Team"}"#;
        let run = run(&["replay", "--rule", rule, "--fail-on", least, file.to_str().unwrap()]);
        assert_eq!(run.status, status, "{least}: {}", run.output);
    }
}

#[test]
fn a_history_says_since_when_and_by_which_change() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("history.json");
    let version = |day: u8, source: &str| {
        let mut item = group("sg-1", source);
        item["configurationItemCaptureTime"] = format!("2026-10-0{day}T09:00:00Z").into();
        item
    };
    let versions = [
        version(1, "10.0.0.0/8"),
        version(2, "0.0.0.0/0"),
        version(3, "0.0.0.0/0"),
        version(4, "10.0.0.0/8"),
    ];
    fs::write(&file, json!({"configurationItems": versions}).to_string()).unwrap();
    let output =
        run(&["diff", "--history", file.to_str().unwrap(), "--rule", "security-group-exposure"]).output;
    let since: Vec<_> = output.lines().filter_map(|line| line.trim().strip_prefix("since ")).collect();
    assert_eq!(since.len(), 3, "{output}");
    assert!(since[1].starts_with("2026-10-02T09:00:00Z  NON_COMPLIANT  SG-ADMIN-OPEN"), "{output}");
    let change = "/configuration/ipPermissions/0/ipv4Ranges/0/cidrIp";
    for values in [r#""10.0.0.0/8" -> "0.0.0.0/0""#, r#""0.0.0.0/0" -> "10.0.0.0/8""#] {
        assert!(output.contains(&format!("        {change}: {values}\n")), "{output}");
    }
}
