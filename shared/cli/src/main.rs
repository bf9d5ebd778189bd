//! `config-rules`: replays AWS Config events, without AWS.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the command line")]

mod answer;
mod arguments;
mod files;
mod invoke;
mod replay;
mod report;

use std::process::ExitCode;

use anstream::{eprintln, println};
use clap::Parser;

use self::arguments::{Arguments, Command};

/// Something that keeps the command from starting. What is wrong with one file is an [`answer::Refusal`] instead.
type Error = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    run(&arguments).unwrap_or_else(|error| {
        eprintln!("config-rules: {error}");
        ExitCode::from(report::BAD_INPUT)
    })
}

fn run(arguments: &Arguments) -> Result<ExitCode, Error> {
    let (answers, output) = match &arguments.command {
        Command::Check(check) => {
            (files::rule(&check.rule)?.configure)(
                &check.parameters,
                &replay::facts(check.facts.as_deref())?,
            )?;
            println!("{} can use these parameters", check.rule);
            return Ok(ExitCode::SUCCESS);
        }
        Command::Replay(replay) => (replay::answers(replay)?, &replay.output),
        Command::Invoke(invoke) => (invoke::answers(invoke)?, &invoke.output),
    };
    report::report(&answers, output)
}
