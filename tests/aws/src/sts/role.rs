//! Roles, their trust policies, and their sessions.

use config_rules_local::endpoint::access_key_id;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

/// A role that can be assumed.
#[derive(Clone, Debug)]
pub struct StsRole {
    pub(super) arn: String,
    principals: Vec<String>,
    external_id: Option<String>,
}

/// One call of `AssumeRole`, granted or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssumeRole {
    /// The caller: `arn:aws:sts::111122223333:assumed-role/…`.
    pub caller_arn: String,
    /// The access key id that signed the call.
    pub access_key_id: String,
    /// The role that was asked for.
    pub role_arn: String,
    /// The name in the session's ARN.
    pub role_session_name: String,
    /// The external ID, if one was sent.
    pub external_id: Option<String>,
    /// If it was sent.
    pub duration_seconds: Option<u32>,
    /// The access key id of the session; none if the call was refused.
    pub granted: Option<String>,
}

impl StsRole {
    /// A role that trusts nobody. Its name can have a path in front, such as `/security/config-rules`.
    #[must_use]
    pub fn new(account: &str, name: &str) -> Self {
        let name = name.trim_start_matches('/');
        Self { arn: format!("arn:aws:iam::{account}:role/{name}"), principals: Vec::new(), external_id: None }
    }

    /// Trusts this principal: a role's ARN with its path, or an account's `arn:aws:iam::111122223333:root`.
    #[must_use]
    pub fn trusts(mut self, principal: impl Into<String>) -> Self {
        self.principals.push(principal.into());
        self
    }

    /// Requires this external ID of everybody.
    #[must_use]
    pub fn external_id(mut self, external_id: impl Into<String>) -> Self {
        self.external_id = Some(external_id.into());
        self
    }

    /// The role's ARN.
    #[must_use]
    pub fn arn(&self) -> &str {
        &self.arn
    }

    pub(super) fn admits(&self, caller: &Session, external_id: Option<&str>) -> bool {
        let root = format!("arn:aws:iam::{}:root", caller.account());
        let trusted = self.principals.iter().any(|principal| [&root, &caller.role_arn].contains(&principal));
        trusted && self.external_id.as_deref().is_none_or(|expected| external_id == Some(expected))
    }
}

/// A role that somebody acts as.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) role_arn: String,
    pub(super) name: String,
}

impl Session {
    pub(super) fn new(role_arn: &str, name: &str) -> Self {
        Self { role_arn: role_arn.into(), name: name.into() }
    }

    pub(super) fn account(&self) -> &str {
        self.role_arn.split(':').nth(4).unwrap_or_default()
    }

    /// In which the role has no path.
    pub(super) fn arn(&self) -> String {
        let role = self.role_arn.rsplit('/').next().unwrap_or_default();
        format!("arn:aws:sts::{}:assumed-role/{role}/{}", self.account(), self.name)
    }

    /// The role's unique id, which is made of its ARN, and the session's name.
    pub(super) fn id(&self) -> String {
        let hash =
            self.role_arn.bytes().fold(7_u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
        format!("AROA{:017X}:{}", hash, self.name)
    }
}

/// Credentials of a session. Their access key id names the account, so that the other endpoints know it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Credentials {
    pub(super) access_key_id: String,
    secret_access_key: String,
    session_token: String,
    expiration: String,
}

impl Credentials {
    pub(super) fn new(account: &str, duration: u32) -> Self {
        let expiration = Timestamp::now() + SignedDuration::from_secs(duration.into());
        Self {
            access_key_id: access_key_id(account, &letters(4)),
            secret_access_key: letters(40),
            session_token: letters(200),
            expiration: format!("{expiration:.0}"),
        }
    }
}

fn letters(count: usize) -> String {
    (0..count).map(|_| fastrand::uppercase()).collect()
}
