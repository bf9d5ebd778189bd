//! The command line as its users see it: output, errors and exit status.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "these are tests")]

mod browser;
#[cfg(feature = "aws")]
mod buckets;
mod check;
#[cfg(feature = "aws")]
mod credentials;
mod diff;
mod explain;
#[cfg(feature = "aws")]
mod facts;
mod files;
mod formats;
mod html;
mod invoke;
mod local;
mod snapshot;

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use config_rules::catalogue::RULES;
use serde_json::{Value, json};

const SSH: &str = "events/security-group-exposure/non-compliant-ssh-world.json";
const DESCRIBED: &str = "events/security-group-exposure/non-compliant-describe.json";
const EMPTY: &str = "events/security-group-exposure/compliant-empty-ingress.json";
const FACTS: &str = "events/facts/samples.json";
const BY_OWNER: &str = "events/approved-ami/compliant-owner-amazon.json";
const REFUSED: &str = "events/security-group-exposure/error-admin-port-out-of-range.json";

pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) output: String,
    pub(crate) error: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code().unwrap(),
            output: String::from_utf8(output.stdout).unwrap(),
            error: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_config-rules"));
    command.args(arguments).current_dir(root());
    command
}

pub(crate) fn run_with_input(arguments: &[&str], input: &str) -> Run {
    let mut process = command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that takes no input may have closed it.
    let _ = process.stdin.take().unwrap().write_all(input.as_bytes());
    process.wait_with_output().unwrap().into()
}

pub(crate) fn run(arguments: &[&str]) -> Run {
    run_with_input(arguments, "")
}

/// The results.
pub(crate) fn json(arguments: &[&str]) -> Value {
    document(arguments)["results"].clone()
}

pub(crate) fn document(arguments: &[&str]) -> Value {
    let report: Value =
        serde_json::from_str(&run(&[arguments, &["--format", "json"]].concat()).output).unwrap();
    assert_eq!(report["formatVersion"], "1");
    report
}

/// What people may choose from.
pub(crate) fn rule_names() -> String {
    let names: Vec<_> = RULES.iter().map(|rule| rule.metadata.name).collect();
    names.join(", ")
}

/// The command refuses to start, and says why.
#[track_caller]
pub(crate) fn is_refused(arguments: &[&str], why: &str) {
    let run = run(arguments);
    assert_eq!(run.status, 2, "{arguments:?}");
    assert!(run.error.contains(why), "{arguments:?}: {}", run.error);
    assert_eq!(run.output, "");
}

#[test]
fn the_output_that_the_readme_shows_is_real() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let (_, shown) = readme.split_once("    $ cargo config-rules ").unwrap();
    let mut lines = shown.lines();
    let arguments: Vec<_> = lines.next().unwrap().split(' ').collect();
    let block: Vec<_> =
        lines.map_while(|line| line.strip_prefix("    ").or(line.is_empty().then_some(""))).collect();
    let output = run(&arguments).output;
    let (results, _) = output.split_once("\n\n Config rule").unwrap();
    assert_eq!(results, block.join("\n").trim_end());
}

#[test]
fn replay_says_rule_resource_verdict_and_reason() {
    let run = run(&["replay", SSH]);
    assert_eq!(run.status, 0);
    let reason =
        r#"SG-ADMIN-OPEN: tcp/22 from 0.0.0.0/0 (inbound 2 "temporary, remove after the migration")"#;
    for part in [
        "NON_COMPLIANT",
        "security-group-exposure",
        "sg-03426fe3f7c46081d",
        reason,
        SSH,
        "1 result: 0 COMPLIANT, 1 NON_COMPLIANT",
        "CRITICAL",
        "recorded 2026-07-20T16:05:27.827Z",
        "SG-ADMIN-OPEN, 1 resource: Remove the rule",
    ] {
        assert!(run.output.contains(part), "{part}: {}", run.output);
    }
    assert!(!run.output.contains('\u{1b}'), "no colors where nobody sees them");
}

