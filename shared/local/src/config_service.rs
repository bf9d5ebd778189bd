//! AWS Config on a loopback port: stores what functions report, refuses what AWS refuses, and fails on demand.
//!
//! Its modules are layers: the API model ([`shape`], [`paging`], [`time`], [`resource_types`]), what AWS Config knows
//! ([`item`], [`message`], [`rule`], [`evaluation`], [`recorder`]), where it is kept ([`account`], [`store`]), the
//! [`operations`], and the [`api`].

mod account;
mod api;
mod evaluation;
mod item;
mod message;
mod operation;
mod operations;
mod paging;
mod recorder;
mod resource_types;
mod rule;
mod rule_limits;
mod shape;
mod store;
#[cfg(test)]
mod tests;
mod time;

use std::collections::BTreeMap;
use std::io;

use jiff::Timestamp;
use serde_json::Value;

use crate::FunctionArn;
use crate::endpoint::{ApiCall, Endpoint, Fault};
use account::{Account, ResourceKey, ResultToken};
use evaluation::EvaluationResult;
use message::{Message, MessageType};
use store::{CanInvoke, Store};

pub use api::{Call, Request};
pub use evaluation::{Evaluation, PutEvaluations, ResultKey};
pub use item::{ConfigurationItem, ItemError};
pub use store::{Invocation, Snapshot};

/// AWS Config in one Region, as functions, Terraform and people call it.
///
/// It keeps everything by account. An access key id of the form `ASIA`, twelve digits, four letters calls for the account of
/// these digits; every other one for the service's own, 111122223333. Where AWS documents nothing, the stricter reading is
/// enforced: annotations are counted in UTF-16 units, and an empty result token is refused in test mode, too.
///
/// It invokes no functions itself: [`record`](Self::record), [`run_schedule`](Self::run_schedule) and
/// [`deliver_snapshot`](Self::deliver_snapshot) return the events to invoke them with, and what calls of operations lead to
/// waits for [`next_invocation`](Self::next_invocation).
///
/// AWS has no call that records an item. Here there is one beside the API: `POST /configuration-items`, not signed, takes
/// what [`ConfigurationItem::all_in`] takes.
#[derive(Debug)]
pub struct ConfigService {
    endpoint: Endpoint<Store>,
}

/// How it is started, and reached.
impl ConfigService {
    /// Starts with no recorder, no rules and no results.
    pub async fn start() -> io::Result<Self> {
        Self::start_on(0, |_| Account::default()).await
    }

    /// The same, but every account has a recorder of everything and a delivery channel to the bucket `config-<account>`,
    /// both of the name `default`.
    pub async fn start_recording() -> io::Result<Self> {
        Self::start_recording_on(0).await
    }

    /// The same on this port; 0 is any that is free.
    pub async fn start_recording_on(port: u16) -> io::Result<Self> {
        Self::start_on(port, Account::recording).await
    }

    async fn start_on(port: u16, new_account: fn(&str) -> Account) -> io::Result<Self> {
        Ok(Self { endpoint: Endpoint::start_on(port, Store::new(new_account), api::paths()).await? })
    }

    /// The value of `AWS_ENDPOINT_URL_CONFIG_SERVICE`: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.endpoint.endpoint()
    }

    /// TCP connections accepted so far, open or closed.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.endpoint.connections()
    }

    fn with<T>(&self, look: impl FnOnce(&mut Store) -> T) -> T {
        self.endpoint.with(look)
    }
}

/// Rules, and what makes AWS Config invoke their functions.
impl ConfigService {
    /// Deploys a rule in an account, in us-east-1, as `PutConfigRule` does with this `ConfigRule`; it is no call.
    ///
    /// # Errors
    /// The name and the message of AWS Config's error.
    pub fn deploy(&self, account: &str, config_rule: &Value) -> Result<(), String> {
        let deployed = self.with(|store| store.put_config_rule(account, config_rule));
        deployed.map_err(|error| format!("{}: {}", error.code, error.message))
    }

    /// From now on `PutConfigRule` refuses functions that cannot be invoked, by their ARNs. Before, all can.
    pub fn limit_functions(&self, can_invoke: impl Fn(&str) -> bool + Send + 'static) {
        self.with(|store| store.can_invoke = CanInvoke(Box::new(can_invoke)));
    }

    /// Puts a configuration item into the history and the inventory of its account. Rules that are triggered by changes
    /// are invoked if the account's recorder records resources of this type.
    #[allow(clippy::must_use_candidate, reason = "most items are put in for their history")]
    pub fn record(&self, item: ConfigurationItem) -> Vec<Invocation> {
        self.with(|store| {
            let account = item.account().to_owned();
            let triggers = store.record(item);
            triggers.iter().filter_map(|(rule, trigger)| store.invoke(&account, rule, trigger)).collect()
        })
    }

    /// Invokes the account's rules that have a schedule.
    #[must_use]
    pub fn run_schedule(&self, account: &str) -> Vec<Invocation> {
        self.with(|store| store.invoke_all(account, MessageType::Schedule, &Message::Schedule))
    }

    /// Delivers a snapshot of the account's resources; none while it has no recorder and delivery channel.
    #[must_use]
    pub fn deliver_snapshot(&self, account: &str) -> Option<Snapshot> {
        self.with(|store| store.deliver_snapshot(account))
    }

    /// The next of the invocations that calls and [`deploy`](Self::deploy) have led to: AWS Config evaluates a rule that is
    /// deployed or changed, on demand, and as often as its schedule says, and invokes rules for the items that are sent to it.
    /// Its event is written now.
    #[must_use]
    pub fn next_invocation(&self) -> Option<Invocation> {
        self.next_invocation_at(Timestamp::now())
    }

