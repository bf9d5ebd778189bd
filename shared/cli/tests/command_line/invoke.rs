//! `config-rules invoke`, as far as it gets without a built function.

use super::{DESCRIBED, EMPTY, SSH, is_refused, run};

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
