//! Keys that tell their account, so that the other APIs here know whose they are.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::endpoint::access_key_id;
use crate::request_id::random;

/// As STS gives them out.
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
    const LETTERS: [char; 16] =
        ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'L', 'M', 'N', 'P', 'Q', 'R'];
    let digits = std::iter::repeat_with(random).flat_map(u64::to_le_bytes);
    digits.map(|digit| LETTERS[usize::from(digit % 16)]).take(count).collect()
}
