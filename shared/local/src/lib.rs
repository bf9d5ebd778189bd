//! AWS on loopback ports, as a function sees it: the Lambda Runtime API that invokes it, AWS Config that receives its
//! evaluations, EC2, IAM and SSM's Parameter Store that it asks, and the environment that Lambda starts it in.
//!
//! [`ConfigService`] deploys rules, hands out the events to invoke their functions with, and enforces AWS Config's
//! documented limits; [`Ec2`], [`Iam`] and [`Ssm`] answer from a file of facts; [`RuntimeApi`] hands out events and collects answers;
//! and [`Function`] runs a `bootstrap` between them. All APIs keep their calls and fail on demand. Every server listens on
//! 127.0.0.1 only, on a port of its own, on a thread of its own, and stops when its handle is dropped. Nothing here knows a
//! rule or an AWS SDK: this is the other side of the wire.
//!
//! More APIs can be built on [`endpoint`] and [`query`].

mod config_service;
mod ec2;
pub mod endpoint;
mod function;
mod function_arn;
mod iam;
mod json;
pub mod query;
mod request_id;
mod runtime_api;
mod server;
mod ssm;
#[cfg(test)]
mod test_client;

pub use config_service::{
    Call, ConfigService, ConfigurationItem, Evaluation, Invocation, ItemError, PutEvaluations, Request,
    ResultKey, Snapshot,
};
pub use ec2::{Ec2, Ec2Data};
pub use endpoint::{Answer, Endpoint, Fault};
pub use function::{Function, FunctionError, FunctionOptions};
pub use function_arn::FunctionArn;
pub use iam::{Iam, IamData};
pub use json::JsonRequest;
pub use runtime_api::{InvokeError, Outcome, RuntimeApi};
pub use ssm::{Ssm, SsmData};
