//! What a key pair's record tells: whether it is still the key that the instance trusts, its type, origin and age.

use std::fmt;

use super::identity::{Whose, whose};
use crate::{
    ec2::Instance,
    facts::{Fact, Facts, KeyPair},
    finding::{Check, Finding, Verdict},
    item::ConfigurationItem,
    parameters::{ParameterError, RawParameters, Value, listed, words},
    time::{Age, timestamp},
};

/// What the record of a key pair must be like.
#[derive(Clone, Debug)]
pub(super) struct RecordChecks {
    key_types: Vec<KeyType>,
    origins: Vec<Origin>,
    max_age_days: Option<u64>,
    /// The default reports what EC2 tells; who asks for it wants to know.
    dangling: Option<Dangling>,
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
        Ok(Self {
            key_types: raw.list("allowedKeyTypes")?,
            origins: raw.list("allowedOrigins")?,
            max_age_days: raw.one("maxKeyAgeDays")?,
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
        self.max_age_days.is_some() || !(self.key_types.is_empty() && self.origins.is_empty())
    }

    /// The verdict about a key pair whose name will do, for this reason.
    pub(super) fn of(
        &self,
        item: &ConfigurationItem<Instance>,
        name: &str,
        facts: &Facts,
        reason: String,
    ) -> Verdict {
        if !self.need_the_record() {
            return Verdict::compliant(reason);
        }
        let record = &facts.key_pair(name);
        let must_know = self.have_limits() || self.dangling == Some(Dangling::Report);
        match whose(item, name, record) {
            Whose::Another(finding) if self.reports_dangling() => Verdict::because(finding),
            Whose::Another(finding) if must_know => {
                Verdict::unknown(format!("{}, of which EC2 tells nothing", finding.sentence))
            }
            Whose::Unknown(why) if must_know => {
                let mut checks = [vec![Err(why)], self.limits(item, name, record)].concat();
                checks.dedup();
                Verdict::of(checks, reason)
            }
            Whose::Unknown(why) => Verdict::compliant(format!("{reason}; {why}")),
            Whose::Another(_) => Verdict::compliant(reason),
            Whose::TheInstances => Verdict::of(self.limits(item, name, record), reason),
        }
    }

    fn limits(&self, item: &ConfigurationItem<Instance>, name: &str, record: &Fact<&KeyPair>) -> Vec<Check> {
        let Fact::Known(record) = record else { return Vec::new() };
        let key = Key { name, record };
        vec![self.age(item, &key), self.key_type(&key), self.origin(&key)]
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
        let made = timestamp(key.record.create_time.as_deref()).ok_or_else(|| key.unmade())?;
        let age = Age::since(made, item.configuration_item_capture_time);
        let finding = || finding("KEY-TOO-OLD", key.name, &age.fact(limit)).with("ageDays", age.days());
        Ok(age.exceeds(limit).then(finding))
    }
}

/// A key pair and its record.
pub(super) struct Key<'a> {
    pub(super) name: &'a str,
    pub(super) record: &'a KeyPair,
}

impl Key<'_> {
    fn unknown(&self, what: &str) -> String {
        format!("the {what} of key pair {:?} is not known", self.name)
    }

    pub(super) fn unmade(&self) -> String {
        let consequence = "and so neither its age nor whether the instance trusts it";
        format!("EC2 does not tell when key pair {:?} was made, {consequence}", self.name)
    }
}

pub(super) fn finding(code: &'static str, name: &str, fact: &str) -> Finding {
    Finding::new(code, format!("{name:?} {fact}")).with("keyName", name)
}

impl Origin {
    /// EC2's fingerprint of an RSA key is SHA-1 of the private key where EC2 made it, and MD5 of the public key where it
    /// was imported. That of an ED25519 key is SHA-256 in both cases, and tells nothing.
    fn of(record: &KeyPair) -> Option<Self> {
        KeyType::parse(record.key_type.as_deref()?).ok().filter(|kind| *kind == KeyType::Rsa)?;
        let bytes: Vec<_> = record.fingerprint.as_deref()?.split(':').collect();
        let is_digit = |digit: char| digit.is_ascii_hexdigit();
        let is_hexadecimal = bytes.iter().all(|byte| byte.len() == 2 && byte.chars().all(is_digit));
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
