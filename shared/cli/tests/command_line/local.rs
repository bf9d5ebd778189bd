//! `config-rules local`: the play from its introduction to Ctrl-C.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::{Child, ChildStdout, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{command, is_refused, root};

struct Play {
    process: Child,
    output: BufReader<ChildStdout>,
    /// What was printed before the first answer.
    introduction: String,
}

impl Play {
    fn begin(arguments: &[&str]) -> Self {
        let mut process = command(&[&["local"], arguments].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut introduction = String::new();
        while !introduction.ends_with("Ctrl-C ends it.\n") {
            assert_ne!(output.read_line(&mut introduction).unwrap(), 0, "{introduction}");
        }
        Self { process, output, introduction }
    }

    /// The lines of as many answers.
    fn answers(&mut self, count: usize) -> Vec<String> {
        let lines = self.output.by_ref().lines().map(Result::unwrap);
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with("Config rule "));
        lines.take(3 * count).collect()
    }

    fn post(&self, file: &str) -> String {
        self.send("/configuration-items", "", &std::fs::read_to_string(root().join(file)).unwrap())
    }

    /// The answer to a call of AWS Config, as the AWS command line makes it.
    fn call(&self, operation: &str, input: &Value) -> String {
        let headers = format!(
            "Content-Type: application/x-amz-json-1.1\r\nX-Amz-Target: StarlingDoveService.{operation}\r\n\
             Authorization: AWS4-HMAC-SHA256 Credential=ASIA111122223333PLAY/20260101/us-east-1/config/aws4_request\r\n"
        );
        self.send("/", &headers, &input.to_string())
    }

    fn send(&self, path: &str, headers: &str, body: &str) -> String {
        let endpoint = self.introduction.split_once("http://").unwrap().1.split_once(':').unwrap().1;
        let port = endpoint.split_once(": ").unwrap().0.parse().unwrap();
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let length = body.len();
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nHost: local\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// What is printed after Ctrl-C.
    fn end(self) -> (String, String) {
        self.end_by("-INT")
    }

    fn end_by(mut self, signal: &str) -> (String, String) {
        kill(signal, &self.process.id().to_string());
        let (mut output, mut error) = (String::new(), String::new());
        self.output.read_to_string(&mut output).unwrap();
        self.process.stderr.take().unwrap().read_to_string(&mut error).unwrap();
        assert!(self.process.wait().unwrap().success(), "{output}{error}");
        (output, error)
    }
}

/// Whether there is such a process to send the signal to.
fn kill(signal: &str, process: &str) -> bool {
    Command::new("kill").args([signal, process]).stderr(Stdio::null()).status().unwrap().success()
}

/// A folder with a function of `required-tags` that never answers, and says which process it is.
#[cfg(unix)]
fn stuck_function() -> TempDir {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let bootstrap = folder.path().join("required-tags/bootstrap");
    fs::create_dir(bootstrap.parent().unwrap()).unwrap();
    // It is there as soon as it has begun: a file that is renamed is whole.
    fs::write(&bootstrap, "#!/bin/sh\necho $$ > new && mv new process\nexec sleep 600\n").unwrap();
    fs::set_permissions(&bootstrap, fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

/// The function's process, once it has begun.
fn process_of(functions: &TempDir) -> String {
    let file = functions.path().join("required-tags/process");
    let patience = Instant::now() + Duration::from_secs(20);
    loop {
        match fs::read_to_string(&file) {
            Ok(process) => return process.trim().to_owned(),
            Err(error) => assert!(Instant::now() < patience, "{error}"),
        }
        thread::sleep(Duration::from_millis(10));
    }
}

const OWNER: &str = r#"required-tags={"requiredTags": "Owner"}"#;

#[test]
#[cfg(unix)]
fn whatever_ends_it_amid_an_evaluation_ends_the_function_too_and_soon() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let functions = stuck_function();
        let bootstrap = functions.path().to_str().unwrap();
        let event = "events/required-tags/non-compliant-key-case.json";
        let play = Play::begin(&["--bootstrap", bootstrap, "--rule", OWNER, event]);
        let process = process_of(&functions);
        assert!(kill("-0", &process));
        let start = Instant::now();
        play.end_by(signal);
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
        assert!(!kill("-0", &process), "{signal} has left the function");
    }
}

/// A pipe that nobody writes into stands for a large file.
#[test]
#[cfg(unix)]
fn it_ends_soon_while_it_reads_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("items.json");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut process = command(&["local", pipe.to_str().unwrap()]).stdout(Stdio::null()).spawn().unwrap();
    // Before it listens a signal ends it as well.
    thread::sleep(Duration::from_millis(300));
    let start = Instant::now();
    assert!(kill("-TERM", &process.id().to_string()));
    process.wait().unwrap();
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}

