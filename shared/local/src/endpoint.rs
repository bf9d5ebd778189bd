//! AWS's APIs on loopback ports: an [`Api`] answers calls, its [`Endpoint`] serves and keeps them and injects [`Fault`]s.

mod call;
mod cut;
mod fault;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, DefaultBodyLimit, State};
use axum::http::Response;
use axum::http::request::Parts;

use crate::server::{Server, Wire};
use cut::Cut;
use fault::Faults;

pub use call::{Answer, ApiCall, ApiError, Caller, access_key_id};
pub use fault::Fault;

/// An AWS API: its protocol, its errors, and its data.
pub trait Api: fmt::Debug + Send + 'static {
    /// A call, as received.
    type Request: Clone + fmt::Debug + Send + 'static;

    /// The service's prefix in IAM actions, such as `ec2`.
    const SERVICE: &'static str;

    /// Reads a call, signed or not.
    fn read(http: &Parts, body: &[u8]) -> Result<Self::Request, ApiError>;

    /// The API's name for what is called, such as `DescribeImages`.
    fn action(request: &Self::Request) -> &str;

    /// The IAM action that a policy has to allow.
    #[must_use]
    fn permission(action: &str) -> String {
        format!("{}:{action}", Self::SERVICE)
    }

    /// Answers a call. It must not wait. The fault is for those APIs that some of them change the answer of.
    fn run(
        &mut self,
        request: &Self::Request,
        caller: &Caller,
        fault: &Fault,
    ) -> Result<Response<Body>, ApiError>;

    /// An error in the API's form.
    fn render(error: &ApiError) -> Response<Body>;

    /// The error for a call that is not signed.
    fn unsigned() -> ApiError;

    /// The error for too many calls.
    fn throttled() -> ApiError;

    /// The error for a call that no policy allows.
    fn denied(why: &str) -> ApiError;

    /// The error for a failure of the service.
    fn internal(status: u16) -> ApiError;
}

/// An AWS API on a loopback port.
#[derive(Debug)]
pub struct Endpoint<A: Api> {
    server: Server,
    service: Service<A>,
}

/// An API, the faults to come, and the calls so far.
#[derive(Debug)]
struct Served<A: Api> {
    api: A,
    faults: Faults<A::Request>,
    calls: Vec<ApiCall<A::Request>>,
}

/// What an endpoint and its server share.
#[derive(Debug)]
pub(crate) struct Service<A: Api>(Arc<Mutex<Served<A>>>);

impl<A: Api> Endpoint<A> {
    /// Serves the API on a free port, without faults.
    pub async fn start(api: A) -> io::Result<Self> {
        Self::start_on(0, api, Router::new()).await
    }

    /// Serves the API on this port, or on a free one if it is 0, and these paths, which are not calls of the API.
    pub(crate) async fn start_on(port: u16, api: A, paths: Router<Service<A>>) -> io::Result<Self> {
        let served = Served { api, faults: Faults::default(), calls: Vec::new() };
        let service = Service(Arc::new(Mutex::new(served)));
        let router = paths
            .fallback(serve::<A>)
            .method_not_allowed_fallback(serve::<A>)
            .layer(DefaultBodyLimit::disable())
            .with_state(service.clone());
        Ok(Self { server: Server::start_on(port, A::SERVICE, router).await?, service })
    }

    /// The value of the service's `AWS_ENDPOINT_URL_…`: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Every signed call that could be read, in the order of arrival, whether or not its action is served.
    #[must_use]
    pub fn calls(&self) -> Vec<ApiCall<A::Request>> {
        self.service.lock().calls.clone()
    }

    /// The same, and forgets them: for endpoints that serve for a long time.
    #[must_use]
    pub fn take_calls(&self) -> Vec<ApiCall<A::Request>> {
        std::mem::take(&mut self.service.lock().calls)
    }

