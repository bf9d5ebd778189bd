//! `PutEvaluations`: hands verdicts to AWS Config, and again those that it fails to take.

use std::time::Duration;

use aws_sdk_config::types::{self, ComplianceType};
use config_rules::rule::Evaluation;
use config_rules_aws::Trouble;
use tokio::time::sleep;

use super::{ConfigService, date_time, failed};
use crate::error::Error;

/// The token of an event that RDK sends to try a function out: AWS Config checks the call, and stores nothing.
const TEST_TOKEN: &str = "TESTMODE";
/// As many evaluations as `PutEvaluations` takes.
pub(crate) const BATCH: usize = 100;
/// How often AWS Config is asked to take an evaluation that it fails to take.
const ATTEMPTS: u32 = 4;
/// Doubled before each further attempt.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// How it went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Delivery {
    /// Calls of at most 100 evaluations.
    pub(crate) batches: u32,
    /// Calls for evaluations that AWS Config had failed to take.
    pub(crate) retries: u32,
}

impl ConfigService {
    /// Hands the evaluations to AWS Config, and again those that it fails to take.
    pub(crate) async fn put_evaluations(
        &self,
        token: &str,
        evaluations: &[Evaluation],
        delivery: &mut Delivery,
    ) -> Result<(), Error> {
        for batch in evaluations.chunks(BATCH) {
            delivery.retries += self.put_batch(token, batch).await?;
            delivery.batches += 1;
        }
        Ok(())
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
        match call.set_evaluations(Some(evaluations)).send().await {
            Ok(answer) => Ok(answer.failed_evaluations.unwrap_or_default()),
            Err(error) => Err(match failed("PutEvaluations", &error) {
                Trouble::Rejected(text) => Error::ResultRejected(text),
                other => Error::Call(other),
            }),
        }
    }
}

fn wire_form(evaluation: &Evaluation) -> Result<types::Evaluation, Error> {
    types::Evaluation::builder()
        .compliance_resource_type(&evaluation.resource_type)
        .compliance_resource_id(&evaluation.resource_id)
        .compliance_type(ComplianceType::from(evaluation.compliance.compliance_type()))
        .annotation(evaluation.compliance.annotation())
        .ordering_timestamp(date_time(evaluation.ordering_timestamp))
        .build()
        .map_err(|error| Error::ResultRejected(error.to_string()))
}
