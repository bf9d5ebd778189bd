//! What AWS's APIs on loopback ports have in common: calls are kept, faults come on demand, answers can break off.

mod call;
mod cut;
mod error;
mod fault;
mod serve;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::http::Response;
use axum::http::request::Parts;

use crate::server::Server;
use serve::State;

pub(crate) use call::access_key_id;
pub use call::{ApiAnswer, ApiCall, Caller};
pub(crate) use error::ApiError;
pub use fault::ApiFault;

/// One AWS API on a loopback port.
#[derive(Debug)]
pub struct Endpoint<A: Api> {
    server: Server,
    state: Arc<Mutex<State<A>>>,
}

/// An AWS API: its protocol, its words, and what it knows.
pub trait Api: fmt::Debug + Send + 'static {
    /// A call, as received.
    type Request: Clone + fmt::Debug + Send + 'static;

    /// The service's name in IAM's actions, such as `ec2`.
    const SERVICE: &'static str;

    /// Reads a call, whoever makes it.
    fn read(http: &Parts, body: &[u8]) -> Result<Self::Request, ApiError>;

    /// The API's name for what is called, such as `DescribeImages`.
    fn action(request: &Self::Request) -> &str;

    /// The IAM action that a policy has to allow.
    fn permission(action: &str) -> String {
        format!("{}:{action}", Self::SERVICE)
    }

    /// Answers a call. It must not wait.
    fn run(&mut self, request: &Self::Request, caller: &Caller) -> Result<Response<Body>, ApiError>;

    /// An error in the API's form.
    fn render(error: &ApiError) -> Response<Body>;

    /// The API's way to say that a call is not signed.
    fn unsigned() -> ApiError;

    /// The API's way to ask for fewer calls.
    fn throttled() -> ApiError;

    /// The API's way to say that a policy is missing, and which.
    fn denied(why: &str) -> ApiError;

    /// The API's way to say that it failed.
    fn internal(status: u16) -> ApiError;
}

impl<A: Api> Endpoint<A> {
    /// Starts with no faults.
    pub async fn start(data: A) -> io::Result<Self> {
        let state = Arc::new(Mutex::new(State::new(data)));
        let server = Server::start(A::SERVICE, serve::router(Arc::clone(&state))).await?;
        Ok(Self { server, state })
    }

    /// What belongs into the service's `AWS_ENDPOINT_URL_…`: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// Every signed call, in the order of arrival, whether or not what it asks for is served.
    #[must_use]
    pub fn calls(&self) -> Vec<ApiCall<A::Request>> {
        self.state().calls.clone()
    }

    /// TCP connections accepted so far, open or closed.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.server.connections()
    }

    /// Queues faults: each call from now on takes one, until none is left.
    pub fn inject(&self, faults: impl IntoIterator<Item = ApiFault>) {
        self.state().faults.extend(faults);
    }

    /// Lets the nth call of this action from now on, the first being 1, meet a fault: a listing's nth page, if no call is
    /// repeated. It goes before those that are queued.
    pub fn inject_at(&self, action: impl Into<String>, nth: usize, fault: ApiFault) {
        self.state().schedule.add(action.into(), nth, fault);
    }

    /// Lets a function choose the fault of every call that finds the queue empty. It runs while the API is locked: it must
    /// not ask this API anything.
    pub fn inject_with(&self, choose: impl FnMut(&A::Request) -> ApiFault + Send + 'static) {
        self.state().faults.choose_with(Box::new(choose));
    }

    /// What a part of the API tells of what it has seen.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&A) -> T) -> T {
        look(&self.state().api)
    }

    fn state(&self) -> MutexGuard<'_, State<A>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
impl<A: Api> Endpoint<A> {
    pub(crate) fn address(&self) -> std::net::SocketAddr {
        self.server.address()
    }
}