    /// TCP connections accepted so far, open or closed.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.server.connections()
    }

    /// Queues faults: each call from now on takes one, until none is left.
    pub fn inject(&self, faults: impl IntoIterator<Item = Fault>) {
        self.service.lock().faults.extend(faults);
    }

    /// Queues faults for one action: its calls take these first.
    pub fn inject_into(&self, action: impl AsRef<str>, faults: impl IntoIterator<Item = Fault>) {
        for (index, fault) in faults.into_iter().enumerate() {
            self.inject_at(action.as_ref(), index + 1, fault);
        }
    }

    /// Injects a fault into the nth call of this action from now on, the first being 1: a listing's nth page, if no call is
    /// repeated. It goes before those that are queued for all actions.
    pub fn inject_at(&self, action: impl Into<String>, nth: usize, fault: Fault) {
        self.service.lock().faults.schedule(action.into(), nth, fault);
    }

    /// Lets a function choose the fault of every call that finds the queues empty. It runs while the API is locked: it must
    /// not ask this endpoint anything.
    pub fn inject_with(&self, choose: impl FnMut(&A::Request) -> Fault + Send + 'static) {
        self.service.lock().faults.choose_with(Box::new(choose));
    }

    /// Reads or changes the API's data, between two calls.
    pub fn with<T>(&self, look: impl FnOnce(&mut A) -> T) -> T {
        self.service.with(look)
    }
}

impl<A: Api> Clone for Service<A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<A: Api> Service<A> {
    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut A) -> T) -> T {
        look(&mut self.lock().api)
    }

    fn lock(&self) -> MutexGuard<'_, Served<A>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn serve<A: Api>(
    State(service): State<Service<A>>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    http: Parts,
    body: Bytes,
) -> Response<Body> {
    let (request, caller) = match read::<A>(&http, &body) {
        Ok(call) => call,
        Err(error) => return A::render(&error),
    };
    let (response, fault) = service.lock().answer(request, caller);
    match fault {
        Fault::Delay(delay) => tokio::time::sleep(delay).await,
        Fault::CutConnection | Fault::CutAfterStoring => wire.cut(),
        Fault::CutAfter(left) => {
            return response.map(|body| Body::new(Cut { body, left, waited: false }));
        }
        _ => (),
    }
    response
}

fn read<A: Api>(http: &Parts, body: &[u8]) -> Result<(A::Request, Caller), ApiError> {
    let request = A::read(http, body)?;
    let caller = Caller::read(&http.headers).ok_or_else(A::unsigned)?;
    Ok((request, caller))
}

impl<A: Api> Served<A> {
    /// Meets the call's fault first, as a throttled call is never looked at.
    fn answer(&mut self, request: A::Request, caller: Caller) -> (Response<Body>, Fault) {
        let action = A::action(&request).to_owned();
        let permission = A::permission(&action);
        let fault = self.faults.next(&action, &request);
        let result = match refusal::<A>(&fault, &permission, &caller) {
            Some(error) => Err(error),
            None if fault == Fault::CutConnection => Ok(Response::default()),
            None => self.api.run(&request, &caller, &fault),
        };
        let answer = Answer::new(&fault, result.as_ref().err());
        self.calls.push(ApiCall { service: A::SERVICE, action, permission, caller, request, answer });
        (result.unwrap_or_else(|error| A::render(&error)), fault)
    }
}

/// The error that takes the place of a whole call.
fn refusal<A: Api>(fault: &Fault, permission: &str, caller: &Caller) -> Option<ApiError> {
    match fault {
        Fault::Throttle => Some(A::throttled()),
        Fault::ServerError(status) => Some(A::internal(*status)),
        Fault::Refuse(code) => Some(ApiError::bad_request(code, "The call is refused on demand.")),
        Fault::Denied => Some(A::denied(&format!(
            "User: arn:aws:sts::{}:assumed-role/config-rules/config-rules is not authorized to perform: {permission} \
             because no identity-based policy allows the {permission} action",
            caller.account(),
        ))),
        _ => None,
    }
}
