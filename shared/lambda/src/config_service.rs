//! AWS Config's API, as far as a rule's function needs it.

mod evaluations;
mod history;
mod results;
mod scope;

use std::time::Duration;

use aws_sdk_config::{
    Client,
    config::{self, retry::RetryConfig},
    error::ProvideErrorMetadata,
    primitives::DateTime,
};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use config_rules_aws::{AwsError, Session};
use jiff::{Timestamp, Unit};
use tokio::time::timeout;

pub(crate) use self::{evaluations::BATCH, results::StoredResult, scope::Scope};

/// AWS Config, in the Region of the function.
#[derive(Clone, Debug)]
pub(crate) struct ConfigService {
    client: Client,
}

impl ConfigService {
    pub(crate) fn new(session: &Session) -> Self {
        Self { client: session.config_service().clone() }
    }

    /// Opens the connection and finds the credentials while the function starts, when Lambda gives a whole processor;
    /// the first event then finds both. Whatever the answer, the connection is there, and failing is no harm.
    pub(crate) async fn open_connection(&self) {
        const PATIENCE: Duration = Duration::from_secs(1);
        let get_root = self.client.put_evaluations().customize().mutate_request(|request| {
            // An operation that nobody knows: it needs no permission, and leaves no trace in a log of API calls.
            for header in ["x-amz-target", "content-type", "content-length"] {
                request.headers_mut().remove(header);
            }
            let _ = request.set_method("GET");
            *request.body_mut() = "".into();
        });
        let once = config::Config::builder().retry_config(RetryConfig::disabled());
        let _ = timeout(PATIENCE, get_root.config_override(once).send()).await;
    }
}

/// Says which call it was that failed.
fn failed<E>(call: &str, error: &SdkError<E, HttpResponse>) -> AwsError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    AwsError::of(error).during(&format!("config:{call}"))
}

fn date_time(time: Timestamp) -> DateTime {
    DateTime::from_millis(time.as_millisecond())
}

fn timestamp(time: Option<&DateTime>) -> Option<Timestamp> {
    // AWS sends milliseconds as a floating-point number, which may be a little less.
    Timestamp::from_nanosecond(time?.as_nanos()).ok()?.round(Unit::Millisecond).ok()
}
