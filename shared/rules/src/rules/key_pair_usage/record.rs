//! What a key pair's record tells: whether it is still the key that the instance trusts, its type, origin and age.

use std::fmt;

use super::Instance;
use crate::{
    facts::{Fact, KeyPair},
    finding::{Check, Finding, Verdict},
    item::ConfigurationItem,
    parameters::{ParameterError, RawParameters, listed, words},
    time::{Age, day, timestamp},
};

/// What the record of a key pair must be like.
#[derive(Clone, Debug)]
pub(super) struct RecordChecks {
    key_types: Vec<KeyType>,
    origins: Vec<Origin>,
    max_age_days: Option<u64>,
    dangling: Dangling,
    /// Whether somebody asked for more than the defaults.
    is_asked_for: bool,
}

/// The parameter `danglingKey`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dangling {
    Report,
    Ignore,
}

words!(Dangling, "`report` or `ignore`", "report" => Self::Report, "ignore" => Self::Ignore);

/// An item of `allowedKeyTypes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyType {
    Rsa,
    Ed25519,
}

words!(KeyType, "`rsa` or `ed25519`", "rsa" => Self::Rsa, "ed25519" => Self::Ed25519);

/// An item of `allowedOrigins`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Created,
    Imported,
}

words!(Origin, "`created` or `imported`", "created" => Self::Created, "imported" => Self::Imported);

impl RecordChecks {
    pub(super) fn read(raw: &RawParameters) -> Result<Self, ParameterError> {
        let dangling = raw.one("danglingKey")?;
        let (key_types, origins) = (raw.list("allowedKeyTypes")?, raw.list("allowedOrigins")?);
        let max_age_days = raw.one("maxKeyAgeDays")?;
        Ok(Self {
            is_asked_for: dangling == Some(Dangling::Report)
                || max_age_days.is_some()
                || !(key_types.is_empty() && origins.is_empty()),
            dangling: dangling.unwrap_or(Dangling::Report),
            key_types,
            origins,
            max_age_days,
        })
    }

    pub(super) fn need_the_record(&self) -> bool {
        self.is_asked_for || self.dangling == Dangling::Report
    }

    /// The verdict about a key pair whose name will do, for this reason.
    pub(super) fn of(
        &self,
        item: &ConfigurationItem<Instance>,
        name: &str,
        record: &Fact<&KeyPair>,
        reason: String,
    ) -> Verdict {
        let record = match record {
            Fact::Known(record) => record,
            Fact::Absent if self.dangling == Dangling::Report => {
                let fact = "was deleted, and the instance still trusts its key";
                return Verdict::because(finding("KEY-DANGLING", name, fact));
            }
            Fact::Unavailable(why) if self.is_asked_for => {
                return Verdict::unknown(format!("nothing is known about key pair {name:?}: {why}"));
            }
            Fact::Absent | Fact::Unavailable(_) => return Verdict::compliant(reason),
        };
        let key = Key { name, record };
        Verdict::of(
            [Ok(self.reuse(item, &key)), self.key_type(&key), self.origin(&key), self.age(item, &key)],
            reason,
        )
    }

    fn reuse(&self, item: &ConfigurationItem<Instance>, key: &Key) -> Option<Finding> {
        let made = timestamp(key.record.create_time.as_deref());
        let launched = timestamp(item.configuration.launch_time.as_deref());
        let (Dangling::Report, Some(made), Some(launched)) = (self.dangling, made, launched) else {
            return None;
        };
        let fact = || format!("was made {}, after the launch on {}", day(made), day(launched));
        (made > launched).then(|| finding("KEY-REUSED-NAME", key.name, &fact()))
    }

    fn key_type(&self, key: &Key) -> Check {
        if self.key_types.is_empty() {
            return Ok(None);
        }
        let known = key.record.key_type.as_deref().ok_or_else(|| key.unknown("type"))?;
        let is_allowed = self.key_types.iter().any(|allowed| allowed.to_string() == known);
        let fact = || format!("is {known}; allowed: {}", listed(&self.key_types));
        Ok((!is_allowed).then(|| finding("KEY-TYPE", key.name, &fact())))
    }

    fn origin(&self, key: &Key) -> Check {
        if self.origins.is_empty() {
            return Ok(None);
        }
        let origin = Origin::of(key.record).ok_or_else(|| key.unknown("origin"))?;
        let fact = || {
            let verb = if origin == Origin::Created { "was created by EC2" } else { "was imported" };
            format!("{verb}; allowed: {}", listed(&self.origins))
        };
        Ok((!self.origins.contains(&origin)).then(|| finding("KEY-ORIGIN", key.name, &fact())))
    }

    fn age(&self, item: &ConfigurationItem<Instance>, key: &Key) -> Check {
        let Some(limit) = self.max_age_days else {
            return Ok(None);
        };
        let made = timestamp(key.record.create_time.as_deref()).ok_or_else(|| key.unknown("age"))?;
        let age = Age::since(made, item.configuration_item_capture_time);
        let fact = || format!("is {} days old; limit {limit}", age.days());
        Ok(age.exceeds(limit).then(|| finding("KEY-TOO-OLD", key.name, &fact()).with("ageDays", age.days())))
    }
}

/// A key pair and its record.
struct Key<'a> {
    name: &'a str,
    record: &'a KeyPair,
}

impl Key<'_> {
    fn unknown(&self, what: &str) -> String {
        format!("the {what} of key pair {:?} is not known", self.name)
    }
}

fn finding(code: &'static str, name: &str, fact: &str) -> Finding {
    Finding::new(code, format!("{name:?} {fact}")).with("keyName", name)
}

impl Origin {
    /// EC2's fingerprint of an RSA key is SHA-1 of the private key where EC2 made it, and MD5 of the public key where it
    /// was imported. That of an ED25519 key is SHA-256 in both cases, and tells nothing.
    fn of(record: &KeyPair) -> Option<Self> {
        let bytes: Vec<_> = record.fingerprint.as_deref()?.split(':').collect();
        let is_hexadecimal = bytes.iter().all(|byte| byte.len() == 2 && u8::from_str_radix(byte, 16).is_ok());
        match (is_hexadecimal, bytes.len()) {
            (true, 20) => Some(Self::Created),
            (true, 16) => Some(Self::Imported),
            _ => None,
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
