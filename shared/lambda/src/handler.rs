//! One invocation: an event in, a verdict to AWS Config, a line in the log.

use std::{
    cell::Cell,
    time::{Duration, Instant, SystemTime},
};

use config_rules::{
    event::Event,
    facts::{FactSource, Facts},
    rule::{Case, Evaluation, Rule},
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
pub(crate) struct Handler<S> {
    config_service: ConfigService,
    source: S,
    is_cold: Cell<bool>,
}

impl<S: FactSource> Handler<S> {
    pub(crate) fn new(config_service: ConfigService, source: S) -> Self {
        Self { config_service, source, is_cold: Cell::new(true) }
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
        let result = timeout(time_left(&context), self.evaluate::<R>(event)).await;
        let result = result.unwrap_or(Err(Error::DeadlineExceeded));
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
    ) -> Result<(Evaluation, Delivery), Error> {
        let event = event?;
        let token = event.result_token()?;
        let case = Case::<R>::from_event(&event, &Facts::default())?;
        let facts = match case.facts().as_slice() {
            [] => Facts::default(),
            // In a box, as is every large future below: the compiler sizes them through all levels, and stops at 128.
            requests => Box::pin(self.source.look_up(requests)).await,
        };
        let evaluation = case.judge(&facts)?;
        let delivery = self.config_service.put_evaluations(token, std::slice::from_ref(&evaluation));
        let delivery = Box::pin(delivery).await?;
        Ok((evaluation, delivery))
    }
}

/// A deadline that has passed before the event is there is none: cargo-lambda's emulator sends such.
fn time_left(context: &Context) -> Duration {
    const WITHOUT_DEADLINE: Duration = Duration::from_mins(1);
    let left = context.deadline().duration_since(SystemTime::now());
    left.map_or(WITHOUT_DEADLINE, |left| left.saturating_sub(RESERVE))
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    fn time_left_at(deadline: SystemTime) -> Duration {
        let mut context = Context::default();
        context.deadline = deadline.duration_since(UNIX_EPOCH).unwrap().as_millis().try_into().unwrap();
        time_left(&context)
    }

    #[test]
    fn some_of_lambdas_time_is_kept() {
        let left = time_left_at(SystemTime::now() + Duration::from_secs(10));
        assert!((9..10).contains(&left.as_secs()), "{left:?}");
        assert_eq!(time_left_at(SystemTime::now() + Duration::from_millis(100)), Duration::ZERO);
    }

    #[test]
    fn a_deadline_in_the_past_is_none() {
        assert_eq!(time_left_at(UNIX_EPOCH + Duration::from_millis(600)), Duration::from_mins(1));
    }
}
