//! What EC2's record of a key pair tells: whether it is still that of the key that the instance trusts, its type, origin,
//! age and fingerprint.

use std::fmt;

use jiff::Timestamp;

use super::findings::KeyCode;
use crate::{
    facts::{Fact, Facts, KeyPair},
    finding::{Check, Finding, Verdict},
    item::ConfigurationItem,
    launch::LaunchSource,
    parameters::{ParameterError, RawParameters, Value, ValueError, keywords, listed},
    time::{Age, day, timestamp},
};

/// What the record of a key pair must be like.
#[derive(Clone, Debug)]
pub(super) struct RecordChecks {
    key_types: Vec<KeyType>,
    origins: Vec<Origin>,
    max_age_days: Option<u64>,
    denied_fingerprints: Vec<Fingerprint>,
    /// The default reports what EC2 tells; who asks for it wants to know.
    dangling: Option<Dangling>,
}

/// The parameter `danglingKey`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dangling {
    Report,
    Ignore,
}

keywords!(Dangling, "`report` or `ignore`", "report" => Self::Report, "ignore" => Self::Ignore);

/// An item of `allowedKeyTypes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyType {
    Rsa,
    Ed25519,
}

keywords!(KeyType, "`rsa` or `ed25519`", "rsa" => Self::Rsa, "ed25519" => Self::Ed25519);

/// An item of `allowedOrigins`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Created,
    Imported,
}

keywords!(Origin, "`created` or `imported`", "created" => Self::Created, "imported" => Self::Imported);

impl RecordChecks {
    pub(super) fn read(raw: &RawParameters) -> Result<Self, ParameterError> {
        Ok(Self {
            key_types: raw.list("allowedKeyTypes")?,
            origins: raw.list("allowedOrigins")?,
            max_age_days: raw.one("maxKeyAgeDays")?,
            denied_fingerprints: raw.list("deniedKeyFingerprints")?,
            dangling: raw.one("danglingKey")?,
        })
    }

    fn need_the_record(&self) -> bool {
        self.reports_dangling() || self.have_limits()
    }

    fn reports_dangling(&self) -> bool {
        self.dangling != Some(Dangling::Ignore)
    }

    fn have_limits(&self) -> bool {
        self.max_age_days.is_some()
            || !(self.key_types.is_empty() && self.origins.is_empty() && self.denied_fingerprints.is_empty())
    }

    /// The verdict about a key pair whose name will do, for this reason.
    pub(super) fn of(&self, key: &LaunchedKey, facts: &Facts, reason: String) -> Verdict {
        if !self.need_the_record() {
            return Verdict::compliant(reason);
        }
        let record = &facts.key_pair(key.name);
        let must_know = self.have_limits() || self.dangling == Some(Dangling::Report);
        match RecordedKey::of(key, record) {
            RecordedKey::Another(finding) if self.reports_dangling() => Verdict::non_compliant(finding),
            RecordedKey::Another(finding) if must_know => {
                Verdict::unknown(format!("{}, of which EC2 tells nothing", finding.sentence))
            }
            RecordedKey::Unknown(why) if must_know => {
                Verdict::of([vec![Check::Unknown(why)], self.limits(key, record)].concat(), reason)
            }
            RecordedKey::Unknown(why) => Verdict::compliant(format!("{reason}; {why}")),
            RecordedKey::Another(_) => Verdict::compliant(reason),
            RecordedKey::ThisOne => Verdict::of(self.limits(key, record), reason),
        }
    }

    fn limits(&self, key: &LaunchedKey, record: &Fact<&KeyPair>) -> Vec<Check> {
        let Fact::Known(record) = record else { return Vec::new() };
        vec![
            self.fingerprint(key, record),
            self.age(key, record),
            self.key_type(key, record),
            self.origin(key, record),
        ]
    }

    fn fingerprint(&self, key: &LaunchedKey, record: &KeyPair) -> Check {
        if self.denied_fingerprints.is_empty() {
            return Check::Passed;
        }
        let Some(fingerprint) = Fingerprint::of(record) else {
            return key.unknown("fingerprint");
        };
        let is_denied = self.denied_fingerprints.contains(&fingerprint);
        let fact = || format!(" has the fingerprint {fingerprint}, which is in deniedKeyFingerprints");
        Check::fail_if(is_denied, || key.finding(KeyCode::Denied, &fact()))
    }

    fn key_type(&self, key: &LaunchedKey, record: &KeyPair) -> Check {
        if self.key_types.is_empty() {
            return Check::Passed;
        }
        let Some(known) = record.key_type.as_deref() else {
            return key.unknown("type");
        };
        let is_allowed = self.key_types.iter().any(|allowed| allowed.to_string() == known);
        let fact = || format!(" is {known}; allowed: {}", listed(&self.key_types));
        Check::fail_if(!is_allowed, || key.finding(KeyCode::Type, &fact()))
    }

    fn origin(&self, key: &LaunchedKey, record: &KeyPair) -> Check {
        if self.origins.is_empty() {
            return Check::Passed;
        }
        let Some(origin) = Origin::of(record) else {
            return key.unknown("origin");
        };
        let verb = if origin == Origin::Created { "was created by EC2" } else { "was imported" };
        let fact = || format!(" {verb}; allowed: {}", listed(&self.origins));
        Check::fail_if(!self.origins.contains(&origin), || key.finding(KeyCode::Origin, &fact()))
    }

    fn age(&self, key: &LaunchedKey, record: &KeyPair) -> Check {
        let Some(limit) = self.max_age_days else {
            return Check::Passed;
        };
        let Some(made) = timestamp(record.create_time.as_deref()) else {
            return Check::Unknown(key.unmade());
        };
        let age = Age::since(made, key.item.configuration_item_capture_time);
        Check::fail_if(age.exceeds(limit), || {
            key.finding(KeyCode::TooOld, &format!(" {}", age.fact(limit))).with("ageDays", age.days())
        })
    }
}

