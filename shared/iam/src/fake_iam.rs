//! IAM on a loopback port, for the tests: they say what it replies to which call.

use std::{
    future::ready,
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_sdk_iam::config::{
    BehaviorVersion, Credentials, Region, SharedCredentialsProvider, retry::RetryConfig,
};
use axum::{Router, http::StatusCode};
use config_rules_aws::{SdkConfig, Session, Source as _};
use tokio::net::TcpListener;

use crate::Iam;

/// The inside of a good answer, or the status and the code of a bad one.
pub(crate) type Reply = Result<String, (u16, &'static str)>;

/// IAM, the client that calls it, and the calls as forms.
pub(crate) struct FakeIam {
    pub(crate) iam: Iam,
    calls: Arc<Mutex<Vec<String>>>,
}

impl FakeIam {
    pub(crate) async fn start(reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let iam = iam(&format!("http://{}", listener.local_addr().unwrap()));
        let calls = Arc::new(Mutex::new(Vec::new()));
        let (reply, seen) = (Arc::new(reply), Arc::clone(&calls));
        let router = Router::new().fallback(move |form: String| {
            let answer = body(&form, reply(&form));
            seen.lock().unwrap().push(form);
            ready(answer)
        });
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { iam, calls }
    }

    /// The actions called, in order.
    pub(crate) fn actions(&self) -> Vec<String> {
        self.calls.lock().unwrap().iter().map(|form| action(form).to_owned()).collect()
    }
}

fn action(form: &str) -> &str {
    let pairs = form.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(key, _)| *key == "Action").unwrap().1
}

fn body(form: &str, reply: Reply) -> (StatusCode, String) {
    let action = action(form);
    match reply {
        Ok(inside) => {
            let result = format!("<{action}Result>{inside}</{action}Result>");
            (StatusCode::OK, format!("<{action}Response>{result}</{action}Response>"))
        }
        Err((status, code)) => {
            let error =
                format!("<Error><Type>Sender</Type><Code>{code}</Code><Message>No.</Message></Error>");
            let body = format!("<ErrorResponse>{error}<RequestId>1</RequestId></ErrorResponse>");
            (StatusCode::from_u16(status).unwrap(), body)
        }
    }
}

/// A client of a port that nobody listens on.
pub(crate) async fn unreachable() -> Iam {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    iam(&format!("http://{}", listener.local_addr().unwrap()))
}

fn iam(endpoint: &str) -> Iam {
    let retries = RetryConfig::standard().with_max_attempts(2).with_initial_backoff(Duration::from_millis(1));
    let credentials = Credentials::new("AKIAEXAMPLE", "secret", None, None, "test");
    let sdk_config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(endpoint)
        .region(Region::new("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(retries)
        .build();
    Iam::new(&Session::new(sdk_config))
}
