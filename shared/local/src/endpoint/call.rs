//! A call, its caller, and its answer.

use std::error::Error;

use axum::http::HeaderMap;

use super::fault::Fault;

/// The account of every access key that does not name another.
const OWN_ACCOUNT: &str = "111122223333";

/// A call and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiCall<Request> {
    /// Such as `ec2`.
    pub service: &'static str,
    /// The API's name, such as `HeadObject`.
    pub action: String,
    /// The IAM action that a policy has to allow, such as `s3:GetObject`.
    pub permission: String,
    /// Who made it.
    pub caller: Caller,
    /// The call itself.
    pub request: Request,
    /// What was answered.
    pub answer: Answer,
}

/// What was answered to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Success, and for `PutEvaluations` that no evaluation failed.
    Accepted,
    /// The API's own refusal.
    Error {
        /// Such as `InvalidAMIID.NotFound`.
        name: String,
        /// The service's explanation.
        message: String,
    },
    /// The injected fault took the answer's place.
    Fault(Fault),
}

impl Answer {
    pub(super) fn new(fault: &Fault, error: Option<&ApiError>) -> Self {
        match error {
            None if fault.is_harmless() => Self::Accepted,
            Some(error) if fault.is_harmless() || matches!(fault, Fault::FailEvaluations(_)) => {
                Self::Error { name: error.code.into(), message: error.message.clone() }
            }
            _ => Self::Fault(fault.clone()),
        }
    }
}

/// An error that an API answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// HTTP's.
    pub status: u16,
    /// Such as `InvalidAction`.
    pub code: &'static str,
    /// The API's explanation.
    pub message: String,
}

impl ApiError {
    /// An error with this HTTP status.
    pub fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// An error with status 400.
    pub fn bad_request(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(400, code, message)
    }

    /// For an answer that cannot be written.
    pub fn unwritable(error: &dyn Error) -> Self {
        Self::new(500, "InternalFailure", error.to_string())
    }
}

/// The credentials and the Region that a call is signed for. The signature itself is not verified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// Such as `ASIA111122223333ABCD`.
    pub access_key_id: String,
    /// Empty if the signature names none.
    pub region: String,
}

impl Caller {
    /// The account of the credentials: the one that [`access_key_id`] has put into the key, else 111122223333.
    #[must_use]
    pub fn account(&self) -> &str {
        account(&self.access_key_id).unwrap_or(OWN_ACCOUNT)
    }

    /// Reads `AWS4-HMAC-SHA256 Credential=<access key id>/<date>/<Region>/<service>/aws4_request, …`. None of a request that
    /// is not signed.
    pub(crate) fn read(headers: &HeaderMap) -> Option<Self> {
        let authorization = headers.get("authorization")?.to_str().ok()?;
        let (_, credential) = authorization.split_once("Credential=").unwrap_or_default();
        let mut scope = credential.split([',', ' ']).next().unwrap_or_default().split('/');
        let access_key_id = scope.next().unwrap_or_default().to_owned();
        Some(Self { access_key_id, region: scope.nth(1).unwrap_or_default().to_owned() })
    }
}

/// An access key id that names its account: `ASIA`, the account's 12 digits, and four letters.
#[must_use]
pub fn access_key_id(account: &str, letters: &str) -> String {
    format!("ASIA{account}{letters}")
}

fn account(access_key_id: &str) -> Option<&str> {
    let (account, letters) = access_key_id.strip_prefix("ASIA")?.split_at_checked(12)?;
    let digits = account.bytes().all(|byte| byte.is_ascii_digit());
    let four_letters = letters.len() == 4 && letters.bytes().all(|byte| byte.is_ascii_alphabetic());
    (digits && four_letters).then_some(account)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is_read(authorization: &str, access_key_id: &str, region: &str, account: &str) {
        let headers = [("authorization".parse().unwrap(), authorization.parse().unwrap())];
        let caller = Caller::read(&headers.into_iter().collect()).unwrap();
        assert_eq!((caller.access_key_id.as_str(), caller.region.as_str()), (access_key_id, region));
        assert_eq!(caller.account(), account);
    }

    #[test]
    fn the_signature_names_key_region_and_account() {
        let key = access_key_id("444455556666", "ABCD");
        let scope = format!("Credential={key}/20260101/eu-west-1/ec2/aws4_request, SignedHeaders=host");
        is_read(&format!("AWS4-HMAC-SHA256 {scope}"), &key, "eu-west-1", "444455556666");
        is_read("Basic eDp5", "", "", OWN_ACCOUNT);
        assert_eq!(Caller::read(&HeaderMap::new()), None);
    }

    #[test]
    fn every_other_key_belongs_to_the_own_account() {
        for key in [
            "AKIA444455556666ABCD",
            "ASIA444455556666ABC",
            "ASIA44445555666XABCD",
            "ASIA444455556666ABC1",
            "ASIAEXAMPLE",
        ] {
            is_read(&format!("AWS4-HMAC-SHA256 Credential={key}"), key, "", OWN_ACCOUNT);
        }
    }
}
