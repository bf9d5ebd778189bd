//! Fleets in buckets: moto's S3 holds what AWS Config writes there, and what others do.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::{
    Run, command, root,
    snapshot::{compress, group},
};

const RULE: [&str; 2] = ["--rule", "security-group-exposure"];

#[test]
fn a_bucket_is_read_as_its_folders_are() {
    let python = root().join("target/python/emulators/bin/python");
    if !python.exists() {
        writeln!(std::io::stderr().lock(), "\nSKIPPED: buckets: there is no target/python/emulators")
            .unwrap();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let snapshot = |path: &str, id: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let items = [group(id, "0.0.0.0/0")];
        compress(&path, &json!({"configSnapshotId": "1", "configurationItems": items}).to_string());
    };
    let (first, second) = (
        "AWSLogs/111122223333/Config/us-east-1/2026/1/2/ConfigSnapshot/a.json.gz",
        "AWSLogs/444455556666/Config/eu-west-1/2026/1/2/ConfigSnapshot/b.json.gz",
    );
    snapshot(first, "sg-1");
    snapshot(second, "sg-2");
    snapshot("AWSLogs/444455556666/Config/eu-west-1/2026/1/20/ConfigSnapshot/c.json.gz", "sg-3");
    fs::write(folder.path().join("AWSLogs/111122223333/Config/ConfigWritabilityCheckFile"), "").unwrap();
    let trail = folder.path().join("AWSLogs/111122223333/CloudTrail");
    fs::create_dir(&trail).unwrap();
    fs::write(trail.join("log.json"), r#"{"Records": []}"#).unwrap();

    let mut s3 = Command::new(python)
        .arg(root().join("shared/cli/tests/command_line/buckets.py"))
        .args([folder.path().to_str().unwrap(), "logs"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut endpoint = String::new();
    BufReader::new(s3.stdout.take().unwrap()).read_line(&mut endpoint).unwrap();
    let replay = |uri: &str| -> Run {
        let mut command = command(&[&["replay", "--format", "json", uri], &RULE[..]].concat());
        command.envs([
            ("AWS_ENDPOINT_URL_S3", endpoint.trim()),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "invented"),
        ]);
        command.output().unwrap().into()
    };
    let found = |uri: &str| -> Vec<String> {
        let run = replay(uri);
        let report: Value = serde_json::from_str(&run.output).unwrap_or_else(|_| panic!("{}", run.error));
        let results = report["results"].as_array().unwrap().iter();
        results
            .map(|result| format!("{} {}", result["file"].as_str().unwrap(), result["resourceId"]))
            .collect()
    };
    let named = |key: &str, id: &str| format!("s3://logs/{key} {id:?}");
    let day = [named(first, "sg-1"), named(second, "sg-2")];
    assert_eq!(found("s3://logs/AWSLogs/*/Config/*/2026/1/2/ConfigSnapshot/"), day);
    assert_eq!(found("s3://logs/AWSLogs/*/Config/*/2026/1/2"), day);
    assert_eq!(found(&format!("s3://logs/{first}")), day[..1]);
    assert_eq!(found("s3://logs/AWSLogs/444*/Config/eu-west-?/2026/1/2/ConfigSnapshot/*.gz"), day[1..]);
    assert_eq!(found("s3://logs").len(), 3, "CloudTrail's are not read");
    for (uri, why) in [
        ("s3://logs/AWSLogs/777788889999/", "no .json or .json.gz object there"),
        ("s3://other", "NoSuchBucket"),
        ("s3://", "expected s3://BUCKET/FOLDER"),
    ] {
        let run = replay(uri);
        assert_eq!(run.status, 2, "{uri}");
        assert!(run.error.contains(uri.trim_end_matches('/')) && run.error.contains(why), "{}", run.error);
    }
    drop(s3.stdin.take());
    s3.wait().unwrap();
}

#[test]
fn other_commands_say_that_they_read_no_bucket() {
    crate::is_refused(&["local", "s3://logs/x"], "only `replay`, `diff` and `facts` read buckets");
}
