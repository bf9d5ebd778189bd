//! `config-rules`: replays AWS Config events, without AWS.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the command line")]

mod arguments;
mod cases;
mod check;
mod contents;
mod ended;
mod facts;
mod files;
mod fleet;
mod functions;
mod invoke;
mod local;
mod progress;
mod replay;
mod report;
mod result;
mod rules;
mod versions;

use std::{
    io::{self, ErrorKind},
    process::ExitCode,
};

use anstream::{eprintln, println};
use clap::Parser;
use config_rules::schema;

use self::arguments::{Arguments, Command};

/// Something that keeps the command from starting. What is wrong with one file is an [`result::Refusal`] instead.
type Error = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    run(&arguments).unwrap_or_else(|error| {
        if !has_no_reader(&error) {
            eprintln!("config-rules: {error}");
        }
        ExitCode::from(report::BAD_INPUT)
    })
}

fn run(arguments: &Arguments) -> Result<ExitCode, Error> {
    match &arguments.command {
        Command::Replay(replay) => replay::run(replay),
        Command::Check(check) => check::run(check),
        Command::Schema(wanted) => {
            println!("{}", serde_json::to_string_pretty(&schema::of(wanted.rule))?);
            Ok(ExitCode::SUCCESS)
        }
        Command::Facts(facts) => facts::run(facts),
        Command::Invoke(invoke) => invoke::run(invoke),
        Command::Local(local) => local::run(local),
    }
}

/// Whether whoever read the output has had enough: `config-rules replay … | head`.
fn has_no_reader(error: &Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}
