//! The built functions end to end: the same files that are deployed, between a Lambda Runtime API and an AWS Config of
//! our own.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "these are tests"
)]

mod chaos;
mod corpus;
mod environment;
mod exposure;
mod privilege;
mod process;
mod scale;
mod snapshots;
mod world;
