//! What AWS Config remembers between calls.

use std::collections::{BTreeMap, HashMap, VecDeque};

use jiff::Timestamp;

use super::account::{Account, Held};
use super::error::ServiceError;
use super::evaluation::{Evaluation, PutEvaluations};
use super::fault::Fault;
use super::request::{Answer, Request};
use super::tokens::{Issue, Tokens};
use crate::faults::Faults;

#[derive(Debug, Default)]
pub(super) struct Store {
    pub(super) faults: Faults<Request, Fault>,
    /// By operation.
    pub(super) faults_of: HashMap<String, VecDeque<Fault>>,
    pub(super) log: Vec<(Request, Answer)>,
    pub(super) accepted: Vec<Evaluation>,
    pub(super) tokens: Tokens,
    accounts: BTreeMap<String, Account>,
}

impl Store {
    pub(super) fn account(&mut self, account: &str) -> &mut Account {
        self.accounts.entry(account.to_owned()).or_default()
    }

    /// The faults of an operation come before those of all.
    pub(super) fn next_fault(&mut self, request: &Request) -> Fault {
        let own = self.faults_of.get_mut(request.operation).and_then(VecDeque::pop_front);
        own.unwrap_or_else(|| self.faults.next(Some(request)))
    }

    pub(super) fn assign_token(&mut self, token: String, issue: Issue) {
        self.account(&issue.account).named_rules.insert(issue.rule.clone());
        self.tokens.issued.insert(token, issue);
    }

    pub(super) fn check_token(&self, request: &PutEvaluations, account: &str) -> Result<Issue, ServiceError> {
        self.tokens.check(&request.result_token, account, request.test_mode)
    }

    /// Stores the request's evaluations, but for those with the indexes of `failed`.
    pub(super) fn accept(&mut self, request: &PutEvaluations, issue: &Issue, failed: &[usize]) {
        let recorded = Timestamp::now();
        for (index, evaluation) in request.evaluations.iter().enumerate() {
            if !failed.contains(&index) {
                self.accepted.push(evaluation.clone());
                let held = Held { evaluation: evaluation.clone(), recorded, invoked: issue.invoked };
                self.account(&issue.account).keep_latest(&issue.rule, held);
            }
        }
    }
}
