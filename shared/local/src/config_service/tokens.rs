//! Result tokens, and what they were issued for.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::error::ServiceError;

/// The token that stands for a test run where rules are tested outside AWS; AWS Config never issues it.
const TEST_TOKEN: &str = "TESTMODE";

/// What a token was issued for.
#[derive(Clone, Debug)]
pub(super) struct Issue {
    pub(super) account: String,
    pub(super) rule: String,
    /// Of a rule that is deployed.
    pub(super) rule_id: Option<String>,
    pub(super) invoked: Timestamp,
}

impl Issue {
    pub(super) fn now(account: &str, rule: &str, rule_id: Option<String>) -> Self {
        Self { account: account.to_owned(), rule: rule.to_owned(), rule_id, invoked: Timestamp::now() }
    }
}

#[derive(Debug, Default)]
pub(super) struct Tokens {
    pub(super) issued: HashMap<String, Issue>,
    pub(super) rejected: HashSet<String>,
}

impl Tokens {
    /// In test mode any token will do, as long as there is one. One that was assigned to no rule is a rule of its own.
    pub(super) fn check(&self, token: &str, account: &str, test_mode: bool) -> Result<Issue, ServiceError> {
        let issue = self.issued.get(token).cloned().unwrap_or_else(|| Issue::now(account, token, None));
        let unusable = token == TEST_TOKEN || self.rejected.contains(token) || issue.account != account;
        if token.is_empty() || (unusable && !test_mode) {
            return Err(ServiceError::bad_request(
                "InvalidResultTokenException",
                "The specified ResultToken is not valid.",
            ));
        }
        Ok(issue)
    }
}
