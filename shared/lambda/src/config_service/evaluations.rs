//! `PutEvaluations`: hands verdicts to AWS Config, and again those that it fails to take.

use std::time::Duration;

use aws_sdk_config::types::{self, ComplianceType};
use config_rules::rule::Evaluation;
use config_rules_aws::AwsError;
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

impl ConfigService {
    /// Hands at most 100 evaluations to AWS Config, and again those that it fails to take. After each attempt, the first
    /// being 1, tells which it has taken.
    pub(crate) async fn put_evaluations(
        &self,
        token: &str,
        batch: Vec<Evaluation>,
        on_taken: impl Fn(&[Evaluation], u32),
    ) -> Result<(), Error> {
        let sent = batch.len();
        let mut open = batch;
        for attempt in 1..=ATTEMPTS {
            let (accepted, refused) = self.put(token, open).await?;
            on_taken(&accepted, attempt);
            open = refused;
            if open.is_empty() {
                return Ok(());
            }
            if attempt < ATTEMPTS {
                sleep(FIRST_PAUSE * 2_u32.pow(attempt - 1)).await;
            }
        }
        Err(Error::EvaluationsFailed { failed: open.len(), sent, attempts: ATTEMPTS })
    }

    /// What AWS Config took, and what it did not take: it says so in an answer that is otherwise a success.
    async fn put(
        &self,
        token: &str,
        evaluations: Vec<Evaluation>,
    ) -> Result<(Vec<Evaluation>, Vec<Evaluation>), Error> {
        let wire = evaluations.iter().map(wire_form).collect::<Result<Vec<_>, _>>()?;
        let call = self.client.put_evaluations().result_token(token).test_mode(token == TEST_TOKEN);
        match call.set_evaluations(Some(wire)).send().await {
            Ok(answer) => Ok(sort(evaluations, &answer.failed_evaluations.unwrap_or_default())),
            Err(error) => Err(match failed("PutEvaluations", &error) {
                AwsError::Rejected(text) => Error::ResultRejected(text),
                other => Error::Call(other),
            }),
        }
    }
}

/// What was taken, and what was not. A failure that is about none of them may be about any of them.
fn sort(evaluations: Vec<Evaluation>, failed: &[types::Evaluation]) -> (Vec<Evaluation>, Vec<Evaluation>) {
    let is_about = |failed: &types::Evaluation, own: &Evaluation| {
        failed.compliance_resource_type == own.resource_type
            && failed.compliance_resource_id == own.resource_id
    };
    if !failed.iter().all(|failed| evaluations.iter().any(|own| is_about(failed, own))) {
        return (Vec::new(), evaluations);
    }
    evaluations.into_iter().partition(|own| !failed.iter().any(|failed| is_about(failed, own)))
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

#[cfg(test)]
mod tests {
    use config_rules::finding::Compliance;
    use jiff::Timestamp;

    use super::*;

    fn evaluation(id: &str) -> Evaluation {
        Evaluation {
            resource_type: "AWS::EC2::Instance".to_owned(),
            resource_id: id.to_owned(),
            compliance: Compliance::Compliant("fine".to_owned()),
            ordering_timestamp: Timestamp::UNIX_EPOCH,
        }
    }

    #[track_caller]
    fn are_left(failed: &[&str], expected: &[&str]) {
        let all = ["i-1", "i-2", "i-3"].map(evaluation);
        let failed: Vec<_> = failed.iter().map(|id| wire_form(&evaluation(id)).unwrap()).collect();
        let (taken, left) = sort(all.to_vec(), &failed);
        assert_eq!(left, expected.iter().map(|id| evaluation(id)).collect::<Vec<_>>());
        assert_eq!(taken.len() + left.len(), all.len());
    }

    #[test]
    fn only_what_failed_is_left() {
        are_left(&[], &[]);
        are_left(&["i-2"], &["i-2"]);
    }

    #[test]
    fn a_failure_that_is_about_none_of_them_leaves_all() {
        are_left(&["i-2", "i-4"], &["i-1", "i-2", "i-3"]);
    }
}