#[test]
fn json_holds_what_aws_config_would_and_the_findings() {
    let answers = json(&["replay", SSH, REFUSED]);
    assert_eq!(answers[0]["complianceType"], "NON_COMPLIANT");
    assert_eq!(answers[0]["rule"], "security-group-exposure");
    assert_eq!(answers[0]["resourceType"], "AWS::EC2::SecurityGroup");
    assert_eq!(answers[0]["resourceId"], "sg-03426fe3f7c46081d");
    assert_eq!(answers[0]["configRuleName"], "security-group-exposure");
    assert_eq!(answers[0]["accountId"], "111122223333");
    assert_eq!(answers[0]["awsRegion"], "us-east-1");
    assert!(
        answers[0]["ARN"]
            .as_str()
            .unwrap()
            .starts_with("arn:aws:ec2:us-east-1:111122223333:security-group/sg-")
    );
    assert_eq!(answers[0]["findings"][0]["severity"], "CRITICAL");
    assert!(answers[0]["findings"][0]["remedy"].as_str().unwrap().starts_with("Remove the rule"));
    assert_eq!(answers[1]["accountId"], "111122223333", "what is refused has an owner, too");
    assert_eq!(answers[0]["orderingTimestamp"], "2026-07-20T16:05:27.827Z");
    assert_eq!(answers[0]["findings"][0]["code"], "SG-ADMIN-OPEN");
    assert_eq!(answers[0]["findings"][0]["evidence"]["rules"][0]["cidr"], "0.0.0.0/0");
    assert_eq!(answers[1]["error"]["name"], "InvalidParameters");
    assert_eq!(answers[1]["file"], REFUSED);
}

#[test]
fn the_exit_status_says_how_it_went() {
    assert_eq!(run(&["replay", SSH, EMPTY]).status, 0);
    assert_eq!(run(&["replay", "--fail-on", "non-compliant", SSH, EMPTY]).status, 1);
    assert_eq!(run(&["replay", "--fail-on", "non-compliant", EMPTY]).status, 0);
    assert_eq!(run(&["replay", EMPTY, REFUSED]).status, 2);
    assert_eq!(run(&["replay", "--fail-on", "non-compliant", SSH, REFUSED]).status, 2);
}

#[test]
fn names_can_be_expected() {
    assert_eq!(run(&["replay", "--expect-names", "--facts", FACTS, "events"]).status, 0);
    let folder = tempfile::tempdir().unwrap();
    for (name, status) in
        [("compliant-x.json", 1), ("non-compliant-x.json", 0), ("x.json", 1), ("error-x.json", 1)]
    {
        let copy = folder.path().join(name);
        fs::copy(root().join(SSH), &copy).unwrap();
        let run = run(&["replay", "--expect-names", copy.to_str().unwrap()]);
        assert_eq!(run.status, status, "{name}");
        assert_eq!(run.output.contains("not what the file's name says"), status == 1, "{name}");
    }
}

