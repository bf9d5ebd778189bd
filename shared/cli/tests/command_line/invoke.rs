//! `config-rules invoke`: mostly as far as it gets without a built function.

use serde_json::json;

use super::{DESCRIBED, EMPTY, SSH, is_refused, root, run};

/// A file that is there, and cannot be started.
const NO_PROGRAM: &str = "Cargo.toml";

#[test]
fn where_the_functions_are_must_be_said() {
    is_refused(&["invoke", SSH], "--bootstrap <PATH>");
    is_refused(
        &["invoke", "--bootstrap", "nowhere", SSH],
        "--bootstrap nowhere: no such file; `cargo lambda build",
    );
}

#[test]
fn a_function_that_is_not_built_or_cannot_start_is_an_answer() {
    for (bootstrap, problem) in [
        (NO_PROGRAM, "FunctionFailed: cannot start Cargo.toml"),
        (
            "shared/cli",
            "FunctionFailed: shared/cli/security-group-exposure/bootstrap: no such file; `cargo lambda",
        ),
    ] {
        let run = run(&["invoke", "--bootstrap", bootstrap, SSH]);
        assert_eq!(run.status, 2);
        assert!(run.output.contains(problem), "{}", run.output);
    }
}

#[test]
fn items_are_told_from_events() {
    for parameters in [&[][..], &["--parameters", "{}"]] {
        let run = run(&[&["invoke", "--bootstrap", NO_PROGRAM], parameters, &[DESCRIBED, EMPTY]].concat());
        assert_eq!(
            run.output.matches("BadFile: not an event: `replay` evaluates items").count(),
            1,
            "{}",
            run.output
        );
        assert_eq!(run.output.matches("cannot start").count(), 1, "{}", run.output);
    }
}

/// A run is over what the file of facts has, in the scope of the rule, which is deployed for it.
#[test]
fn a_scheduled_event_is_a_run() {
    assert!(root().join("target/lambda/security-group-exposure/bootstrap").exists(), "tests/run builds it");
    let invoking = json!({"messageType": "ScheduledNotification", "notificationCreationTime": "2026-11-01T00:00:00.000Z"});
    let event = json!({"configRuleName": "security-group-exposure", "accountId": "111122223333", "resultToken": "token",
        "invokingEvent": invoking.to_string(), "ruleParameters": "{}"});
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("scheduled.json");
    std::fs::write(&file, event.to_string()).unwrap();
    let facts = ["--facts", "events/facts/samples.json", file.to_str().unwrap()];
    let run = run(&[&["invoke", "--bootstrap", "target/lambda"], &facts[..]].concat());
    assert_eq!(run.status, 0, "{}", run.output);
    assert!(run.output.contains("SG-ADMIN-OPEN") && run.output.contains("COMPLIANT"), "{}", run.output);
}
