//! What AWS Config remembers between calls.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::evaluation::{Evaluation, PutEvaluations};
use super::fault::Fault;
use super::protocol::ServiceError;
use crate::faults::Faults;

/// The token that stands for a test run where rules are tested outside AWS; AWS Config never issues it.
const TEST_TOKEN: &str = "TESTMODE";

/// One call of `PutEvaluations` and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The request; the body's text when it is no JSON of the operation's form or lacks a required member.
    pub request: Result<PutEvaluations, String>,
    /// What the function was told.
    pub answer: Answer,
}

impl Call {
    /// The evaluations of the request, none when it could not be read.
    #[must_use]
    pub fn evaluations(&self) -> &[Evaluation] {
        match &self.request {
            Ok(request) => &request.evaluations,
            Err(_) => &[],
        }
    }
}

/// What was answered to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Success, and no evaluation failed. In test mode nothing was stored.
    Accepted,
    /// AWS Config's own refusal; nothing was stored.
    Error {
        /// Such as `InvalidResultTokenException`.
        name: String,
        /// The service's explanation.
        message: String,
    },
    /// The injected fault took the answer's place.
    Fault(Fault),
}

/// What AWS Config keeps one result for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResultKey {
    /// The rule that the result token was issued for; the token itself when it was assigned to none.
    pub rule: String,
    /// Such as `AWS::EC2::Instance`.
    pub resource_type: String,
    /// The resource's id.
    pub resource_id: String,
}

#[derive(Debug, Default)]
pub(super) struct Store {
    pub(super) faults: Faults<PutEvaluations, Fault>,
    pub(super) calls: Vec<Call>,
    pub(super) accepted: Vec<Evaluation>,
    pub(super) results: BTreeMap<ResultKey, Evaluation>,
    pub(super) rejected_tokens: HashSet<String>,
    /// By result token.
    pub(super) rules: HashMap<String, String>,
}

impl Store {
    /// In test mode any token will do, as long as there is one.
    pub(super) fn check_token(&self, request: &PutEvaluations) -> Result<(), ServiceError> {
        let token = &request.result_token;
        let unusable = token == TEST_TOKEN || self.rejected_tokens.contains(token);
        if token.is_empty() || (unusable && !request.test_mode) {
            return Err(ServiceError::bad_request(
                "InvalidResultTokenException",
                "The specified ResultToken is not valid.",
            ));
        }
        Ok(())
    }

    /// Stores the request's evaluations, but for those with the indexes of `failed`.
    pub(super) fn accept(&mut self, request: &PutEvaluations, failed: &[usize]) {
        let token = &request.result_token;
        let rule = self.rules.get(token).unwrap_or(token).clone();
        for (index, evaluation) in request.evaluations.iter().enumerate() {
            if !failed.contains(&index) {
                self.accepted.push(evaluation.clone());
                self.keep_latest(&rule, evaluation);
            }
        }
    }

    /// An older result never replaces a newer one; of two with the same time, the one that came last stands.
    fn keep_latest(&mut self, rule: &str, evaluation: &Evaluation) {
        let key = ResultKey {
            rule: rule.to_owned(),
            resource_type: evaluation.compliance_resource_type.clone(),
            resource_id: evaluation.compliance_resource_id.clone(),
        };
        let newer = |held: &Evaluation| held.ordering_timestamp > evaluation.ordering_timestamp;
        if !self.results.get(&key).is_some_and(newer) {
            self.results.insert(key, evaluation.clone());
        }
    }
}
