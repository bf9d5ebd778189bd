//! What AWS Config custom rules mean: configuration items in, verdicts out.
//!
//! Everything here is pure. A rule has no state, waits for nothing, reads no clock and cannot fail, so the same code
//! evaluates a change event in Lambda, a sample event on a laptop and a snapshot offline, with the same answer.
//!
//! [`rule::Rule`] is the contract, [`rules`] holds one module per rule, and [`catalogue`] names them all.

pub mod catalogue;
pub mod document;
pub mod ec2;
mod embedded;
pub mod engine;
pub mod error;
pub mod event;
mod exclusion;
mod exemption;
pub mod facts;
pub mod finding;
pub mod iam;
pub mod inventory;
pub mod item;
pub mod launch;
pub mod network;
pub mod parameters;
pub mod policy;
mod resource_scope;
pub mod rule;
pub mod rules;
pub mod schema;
pub mod snapshot;
mod spelling;
mod time;

pub use error::Error;
