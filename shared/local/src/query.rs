//! AWS's query protocols: a form in, XML out.

mod request;
mod xml;

use std::fmt;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Method, Response, StatusCode};

use crate::endpoint::{Api, ApiError, Caller, Fault};
use crate::request_id::request_id;

pub use request::QueryRequest;
pub use xml::Members;
pub(crate) use xml::Set;

const CONTENT_TYPE: &str = "application/x-www-form-urlencoded";

/// The protocol as one API speaks it.
#[derive(Debug)]
pub struct Dialect {
    /// The API's version, as requests name it.
    pub version: &'static str,
    /// The XML namespace of answers.
    pub namespace: &'static str,
    /// EC2 wraps its answers and errors in another way than all others.
    pub ec2: bool,
}

/// An API that speaks this protocol: what differs between them.
pub trait QueryApi: fmt::Debug + Send + 'static {
    /// As [`Api::SERVICE`].
    const SERVICE: &'static str;

    /// How it speaks the protocol.
    const DIALECT: Dialect;

    /// Answers a call. It must not wait.
    fn answer(&mut self, request: &QueryRequest, caller: &Caller) -> Result<Members, ApiError>;

    /// The error for too many calls.
    #[must_use]
    fn throttled() -> ApiError {
        ApiError::bad_request("Throttling", "Rate exceeded")
    }

    /// The error for a call that no policy allows.
    #[must_use]
    fn denied(why: &str) -> ApiError {
        ApiError::new(403, "AccessDenied", why)
    }

    /// The error for a failure of the service.
    #[must_use]
    fn internal(status: u16) -> ApiError {
        ApiError::new(status, "InternalFailure", "The service failed.")
    }
}

impl<A: QueryApi> Api for A {
    type Request = QueryRequest;

    const SERVICE: &'static str = A::SERVICE;

    fn read(http: &Parts, body: &[u8]) -> Result<QueryRequest, ApiError> {
        A::DIALECT.read(http, body)
    }

    fn action(request: &QueryRequest) -> &str {
        &request.action
    }

    fn run(
        &mut self,
        request: &QueryRequest,
        caller: &Caller,
        _fault: &Fault,
    ) -> Result<Response<Body>, ApiError> {
        A::DIALECT.response(&request.action, self.answer(request, caller)?)
    }

    fn render(error: &ApiError) -> Response<Body> {
        A::DIALECT.error(error)
    }

    fn unsigned() -> ApiError {
        let message =
            "The request must contain either a valid (registered) AWS access key ID or X.509 certificate";
        ApiError::new(403, "MissingAuthenticationToken", message)
    }

    fn throttled() -> ApiError {
        A::throttled()
    }

    fn denied(why: &str) -> ApiError {
        A::denied(why)
    }

    fn internal(status: u16) -> ApiError {
        A::internal(status)
    }
}

impl Dialect {
    /// A request that is a form, and names an action of this version.
    fn read(&self, http: &Parts, body: &[u8]) -> Result<QueryRequest, ApiError> {
        if http.method != Method::POST || http.uri.path() != "/" {
            return Err(ApiError::new(404, "InvalidAction", "Actions are sent with POST /"));
        }
        let content_type = http.headers.get("content-type").and_then(|value| value.to_str().ok());
        let form = content_type.and_then(|value| value.split(';').next()) == Some(CONTENT_TYPE);
        QueryRequest::read(if form { body } else { &[] }, self.version)
    }

    /// The answer of an action.
    fn response(&self, action: &str, members: Members) -> Result<Response<Body>, ApiError> {
        let id = request_id();
        let content = if self.ec2 {
            Members::default().with("requestId", Some(&id))?.and(&members)
        } else {
            let metadata = Members::default().with("RequestId", Some(&id))?;
            members.within(&format!("{action}Result"))?.and(&metadata.within("ResponseMetadata")?)
        };
        Ok(send(200, &id, content.document(&format!("{action}Response"), Some(self.namespace))?))
    }

    /// An error.
    fn error(&self, error: &ApiError) -> Response<Body> {
        let id = request_id();
        match self.error_document(error, &id) {
            Ok(body) => send(error.status, &id, body),
            Err(unwritable) => send(500, &id, unwritable.message),
        }
    }

    fn error_document(&self, error: &ApiError, id: &str) -> Result<String, ApiError> {
        let sender = (!self.ec2).then_some(if error.status < 500 { "Sender" } else { "Receiver" });
        let members = Members::default().with("Type", sender)?.with("Code", Some(error.code))?;
        let error = members.with("Message", Some(&error.message))?.within("Error")?;
        if self.ec2 {
            return error.within("Errors")?.with("RequestID", Some(id))?.document("Response", None);
        }
        error.with("RequestId", Some(id))?.document("ErrorResponse", Some(self.namespace))
    }
}

/// Refuses parameters that are not served, because an answer that ignores them could be wrong. Lists are named by what
/// stands before the number.
pub fn check_parameters(request: &QueryRequest, served: &[&str]) -> Result<(), ApiError> {
    let list = |name: &str| name.split('.').next().is_some_and(|list| served.contains(&list));
    match request.parameters.iter().find(|(name, _)| !list(name)) {
        None => Ok(()),
        Some((name, _)) => {
            Err(ApiError::bad_request("UnknownParameter", format!("The parameter {name} is not recognized")))
        }
    }
}

/// The error for an action that is not served.
#[must_use]
pub fn invalid_action(action: &str) -> ApiError {
    let message = format!("The action {action} is not valid for this web service.");
    ApiError::bad_request("InvalidAction", message)
}

/// The page of a list that begins where the token says, and the next page's token; none if the token is not one of this list's.
#[must_use]
pub fn page_from<T>(token: Option<&str>, mut items: Vec<T>, size: usize) -> Option<(Vec<T>, Option<String>)> {
    let start = match token {
        None => 0,
        Some(token) => {
            let start = usize::from_str_radix(token, 16).ok();
            start.filter(|start| token.len() == 16 && (1..items.len()).contains(start))?
        }
    };
    let mut page = items.split_off(start);
    let next = (page.len() > size).then(|| format!("{:016x}", start.saturating_add(size)));
    page.truncate(size);
    Some((page, next))
}

fn send(status: u16, request_id: &str, body: String) -> Response<Body> {
    Response::builder()
        .status(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .header("Content-Type", "text/xml;charset=UTF-8")
        .header("x-amzn-RequestId", request_id)
        .body(body.into())
        // A request id is a header value, so this cannot fail.
        .unwrap_or_default()
}
