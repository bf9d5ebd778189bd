//! One invocation: an event in, verdicts to AWS Config, a line in the log.

use std::{
    cell::Cell,
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use config_rules::{
    engine,
    event::{Event, Message},
    facts::Facts,
    finding::Compliance,
    item::RawItem,
    rule::{Case, ConfiguredRule, Evaluation, Rule},
};
use config_rules_aws::{ParameterStore, Source};
use jiff::Timestamp;
use lambda_runtime::{Context, Diagnostic, LambdaEvent};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use tokio::time::timeout;

use crate::{
    accounts::{Account, Accounts},
    envelope,
    error::Error,
    record::{Finished, Log, Origin, Record},
    report::{Accepted, Report},
    run::{Listed, Run},
    snapshot::Snapshot,
};

/// What is kept of Lambda's time to write the log and the answer.
const RESERVE: Duration = Duration::from_millis(250);

pub(crate) struct Handler<S> {
    accounts: Accounts<S>,
    parameter_store: ParameterStore,
    log: Log,
    is_cold: Cell<bool>,
}

impl<S: Source> Handler<S> {
    pub(crate) fn new(accounts: Accounts<S>, parameter_store: ParameterStore, log: Log) -> Self {
        Self { accounts, parameter_store, log, is_cold: Cell::new(true) }
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
        let (taken, mut origin) = (Accepted::default(), Origin::default());
        let evaluated = self.evaluate::<R>(payload.get(), &context, &mut origin, &taken);
        let result = timeout(time_left(&context), evaluated).await;
        let tally = taken.tally();
        let result = result.unwrap_or(Err(Error::DeadlineExceeded { reported: tally.count() }));
        let record = Record::from(Finished {
            metadata: &R::METADATA,
            request_id: &context.request_id,
            origin,
            cold_start: self.is_cold.replace(false),
            duration_ms: started.elapsed().as_millis().try_into().unwrap_or(u64::MAX),
            tally,
            result: &result,
        });
        self.log.write(&record);
        match result {
            Err(error) if !error.is_permanent() => {
                Err(Diagnostic { error_type: error.name().to_owned(), error_message: error.to_string() })
            }
            _ => Ok(record),
        }
    }

    /// Does what the event asks for; gives back the evaluation, if the event was about one resource.
    async fn evaluate<R: Rule>(
        &self,
        event: &str,
        context: &Context,
        origin: &mut Origin,
        taken: &Accepted,
    ) -> Result<Option<Evaluation>, Error> {
        let event = envelope::read(event)?;
        *origin = Origin::of(&event);
        let result_token = event.result_token()?;
        let message = event.message()?;
        origin.message_type = Some(message.message_type());
        let rule = self.configure::<R>(&event, origin).await?;
        let account = self.accounts.of(&event, rule.execution_role(), &context.invoked_function_arn).await?;
        let mut report = Report::new(&R::METADATA, &account.config_service, result_token, taken, &self.log);
        match message {
            Message::ConfigurationItemChange { item, left_scope, is_change }
                if R::METADATA.further_trigger(&item.resource_type).is_some() =>
            {
                // Where the rule is new, there are events of all that is concerned as well.
                let changed = is_change.then_some(*item);
                concerned(&rule, &account, &event, changed, left_scope, report).await
            }
            Message::OversizedConfigurationItemChange { summary, left_scope }
                if R::METADATA.further_trigger(&summary.resource_type).is_some() =>
            {
                let changed = Box::pin(account.config_service.item(&summary)).await?;
                concerned(&rule, &account, &event, changed, left_scope, report).await
            }
            Message::ConfigurationItemChange { item, left_scope, .. } => {
                one(&account, rule.case(*item, left_scope), &mut report).await.map(Some)
            }
            Message::OversizedConfigurationItemChange { summary, left_scope } => {
                let case = rule.case((*summary).clone(), left_scope);
                if case.is_not_applicable() {
                    return one(&account, case, &mut report).await.map(Some);
                }
                match Box::pin(account.config_service.item(&summary)).await? {
                    Some(item) => one(&account, rule.case(item, left_scope), &mut report).await.map(Some),
                    None => put(unknown(*summary), &mut report).await.map(Some),
                }
            }
            Message::Scheduled { at } => {
                Box::pin(run(&rule, &account, &event, at, Of::Listing, &mut report.of_run()))
                    .await
                    .map(|()| None)
            }
            Message::SnapshotDelivered { bucket, key, at } => {
                let of = Of::Snapshot { bucket: &bucket, key: &key };
                Box::pin(run(&rule, &account, &event, at, of, &mut report.of_run())).await.map(|()| None)
            }
        }
    }

    async fn configure<R: Rule>(
        &self,
        event: &Event,
        origin: &mut Origin,
    ) -> Result<Arc<ConfiguredRule<R>>, Error> {
        let raw = event.parameters()?;
        let references = raw.references();
        let facts = if references.is_empty() {
            Facts::default()
        } else {
            Box::pin(self.parameter_store.look_up(&references)).await
        };
        let rule = ConfiguredRule::new(&raw, &facts)?;
        origin.parameter_hash = Some(hash(&rule.parameters().to_json()));
        Ok(rule)
    }
}

/// The beginning of the SHA-256, in hexadecimal.
fn hash(text: &str) -> String {
    let digest = Sha256::digest(text);
    let beginning = u64::from_be_bytes(std::array::from_fn(|index| digest[index]));
    format!("{beginning:016x}")
}

impl Origin {
    fn of(event: &Event) -> Self {
        let arn = event.config_rule_arn.as_deref();
        Self {
            config_rule_name: event.config_rule_name.clone(),
            account_id: event.account_id.clone(),
            region: arn.and_then(|arn| arn.split(':').nth(3)).map(str::to_owned),
            ..Self::default()
        }
    }
}

/// Evaluates one resource and reports it.
async fn one<R: Rule, S: Source>(
    account: &Rc<Account<S>>,
    case: Case<R>,
    report: &mut Report,
) -> Result<Evaluation, Error> {
    let evaluated = engine::evaluate(&[case], &mut Facts::default(), &account.source).await;
    let mut evaluations = evaluated.into_iter().collect::<Result<Vec<_>, _>>()?;
    put(evaluations.remove(0), report).await
}

async fn put(evaluation: Evaluation, report: &mut Report) -> Result<Evaluation, Error> {
    report.add(evaluation.clone()).await?;
    report.flush().await?;
    Ok(evaluation)
}

/// An item that was too large for the event, and of which AWS Config has no history: the resource is not recorded any more.
fn unknown(summary: RawItem) -> Evaluation {
    Evaluation {
        resource_type: summary.resource_type,
        resource_id: summary.resource_id,
        compliance: Compliance::NotApplicable("AWS Config has no record of the resource".to_owned()),
        ordering_timestamp: summary.configuration_item_capture_time,
    }
}

/// Evaluates what a change of a further trigger concerns, by what is so now: an order of events is not promised. A rule whose scope
/// does not name the type was not meant to, and its scope is a tag: then the resource is one that it does not evaluate.
async fn concerned<R: Rule, S: Source>(
    rule: &Arc<ConfiguredRule<R>>,
    account: &Rc<Account<S>>,
    event: &Event,
    changed: Option<RawItem>,
    left_scope: bool,
    mut report: Report,
) -> Result<Option<Evaluation>, Error> {
    let trigger = |item: &RawItem| R::METADATA.further_trigger(&item.resource_type);
    let Some((item, trigger)) = changed.and_then(|item| trigger(&item).map(|trigger| (item, trigger))) else {
        return Ok(None);
    };
    let config_rule_name = event.required_name()?;
    let scope = account.config_service.scope(config_rule_name).await?;
    if !scope.names(trigger.resource_type) {
        return one(account, rule.case(item, left_scope), &mut report).await.map(Some);
    }
    let (account, at) = (account.afresh(), item.configuration_item_capture_time);
    let run = Run { rule, account: &account, account_id: event.required_account()?, config_rule_name, at };
    Box::pin(run.over_concerned(trigger.concerned(&item), &scope, &mut report.of_run())).await.map(|()| None)
}

/// What a run is over.
enum Of<'a> {
    /// What the services list.
    Listing,
    Snapshot {
        bucket: &'a str,
        key: &'a str,
    },
}

async fn run<R: Rule, S: Source>(
    rule: &Arc<ConfiguredRule<R>>,
    account: &Rc<Account<S>>,
    event: &Event,
    at: Timestamp,
    of: Of<'_>,
    report: &mut Report,
) -> Result<(), Error> {
    let config_rule_name = event.required_name()?;
    let scope = account.config_service.scope(config_rule_name).await?;
    let account_id = event.required_account()?;
    let run = Run { rule, account, account_id, config_rule_name, at };
    match of {
        Of::Snapshot { bucket, key } => {
            let snapshot = Snapshot::open(&account.session, bucket, key, at).await?;
            run.over(snapshot, &scope, report).await
        }
        Of::Listing => {
            let listed =
                Listed::new(&account.source, scope.types_of(R::METADATA.resource_types), account_id, at);
            run.over(listed, &scope, report).await
        }
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
