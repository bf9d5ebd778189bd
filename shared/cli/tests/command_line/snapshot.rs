//! Files of many resources: compressed or not, evaluated by several rules, and answered as they are read.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    path::Path,
    process::Stdio,
};

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use crate::{command, run_with_input};

const BY_TWO_RULES: [&str; 5] =
    ["replay", "--rule", "security-group-exposure", "--rule", r#"required-tags={"requiredTags":"Owner"}"#];

pub(crate) fn item(resource_type: &str, id: &str, configuration: &Value) -> Value {
    json!({
        "resourceType": resource_type,
        "resourceId": id,
        "configurationItemStatus": "OK",
        "configurationItemCaptureTime": "2026-07-20T16:05:27.827Z",
        "tags": {"Owner": "ops"},
        "configuration": configuration,
    })
}

pub(crate) fn group(id: &str, source: &str) -> Value {
    let permission =
        json!({"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipv4Ranges": [{"cidrIp": source}]});
    item("AWS::EC2::SecurityGroup", id, &json!({"groupId": id, "ipPermissions": [permission]}))
}

/// An open group, a closed one, and a volume of this size.
fn snapshot(size: usize) -> Value {
    let volume = item("AWS::EC2::Volume", "vol-1", &json!({"x": "y".repeat(size)}));
    let items = [group("sg-open", "0.0.0.0/0"), volume, group("sg-closed", "10.0.0.0/8")];
    json!({"fileVersion": "1.0", "configSnapshotId": "1", "configurationItems": items})
}

pub(crate) fn compress(path: &Path, text: &str) {
    let mut file = GzEncoder::new(File::create(path).unwrap(), Compression::fast());
    file.write_all(text.as_bytes()).unwrap();
    file.finish().unwrap();
}

/// Resource and verdict of each answer.
fn answers(arguments: &[&str], input: &str) -> Vec<String> {
    let output = run_with_input(&[arguments, &["--format", "json"]].concat(), input).output;
    let report: Value = serde_json::from_str(&output).unwrap();
    let answers = report["results"].as_array().unwrap();
    assert_eq!(output.lines().count(), answers.len() + 2, "a result a line");
    let text = |answer: &Value, key: &str| answer[key].as_str().unwrap_or("error").to_owned();
    answers.iter().map(|answer| text(answer, "resourceId") + " " + &text(answer, "complianceType")).collect()
}

#[test]
fn each_rule_evaluates_what_is_of_its_types() {
    assert_eq!(
        answers(&[&BY_TWO_RULES[..], &["-"]].concat(), &snapshot(10).to_string()),
        [
            "sg-open NON_COMPLIANT",
            "sg-open COMPLIANT",
            "vol-1 COMPLIANT",
            "sg-closed COMPLIANT",
            "sg-closed COMPLIANT"
        ]
    );
}

#[test]
fn people_see_what_is_wrong_and_the_rest_when_they_ask() {
    let text = snapshot(10).to_string();
    let brief = run_with_input(&[&BY_TWO_RULES[..], &["-"]].concat(), &text).output;
    assert!(brief.contains("sg-open\n    SG-ADMIN-OPEN: tcp/22") && !brief.contains("sg-closed"), "{brief}");
    let volumes = brief.lines().find(|line| line.contains("AWS::EC2::Volume")).unwrap();
    assert_eq!(
        volumes.split_whitespace().collect::<Vec<_>>(),
        ["required-tags", "AWS::EC2::Volume", "1", "0", "0", "0"]
    );
    assert!(brief.contains("\n4 COMPLIANT or NOT_APPLICABLE not shown: --all shows them\n"), "{brief}");
    let summary =
        run_with_input(&[&BY_TWO_RULES[..], &["--summary", "--group-by", "account", "-"]].concat(), &text)
            .output;
    assert!(!summary.contains("SG-ADMIN-OPEN: tcp") && summary.contains(" Account "), "{summary}");
    let all = run_with_input(&[&BY_TWO_RULES[..], &["--all", "-"]].concat(), &text).output;
    assert!(all.contains("sg-closed\n") && !all.contains("not shown"), "{all}");
    let none = run_with_input(&["replay", "--rule", r#"approved-ami={"owners":"self"}"#, "-"], &text);
    assert!(
        none.status == 0 && none.output.contains("nothing was evaluated: there is no resource of a type"),
        "{}",
        none.output
    );
}

#[test]
fn compressed_files_are_files() {
    let folder = tempfile::tempdir().unwrap();
    // More than what tells that it is a snapshot.
    compress(&folder.path().join("a.json.gz"), &snapshot(200_000).to_string());
    compress(&folder.path().join("b.json.gz"), &group("sg-one", "0.0.0.0/0").to_string());
    compress(&folder.path().join("c.txt.gz"), "no JSON, and not asked for");
    let answers =
        answers(&["replay", "--rule", "security-group-exposure", folder.path().to_str().unwrap()], "");
    assert_eq!(answers, ["sg-open NON_COMPLIANT", "sg-closed COMPLIANT", "sg-one NON_COMPLIANT"]);
}

#[test]
fn a_file_that_breaks_off_is_said_after_what_was_read() {
    let text = snapshot(200_000).to_string();
    let cut = &text[..150_000];
    let arguments = ["replay", "--rule", "security-group-exposure", "-"];
    assert_eq!(answers(&arguments, cut), ["sg-open NON_COMPLIANT", "error error"]);
    let run = run_with_input(&arguments, cut);
    assert_eq!(run.status, 2);
    assert!(run.output.contains("MalformedEvent: snapshot: EOF while parsing"), "{}", run.output);
}

#[test]
fn a_bad_item_spoils_no_other_and_bad_parameters_are_said_once() {
    let mut bad = snapshot(10);
    bad["configurationItems"][1] = json!({"resourceId": "vol-1"});
    let arguments = ["replay", "--rule", "required-tags", "--rule", "security-group-exposure", "-"];
    assert_eq!(
        answers(&arguments, &bad.to_string()),
        ["error error", "sg-open NON_COMPLIANT", "vol-1 error", "sg-closed COMPLIANT"]
    );
    let run = run_with_input(&arguments, &bad.to_string());
    assert!(
        run.output.contains("vol-1\n    BadFile: item 2: missing field `resourceType`"),
        "{}",
        run.output
    );
}

/// The folders that AWS Config delivers into: a resource stands in the snapshots of several days, and counts once.
#[test]
fn a_fleet_is_evaluated_with_what_its_snapshots_tell() {
    let folder = tempfile::tempdir().unwrap();
    let mut group = group("sg-1", "0.0.0.0/0");
    group["configuration"]["ipPermissions"][0]["ipv4Ranges"] = json!([]);
    group["configuration"]["ipPermissions"][0]["prefixListIds"] = json!([{"prefixListId": "pl-1"}]);
    let list = json!({"PrefixListName": "all", "Entries": [{"Cidr": "0.0.0.0/0"}]});
    let list = item("AWS::EC2::PrefixList", "pl-1", &list);
    for (day, is_newest) in [(1, false), (2, true), (3, true)] {
        let mut items = vec![group.clone(), list.clone()];
        if !is_newest {
            items[0]["configurationItemCaptureTime"] = "2026-07-19T00:00:00Z".into();
        }
        let day =
            folder.path().join(format!("AWSLogs/111122223333/Config/us-east-1/2026/7/{day}/ConfigSnapshot"));
        std::fs::create_dir_all(&day).unwrap();
        compress(
            &day.join("snapshot.json.gz"),
            &json!({"configSnapshotId": "1", "configurationItems": items}).to_string(),
        );
    }
    let arguments = ["replay", "--rule", "security-group-exposure", folder.path().to_str().unwrap()];
    assert_eq!(answers(&arguments, ""), ["sg-1 NON_COMPLIANT"]);
    let run = run_with_input(&arguments, "");
    assert!(run.output.contains("SG-ADMIN-OPEN: tcp/22 from 0.0.0.0/0 (inbound 1 pl-1)"), "{}", run.output);
    assert!(run.output.contains("\n4 older versions of resources not evaluated"), "{}", run.output);
}

/// Whoever presses Ctrl-C has what was evaluated until then, in the form that was asked for.
#[cfg(unix)]
#[test]
fn what_is_interrupted_is_a_whole_report() {
    let folder = tempfile::tempdir().unwrap();
    let items: Vec<_> = (0..60_000).map(|number| group(&format!("sg-{number}"), "0.0.0.0/0")).collect();
    std::fs::write(folder.path().join("a.json"), json!({"configurationItems": items}).to_string()).unwrap();
    let mut process = command(&["replay", "--rule", "security-group-exposure", "--format", "json"])
        .arg(folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(process.stdout.take().unwrap());
    let mut text = String::new();
    output.read_line(&mut text).unwrap();
    output.read_line(&mut text).unwrap();
    let kill = std::process::Command::new("kill").args(["-INT", &process.id().to_string()]).status().unwrap();
    assert!(kill.success());
    output.read_to_string(&mut text).unwrap();
    assert_eq!(process.wait().unwrap().code(), Some(130));
    let report: Value = serde_json::from_str(&text).unwrap();
    let evaluated = report["results"].as_array().unwrap().len();
    assert!((1..60_000).contains(&evaluated), "{evaluated}");
    assert_eq!(report["summary"]["interrupted"], true);
    assert_eq!(report["summary"]["counts"]["NON_COMPLIANT"], evaluated);
}

#[test]
fn a_reader_who_has_had_enough_is_no_error() {
    let mut process = command(&["replay", "events/lab", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(process.stdout.take());
    let result = process.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(result.stderr).unwrap(), "");
}

#[test]
fn an_empty_snapshot_is_evaluated() {
    let run = run_with_input(&["replay", "--rule", "required-tags={}", "-"], r#"{"configurationItems":[]}"#);
    assert!(run.error.contains("required-tags: rule required-tags: parameter"), "{}", run.error);
    assert_eq!(run.status, 2);
    let text = run_with_input(
        &BY_TWO_RULES[..].iter().copied().chain(["-"]).collect::<Vec<_>>(),
        r#"{"configurationItems":[]}"#,
    );
    assert_eq!(text.status, 0);
}

/// A group that was open, then closed, then deleted; the newest first, as AWS Config's API has it, or last.
fn history(newest_first: bool) -> String {
    let version = |day: u8, status: &str, source: &str| {
        let mut item = group("sg-1", source);
        item["configurationItemCaptureTime"] = format!("2026-10-0{day}T09:00:00Z").into();
        item["configurationItemStatus"] = status.into();
        item
    };
    let mut items = vec![
        version(3, "ResourceDeleted", "0.0.0.0/0"),
        version(2, "OK", "10.0.0.0/8"),
        version(1, "OK", "0.0.0.0/0"),
    ];
    if !newest_first {
        items.reverse();
    }
    json!({"configurationItems": items}).to_string()
}

const BY_EXPOSURE: [&str; 6] =
    ["replay", "--rule", "security-group-exposure", "--fail-on", "non-compliant", "--all"];

#[test]
fn the_newest_version_of_a_resource_is_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    for newest_first in [true, false] {
        let history = history(newest_first);
        let file = folder.path().join("history.json");
        std::fs::write(&file, &history).unwrap();
        for (path, input) in [("-", history.as_str()), (file.to_str().unwrap(), "")] {
            let run = run_with_input(&[&BY_EXPOSURE[..], &[path]].concat(), input);
            assert_eq!(run.status, 0, "{}", run.output);
            assert!(
                run.output.contains("NOT_APPLICABLE") && !run.output.contains("SG-ADMIN-OPEN"),
                "{}",
                run.output
            );
            assert!(
                run.output.contains("2 older versions of resources not evaluated: --history"),
                "{}",
                run.output
            );
        }
    }
}

#[test]
fn older_versions_are_shown_when_asked_for_and_fail_nothing() {
    let run = run_with_input(&[&BY_EXPOSURE[..], &["--history", "-"]].concat(), &history(true));
    assert_eq!(run.status, 0, "{}", run.output);
    assert!(run.output.contains("sg-1, an older version\n    SG-ADMIN-OPEN"), "{}", run.output);
}

const UNUSED: &str = r#"key-pair-usage={"mode":"anyKey","unusedKeys":"report"}"#;

/// What a scheduled run says of the account, `replay` says of an account's resources, and of the schedule's event.
#[test]
fn the_account_is_evaluated_by_what_is_known_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let facts = folder.path().join("facts.json");
    std::fs::write(&facts, r#"{"keyPairUse":{"old":[],"ops":["i-1"]}}"#).unwrap();
    let instance = |account: &str| {
        let mut item =
            item("AWS::EC2::Instance", "i-1", &json!({"keyName": "ops", "state": {"name": "running"}}));
        item["awsAccountId"] = account.into();
        item
    };
    let of = |items: &[Value]| json!({"configurationItems": items}).to_string();
    let schedule = json!({
        "invokingEvent": json!({"messageType": "ScheduledNotification", "notificationCreationTime": "2026-10-01T00:00:00Z"}).to_string(),
        "accountId": "111122223333", "configRuleName": "key-pair-usage", "resultToken": "token", "eventLeftScope": false,
    });
    let replay = |input: &str| {
        run_with_input(&["replay", "--rule", UNUSED, "--facts", facts.to_str().unwrap(), "-"], input).output
    };
    for input in [of(&[instance("111122223333")]), schedule.to_string()] {
        let output = replay(&input);
        assert!(output.contains("111122223333\n    KEY-UNUSED: \"old\""), "{output}");
    }
    let two = replay(&of(&[instance("111122223333"), instance("444455556666")]));
    assert!(
        two.contains(
            "they evaluate an account as a whole, and need the resources and facts of one: key-pair-usage"
        ),
        "{two}"
    );
}