#[test]
#[cfg(unix)]
fn it_answers_while_rules_are_yet_to_be_evaluated() {
    let functions = stuck_function();
    let bootstrap = functions.path().to_str().unwrap();
    let play = Play::begin(&["--bootstrap", bootstrap, "--rule", OWNER, "events/required-tags"]);
    process_of(&functions);
    let rules = play.call("DescribeConfigRules", &json!({}));
    assert!(rules.contains(r#""ConfigRuleState":"EVALUATING""#), "{rules}");
    let compliance = play.call("DescribeComplianceByConfigRule", &json!({}));
    assert!(compliance.contains("INSUFFICIENT_DATA"), "{compliance}");

    let put = |function: &str, parameters: &str| {
        let on = |message_type| json!({"EventSource": "aws.config", "MessageType": message_type});
        let details =
            [on("ConfigurationItemChangeNotification"), on("OversizedConfigurationItemChangeNotification")];
        let source =
            json!({"Owner": "CUSTOM_LAMBDA", "SourceIdentifier": function, "SourceDetails": details});
        let rule = json!({"ConfigRuleName": "mine", "Source": source, "InputParameters": parameters});
        play.call("PutConfigRule", &json!({"ConfigRule": rule}))
    };
    let function = |account, name| format!("arn:aws:lambda:us-east-1:{account}:function:{name}");
    for (function, parameters, answer) in [
        // The folder has no function of this rule, and nobody else's functions are here.
        (function("111122223333", "approved-ami"), "{}", "InsufficientPermissionsException"),
        (function("111122223333", "another"), "{}", "InsufficientPermissionsException"),
        (function("444455556666", "required-tags"), "{}", "InsufficientPermissionsException"),
        (function("111122223333", "required-tags"), "{", "InvalidParameterValueException"),
        (function("111122223333", "required-tags"), "{}", "HTTP/1.1 200"),
    ] {
        let answered = put(&function, parameters);
        assert!(answered.contains(answer), "{function}: {answered}");
    }
    play.end();
}

#[test]
fn the_lab_is_evaluated_by_the_built_function_and_a_change_too() {
    assert!(root().join("target/lambda/approved-ami/bootstrap").exists(), "tests/run builds it");
    let files = [
        "compliant-instance-from-base-ami",
        "non-compliant-test-web-server-b",
        "non-compliant-web-server-a",
        "not-applicable-developer-bucket",
        "not-applicable-web-server-b-tag-removed",
    ];
    let files = files.map(|name| format!("events/lab/{name}.json"));
    let files: Vec<_> = files.iter().map(String::as_str).collect();
    let mut play = Play::begin(&[&["--bootstrap", "target/lambda"], &files[..]].concat());
    assert!(
        play.introduction.contains("5 configuration items, rules: approved-ami-lab"),
        "{}",
        play.introduction
    );
    let answers = play.answers(4).join("\n");
    assert_eq!(answers.matches("NON_COMPLIANT").count(), 3, "{answers}");
    assert!(
        answers.contains(
            "\n    ami-0e512ec68648bed63 is in amiIds\n    AWS::EC2::Instance  111122223333  us-east-1"
        ),
        "{answers}"
    );

    let answer = play.post("events/lab/non-compliant-web-server-a.json");
    assert!(answer.ends_with(r#"{"accounts":["111122223333"],"rules":["approved-ami-lab"]}"#), "{answer}");
    assert!(play.answers(1)[0].contains("i-0a0fc19b85db10084"));
    let (summary, _) = play.end();
    assert!(summary.contains("5 results: 1 COMPLIANT, 4 NON_COMPLIANT"), "{summary}");
}

/// It has nothing to record, and a rule to deploy: AWS Config runs it at once.
#[test]
fn a_scheduled_event_deploys_its_rule() {
    assert!(root().join("target/lambda/image-sharing/bootstrap").exists(), "tests/run builds it");
    let facts = ["--bootstrap", "target/lambda", "--facts", "events/facts/samples.json"];
    let event = ["events/image-sharing/non-compliant-public-image.json"];
    let mut play = Play::begin(&[&facts[..], &event].concat());
    assert!(
        play.introduction.contains("0 configuration items, rules: image-sharing"),
        "{}",
        play.introduction
    );
    let answers = play.answers(1).join("\n");
    assert!(answers.contains("IMAGE-PUBLIC: ami-0d1b7f5c36aa9e204"), "{answers}");
    play.end();
}

#[test]
fn a_file_without_items_is_left_out() {
    let play = Play::begin(&["events/facts/samples.json"]);
    assert!(play.introduction.contains("0 configuration items, rules: none"), "{}", play.introduction);
    let (_, error) = play.end();
    assert!(error.starts_with("left out: events/facts/samples.json: not a configuration item"), "{error}");
}

#[test]
fn what_keeps_the_play_from_beginning_is_told_before_its_introduction() {
    let approves_nothing = "parameter amiIds: missing";
    is_refused(&["local", "--rule", "approved-ami"], approves_nothing);
    is_refused(&["local", "--rule", r#"approved-ami={"amiId": "x"}"#], "unknown; did you mean amiIds?");
    let twice = ["--rule", "security-group-exposure", "--rule", "security-group-exposure"];
    is_refused(
        &[&["local"], &twice[..]].concat(),
        "two rules have the name security-group-exposure: say --rule NAME:RULE",
    );
    is_refused(&["local", "--facts", "nowhere.json"], "--facts nowhere.json: No such file");
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    is_refused(&["local", "--port", &port], "without --port it is one that is free");
}

/// The account is that of the first item that is recorded.
#[test]
fn items_of_another_account_are_left_out_with_their_file() {
    let item = |account: &str| {
        format!(
            r#"{{"awsAccountId": "{account}", "resourceType": "AWS::EC2::Instance", "resourceId": "i-{account}",
                "configurationItemCaptureTime": "2026-11-01T00:00:00Z"}}"#
        )
    };
    let (one, other) = (item("111122223333"), item("444455556666"));
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("a.json", format!(r#"{{"configurationItems": [{one}, {other}]}}"#)),
        ("b.json", other.clone()),
        ("c.json", one.clone()),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let play = Play::begin(&[folder.path().to_str().unwrap()]);
    let expected = "account 111122223333, us-east-1, 2 configuration items, rules: none";
    assert!(play.introduction.contains(expected), "{}", play.introduction);
    let (summary, error) = play.end();
    let left_out = "(AWS::EC2::Instance i-444455556666): of account 444455556666; the account here is that of the first, 111122223333";
    assert!(error.contains(&format!("a.json: item 2 {left_out}")), "{error}");
    assert!(error.contains(&format!("b.json: item 1 {left_out}")), "{error}");
    assert!(summary.contains("nothing was evaluated"), "{summary}");
}

#[test]
fn an_item_that_cannot_be_recorded_is_left_out_and_not_its_file() {
    let item = |resource_type: &str, time: &str| {
        format!(
            r#"{{"resourceType": "{resource_type}", "resourceId": "x-1", "configurationItemCaptureTime": "{time}"}}"#
        )
    };
    let good = item("AWS::EC2::Instance", "2026-11-01T00:00:00Z");
    let unsupported = item("AWS::EC2::KeyPair", "2026-11-01T00:00:00Z");
    let damaged = item("AWS::EC2::Volume", "yesterday");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("snapshot.json");
    fs::write(&file, format!(r#"{{"configurationItems": [{unsupported}, {damaged}, 7, {good}]}}"#)).unwrap();
    let play = Play::begin(&[file.to_str().unwrap()]);
    assert!(play.introduction.contains("1 configuration item, rules: none"), "{}", play.introduction);
    let (_, error) = play.end();
    let lines: Vec<_> = error.lines().collect();
    for (line, expected) in lines.iter().zip([
        "item 1 (AWS::EC2::KeyPair x-1): AWS Config does not record AWS::EC2::KeyPair",
        "item 2 (AWS::EC2::Volume x-1): configurationItemCaptureTime: ",
        "item 3 (? ?): not an object",
    ]) {
        let expected = format!("snapshot.json: not a configuration item: {expected}");
        assert!(line.starts_with("left out: ") && line.contains(&expected), "{line}");
    }
    assert_eq!(lines.len(), 3, "{error}");
}

#[test]
fn functions_that_are_not_built_are_told_before_the_play() {
    is_refused(
        &["local", "--bootstrap", "nowhere", "--rule", "security-group-exposure"],
        "nowhere/security-group-exposure/bootstrap: no such file; `cargo lambda build --release` makes it",
    );
}
