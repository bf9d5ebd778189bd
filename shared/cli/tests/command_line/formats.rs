//! Reports of all sample events, read by other people's parsers and held against published schemas.
//!
//! What Python reads it reads in the virtual environments that `tests/run` sets up; where they are not, that part is
//! skipped, and said so.

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::{FACTS, Run, root, run};

/// All sample events in this format.
fn events(format: &str) -> Run {
    let run = run(&["replay", "--facts", FACTS, "--format", format, "events"]);
    assert_eq!(run.status, 2, "some of them are refused: {}", run.error);
    run
}

/// How many results of each kind there are, as `--format json` says.
fn counts() -> BTreeMap<String, u64> {
    let counts = crate::document(&["replay", "--facts", FACTS, "events"])["summary"]["counts"].clone();
    let counts: BTreeMap<String, u64> = serde_json::from_value(counts).unwrap();
    assert!(counts.values().all(|count| *count > 10), "the samples have all kinds: {counts:?}");
    counts
}

/// What `formats.py` makes of a report, with the packages of this file in tests/requirements.
fn python(requirements: &str, arguments: &[&str], input: &str) -> Option<Value> {
    let program = root().join("target/python").join(requirements).join("bin/python");
    if !program.exists() {
        let reason = format!("there is no target/python/{requirements}; tests/run sets it up");
        writeln!(std::io::stderr().lock(), "\nSKIPPED: {}: {reason}", arguments[0]).unwrap();
        return None;
    }
    let script = root().join("shared/cli/tests/command_line/formats.py");
    let mut python = Command::new(program)
        .arg(script)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = python.stdin.take().unwrap();
    let input = input.to_owned();
    // It may print before it has read everything.
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = python.wait_with_output().unwrap();
    // `ocsf` reads nothing.
    let _ = writer.join().unwrap();
    assert!(output.status.success(), "{arguments:?}");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

fn schema(name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(root().join("tests/schemas").join(name)).unwrap()).unwrap()
}

