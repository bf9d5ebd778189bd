//! The events that wait for the function, and the callers that wait for its answers.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use super::{InvokeError, Outcome};
use crate::FunctionArn;

#[derive(Debug)]
pub(super) struct Invocation {
    pub(super) id: String,
    pub(super) event: Bytes,
    /// Milliseconds since the epoch.
    pub(super) deadline: i64,
}

pub(super) type Answer = Result<Outcome, InvokeError>;

/// The events that wait for the function and the callers that wait for its answers.
#[derive(Debug)]
pub(super) struct Invocations {
    arn: String,
    queue: tokio::sync::Mutex<mpsc::UnboundedReceiver<Invocation>>,
    expected: Mutex<Expected>,
}

#[derive(Debug, Default)]
struct Expected {
    answers: HashMap<String, oneshot::Sender<Answer>>,
    /// Stands until the function polls after all.
    init_error: Option<InvokeError>,
}

impl Invocations {
    pub(super) fn new(arn: &FunctionArn, queue: mpsc::UnboundedReceiver<Invocation>) -> Self {
        Self { arn: arn.to_string(), queue: tokio::sync::Mutex::new(queue), expected: Mutex::default() }
    }

    pub(super) fn arn(&self) -> &str {
        &self.arn
    }

    /// The next event that anybody waits for; none when there will be no more.
    pub(super) async fn next(&self) -> Option<Invocation> {
        // A function that asks for an event has started.
        self.expected().init_error = None;
        let mut queue = self.queue.lock().await;
        while let Some(invocation) = queue.recv().await {
            if self.is_expected(&invocation.id) {
                return Some(invocation);
            }
        }
        None
    }

    fn expected(&self) -> MutexGuard<'_, Expected> {
        self.expected.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Announces an invocation before it is queued; fails when the function has said that it cannot start.
    pub(super) fn expect(
        &self,
        id: &str,
    ) -> Result<(Expectation<'_>, oneshot::Receiver<Answer>), InvokeError> {
        let mut expected = self.expected();
        if let Some(error) = &expected.init_error {
            return Err(error.clone());
        }
        let (sender, answer) = oneshot::channel();
        let (invocations, id) = (self, id.to_owned());
        expected.answers.insert(id.clone(), sender);
        Ok((Expectation { invocations, id }, answer))
    }

    fn is_expected(&self, id: &str) -> bool {
        self.expected().answers.contains_key(id)
    }

    /// Whether anybody was still waiting for this answer.
    pub(super) fn answer(&self, id: &str, answer: Answer) -> bool {
        let waiting = self.expected().answers.remove(id);
        waiting.is_some_and(|waiting| waiting.send(answer).is_ok())
    }

    pub(super) fn init_failed(&self, error: &InvokeError) {
        let mut expected = self.expected();
        expected.init_error = Some(error.clone());
        for (_, waiting) in expected.answers.drain() {
            // The caller may have given up meanwhile.
            let _ = waiting.send(Err(error.clone()));
        }
    }
}

/// Withdraws an invocation when its caller stops waiting: nobody is handed an event that nobody waits for.
pub(super) struct Expectation<'a> {
    invocations: &'a Invocations,
    id: String,
}

impl Drop for Expectation<'_> {
    fn drop(&mut self) {
        self.invocations.expected().answers.remove(&self.id);
    }
}
