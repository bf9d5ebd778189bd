//! AWS Config's API on a loopback port: keeps what functions report, refuses what AWS refuses, and fails on demand.

mod account;
mod caller;
mod compliance;
mod delivery_channel;
mod diff;
mod error;
mod evaluation;
mod evaluations;
mod events;
mod fault;
mod history;
mod inventory;
mod item;
mod model;
mod notifications;
mod operation;
mod paging;
mod protocol;
mod put_evaluations;
mod query;
mod recorder;
mod recorder_model;
mod recorders;
mod request;
mod resource_types;
mod rule;
mod rule_limits;
mod rule_model;
mod rules;
mod select;
mod spelling;
mod store;
mod tags;
#[cfg(test)]
mod tests;
mod time;
mod tokens;
mod triggers;

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::server::Server;
use account::{Account, Held};
use caller::{Caller, OWN_ACCOUNT};
use rules::PUT_CONFIG_RULE;
use store::Store;
use tokens::Issue;

pub use account::ResultKey;
pub use evaluation::{Evaluation, PutEvaluations};
pub use events::{Invocation, Snapshot};
pub use fault::Fault;
pub use item::{ConfigurationItem, ItemError};
pub use request::{Answer, Call, Request};

/// AWS Config in one Region, as functions, Terraform and people reach it.
///
/// What it holds it holds for each account. An access key id of the form `ASIA`, twelve digits, four letters calls for the
/// account of these digits; every other one for the service's own, 111122223333. Where AWS documents nothing, the stricter
/// reading is enforced: annotations are counted in UTF-16 units, and an empty result token is refused in test mode, too.
///
/// AWS has no call by which somebody tells of a resource. Here there is one beside the API: `POST /configuration-items`, not
/// signed, takes what [`ConfigurationItem::all_in`] takes, and records it.
#[derive(Debug)]
pub struct ConfigService {
    server: Server,
    store: Arc<Mutex<Store>>,
}

impl ConfigService {
    /// Starts with no results, no rules and no faults.
    pub async fn start() -> io::Result<Self> {
        Self::start_with(0, |_| Account::default()).await
    }

    /// The same, but every account has a recorder of everything and a delivery channel to the bucket `config-<account>`,
    /// both of the name `default`.
    pub async fn start_recording() -> io::Result<Self> {
        Self::start_recording_on(0).await
    }

    /// The same on this port; 0 is any that is free.
    pub async fn start_recording_on(port: u16) -> io::Result<Self> {
        Self::start_with(port, Account::recording).await
    }

    async fn start_with(port: u16, new_account: fn(&str) -> Account) -> io::Result<Self> {
        let store = Arc::new(Mutex::new(Store::new(new_account)));
        let router = protocol::router(Arc::clone(&store));
        let server = Server::start_on(port, "config-service", router).await?;
        Ok(Self { server, store })
    }

    /// What belongs into `AWS_ENDPOINT_URL_CONFIG_SERVICE`: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// Every signed call of an operation that is served, in the order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.store().log.iter().map(|(request, _)| request.clone()).collect()
    }

    /// Every signed call of `PutEvaluations`, in the order of arrival.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        let store = self.store();
        let calls = store.log.iter().filter(|(request, _)| request.operation == "PutEvaluations");
        calls.map(|(request, answer)| Call::new(request, answer)).collect()
    }

    /// Every evaluation that was stored, of all accounts, in the order of arrival, whether or not it is the latest of its
    /// resource.
    #[must_use]
    pub fn accepted(&self) -> Vec<Evaluation> {
        self.store().accepted.clone()
    }

    /// What AWS Config would hold now of its own account: of every rule and resource the result with the latest
    /// `OrderingTimestamp`. `NOT_APPLICABLE` stays visible here, although AWS does not show it.
    #[must_use]
    pub fn results(&self) -> BTreeMap<ResultKey, Evaluation> {
        self.results_of(OWN_ACCOUNT)
    }

    /// The same of any account.
    #[must_use]
    pub fn results_of(&self, account: &str) -> BTreeMap<ResultKey, Evaluation> {
        let mut store = self.store();
        let results = store.account(account).results.iter();
        results.map(|(key, held)| (key.clone(), held.evaluation.clone())).collect()
    }

    /// TCP connections accepted so far, open or closed.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.server.connections()
    }

    /// Results reported with this token, from now on, belong to this rule of the service's own account. A token that is
    /// assigned to none stands for a rule of its own.
    pub fn assign_token(&self, token: impl Into<String>, rule: impl AsRef<str>) {
        self.assign_token_of(OWN_ACCOUNT, token, rule);
    }

    /// The same for a rule of any account. With another account's credentials the token is invalid.
    pub fn assign_token_of(&self, account: &str, token: impl Into<String>, rule: impl AsRef<str>) {
        self.store().assign_token(token.into(), Issue::now(account, rule.as_ref(), None));
    }

    /// Deploys a rule in an account, in us-east-1, as `PutConfigRule` does with this `ConfigRule`; it is no call.
    ///
    /// # Errors
    /// Says what AWS Config says.
    pub fn deploy(&self, account: &str, config_rule: &Value) -> Result<(), String> {
        let body = json!({ "ConfigRule": config_rule }).to_string();
        operation::perform(&mut self.store(), &PUT_CONFIG_RULE, Caller::of(account), body.as_bytes())
            .map(drop)
            .map_err(|error| format!("{}: {}", error.name, error.message))
    }

    /// Holds a result as if it had been reported before.
    pub fn hold(&self, account: &str, rule: &str, evaluation: Evaluation) {
        let recorded = evaluation.ordering_timestamp;
        let held = Held { evaluation, recorded, invoked: recorded };
        self.store().account(account).keep_latest(rule, held);
    }

    /// Declares a token invalid: `InvalidResultTokenException`, but in test mode.
    pub fn reject_token(&self, token: impl Into<String>) {
        self.store().tokens.rejected.insert(token.into());
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
