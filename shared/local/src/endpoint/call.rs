//! A call, who made it, and what became of it.

use axum::http::HeaderMap;

use super::fault::ApiFault;

/// One call and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiCall<Request> {
    /// Such as `ec2`.
    pub service: &'static str,
    /// The API's name, such as `HeadObject`.
    pub action: String,
    /// The IAM action that has to be allowed, such as `s3:GetObject`.
    pub permission: String,
    /// Who made it.
    pub caller: Caller,
    /// What was asked.
    pub request: Request,
    /// What the caller was told.
    pub answer: ApiAnswer,
}

/// What was answered to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiAnswer {
    /// Success.
    Answered,
    /// The API's own refusal.
    Error {
        /// Such as `InvalidAMIID.NotFound`.
        code: String,
        /// The service's explanation.
        message: String,
    },
    /// The injected fault took the answer's place.
    Fault(ApiFault),
}

/// Who makes a call, and to which region, by its signature, which itself is not verified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// Such as `ASIA111122223333ABCD`.
    pub access_key_id: String,
    /// The region that the signature is for; empty if it tells none.
    pub region: String,
}

impl Caller {
    /// The account that the credentials are of: keys that are made here tell it.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        let account = self.access_key_id.strip_prefix("ASIA")?.get(..12)?;
        account.bytes().all(|digit| digit.is_ascii_digit()).then_some(account)
    }

    /// None of a request that is not signed.
    pub(super) fn read(headers: &HeaderMap) -> Option<Self> {
        let authorization = headers.get("authorization")?.to_str().ok()?;
        let (_, credential) = authorization.split_once("Credential=").unwrap_or_default();
        let credential = credential.split(',').next().unwrap_or_default();
        let mut scope = credential.split('/');
        let access_key_id = scope.next().unwrap_or_default().to_owned();
        Some(Self { access_key_id, region: scope.nth(1).unwrap_or_default().to_owned() })
    }
}

/// A key that tells its account: `ASIA`, the account's 12 digits, and 4 letters.
pub(crate) fn access_key_id(account: &str, letters: &str) -> String {
    format!("ASIA{account}{letters}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is_read(authorization: &'static str, access_key_id: &str, region: &str, account: Option<&str>) {
        let headers = [("authorization".parse().unwrap(), authorization.parse().unwrap())];
        let caller = Caller::read(&headers.into_iter().collect()).unwrap();
        assert_eq!((caller.access_key_id.as_str(), caller.region.as_str()), (access_key_id, region));
        assert_eq!(caller.account(), account);
    }

    #[test]
    fn the_signature_tells_key_region_and_account() {
        is_read(
            "AWS4-HMAC-SHA256 Credential=ASIA111122223333ABCD/20260101/eu-west-1/ec2/aws4_request, SignedHeaders=host",
            "ASIA111122223333ABCD",
            "eu-west-1",
            Some("111122223333"),
        );
        is_read("AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE", "AKIAEXAMPLE", "", None);
        is_read("AWS4-HMAC-SHA256 Credential=ASIAEXAMPLEEXAMPLE00/x", "ASIAEXAMPLEEXAMPLE00", "", None);
        is_read("Basic eDp5", "", "", None);
        assert_eq!(Caller::read(&HeaderMap::new()), None);
    }
}
