//! `config-rules`: replays AWS Config events, without AWS.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the command line")]

mod arguments;
mod baseline;
mod cases;
mod check;
mod contents;
mod diff;
mod ended;
mod explain;
mod facts;
mod files;
mod fleet;
mod functions;
mod history;
mod invoke;
mod local;
mod progress;
mod read_ahead;
mod replay;
mod report;
mod result;
mod rules;
mod s3;
mod versions;

use std::{
    io::{self, ErrorKind, Write as _},
    process::ExitCode,
};

use anstream::eprintln;
use clap::{CommandFactory as _, Parser};
use config_rules::schema;

use self::arguments::{Arguments, Command, SchemaOf};

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
            let schema = match wanted.of {
                SchemaOf::Rule(rule) => schema::of(rule),
                SchemaOf::Results => serde_json::to_value(schemars::schema_for!(report::Document))?,
            };
            print(serde_json::to_string_pretty(&schema)?.as_bytes())
        }
        Command::List => explain::list(),
        Command::Explain(wanted) => explain::explain(&wanted.name),
        Command::Completions(wanted) => {
            let mut text = Vec::new();
            clap_complete::generate(wanted.shell, &mut Arguments::command(), "config-rules", &mut text);
            print(&text)
        }
        Command::Man(wanted) => {
            let mut command = Arguments::command();
            command.build();
            if let Some(name) = &wanted.name {
                let found = command.find_subcommand(name).cloned();
                command = found.ok_or_else(|| format!("there is no command {name}"))?;
                let full_name: &'static str = format!("config-rules-{name}").leak();
                command = command.name(full_name).display_name(full_name);
            }
            let mut page = Vec::new();
            clap_mangen::Man::new(command).render(&mut page)?;
            print(&page)
        }
        Command::Diff(diff) => diff::run(diff),
        Command::Facts(facts) => facts::run(facts),
        Command::Invoke(invoke) => invoke::run(invoke),
        Command::Local(local) => local::run(local),
    }
}

/// Prints a whole document. A full disk is an error, and no panic.
fn print(text: &[u8]) -> Result<ExitCode, Error> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text)?;
    stdout.write_all(if text.ends_with(b"\n") { b"" } else { b"\n" })?;
    stdout.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// Whether whoever read the output has had enough: `config-rules replay … | head`.
fn has_no_reader(error: &Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}