/// Whose record EC2 has under the name of a key pair.
enum RecordedKey {
    /// That of the key that the instance trusts, or would.
    ThisOne,
    /// That of another key, or none; the finding says so.
    Another(Finding),
    /// That is not known: a sentence.
    Unknown(String),
}

impl RecordedKey {
    fn of(key: &LaunchedKey, record: &Fact<&KeyPair>) -> Self {
        let record = match record {
            Fact::Known(record) => record,
            Fact::Absent => return Self::Another(key.finding(KeyCode::Dangling, key.deleted())),
            Fact::Unavailable(why) => {
                return Self::Unknown(format!("nothing is known about key pair {:?}: {why}", key.name));
            }
        };
        let LaunchSource::Instance(instance) = &key.item.configuration else {
            return Self::ThisOne;
        };
        match (timestamp(record.create_time.as_deref()), instance.first_launched()) {
            (Some(made), Some(launched)) if made > launched => Self::Another(reused(key, made, launched)),
            (Some(_), Some(_)) => Self::ThisOne,
            (None, _) => Self::Unknown(key.unmade()),
            (_, None) => Self::Unknown("when the instance was launched is not known".to_owned()),
        }
    }
}

fn reused(key: &LaunchedKey, made: Timestamp, launched: Timestamp) -> Finding {
    let (made, launched) = (day(made), day(launched));
    let fact = format!(" was made {made}, after the launch on {launched}: the instance trusts an older key");
    key.finding(KeyCode::ReusedName, &fact)
}

/// A key pair that an instance was launched with, or would be.
pub(super) struct LaunchedKey<'a> {
    pub(super) item: &'a ConfigurationItem<LaunchSource>,
    pub(super) name: &'a str,
    /// ` in version 3 (default)`: where a resource that is no instance has it.
    pub(super) place: String,
}

impl LaunchedKey<'_> {
    /// The sentence goes on like this behind the name.
    pub(super) fn finding(&self, code: KeyCode, rest: &str) -> Finding {
        Finding::new(code, format!("{:?}{}{rest}", self.name, self.place)).with("keyName", self.name)
    }

    pub(super) fn is_of_instance(&self) -> bool {
        matches!(self.item.configuration, LaunchSource::Instance(_))
    }

    fn deleted(&self) -> &'static str {
        if self.is_of_instance() {
            " was deleted, and the instance still trusts its key"
        } else {
            " was deleted, and nothing can be launched with it"
        }
    }

    fn unknown(&self, what: &str) -> Check {
        Check::Unknown(format!("the {what} of key pair {:?} is not known", self.name))
    }

    fn unmade(&self) -> String {
        let or_trust = if self.is_of_instance() {
            ", and so neither its age nor whether the instance trusts it"
        } else {
            ""
        };
        format!("EC2 does not tell when key pair {:?} was made{or_trust}", self.name)
    }
}

/// The fingerprint of a key, as EC2 writes it. What it is of differs: of an RSA key that EC2 made, of the private key; of
/// one that was imported, of the public key; of an ED25519 key, of the public key in either case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fingerprint {
    Md5(String),
    Sha1(String),
    /// In Base64, without padding.
    Sha256(String),
}

impl Fingerprint {
    fn of(record: &KeyPair) -> Option<Self> {
        Self::parse(record.fingerprint.as_deref()?).ok()
    }
}

impl Value for Fingerprint {
    const FORM: &'static str = "a key's fingerprint as EC2 shows it: 16 or 20 bytes in hexadecimal with colons between, or SHA-256 in Base64";
    const PATTERN: &'static str =
        "[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){15}(?:(?::[0-9A-Fa-f]{2}){4})?|(?:SHA256:)?[A-Za-z0-9+/]{43}=?";

    fn parse(text: &str) -> Result<Self, ValueError> {
        let bytes: Vec<_> = text.split(':').collect();
        let is_digit = |digit: char| digit.is_ascii_hexdigit();
        let is_hexadecimal = bytes.iter().all(|byte| byte.len() == 2 && byte.chars().all(is_digit));
        let base64 = text.strip_prefix("SHA256:").unwrap_or(text);
        let base64 = base64.strip_suffix('=').unwrap_or(base64);
        let is_of_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
        match bytes.len() {
            16 if is_hexadecimal => Ok(Self::Md5(text.to_ascii_lowercase())),
            20 if is_hexadecimal => Ok(Self::Sha1(text.to_ascii_lowercase())),
            _ if base64.len() == 43 && base64.bytes().all(is_of_base64) => {
                Ok(Self::Sha256(base64.to_owned()))
            }
            _ => Err(ValueError::Form),
        }
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Md5(text) | Self::Sha1(text) | Self::Sha256(text)) = self;
        formatter.write_str(text)
    }
}

impl Origin {
    /// The fingerprint of an RSA key tells it: SHA-1 where EC2 made the key, MD5 where it was imported. That of an ED25519
    /// key is SHA-256 in both cases, and tells nothing.
    fn of(record: &KeyPair) -> Option<Self> {
        KeyType::parse(record.key_type.as_deref()?).ok().filter(|kind| *kind == KeyType::Rsa)?;
        match Fingerprint::of(record)? {
            Fingerprint::Sha1(_) => Some(Self::Created),
            Fingerprint::Md5(_) => Some(Self::Imported),
            Fingerprint::Sha256(_) => None,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Created => "created",
            Self::Imported => "imported",
        })
    }
}

impl fmt::Display for KeyType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Rsa => "rsa",
            Self::Ed25519 => "ed25519",
        })
    }
}