    /// The same, as if it were this time for the schedules.
    fn next_invocation_at(&self, now: Timestamp) -> Option<Invocation> {
        self.with(|store| store.next_invocation(now))
    }

    /// All of them.
    #[must_use]
    pub fn take_invocations(&self) -> Vec<Invocation> {
        std::iter::from_fn(|| self.next_invocation()).collect()
    }

    /// Shows in the status of the rule that its function could not be invoked.
    pub fn invocation_failed(&self, invocation: &Invocation, code: &str, message: &str) {
        self.with(|store| store.fail(invocation, false, code, message));
    }

    /// Shows in the status of the rule that its function was invoked, and has failed.
    pub fn evaluation_failed(&self, invocation: &Invocation, code: &str, message: &str) {
        self.with(|store| store.fail(invocation, true, code, message));
    }

    /// From now on a change whose notification has more bytes is notified of in summary. By default it is Amazon SNS's
    /// maximum, 256 KiB.
    pub fn limit_notifications(&self, bytes: usize) {
        self.with(|store| store.max_notification = bytes);
    }
}

/// Result tokens and results.
impl ConfigService {
    /// From now on a token that was not issued here stands for a rule of its own, for events that come from elsewhere.
    /// Before, it is refused.
    pub fn accept_any_token(&self) {
        self.with(|store| store.accepts_any_token = true);
    }

    /// Results reported with this token, from now on, belong to this rule of the service's own account.
    pub fn assign_token(&self, token: impl Into<String>, rule: impl AsRef<str>) {
        self.assign_token_of(&FunctionArn::default().account, token, rule);
    }

    /// The same for a rule of any account. With another account's credentials the token is invalid.
    pub fn assign_token_of(&self, account: &str, token: impl Into<String>, rule: impl AsRef<str>) {
        self.with(|store| {
            let account = store.account(account);
            account.add_rule_name(rule.as_ref());
            account.tokens.insert(token.into(), ResultToken::of(rule.as_ref(), None));
        });
    }

    /// Declares a token invalid: `InvalidResultTokenException`, but in test mode.
    pub fn reject_token(&self, token: impl Into<String>) {
        self.with(|store| store.rejected_tokens.insert(token.into()));
    }

    /// Stores a result as if it had been reported before.
    pub fn hold(&self, account: &str, rule: &str, evaluation: Evaluation) {
        let time = evaluation.ordering_timestamp;
        let result = EvaluationResult { evaluation, recorded: time, invoked: time };
        self.with(|store| store.account(account).keep_latest(rule, result));
    }

    /// The results of AWS Config's own account: of every rule and resource the one with the latest `OrderingTimestamp`.
    /// `NOT_APPLICABLE` stays visible here, although AWS does not show it.
    #[must_use]
    pub fn results(&self) -> BTreeMap<ResultKey, Evaluation> {
        self.results_of(&FunctionArn::default().account)
    }

    /// The same of any account.
    #[must_use]
    pub fn results_of(&self, account: &str) -> BTreeMap<ResultKey, Evaluation> {
        self.with(|store| {
            let results = store.account(account).results();
            let results = results.flat_map(|(key, results)| results.iter().map(move |result| (key, result)));
            let result =
                |((resource_type, id), (rule, result)): (&ResourceKey, (&String, &EvaluationResult))| {
                    let (rule, resource_type, resource_id) =
                        (rule.clone(), resource_type.clone(), id.clone());
                    (ResultKey { rule, resource_type, resource_id }, result.evaluation.clone())
                };
            results.map(result).collect()
        })
    }

    /// Every evaluation that was stored, of all accounts, in the order of arrival, whether or not it is the latest of its
    /// resource.
    #[must_use]
    pub fn accepted(&self) -> Vec<Evaluation> {
        self.with(|store| store.accepted.clone())
    }

    /// The same, and forgets them and all calls, of which [`results`](Self::results) stay: a service that runs for long must
    /// not keep them.
    #[must_use]
    pub fn take_accepted(&self) -> Vec<Evaluation> {
        drop(self.endpoint.take_calls());
        self.with(|store| std::mem::take(&mut store.accepted))
    }
}

/// Calls and faults.
impl ConfigService {
    /// Every signed call of an operation that is served, in the order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.endpoint.calls().into_iter().map(|call| call.request).collect()
    }

    /// Every signed call of `PutEvaluations`, in the order of arrival.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        put_evaluations(&self.endpoint.calls())
    }

    /// The same, and forgets all calls: a service that runs for long must not keep them.
    #[must_use]
    pub fn take_calls(&self) -> Vec<Call> {
        put_evaluations(&self.endpoint.take_calls())
    }

    /// Queues faults: each call from now on takes one, until none is left.
    pub fn inject(&self, faults: impl IntoIterator<Item = Fault>) {
        self.endpoint.inject(faults);
    }

    /// Queues faults for one operation: its calls take these first.
    pub fn inject_into(&self, operation: impl AsRef<str>, faults: impl IntoIterator<Item = Fault>) {
        self.endpoint.inject_into(operation, faults);
    }

    /// Lets a function choose the fault of every call that finds the queues empty. It runs while the service is locked:
    /// it must not ask this service anything.
    pub fn inject_with(&self, choose: impl FnMut(&Request) -> Fault + Send + 'static) {
        self.endpoint.inject_with(choose);
    }
}

fn put_evaluations(calls: &[ApiCall<Request>]) -> Vec<Call> {
    calls.iter().filter(|call| call.action == "PutEvaluations").map(Call::new).collect()
}