#[test]
fn parameters_stand_in_place_of_the_events_own() {
    let verdict = |arguments: &[&str]| json(arguments)[0]["complianceType"].clone();
    assert_eq!(verdict(&["replay", "--parameters", r#"{"adminPorts":"3389"}"#, SSH]), "COMPLIANT");
    assert_eq!(verdict(&["replay", "--parameters", r#"{"adminPorts":"443"}"#, DESCRIBED]), "NON_COMPLIANT");
    let refused = json(&["replay", "--parameters", "{}", "events/approved-ami/compliant-approved-id.json"]);
    assert_eq!(refused[0]["error"]["name"], "InvalidParameters");
    is_refused(
        &["replay", "--rule", r#"named:approved-ami={"owner":"self"}"#, DESCRIBED],
        "named: rule approved-ami: parameter owner: unknown; did you mean owners?",
    );
}

#[test]
fn facts_come_from_a_file() {
    let annotation = |arguments: &[&str]| json(arguments)[0]["annotation"].as_str().unwrap().to_owned();
    assert!(annotation(&["replay", "--facts", FACTS, BY_OWNER]).ends_with("is owned by amazon"));
    assert!(annotation(&["replay", BY_OWNER]).starts_with("MISSING-DATA: nothing is known about ami-"));
    is_refused(&["replay", "--facts", "nowhere.json", BY_OWNER], "--facts nowhere.json: No such file");
    is_refused(&["replay", "--facts", SSH, BY_OWNER], "unknown field");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("facts.json");
    let path = file.to_str().unwrap();
    for (text, why) in [
        ("[]", "expected a JSON object: what `config-rules facts` prints, or a list of Images"),
        (r#"{"Volumes": [{}]}"#, "facts do not come from Volumes"),
    ] {
        fs::write(&file, text).unwrap();
        is_refused(&["replay", "--facts", path, BY_OWNER], why);
    }
    let unknown = annotation(&["replay", BY_OWNER]);
    let image = unknown.split([' ', ':']).find(|word| word.starts_with("ami-")).unwrap();
    fs::write(
        &file,
        json!({"Images": [{"ImageId": image, "OwnerId": "137112412989", "ImageOwnerAlias": "amazon", "State": "available"}]})
            .to_string(),
    )
    .unwrap();
    assert!(
        annotation(&["replay", "--facts", path, BY_OWNER]).ends_with("is owned by amazon"),
        "as EC2 lists it"
    );
}

#[test]
fn the_rule_can_be_named() {
    let named = json(&[
        "replay",
        "--rule",
        "required-tags",
        "--parameters",
        r#"{"requiredTags":"Owner"}"#,
        DESCRIBED,
    ]);
    assert_eq!(named[0]["rule"], "required-tags");
    assert_eq!(named[0]["annotation"], "TAG-MISSING: Owner");
}

#[test]
fn an_event_can_be_evaluated_by_several_rules() {
    let answers = json(&[
        "replay",
        "--rule",
        "security-group-exposure",
        "--rule",
        r#"required-tags={"requiredTags":"Team"}"#,
        SSH,
    ]);
    let codes = [0, 1].map(|index| answers[index]["findings"][0]["code"].clone());
    assert_eq!(codes, ["SG-ADMIN-OPEN", "TAG-MISSING"]);
}

#[test]
fn an_event_says_nothing_to_another_rule_than_its_own() {
    let event = "events/lab/non-compliant-web-server-a.json";
    let answers = json(&["replay", "--rule", "approved-ami", "--rule", "security-group-exposure", event]);
    assert_eq!(answers[0]["findings"][0]["code"], "AMI-UNAPPROVED");
    assert_eq!(answers[1]["complianceType"], "NOT_APPLICABLE", "{}", answers[1]);
}

#[test]
fn standard_input_is_a_file_too() {
    let event = fs::read_to_string(root().join(SSH)).unwrap();
    let run = run_with_input(&["replay", "-"], &event);
    assert!(run.status == 0 && run.output.contains("SG-ADMIN-OPEN"), "{}", run.output);
}

#[test]
fn wrong_arguments_are_refused_with_the_reason() {
    is_refused(&["replay"], "required arguments were not provided");
    is_refused(&["replay", "nowhere.json"], "nowhere.json: no such file or folder");
    is_refused(&["replay", "shared/cli/src"], "no .json or .json.gz file in this folder");
    let there_are = format!("there is no such rule; there are {}", rule_names());
    is_refused(&["replay", "--rule", "approved", SSH], &there_are);
    is_refused(&["replay", "--parameters", "adminPorts=22", SSH], "not a JSON object");
    is_refused(&["replay", "--parameters", "@nowhere.json", SSH], "nowhere.json: No such file");
    is_refused(&["replay", "--rule", "required-tags={", SSH], "not a JSON object: EOF");
    let two = ["--rule", "approved-ami", "--rule", "required-tags"];
    is_refused(&[&["replay", "--parameters", "{}"], &two[..], &[SSH]].concat(), "of which rule?");
    is_refused(
        &["replay", "--rule", "required-tags={}", "--parameters", "{}", SSH],
        "--rule says them already",
    );
    is_refused(&["replay", "--fail-on", "compliant", SSH], "possible values: non-compliant");
}
