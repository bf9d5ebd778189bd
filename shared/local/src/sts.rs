//! STS on a loopback port: lends out the roles that are declared to it, to those whom they trust.

mod actions;
mod credentials;
mod limits;
mod role;
#[cfg(test)]
mod tests;

use axum::body::Body;
use axum::http::Response;
use axum::http::request::Parts;

use crate::FunctionArn;
use crate::endpoint::{Api, ApiError, Caller, Endpoint};
use crate::query::{self, Dialect, QueryRequest, invalid_action};
use role::Session;

pub use role::{AssumeRole, StsRole};

/// STS as functions reach it. It serves `AssumeRole` and `GetCallerIdentity`.
///
/// Whoever calls with keys that were not made here runs as the data's caller. Since that is a role, too, sessions last an
/// hour at most, as AWS has it for roles that assume roles. Parameters that are not served are refused.
pub type Sts = Endpoint<StsData>;

/// The roles that STS knows, and the keys that it has given out. By default it knows none.
#[derive(Debug)]
pub struct StsData {
    caller: Session,
    roles: Vec<StsRole>,
    /// With the keys that they got.
    sessions: Vec<(String, Session)>,
    assumed: Vec<AssumeRole>,
}

impl Default for StsData {
    fn default() -> Self {
        let FunctionArn { account, name, .. } = FunctionArn::default();
        Self::new(&format!("arn:aws:iam::{account}:role/{name}"))
    }
}

impl StsData {
    /// Functions run with this role.
    #[must_use]
    pub fn new(caller_role_arn: &str) -> Self {
        let caller = Session::new(caller_role_arn, &FunctionArn::default().name);
        Self { caller, roles: Vec::new(), sessions: Vec::new(), assumed: Vec::new() }
    }

    /// Adds a role.
    #[must_use]
    pub fn role(mut self, role: StsRole) -> Self {
        self.roles.push(role);
        self
    }
}

impl Sts {
    /// Every call of `AssumeRole` that was not met by a fault, granted or not, in the order of arrival.
    #[must_use]
    pub fn assumed_roles(&self) -> Vec<AssumeRole> {
        self.with(|data| data.assumed.clone())
    }
}

const DIALECT: Dialect =
    Dialect { version: "2011-06-15", namespace: "https://sts.amazonaws.com/doc/2011-06-15/", ec2: false };

impl Api for StsData {
    type Request = QueryRequest;

    const SERVICE: &'static str = "sts";

    fn read(http: &Parts, body: &[u8]) -> Result<QueryRequest, ApiError> {
        DIALECT.read(http, body)
    }

    fn action(request: &QueryRequest) -> &str {
        &request.action
    }

    fn run(&mut self, request: &QueryRequest, caller: &Caller) -> Result<Response<Body>, ApiError> {
        let members = match request.action.as_str() {
            "AssumeRole" => actions::assume_role(self, request, caller),
            "GetCallerIdentity" => actions::get_caller_identity(self, request, caller),
            action => Err(invalid_action(action)),
        };
        DIALECT.response(&request.action, members?)
    }

    fn render(error: &ApiError) -> Response<Body> {
        DIALECT.error(error)
    }

    fn unsigned() -> ApiError {
        query::unsigned()
    }

    fn throttled() -> ApiError {
        ApiError::bad_request("Throttling", "Rate exceeded")
    }

    fn denied(why: &str) -> ApiError {
        ApiError::new(403, "AccessDenied", why)
    }

    fn internal(status: u16) -> ApiError {
        ApiError::new(status, "InternalFailure", "The service failed.")
    }
}
