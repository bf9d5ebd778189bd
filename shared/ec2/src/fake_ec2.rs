//! EC2, Auto Scaling and AWS Config's inventory on a loopback port, for the tests: they say what these reply to which call.

use std::{
    future::ready,
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_sdk_ec2::config::{
    BehaviorVersion, Credentials, Region, SharedCredentialsProvider, retry::RetryConfig,
};
use axum::{Router, http::StatusCode};
use config_rules_aws::{SdkConfig, Session, Source as _};
use tokio::net::TcpListener;

use crate::Ec2;

/// The inside of a good answer, or the status and the body of a bad one.
pub(crate) type Reply = Result<String, (u16, String)>;

/// A good answer with these items in a list of this name.
#[expect(clippy::unnecessary_wraps, reason = "it is one of the two replies")]
pub(crate) fn items(set: &str, items: &str) -> Reply {
    Ok(format!("<{set}>{items}</{set}>"))
}

/// An error of this code, in EC2's form and in that of Auto Scaling.
pub(crate) fn refused(code: &str) -> Reply {
    let status = match code {
        "UnauthorizedOperation" => 403,
        "RequestLimitExceeded" => 503,
        "InternalFailure" => 500,
        _ => 400,
    };
    let error = format!("<Error><Code>{code}</Code><Message>No.</Message></Error>");
    Err((status, format!("<Response><Errors>{error}</Errors>{error}<RequestID>1</RequestID></Response>")))
}

/// A call, as the form that EC2 receives; or as the JSON that AWS Config does.
pub(crate) struct Call(pub(crate) String);

/// The one action that is called with JSON.
const JSON: &str = "SelectResourceConfig";

impl Call {
    pub(crate) fn action(&self) -> &str {
        self.value("Action").unwrap_or(JSON)
    }

    /// The value, as it is encoded.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.pairs().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// The values of a list.
    pub(crate) fn values(&self, name: &str) -> Vec<&str> {
        let is_of_list = |key: &str| key.strip_prefix(name).is_some_and(|number| number.starts_with('.'));
        self.pairs().filter(|(key, _)| is_of_list(key)).map(|(_, value)| value).collect()
    }

    fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.split('&').filter_map(|pair| pair.split_once('='))
    }
}

/// EC2, the client that calls it, and the calls.
pub(crate) struct FakeEc2 {
    pub(crate) ec2: Ec2,
    actions: Arc<Mutex<Vec<String>>>,
}

impl FakeEc2 {
    pub(crate) async fn start(reply: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let ec2 = ec2(&format!("http://{}", listener.local_addr().unwrap()));
        let actions = Arc::new(Mutex::new(Vec::new()));
        let (reply, seen) = (Arc::new(reply), Arc::clone(&actions));
        let router = Router::new().fallback(move |form: String| {
            let call = Call(form);
            seen.lock().unwrap().push(call.action().to_owned());
            ready(body(call.action(), reply(&call)))
        });
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { ec2, actions }
    }

    /// How many calls there were.
    pub(crate) fn calls(&self) -> usize {
        self.actions.lock().unwrap().len()
    }

    /// Each of these actions was called once, and no other.
    #[track_caller]
    pub(crate) fn assert_called(&self, actions: &[&str]) {
        let mut seen = self.actions.lock().unwrap().clone();
        seen.sort_unstable();
        let mut names: Vec<_> = actions.iter().filter_map(|action| Some(action.split_once(':')?.1)).collect();
        names.sort_unstable();
        assert_eq!(seen, names);
    }

    /// How many calls of this action there were.
    pub(crate) fn count(&self, action: &str) -> usize {
        self.actions.lock().unwrap().iter().filter(|seen| *seen == action).count()
    }
}

/// The actions that wrap what they answer once more.
const AUTO_SCALING: [&str; 2] = ["DescribeAutoScalingGroups", "DescribeLaunchConfigurations"];

fn body(action: &str, reply: Reply) -> (StatusCode, String) {
    match reply {
        Ok(inside) if AUTO_SCALING.contains(&action) => {
            let result = format!("<{action}Result>{inside}</{action}Result>");
            (StatusCode::OK, format!("<{action}Response>{result}</{action}Response>"))
        }
        Ok(inside) if action == JSON => (StatusCode::OK, inside),
        Ok(inside) => (StatusCode::OK, format!("<{action}Response>{inside}</{action}Response>")),
        Err((status, body)) => (StatusCode::from_u16(status).unwrap(), body),
    }
}

/// A client of a port that nobody listens on.
pub(crate) async fn unreachable() -> Ec2 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    ec2(&format!("http://{}", listener.local_addr().unwrap()))
}

fn ec2(endpoint: &str) -> Ec2 {
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
    Ec2::new(&Session::new(sdk_config))
}
