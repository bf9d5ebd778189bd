//! What AWS Config remembers between calls.

use std::collections::{BTreeMap, HashMap, VecDeque};

use jiff::Timestamp;

use super::account::{Account, Held, no_such_rule};
use super::error::ServiceError;
use super::evaluation::{Evaluation, PutEvaluations};
use super::events::Invocation;
use super::fault::Fault;
use super::request::{Answer, Request};
use super::tokens::{Issue, Tokens};
use crate::faults::Faults;

/// Bytes of a notification: the maximum of Amazon SNS.
const MAX_NOTIFICATION: usize = 256 * 1024;

#[derive(Debug)]
pub(super) struct Store {
    pub(super) faults: Faults<Request, Fault>,
    /// By operation.
    pub(super) faults_of: HashMap<String, VecDeque<Fault>>,
    pub(super) log: Vec<(Request, Answer)>,
    pub(super) accepted: Vec<Evaluation>,
    pub(super) tokens: Tokens,
    /// Those that calls of operations led to.
    pub(super) invocations: Vec<Invocation>,
    /// Bytes. A change whose notification is longer is told in summary.
    pub(super) max_notification: usize,
    accounts: BTreeMap<String, Account>,
    new_account: fn(&str) -> Account,
}

impl Store {
    pub(super) fn new(new_account: fn(&str) -> Account) -> Self {
        Self {
            faults: Faults::default(),
            faults_of: HashMap::new(),
            log: Vec::new(),
            accepted: Vec::new(),
            tokens: Tokens::default(),
            invocations: Vec::new(),
            max_notification: MAX_NOTIFICATION,
            accounts: BTreeMap::new(),
            new_account,
        }
    }

    pub(super) fn account(&mut self, account: &str) -> &mut Account {
        self.accounts.entry(account.to_owned()).or_insert_with(|| (self.new_account)(account))
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

    /// What the request's token was issued for. The rule may have been deleted since.
    pub(super) fn check_token(
        &mut self,
        request: &PutEvaluations,
        account: &str,
    ) -> Result<Issue, ServiceError> {
        let issue = self.tokens.check(&request.result_token, account, request.test_mode)?;
        let mut rules = self.account(account).rules.values();
        match &issue.rule_id {
            Some(id) if !request.test_mode && !rules.any(|rule| rule.id == *id) => {
                Err(no_such_rule(&issue.rule))
            }
            _ => Ok(issue),
        }
    }

    /// Stores the request's evaluations, but for those with the indexes of `failed`.
    pub(super) fn accept(&mut self, request: &PutEvaluations, issue: &Issue, failed: &[usize]) {
        let recorded = Timestamp::now();
        if let Some(rule) = self.account(&issue.account).rules.get_mut(&issue.rule) {
            rule.evaluated = Some(recorded);
        }
        for (index, evaluation) in request.evaluations.iter().enumerate() {
            if !failed.contains(&index) {
                self.accepted.push(evaluation.clone());
                let held = Held { evaluation: evaluation.clone(), recorded, invoked: issue.invoked };
                self.account(&issue.account).keep_latest(&issue.rule, held);
            }
        }
    }
}
