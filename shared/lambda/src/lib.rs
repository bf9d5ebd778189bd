//! Runs one rule as an AWS Lambda function that reports to AWS Config.
//!
//! A function's `main` is the rule's name, and where its facts come from: `run::<ApprovedAmi, Ec2>()`. This crate is the
//! only one that knows Lambda and AWS Config's API; what an event means stands in `config-rules`.

mod accounts;
mod config_service;
mod envelope;
mod error;
mod handler;
mod outcomes;
mod record;
mod report;
mod run;
mod snapshot;
#[cfg(test)]
mod tests;

use config_rules::rule::Rule;
pub use config_rules_aws::ConfigInventory;
use config_rules_aws::{ParameterStore, Session, Source};
use lambda_runtime::service_fn;

use self::{
    accounts::{Accounts, Environment},
    handler::Handler,
    record::Log,
};

/// Why the function could not start, or had to stop.
pub type Error = lambda_runtime::Error;

/// Serves a rule, whose facts and resources come from this source, until Lambda stops the process.
///
/// One thread serves one event at a time, which is all that Lambda sends to a process; a second one unpacks snapshots.
///
/// # Errors
/// When the Lambda Runtime API cannot be reached.
pub fn run<R: Rule, S: Source>() -> Result<(), Error> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(serve::<R, S>())
}

async fn serve<R: Rule, S: Source>() -> Result<(), Error> {
    let session = Session::own();
    let parameter_store = ParameterStore::new(&session);
    let accounts = Accounts::<S>::new(session, R::METADATA.name, Environment::read());
    accounts.own().config_service.open_connection().await;
    let handler = Handler::new(accounts, parameter_store, Log::to(std::io::stdout()));
    lambda_runtime::run(service_fn(|event| handler.handle::<R>(event))).await
}
