//! Who calls, as the signature of the request tells it.

/// The account of every access key that does not tell another.
pub(super) const OWN_ACCOUNT: &str = "111122223333";

const DEFAULT_REGION: &str = "us-east-1";

/// The credentials that a request is signed with. The signature itself is not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Caller {
    pub(super) access_key_id: String,
    pub(super) account: String,
    pub(super) region: String,
}

impl Caller {
    /// Reads `AWS4-HMAC-SHA256 Credential=<access key id>/<date>/<region>/config/aws4_request, …`.
    pub(super) fn from_authorization(header: &str) -> Self {
        let credential = header.split_once("Credential=").map_or("", |(_, rest)| rest);
        let mut scope = credential.split([',', ' ']).next().unwrap_or_default().split('/');
        let access_key_id = scope.next().unwrap_or_default().to_owned();
        Self {
            account: account(&access_key_id).unwrap_or(OWN_ACCOUNT).to_owned(),
            region: scope.nth(1).unwrap_or(DEFAULT_REGION).to_owned(),
            access_key_id,
        }
    }
}

/// The local STS gives out access key ids that are `ASIA`, the account and four letters.
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
    fn is_read(credential: &str, account: &str, region: &str) {
        let header = format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=00");
        let access_key_id = credential.split('/').next().unwrap().to_owned();
        let expected = Caller { access_key_id, account: account.into(), region: region.into() };
        assert_eq!(Caller::from_authorization(&header), expected);
    }

    #[test]
    fn a_session_of_another_account_tells_its_account() {
        is_read("ASIA444455556666ABCD/20260101/eu-west-1/config/aws4_request", "444455556666", "eu-west-1");
    }

    #[test]
    fn every_other_key_belongs_to_the_own_account() {
        for key in [
            "AKIA444455556666ABCD",
            "ASIA444455556666ABC",
            "ASIA44445555666XABCD",
            "ASIA444455556666ABC1",
            "ASIAé",
        ] {
            is_read(&format!("{key}/20260101/us-west-2/config/aws4_request"), OWN_ACCOUNT, "us-west-2");
        }
        is_read("test", OWN_ACCOUNT, "us-east-1");
    }
}
