//! From an HTTP request to a call, its fault, its answer, and back.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, DefaultBodyLimit, State as Shared};
use axum::http::Response;
use axum::http::request::Parts;

use super::cut::Cut;
use super::fault::Schedule;
use super::{Api, ApiAnswer, ApiCall, ApiError, ApiFault, Caller};
use crate::faults::Faults;
use crate::server::Wire;

/// What an API knows, and remembers between calls.
#[derive(Debug)]
pub(super) struct State<A: Api> {
    pub(super) api: A,
    pub(super) faults: Faults<A::Request, ApiFault>,
    pub(super) schedule: Schedule,
    pub(super) calls: Vec<ApiCall<A::Request>>,
}

pub(super) fn router<A: Api>(state: Arc<Mutex<State<A>>>) -> Router {
    Router::new().fallback(serve::<A>).layer(DefaultBodyLimit::disable()).with_state(state)
}

async fn serve<A: Api>(
    Shared(state): Shared<Arc<Mutex<State<A>>>>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    http: Parts,
    body: Bytes,
) -> Response<Body> {
    let (request, caller) = match read::<A>(&http, &body) {
        Ok(call) => call,
        Err(error) => return A::render(&error),
    };
    let (response, fault) = state.lock().unwrap_or_else(PoisonError::into_inner).answer(request, caller);
    if !fault.delay().is_zero() {
        tokio::time::sleep(fault.delay()).await;
    }
    match fault {
        ApiFault::CutConnection => wire.cut(),
        ApiFault::CutAfter(left) => {
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

impl<A: Api> State<A> {
    pub(super) fn new(api: A) -> Self {
        Self { api, faults: Faults::default(), schedule: Schedule::default(), calls: Vec::new() }
    }

    /// Meets the call's fault first, as a throttled call is never looked at.
    fn answer(&mut self, request: A::Request, caller: Caller) -> (Response<Body>, ApiFault) {
        let action = A::action(&request).to_owned();
        let permission = A::permission(&action);
        let fault = self.schedule.next(&action).unwrap_or_else(|| self.faults.next(Some(&request)));
        let result = match error::<A>(&fault, &permission, &caller) {
            Some(error) => Err(error),
            None => self.api.run(&request, &caller),
        };
        let answer = answer(&fault, result.as_ref().err());
        self.calls.push(ApiCall { service: A::SERVICE, action, permission, caller, request, answer });
        (result.unwrap_or_else(|error| A::render(&error)), fault)
    }
}

fn error<A: Api>(fault: &ApiFault, permission: &str, caller: &Caller) -> Option<ApiError> {
    match fault {
        ApiFault::Throttle => Some(A::throttled()),
        ApiFault::ServerError(status) => Some(A::internal(*status)),
        ApiFault::Denied => Some(A::denied(&format!(
            "User: arn:aws:sts::{}:assumed-role/config-rules/config-rules is not authorized to perform: {permission} \
             because no identity-based policy allows the {permission} action",
            caller.account().unwrap_or("111122223333"),
        ))),
        _ => None,
    }
}

fn answer(fault: &ApiFault, error: Option<&ApiError>) -> ApiAnswer {
    match (fault, error) {
        (ApiFault::None | ApiFault::Delay(_), None) => ApiAnswer::Answered,
        (ApiFault::None | ApiFault::Delay(_), Some(error)) => {
            ApiAnswer::Error { code: error.code.into(), message: error.message.clone() }
        }
        (fault, _) => ApiAnswer::Fault(fault.clone()),
    }
}
