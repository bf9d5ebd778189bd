//! `config-rules local`: the play from its introduction to Ctrl-C.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::{Child, ChildStdout, Command, Stdio},
};

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
        let lines = self.output.by_ref().lines().map(Result::unwrap).filter(|line| !line.is_empty());
        lines.take(3 * count).collect()
    }

    fn post(&self, file: &str) -> String {
        let endpoint = self.introduction.split_once("http://").unwrap().1.split_once(':').unwrap().1;
        let port = endpoint.split_once(": ").unwrap().0.parse().unwrap();
        let body = std::fs::read_to_string(root().join(file)).unwrap();
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let length = body.len();
        write!(
            stream,
            "POST /configuration-items HTTP/1.1\r\nHost: local\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// What is printed after Ctrl-C.
    fn end(mut self) -> (String, String) {
        let interrupt = Command::new("kill").args(["-INT", &self.process.id().to_string()]).status();
        assert!(interrupt.unwrap().success());
        let (mut output, mut error) = (String::new(), String::new());
        self.output.read_to_string(&mut output).unwrap();
        self.process.stderr.take().unwrap().read_to_string(&mut error).unwrap();
        assert!(self.process.wait().unwrap().success(), "{output}{error}");
        (output, error)
    }
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
        answers.contains("    ami-0e512ec68648bed63 is in amiIds\n    Config rule approved-ami-lab"),
        "{answers}"
    );

    let answer = play.post("events/lab/non-compliant-web-server-a.json");
    assert!(answer.ends_with(r#"{"accounts":["111122223333"],"rules":["approved-ami-lab"]}"#), "{answer}");
    assert!(play.answers(1)[0].contains("i-0a0fc19b85db10084"));
    let (summary, _) = play.end();
    assert!(summary.contains("5 answers: 1 COMPLIANT, 4 NON_COMPLIANT"), "{summary}");
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
    is_refused(&[&["local"], &twice[..]].concat(), "--rule security-group-exposure: given twice");
    is_refused(&["local", "--facts", "nowhere.json"], "--facts nowhere.json: No such file");
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    is_refused(&["local", "--port", &port], "without --port it is one that is free");
}

/// The account is that of the first item that is recorded: a file that is left out does not decide it.
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
    let expected = "account 444455556666, us-east-1, 1 configuration item, rules: none";
    assert!(play.introduction.contains(expected), "{}", play.introduction);
    let (summary, error) = play.end();
    assert!(error.contains("a.json: it holds items of account 444455556666; the account here is"), "{error}");
    assert!(error.contains("c.json: it holds items of account 111122223333"), "{error}");
    assert!(summary.contains("nothing was evaluated"), "{summary}");
}

#[test]
fn functions_that_are_not_built_are_told_before_the_play() {
    is_refused(
        &["local", "--bootstrap", "nowhere", "--rule", "security-group-exposure"],
        "nowhere/security-group-exposure/bootstrap: no such file; `cargo lambda build --release` makes it",
    );
}
