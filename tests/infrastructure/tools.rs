//! The programs that the tests run, and what to do on a machine that has not got them.

use std::{
    env,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Command, Output},
};

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

pub(crate) fn infra() -> PathBuf {
    root().join("infra")
}

/// Whether there is such a program, and it runs.
pub(crate) fn runs(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok()
}

/// A program in the folder of another one that is on the path: the Python of a virtual environment, for one.
pub(crate) fn beside(known: &str, program: &str) -> Result<String, String> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folder = env::split_paths(&path).find(|folder| folder.join(known).is_file());
    let folder = folder.ok_or_else(|| format!("{known} is not installed"))?;
    Ok(folder.join(program).display().to_string())
}

/// What a program wrote.
pub(crate) fn text(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
}

/// Says that something was not tested.
pub(crate) fn skip(what: &str, reason: &str) {
    say(&format!("SKIPPED: {what}: {reason}"));
}

/// Says it past the test harness, which keeps what a passing test prints to itself.
pub(crate) fn say(text: &str) {
    let mut terminal = io::stderr().lock();
    writeln!(terminal, "\n{text}").unwrap();
}
