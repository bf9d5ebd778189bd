//! EC2 Auto Scaling on a loopback port: tells the launch configurations that are declared to it.

#[cfg(test)]
mod tests;

use std::num::NonZeroUsize;

use axum::body::Body;
use axum::http::Response;
use axum::http::request::Parts;
use serde_json::{Value, json};

use crate::endpoint::{Api, ApiError, Caller, Endpoint};
use crate::query::{self, Dialect, Members, QueryRequest, check_parameters, invalid_action, page_from};

/// Auto Scaling as functions reach it. It serves `DescribeLaunchConfigurations`, in pages.
pub type AutoScaling = Endpoint<AutoScalingData>;

/// What Auto Scaling knows. By default, nothing.
#[derive(Debug, Default)]
pub struct AutoScalingData {
    launch_configurations: Vec<Value>,
    page_size: Option<NonZeroUsize>,
}

impl AutoScalingData {
    /// Adds launch configurations in the form in which `aws autoscaling describe-launch-configurations` prints them.
    #[must_use]
    pub fn launch_configurations(mut self, configurations: impl IntoIterator<Item = Value>) -> Self {
        self.launch_configurations.extend(configurations);
        self
    }

    /// No page is larger than this, whatever a call asks for.
    #[must_use]
    pub fn page_size(mut self, items: NonZeroUsize) -> Self {
        self.page_size = Some(items);
        self
    }

    /// A name that does not exist is no error.
    fn describe_launch_configurations(&self, request: &QueryRequest) -> Result<Members, ApiError> {
        check_parameters(request, &["LaunchConfigurationNames", "MaxRecords", "NextToken"])?;
        let names = request.list("LaunchConfigurationNames.member");
        let asked = |configuration: &&Value| {
            let name = configuration["LaunchConfigurationName"].as_str().unwrap_or_default();
            names.is_empty() || names.contains(&name)
        };
        let found = self.launch_configurations.iter().filter(asked).collect();
        let size = records(request)?.min(self.page_size.map_or(usize::MAX, NonZeroUsize::get));
        let (page, next) = page_from(request.get("NextToken"), found, size)
            .ok_or_else(|| ApiError::bad_request("InvalidNextToken", "The token is not valid"))?;
        let page = wire(&page.into_iter().cloned().collect());
        Members::default().with("LaunchConfigurations", Some(page))?.with("NextToken", next)
    }
}

/// How many may be told: 50, unless the call asks for another number.
fn records(request: &QueryRequest) -> Result<usize, ApiError> {
    let Some(text) = request.get("MaxRecords") else {
        return Ok(50);
    };
    text.parse().ok().filter(|size| (1..=100).contains(size)).ok_or_else(|| {
        let message = format!("MaxRecords is {text}. Expecting a value from 1 to 100.");
        ApiError::bad_request("ValidationError", message)
    })
}

/// Names stay as they are, an item of a list is a `member`, and nothing is sent for `null`.
fn wire(value: &Value) -> Value {
    match value {
        Value::Array(items) => json!({"member": items.iter().map(wire).collect::<Value>()}),
        Value::Object(members) => {
            let members = members.iter().filter(|(_, value)| !value.is_null());
            members.map(|(name, value)| (name.clone(), wire(value))).collect()
        }
        value => value.clone(),
    }
}

const DIALECT: Dialect = Dialect {
    version: "2011-01-01",
    namespace: "http://autoscaling.amazonaws.com/doc/2011-01-01/",
    ec2: false,
};

impl Api for AutoScalingData {
    type Request = QueryRequest;

    const SERVICE: &'static str = "autoscaling";

    fn read(http: &Parts, body: &[u8]) -> Result<QueryRequest, ApiError> {
        DIALECT.read(http, body)
    }

    fn action(request: &QueryRequest) -> &str {
        &request.action
    }

    fn run(&mut self, request: &QueryRequest, _caller: &Caller) -> Result<Response<Body>, ApiError> {
        let members = match request.action.as_str() {
            "DescribeLaunchConfigurations" => self.describe_launch_configurations(request),
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
