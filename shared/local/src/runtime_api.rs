//! The Lambda Runtime API (2018-06-01) that a `bootstrap` polls for events and gives its answers to.

mod invocations;
mod routes;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::FunctionArn;
use crate::request_id::request_id;
use crate::server::Server;
use invocations::{Invocation, Invocations};

/// One function's Runtime API on a loopback port: events go in, the function's answers come out.
#[derive(Debug)]
pub struct RuntimeApi {
    server: Server,
    events: mpsc::UnboundedSender<Invocation>,
    invocations: Arc<Invocations>,
}

/// What a function made of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The body of its response: JSON, from a well-behaved function.
    Response(String),
    /// The error that it reported for this invocation.
    Error {
        /// `errorType`, a name that alarms and tests may match.
        error_type: String,
        /// `errorMessage`, for people.
        message: String,
    },
}

/// Why an invocation has no outcome.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvokeError {
    /// The deadline passed first.
    #[error("the function did not answer within {0:?}")]
    TimedOut(Duration),
    /// The function reported that it cannot start.
    #[error("the function failed to initialize: {error_type}: {message}")]
    Init {
        /// `errorType` of its report.
        error_type: String,
        /// `errorMessage` of its report.
        message: String,
    },
    /// The server's thread is gone.
    #[error("the Runtime API has stopped")]
    Stopped,
}

impl RuntimeApi {
    /// The Runtime API of a function with the default ARN.
    pub async fn start() -> io::Result<Self> {
        Self::start_for(&FunctionArn::default()).await
    }

    /// The Runtime API of this function: its account and region are what the function takes for its own.
    pub async fn start_for(arn: &FunctionArn) -> io::Result<Self> {
        let (events, queue) = mpsc::unbounded_channel();
        let invocations = Arc::new(Invocations::new(arn, queue));
        let router = routes::router(Arc::clone(&invocations));
        Ok(Self { server: Server::start("runtime-api", router).await?, events, invocations })
    }

    /// What belongs into `AWS_LAMBDA_RUNTIME_API`.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Queues the event and waits for the function's answer. The timeout starts now, so it includes a cold start, and
    /// is the deadline that the function gets.
    pub async fn invoke(&self, event: impl Into<Bytes>, timeout: Duration) -> Result<Outcome, InvokeError> {
        let invocation = Invocation { id: request_id(), event: event.into(), deadline: deadline(timeout) };
        let (_expectation, answer) = self.invocations.expect(&invocation.id)?;
        self.events.send(invocation).map_err(|_| InvokeError::Stopped)?;
        tokio::time::timeout(timeout, answer)
            .await
            .map_err(|_| InvokeError::TimedOut(timeout))?
            .map_err(|_| InvokeError::Stopped)?
    }
}

