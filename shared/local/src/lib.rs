//! AWS on a loopback port, as a function sees it: the Lambda Runtime API that invokes it, AWS Config that receives its
//! evaluations, EC2, its Auto Scaling, S3, STS and SSM's Parameter Store that it asks, and the environment that Lambda starts it in.
//! [`ConfigService`] enforces AWS Config's documented limits, [`AutoScaling`], [`Ec2`], [`S3`], [`Ssm`] and [`Sts`] answer from what is
//! declared to them, [`RuntimeApi`] hands out events and collects answers, and [`Function`] runs a `bootstrap` between
//! them. All APIs keep their calls and fail on demand. Every server listens on 127.0.0.1 only, on a port of its own, on a
//! thread of its own, and stops when its handle is dropped. Nothing here knows a rule or an AWS SDK: this is the other side
//! of the wire.

mod auto_scaling;
mod config_service;
mod ec2;
mod endpoint;
mod faults;
mod function;
mod function_arn;
mod json;
mod query;
mod request_id;
mod runtime_api;
mod s3;
mod server;
mod ssm;
mod sts;
#[cfg(test)]
mod test_client;

pub use auto_scaling::{AutoScaling, AutoScalingData};
pub use config_service::{
    Answer, Call, ConfigService, ConfigurationItem, Evaluation, Fault, Invocation, ItemError, PutEvaluations,
    Request, ResultKey, Snapshot,
};
pub use ec2::{Ec2, Ec2Data};
pub use endpoint::{ApiAnswer, ApiCall, ApiFault, Caller, Endpoint};
pub use function::{Function, FunctionError, FunctionOptions};
pub use function_arn::FunctionArn;
pub use json::JsonRequest;
pub use query::QueryRequest;
pub use runtime_api::{InvokeError, Outcome, RuntimeApi};
pub use s3::{S3, S3Data, S3Object, S3Request};
pub use ssm::{Ssm, SsmData};
pub use sts::{AssumeRole, Sts, StsData, StsRole};
