//! S3, STS and EC2 Auto Scaling on loopback ports, as functions call them in tests.
//!
//! They are built on [`config_rules_local::endpoint`], so that calls are kept and faults are injected as in AWS Config and
//! EC2. moto does not serve here (tried with 5.2.3): it cannot fail or close a connection on demand, lets everybody assume
//! any role with any external ID, and reads a whole object into memory for each answer.

mod auto_scaling;
mod config_service;
mod s3;
mod sts;
#[cfg(test)]
#[path = "../../../shared/local/src/test_client.rs"]
mod test_client;

pub use auto_scaling::{AutoScaling, AutoScalingData};
pub use config_service::config_rule;
pub use s3::{S3, S3Data, S3Object, S3Request};
pub use sts::{AssumeRole, Sts, StsData, StsRole};
