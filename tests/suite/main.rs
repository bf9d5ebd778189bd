//! Tests of the rule set as a whole, without AWS and without building a function.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "these are tests")]

mod catalogue;
mod corpus;
mod decoder;
mod documents;
mod files;
mod functions;
mod layering;
mod packs;
mod schemas;
mod threads;
