//! `PutEvaluations` as a type.

use jiff::Timestamp;
use serde::Deserialize;

use super::time;

/// A request of the operation `PutEvaluations`, as received.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
pub struct PutEvaluations {
    /// The token of the event that is answered.
    pub result_token: String,
    /// One per resource.
    #[serde(default)]
    pub evaluations: Vec<Evaluation>,
    /// Validate only, store nothing.
    #[serde(default)]
    pub test_mode: bool,
}

/// One resource's compliance.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
pub struct Evaluation {
    /// AWS Config's name of a type, such as `AWS::EC2::Instance`.
    pub compliance_resource_type: String,
    /// The resource's id, not its name.
    pub compliance_resource_id: String,
    /// As received; of an accepted evaluation `COMPLIANT`, `NON_COMPLIANT` or `NOT_APPLICABLE`.
    pub compliance_type: String,
    /// The reason that people read.
    pub annotation: Option<String>,
    /// When the event happened that led to this evaluation, to the millisecond.
    #[serde(deserialize_with = "time::deserialize")]
    pub ordering_timestamp: Timestamp,
}
