//! AWS Config's API on a loopback port: keeps what functions report, refuses what AWS refuses, and fails on demand.

mod evaluation;
mod fault;
mod limits;
mod protocol;
mod put_evaluations;
mod resource_types;
mod store;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::server::Server;
use store::Store;

pub use evaluation::{Evaluation, PutEvaluations};
pub use fault::Fault;
pub use store::{Answer, Call, ResultKey};

/// AWS Config as one account's functions reach it.
///
/// It serves `PutEvaluations`. Where AWS documents nothing, the stricter reading is enforced: annotations are counted in
/// UTF-16 units, and an empty result token is refused in test mode, too.
#[derive(Debug)]
pub struct ConfigService {
    server: Server,
    store: Arc<Mutex<Store>>,
}

impl ConfigService {
    /// Starts with no results, no rules and no faults.
    pub async fn start() -> io::Result<Self> {
        let store = Arc::default();
        let router = protocol::router(Arc::clone(&store));
        let server = Server::start("config-service", router).await?;
        Ok(Self { server, store })
    }

    /// What belongs into `AWS_ENDPOINT_URL_CONFIG_SERVICE`: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// Every signed call of `PutEvaluations`, in the order of arrival.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.store().calls.clone()
    }

    /// Every evaluation that was stored, in the order of arrival, whether or not it is the latest of its resource.
    #[must_use]
    pub fn accepted(&self) -> Vec<Evaluation> {
        self.store().accepted.clone()
    }

    /// What AWS Config would hold now: of every rule and resource the result with the latest `OrderingTimestamp`.
    /// `NOT_APPLICABLE` stays visible here, although AWS does not show it.
    #[must_use]
    pub fn results(&self) -> BTreeMap<ResultKey, Evaluation> {
        self.store().results.clone()
    }

    /// TCP connections accepted so far, open or closed.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.server.connections()
    }

    /// Results reported with this token, from now on, belong to this rule. A token that is assigned to none stands for
    /// a rule of its own.
    pub fn assign_token(&self, token: impl Into<String>, rule: impl Into<String>) {
        self.store().rules.insert(token.into(), rule.into());
    }

    /// Declares a token invalid: `InvalidResultTokenException`, but in test mode.
    pub fn reject_token(&self, token: impl Into<String>) {
        self.store().rejected_tokens.insert(token.into());
    }

    /// Queues faults: each call of `PutEvaluations` from now on takes one, until none is left.
    pub fn inject(&self, faults: impl IntoIterator<Item = Fault>) {
        self.store().faults.extend(faults);
    }

    /// Lets a function choose the fault of every readable call that finds the queue empty. It runs while the service is
    /// locked: it must not ask this service anything.
    pub fn inject_with(&self, choose: impl FnMut(&PutEvaluations) -> Fault + Send + 'static) {
        self.store().faults.choose_with(Box::new(choose));
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
