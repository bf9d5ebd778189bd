//! EC2's query protocol (ec2Query): a form in, XML out.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::routing::post;
use bytes::Bytes;

use super::error::Ec2Error;
use super::request::Ec2Request;
use super::store::Store;
use super::xml::{self, Members};
use crate::request_id::request_id;
use crate::server::Wire;

const CONTENT_TYPE: &str = "application/x-www-form-urlencoded";

/// What becomes of a request.
pub(super) struct Reply {
    pub(super) action: String,
    pub(super) result: Result<Members, Ec2Error>,
    /// How much later than now the client gets it.
    pub(super) delay: Duration,
    /// Close the connection instead of replying.
    pub(super) cut: bool,
}

pub(super) fn router(store: Arc<Mutex<Store>>) -> Router {
    Router::new()
        .route("/", post(serve))
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
        .with_state(store)
}

async fn serve(
    State(store): State<Arc<Mutex<Store>>>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let request = match request(&headers, &body) {
        Ok(request) => request,
        Err(error) => return refuse(&error),
    };
    let Reply { action, result, delay, cut } =
        store.lock().unwrap_or_else(PoisonError::into_inner).answer(request);
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    if cut {
        wire.cut();
    }
    match result {
        Ok(members) => render(200, |request_id| xml::response(&action, request_id, &members)),
        Err(error) => refuse(&error),
    }
}

/// The call of a request that is a form, names an action, and is signed. The signature itself is not verified.
fn request(headers: &HeaderMap, body: &[u8]) -> Result<Ec2Request, Ec2Error> {
    let content_type = headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let form = content_type.split(';').next() == Some(CONTENT_TYPE);
    let request = Ec2Request::read(if form { body } else { &[] })?;
    if !headers.contains_key("authorization") {
        return Err(Ec2Error {
            status: 403,
            code: "MissingAuthenticationToken",
            message:
                "The request must contain either a valid (registered) AWS access key ID or X.509 certificate"
                    .into(),
        });
    }
    Ok(request)
}

async fn not_found() -> Response<Body> {
    refuse(&Ec2Error { status: 404, code: "InvalidAction", message: "Actions are sent with POST /".into() })
}

fn refuse(error: &Ec2Error) -> Response<Body> {
    render(error.status, |request_id| xml::error(request_id, error))
}

fn render(status: u16, body: impl FnOnce(&str) -> Result<String, Ec2Error>) -> Response<Body> {
    let request_id = request_id();
    let (status, body) = match body(&request_id) {
        Ok(body) => (status, body),
        Err(error) => (error.status, error.message),
    };
    Response::builder()
        .status(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .header("Content-Type", "text/xml;charset=UTF-8")
        .header("x-amzn-RequestId", request_id)
        .body(body.into())
        // A request id is a header value, so this cannot fail.
        .unwrap_or_default()
}