/// What is wrong by a JSON Schema.
#[track_caller]
fn is_valid(schema: &Value, value: &Value) {
    let validator = jsonschema::validator_for(schema).unwrap();
    let wrong: Vec<_> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn csv_has_a_row_for_each_result() {
    let (csv, counts) = (events("csv").output, counts());
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<BTreeMap<String, String>> = reader.deserialize().collect::<Result<_, _>>().unwrap();
    for (kind, count) in &counts {
        let of_kind = rows.iter().filter(|row| row["complianceType"] == *kind).count();
        assert_eq!(of_kind as u64, *count, "{kind}");
    }
    for row in rows.iter().filter(|row| row["complianceType"] == "NON_COMPLIANT") {
        assert!(
            !row["codes"].is_empty() && !row["severity"].is_empty() && !row["remedy"].is_empty(),
            "{row:?}"
        );
    }
    if let Some(read) = python("reports", &["csv"], &csv) {
        assert_eq!(serde_json::to_value(rows).unwrap(), read, "Python's parser reads the same");
    }
}

#[test]
fn junit_has_a_test_for_each_result() {
    let (junit, counts) = (events("junit").output, counts());
    let report = quick_junit::Report::deserialize_from_str(&junit).unwrap();
    assert_eq!(report.tests as u64, counts.values().sum::<u64>());
    assert_eq!(report.failures as u64, counts["NON_COMPLIANT"]);
    assert_eq!(report.errors as u64, counts["ERROR"]);
    assert_eq!(report.skipped as u64, counts["NOT_APPLICABLE"]);
    let schema = root().join("tests/schemas/junit-10.xsd");
    if let Some(read) = python("reports", &["junit", schema.to_str().unwrap()], &junit) {
        assert_eq!(read["wrong"], Value::Array(Vec::new()));
        for (suite, read) in report.test_suites.iter().zip(read["suites"].as_array().unwrap()) {
            assert_eq!(
                (read["name"].as_str(), &read["tests"]),
                (Some(suite.name.as_str()), &suite.tests.into())
            );
            assert_eq!((&read["failures"], &read["errors"]), (&suite.failures.into(), &suite.errors.into()));
        }
        assert_eq!(read["suites"].as_array().unwrap().len(), report.test_suites.len());
    }
}

#[test]
fn sarif_is_what_oasis_and_github_want() {
    let (sarif, counts) = (serde_json::from_str(&events("sarif").output).unwrap(), counts());
    is_valid(&schema("sarif-2.1.0.json"), &sarif);
    let run = &sarif["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert!(results.len() as u64 >= counts["NON_COMPLIANT"]);
    let notifications = &run["invocations"][0]["toolExecutionNotifications"];
    assert_eq!(notifications.as_array().unwrap().len() as u64, counts["ERROR"]);
    for result in results {
        let rule =
            &run["tool"]["driver"]["rules"][usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(result["partialFingerprints"]["primaryLocationLineHash"].is_string(), "{result}");
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
        assert!(root().join(uri).is_file(), "{uri}");
    }
}

#[test]
fn github_shows_the_gravest_and_says_how_many_there_are() {
    let output = events("github").output;
    let of_kind = |kind: &str| {
        output.lines().filter(|line| line.starts_with(&format!("::{kind} file=events/"))).count()
    };
    assert_eq!(["error", "warning", "notice"].map(of_kind), [10, 10, 10], "{output}");
    let (rest, counts) = (output.lines().skip(30).collect::<Vec<_>>(), counts());
    let more = counts["NON_COMPLIANT"] + counts["ERROR"] - 30;
    assert_eq!(rest.len(), 2);
    assert!(rest[0].contains(&format!("{} NON_COMPLIANT", counts["NON_COMPLIANT"])), "{}", rest[0]);
    assert!(rest[1].starts_with(&format!("config-rules: {more} more are not annotated")), "{}", rest[1]);
}

#[test]
fn ocsf_is_valid_by_its_schema() {
    let (output, counts) = (events("ocsf").output, counts());
    let events: Vec<Value> = output.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events.len() as u64, counts.values().sum::<u64>());
    let failed = events.iter().filter(|event| event["compliance"]["status"] == "Fail").count();
    assert_eq!(failed as u64, counts["NON_COMPLIANT"]);
    // Consumers are behind: nothing is in it that the older version has not got.
    for version in ["1.8.0", "1.5.0"] {
        if let Some(schema) = python("reports", &["ocsf", version], "") {
            let validator = jsonschema::validator_for(&schema).unwrap();
            for event in &events {
                let wrong = validator.iter_errors(event).next().map(|error| error.to_string());
                assert_eq!(wrong, None, "{version}: {event}");
            }
        }
    }
}

#[test]
fn asff_is_what_the_aws_command_line_sends() {
    let run = events("asff");
    let results = crate::json(&["replay", "--facts", FACTS, "events"]);
    let (known, unknown): (Vec<_>, Vec<_>) = results.as_array().unwrap().iter().partition(|result| {
        ["accountId", "awsRegion", "resourceType", "resourceId"].iter().all(|name| result[name].is_string())
    });
    let requests = run.output.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let findings: Vec<_> =
        requests.flat_map(|request| request["Findings"].as_array().unwrap().clone()).collect();
    assert_eq!(findings.len(), known.len());
    let left_out = format!(
        "asff: {} results are left out: their account, Region or resource is not known\n",
        unknown.len()
    );
    assert!(run.error.ends_with(&left_out), "{}", run.error);
    let wrong = known.iter().filter(|result| result["complianceType"] == "NON_COMPLIANT").count();
    let failed = findings.iter().filter(|finding| finding["Compliance"]["Status"] == "FAILED").count();
    assert!(!unknown.is_empty() && failed == wrong, "{failed} of {wrong}");
    if let Some(wrong) = python("aws", &["asff"], &run.output) {
        assert_eq!(wrong, Value::Array(Vec::new()));
    }
}

#[test]
fn nothing_to_report_is_a_report_too() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = folder.path().join("snapshot.json");
    fs::write(&snapshot, r#"{"fileVersion": "1.0", "configSnapshotId": "1", "configurationItems": []}"#)
        .unwrap();
    let empty = |format: &str| {
        let snapshot = snapshot.to_str().unwrap();
        let run =
            run(&["replay", "--rule", "approved-ami={\"owners\": \"self\"}", "--format", format, snapshot]);
        assert_eq!((run.status, run.error.as_str()), (0, ""), "{format}");
        run.output
    };
    assert_eq!(empty("csv").lines().count(), 1);
    assert_eq!(quick_junit::Report::deserialize_from_str(&empty("junit")).unwrap().tests, 0);
    is_valid(&schema("sarif-2.1.0.json"), &serde_json::from_str(&empty("sarif")).unwrap());
    assert_eq!(empty("ocsf") + &empty("asff"), "");
    assert!(empty("github").starts_with("config-rules: 0 COMPLIANT"));
}

/// What breaks a format that is written without care: formulas, line breaks, commands, ends of sections, characters that XML
/// has not got, and those that turn the direction of text.
const HOSTILE: &str =
    "=1+1\r\n::error::x%0A,:\"'`</a>]]>&<!--\t\0\u{1b}[31m\u{202e}\u{2028}\u{fffe}é😀;|{}\\";

#[test]
fn hostile_names_break_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = folder.path().join("%0A::error::,'é.json");
    let item = json!({
        "resourceType": "AWS::EC2::SecurityGroup",
        "resourceId": HOSTILE,
        "resourceName": HOSTILE.repeat(100),
        "ARN": HOSTILE,
        "awsAccountId": "111122223333",
        "awsRegion": "us-east-1",
        "configurationItemStatus": "OK",
        "configurationItemCaptureTime": "2026-07-20T16:05:27.827Z",
        "tags": {HOSTILE: HOSTILE},
        "configuration": {"groupId": HOSTILE, "ipPermissions": [{
            "ipProtocol": "tcp", "fromPort": 22, "toPort": 22,
            "ipv4Ranges": [{"cidrIp": "0.0.0.0/0", "description": HOSTILE}],
        }]},
    });
    let text = json!({"fileVersion": "1.0", "configSnapshotId": "1", "configurationItems": [item]});
    fs::write(&snapshot, text.to_string()).unwrap();
    let report = |format: &str| {
        // Without what the name in an argument of `--rule` cannot have.
        let name: String = HOSTILE.chars().filter(|character| !":=\0".contains(*character)).collect();
        let rule = format!("{name}:security-group-exposure");
        run(&["replay", "--rule", &rule, "--format", format, snapshot.to_str().unwrap()]).output
    };

    let csv = report("csv");
    let row: BTreeMap<String, String> =
        csv::Reader::from_reader(csv.as_bytes()).deserialize().next().unwrap().unwrap();
    assert_eq!((csv.lines().count(), row["complianceType"].as_str()), (2, "NON_COMPLIANT"));
    assert!(row["resourceId"].starts_with("'=1+1\\u{d}"), "{row:?}");
    if let Some(read) = python("reports", &["csv"], &csv) {
        assert_eq!(serde_json::to_value([row]).unwrap(), read);
    }

    let junit = report("junit");
    assert_eq!(quick_junit::Report::deserialize_from_str(&junit).unwrap().failures, 1);
    let xsd = root().join("tests/schemas/junit-10.xsd");
    if let Some(read) = python("reports", &["junit", xsd.to_str().unwrap()], &junit) {
        assert_eq!((&read["wrong"], &read["suites"][0]["failures"]), (&json!([]), &json!(1)));
    }

    let sarif: Value = serde_json::from_str(&report("sarif")).unwrap();
    is_valid(&schema("sarif-2.1.0.json"), &sarif);
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "SG-ADMIN-OPEN");

    let github = report("github");
    assert_eq!(github.lines().filter(|line| line.starts_with("::")).count(), 1, "{github}");

    let ocsf = report("ocsf");
    if let Some(schema) = python("reports", &["ocsf", "1.8.0"], "") {
        is_valid(&schema, &serde_json::from_str(&ocsf).unwrap());
    }
    let asff = report("asff");
    assert_eq!(asff.lines().count(), 1);
    if let Some(wrong) = python("aws", &["asff"], &asff) {
        assert_eq!(wrong, json!([]));
    }
}

#[test]
fn json_is_valid_by_the_schema_that_is_published() {
    let schema: Value = serde_json::from_str(&run(&["schema", "results"]).output).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let document = crate::document(&["replay", "--facts", FACTS, "events"]);
    let wrong = validator.iter_errors(&document).next().map(|error| error.to_string());
    assert_eq!(wrong, None);
    let mut nameless = document;
    nameless["results"][0]["complianceType"] = 7.into();
    nameless["results"][0]["error"] = Value::Null;
    assert!(!validator.is_valid(&nameless), "neither an evaluation nor an error");
}