/// Milliseconds since the epoch, as `Lambda-Runtime-Deadline-Ms` has them.
fn deadline(timeout: Duration) -> i64 {
    let milliseconds = i64::try_from(timeout.as_millis()).unwrap_or(i64::MAX);
    Timestamp::now().as_millisecond().saturating_add(milliseconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_client::{Client, Received};

    const NEXT: &str = "/2018-06-01/runtime/invocation/next";
    const ENOUGH: Duration = Duration::from_secs(20);

    /// Invokes with `{"a":1}`, while a function asks for the event and posts the body to `invocation/{id}/{path}`.
    async fn exchange(api: &RuntimeApi, path: &str, body: &str) -> (Outcome, Received, Received) {
        let mut client = Client::connect(api.address()).await;
        let function = async {
            let event = client.get(NEXT).await.unwrap();
            let id = &event.headers["lambda-runtime-aws-request-id"];
            let path = format!("/2018-06-01/runtime/invocation/{id}/{path}");
            let answer = client.post(&path, body).await.unwrap();
            (event, answer)
        };
        let (outcome, (event, answer)) = tokio::join!(api.invoke(r#"{"a":1}"#, ENOUGH), function);
        (outcome.unwrap(), event, answer)
    }

    #[tokio::test]
    async fn hands_out_the_event_and_returns_the_response() {
        let api = RuntimeApi::start().await.unwrap();
        let (outcome, event, answer) = exchange(&api, "response", r#""done""#).await;
        assert_eq!(outcome, Outcome::Response(r#""done""#.into()));
        assert_eq!((event.status, event.body.as_str()), (200, r#"{"a":1}"#));
        assert_eq!(answer.status, 202);
    }

    #[tokio::test]
    async fn sets_the_headers_of_an_invocation() {
        let arn = FunctionArn::new("444455556666", "eu-west-1", "required-tags");
        let api = RuntimeApi::start_for(&arn).await.unwrap();
        let before = Timestamp::now().as_millisecond() + 20_000;
        let (_, event, _) = exchange(&api, "response", "null").await;
        let after = Timestamp::now().as_millisecond() + 20_000;
        let header = |name: &str| event.headers[name].clone();
        assert_eq!(header("lambda-runtime-invoked-function-arn"), arn.to_string());
        assert_eq!(header("lambda-runtime-aws-request-id").len(), 36);
        let deadline: i64 = header("lambda-runtime-deadline-ms").parse().unwrap();
        assert!((before..=after).contains(&deadline), "{deadline}");
        let trace = header("lambda-runtime-trace-id");
        assert!(trace.starts_with("Root=1-") && trace.ends_with(";Sampled=0"), "{trace}");
        assert_eq!(
            trace.len(),
            "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0".len()
        );
    }

    #[tokio::test]
    async fn returns_the_error_that_the_function_reports() {
        let api = RuntimeApi::start().await.unwrap();
        let body = r#"{"errorType":"Throttled","errorMessage":"too fast","stackTrace":[]}"#;
        let (outcome, ..) = exchange(&api, "error", body).await;
        assert_eq!(outcome, Outcome::Error { error_type: "Throttled".into(), message: "too fast".into() });
    }

    #[tokio::test]
    async fn takes_an_error_report_of_another_form_for_the_message() {
        let api = RuntimeApi::start().await.unwrap();
        let (outcome, ..) = exchange(&api, "error", "plain words").await;
        assert_eq!(outcome, Outcome::Error { error_type: "Unknown".into(), message: "plain words".into() });
    }

    #[tokio::test]
    async fn keeps_the_order_of_the_events() {
        let api = RuntimeApi::start().await.unwrap();
        let function = async {
            let mut client = Client::connect(api.address()).await;
            for _ in 0..3 {
                let event = client.get(NEXT).await.unwrap();
                let id = &event.headers["lambda-runtime-aws-request-id"];
                let path = format!("/2018-06-01/runtime/invocation/{id}/response");
                client.post(&path, &event.body).await.unwrap();
            }
        };
        let (first, second, third, ()) =
            tokio::join!(api.invoke("1", ENOUGH), api.invoke("2", ENOUGH), api.invoke("3", ENOUGH), function);
        let outcomes = [first, second, third].map(Result::unwrap);
        assert_eq!(outcomes, ["1", "2", "3"].map(|event| Outcome::Response(event.into())));
    }

    #[tokio::test]
    async fn an_event_nobody_waits_for_is_not_handed_out() {
        let api = RuntimeApi::start().await.unwrap();
        let timeout = Duration::from_millis(10);
        let error = api.invoke("\"late\"", timeout).await.unwrap_err();
        assert_eq!(error, InvokeError::TimedOut(timeout));
        let (_, event, _) = exchange(&api, "response", "null").await;
        assert_eq!(event.body, r#"{"a":1}"#);
    }

    #[tokio::test]
    async fn refuses_an_answer_that_nobody_expects() {
        let api = RuntimeApi::start().await.unwrap();
        let mut client = Client::connect(api.address()).await;
        let path = format!("/2018-06-01/runtime/invocation/{}/response", request_id());
        let answer = client.post(&path, "null").await.unwrap();
        assert_eq!(answer.status, 400);
        assert_eq!(answer.json()["errorType"], "InvalidRequestID");
    }

    #[tokio::test]
    async fn an_init_error_ends_waiting_and_later_invocations_until_the_function_polls() {
        let api = RuntimeApi::start().await.unwrap();
        let mut client = Client::connect(api.address()).await;
        let body = r#"{"errorType":"InvalidConfiguration","errorMessage":"no region"}"#;
        let report = client.post("/2018-06-01/runtime/init/error", body);
        let (waiting, reported) = tokio::join!(api.invoke("1", ENOUGH), report);
        let expected =
            InvokeError::Init { error_type: "InvalidConfiguration".into(), message: "no region".into() };
        assert_eq!(reported.unwrap().status, 202);
        assert_eq!(waiting.unwrap_err(), expected);
        assert_eq!(api.invoke("2", ENOUGH).await.unwrap_err(), expected);
        client.send("GET", NEXT, &[], "").await.unwrap();
        let started = async {
            while api.invoke("3", Duration::from_millis(1)).await.unwrap_err() == expected {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(ENOUGH, started).await.unwrap();
    }
}
