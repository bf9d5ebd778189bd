//! `GetComplianceDetailsByConfigRule`: the results that AWS Config holds of a rule.

use aws_sdk_config::types::{ComplianceType, EvaluationResult};
use config_rules_aws::AwsError;
use jiff::Timestamp;

use super::{ConfigService, failed, timestamp};

/// A result that AWS Config holds, COMPLIANT or NON_COMPLIANT.
#[derive(Debug)]
pub(crate) struct StoredResult {
    pub(crate) resource_type: String,
    pub(crate) resource_id: String,
    /// When what was evaluated had been recorded.
    pub(crate) ordering_timestamp: Timestamp,
}

impl ConfigService {
    /// A page of the results that AWS Config holds, and what brings the next.
    pub(crate) async fn held(
        &self,
        config_rule_name: &str,
        next: Option<String>,
    ) -> Result<(Vec<StoredResult>, Option<String>), AwsError> {
        let call = self
            .client
            .get_compliance_details_by_config_rule()
            .config_rule_name(config_rule_name)
            .compliance_types(ComplianceType::Compliant)
            .compliance_types(ComplianceType::NonCompliant)
            .limit(100)
            .set_next_token(next);
        let page = call.send().await.map_err(|error| failed("GetComplianceDetailsByConfigRule", &error))?;
        let results = page.evaluation_results.unwrap_or_default();
        Ok((results.into_iter().filter_map(held).collect(), page.next_token))
    }
}

fn held(result: EvaluationResult) -> Option<StoredResult> {
    let identifier = result.evaluation_result_identifier?;
    let qualifier = identifier.evaluation_result_qualifier?;
    Some(StoredResult {
        resource_type: qualifier.resource_type?,
        resource_id: qualifier.resource_id?,
        ordering_timestamp: timestamp(identifier.ordering_timestamp.as_ref())?,
    })
}
