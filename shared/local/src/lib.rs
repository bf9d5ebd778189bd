//! AWS on a loopback port, as a function sees it: the Lambda Runtime API that invokes it, AWS Config that receives its
//! evaluations, EC2 that it looks facts up in, and the environment that Lambda starts it in. [`ConfigService`] deploys
//! rules, tells which functions are invoked with which event, enforces AWS Config's documented limits and fails on demand,
//! [`Ec2`] answers from a file of facts and fails on demand, [`RuntimeApi`] hands out events and collects answers, and
//! [`Function`] runs a `bootstrap` between them. Every server listens on 127.0.0.1 only, on a port of its own, on a thread
//! of its own, and stops when its handle is dropped. Nothing here knows a rule or an AWS SDK: this is the other side of
//! the wire.

mod config_service;
mod ec2;
mod faults;
mod function;
mod function_arn;
mod request_id;
mod runtime_api;
mod server;
#[cfg(test)]
mod test_client;

pub use config_service::{
    Answer, Call, ConfigService, ConfigurationItem, Evaluation, Fault, Invocation, ItemError, PutEvaluations,
    Request, ResultKey, Snapshot,
};
pub use ec2::{Ec2, Ec2Answer, Ec2Call, Ec2Data, Ec2Fault, Ec2Request};
pub use function::{Function, FunctionError, FunctionOptions};
pub use function_arn::FunctionArn;
pub use runtime_api::{InvokeError, Outcome, RuntimeApi};
