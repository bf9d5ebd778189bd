//! AWS Config's API, as far as a rule's function needs it.

use std::time::Duration;

use aws_sdk_config::{
    Client,
    config::{self, retry::RetryConfig},
    primitives::DateTime,
    types::{self, ComplianceType},
};
use config_rules::rule::Evaluation;
use tokio::time::{sleep, timeout};

use crate::error::Error;

/// The token of an event that RDK sends to try a function out: AWS Config checks the call, and stores nothing.
const TEST_TOKEN: &str = "TESTMODE";
/// As many evaluations as `PutEvaluations` takes.
const BATCH: usize = 100;
/// How often AWS Config is asked to take an evaluation that it fails to take.
const ATTEMPTS: u32 = 4;
/// Doubled before each further attempt.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// AWS Config, in the Region of the function and with its role.
#[derive(Debug)]
pub(crate) struct ConfigService {
    client: Client,
}

/// How it went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Delivery {
    /// Calls of at most 100 evaluations.
    pub(crate) batches: u32,
    /// Calls for evaluations that AWS Config had failed to take.
    pub(crate) retries: u32,
}

impl ConfigService {
    pub(crate) async fn new() -> Self {
        let sdk_config = Box::pin(config_rules_aws::sdk_config()).await;
        Self { client: Client::new(&sdk_config) }
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

    /// Hands the evaluations to AWS Config, and again those that it fails to take.
    pub(crate) async fn put_evaluations(
        &self,
        token: &str,
        evaluations: &[Evaluation],
    ) -> Result<Delivery, Error> {
        let mut delivery = Delivery::default();
        for batch in evaluations.chunks(BATCH) {
            delivery.retries += self.put_batch(token, batch).await?;
            delivery.batches += 1;
        }
        Ok(delivery)
    }

    async fn put_batch(&self, token: &str, batch: &[Evaluation]) -> Result<u32, Error> {
        let mut open: Vec<_> = batch.iter().map(wire_form).collect::<Result<_, _>>()?;
        for retries in 0..ATTEMPTS {
            open = self.put(token, open).await?;
            if open.is_empty() {
                return Ok(retries);
            }
            sleep(FIRST_PAUSE * 2_u32.pow(retries)).await;
        }
        Err(Error::EvaluationsFailed { failed: open.len(), sent: batch.len(), attempts: ATTEMPTS })
    }

    /// Gives back what AWS Config did not take: it says so in an answer that is otherwise a success.
    async fn put(
        &self,
        token: &str,
        evaluations: Vec<types::Evaluation>,
    ) -> Result<Vec<types::Evaluation>, Error> {
        let call = self.client.put_evaluations().result_token(token).test_mode(token == TEST_TOKEN);
        let answer = call.set_evaluations(Some(evaluations)).send().await?;
        Ok(answer.failed_evaluations.unwrap_or_default())
    }
}

fn wire_form(evaluation: &Evaluation) -> Result<types::Evaluation, Error> {
    types::Evaluation::builder()
        .compliance_resource_type(&evaluation.resource_type)
        .compliance_resource_id(&evaluation.resource_id)
        .compliance_type(ComplianceType::from(evaluation.compliance.compliance_type()))
        .annotation(evaluation.compliance.annotation())
        .ordering_timestamp(DateTime::from_millis(evaluation.ordering_timestamp.as_millisecond()))
        .build()
        .map_err(|error| Error::ResultRejected(error.to_string()))
}
