//! Runs one rule as an AWS Lambda function that reports to AWS Config.
//!
//! A function's `main` is the rule's name and nothing more: `config_rules_lambda::run::<ApprovedAmi>()`. This crate is
//! the only one that knows Lambda and AWS Config's API; what an event means stands in `config-rules`.

mod config_service;
mod error;
mod handler;
mod record;

use config_rules::{
    facts::{FactRequest, FactSource, Facts},
    rule::Rule,
};
use lambda_runtime::service_fn;

use self::{config_service::ConfigService, handler::Handler};

/// Why the function could not start, or had to stop.
pub type Error = lambda_runtime::Error;

/// Serves a rule that needs no facts until Lambda stops the process.
///
/// One thread serves one event at a time, which is all that Lambda sends to a process.
///
/// # Errors
/// When the Lambda Runtime API cannot be reached.
pub fn run<R: Rule>() -> Result<(), Error> {
    run_with::<R, _>(async { NoFacts })
}

/// Serves a rule, whose facts come from this source, until Lambda stops the process.
///
/// # Errors
/// When the Lambda Runtime API cannot be reached.
pub fn run_with<R: Rule, S: FactSource>(source: impl Future<Output = S>) -> Result<(), Error> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(serve::<R, S>(source))
}

async fn serve<R: Rule, S: FactSource>(source: impl Future<Output = S>) -> Result<(), Error> {
    let config_service = ConfigService::new().await;
    config_service.open_connection().await;
    let handler = Handler::new(config_service, Box::pin(source).await);
    lambda_runtime::run(service_fn(|event| handler.handle::<R>(event))).await
}

/// For a rule that asks for nothing.
struct NoFacts;

impl FactSource for NoFacts {
    async fn look_up(&self, _requests: &[FactRequest]) -> Facts {
        Facts::default()
    }
}
