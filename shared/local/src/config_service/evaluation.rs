//! Evaluations, as functions put them, and the evaluation results that AWS Config makes of them.

use jiff::Timestamp;
use serde::Deserialize;

use super::shape::Shape;
use super::time;

pub(super) const COMPLIANCE_TYPE: Shape =
    Shape::OneOf(&["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE", "INSUFFICIENT_DATA"]);

/// A request of the operation `PutEvaluations`, as received.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
pub struct PutEvaluations {
    /// The result token of the event that is answered.
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

/// The rule and the resource of an evaluation result.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResultKey {
    /// The rule that the result token was issued for; the token itself when it was issued for none.
    pub rule: String,
    /// Such as `AWS::EC2::Instance`.
    pub resource_type: String,
    /// The resource's id.
    pub resource_id: String,
}

/// The latest evaluation of a resource by a rule.
#[derive(Clone, Debug)]
pub(super) struct EvaluationResult {
    pub(super) evaluation: Evaluation,
    pub(super) recorded: Timestamp,
    pub(super) invoked: Timestamp,
}

impl EvaluationResult {
    /// AWS Config shows nobody what is not applicable.
    pub(super) fn is_shown(&self) -> bool {
        self.evaluation.compliance_type != "NOT_APPLICABLE"
    }

    pub(super) fn is_compliant(&self) -> bool {
        self.evaluation.compliance_type == "COMPLIANT"
    }
}
