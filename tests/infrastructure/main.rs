//! What `infra/` deploys: checked by the tools made for it, and deployed for real, into emulators; and our AWS Config, read
//! by the AWS command line.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "these are tests")]

mod checks;
mod cloud;
mod command_line;
mod emulator;
mod exposure;
mod lab;
mod lambda;
mod rules;
mod terraform;
mod tools;
