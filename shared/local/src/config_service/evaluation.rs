//! `PutEvaluations` as a type, and its form on the wire, where every member may be missing.

use jiff::{SignedDuration, Timestamp, Unit};
use serde::{Deserialize, Serialize};

/// A request of the operation `PutEvaluations`, as received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutEvaluations {
    /// The token of the event that is answered.
    pub result_token: String,
    /// One per resource.
    pub evaluations: Vec<Evaluation>,
    /// Validate only, store nothing.
    pub test_mode: bool,
}

/// One resource's compliance.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    pub ordering_timestamp: Timestamp,
}

/// The request's body. Unknown members are ignored, as AWS does.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct WireRequest {
    pub(super) result_token: Option<String>,
    pub(super) evaluations: Option<Vec<WireEvaluation>>,
    pub(super) test_mode: Option<bool>,
}

/// An evaluation of the request, and of `FailedEvaluations`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct WireEvaluation {
    pub(super) compliance_resource_type: Option<String>,
    pub(super) compliance_resource_id: Option<String>,
    pub(super) compliance_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) annotation: Option<String>,
    /// Seconds since the epoch, with a fraction.
    pub(super) ordering_timestamp: Option<f64>,
}

impl WireRequest {
    pub(super) fn evaluations(&self) -> &[WireEvaluation] {
        self.evaluations.as_deref().unwrap_or_default()
    }

    /// None when a required member is missing or a timestamp is no time.
    pub(super) fn typed(&self) -> Option<PutEvaluations> {
        Some(PutEvaluations {
            result_token: self.result_token.clone()?,
            evaluations: self.evaluations().iter().map(WireEvaluation::typed).collect::<Option<_>>()?,
            test_mode: self.test_mode.unwrap_or_default(),
        })
    }
}

impl WireEvaluation {
    fn typed(&self) -> Option<Evaluation> {
        Some(Evaluation {
            compliance_resource_type: self.compliance_resource_type.clone()?,
            compliance_resource_id: self.compliance_resource_id.clone()?,
            compliance_type: self.compliance_type.clone()?,
            annotation: self.annotation.clone(),
            ordering_timestamp: timestamp(self.ordering_timestamp?)?,
        })
    }
}

/// Rounded to the millisecond, which is what AWS writes and more than a fraction's binary form keeps exactly.
fn timestamp(seconds: f64) -> Option<Timestamp> {
    let since_epoch = SignedDuration::try_from_secs_f64(seconds).ok()?;
    let timestamp = Timestamp::from_duration(since_epoch).ok()?;
    timestamp.round(Unit::Millisecond).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_of_a_second_keeps_its_milliseconds() {
        let expected = "2016-06-13T21:53:09.123Z".parse().ok();
        assert_eq!(timestamp(1_465_854_789.123), expected);
    }

    #[test]
    fn a_number_out_of_range_is_no_time() {
        assert_eq!(timestamp(1e300), None);
    }
}
