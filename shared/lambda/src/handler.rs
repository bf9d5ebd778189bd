//! One invocation: an event in, a verdict to AWS Config, a line in the log.

use std::{
    cell::Cell,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use config_rules::{
    event::Event,
    rule::{Evaluation, Rule, judge},
};
use lambda_runtime::{Context, Diagnostic, LambdaEvent};
use serde_json::value::RawValue;
use tokio::time::timeout;

use crate::{
    config_service::{ConfigService, Delivery},
    error::Error,
    record::{Outcome, Record},
};

/// What is kept of Lambda's time to write the log and the answer.
const RESERVE: Duration = Duration::from_millis(250);

#[derive(Debug)]
pub(crate) struct Handler {
    config_service: ConfigService,
    is_cold: Cell<bool>,
}

impl Handler {
    pub(crate) fn new(config_service: ConfigService) -> Self {
        Self { config_service, is_cold: Cell::new(true) }
    }

    /// Handles one invocation. The event is taken as it comes, so that one that cannot be read gets an error that says
    /// why, instead of one of the runtime's.
    ///
    /// A permanent error is logged and answered; only a passing one is returned, because Lambda sends that event again.
    pub(crate) async fn handle<R: Rule>(
        &self,
        invocation: LambdaEvent<Box<RawValue>>,
    ) -> Result<Record, Diagnostic> {
        let started = Instant::now();
        let LambdaEvent { payload, context, .. } = invocation;
        let event = Event::from_json(payload.get());
        let (config_rule_name, account_id) = match &event {
            Ok(event) => (event.config_rule_name.clone(), event.account_id.clone()),
            Err(_) => (None, None),
        };
        let result = self.evaluate::<R>(event, &context).await;
        let record = Record {
            config_rule_name,
            account_id,
            cold_start: self.is_cold.replace(false),
            duration_ms: started.elapsed().as_millis().try_into().unwrap_or(u64::MAX),
            ..Record::new(&R::METADATA, &context.request_id, Outcome::of(&result))
        };
        record.log();
        match result {
            Err(error) if !error.is_permanent() => {
                Err(Diagnostic { error_type: error.name().to_owned(), error_message: error.to_string() })
            }
            _ => Ok(record),
        }
    }

    async fn evaluate<R: Rule>(
        &self,
        event: Result<Event, config_rules::Error>,
        context: &Context,
    ) -> Result<(Evaluation, Delivery), Error> {
        let event = event?;
        let token = event.result_token()?;
        let evaluation = judge::<R>(&event)?;
        let delivery = self.config_service.put_evaluations(token, std::slice::from_ref(&evaluation));
        let delivery = timeout(time_left(context), delivery).await.map_err(|_| Error::DeadlineExceeded)??;
        Ok((evaluation, delivery))
    }
}

fn time_left(context: &Context) -> Duration {
    let deadline = UNIX_EPOCH + Duration::from_millis(context.deadline);
    deadline.duration_since(SystemTime::now()).unwrap_or_default().saturating_sub(RESERVE)
}
