//! What a requirement is meant for: types of resources, and resources with other tags.

use std::fmt;

use super::values::{Values, is_alike};
use crate::{item::Tags, parameters::Value};

/// What a requirement is meant for.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    /// Any of them is enough.
    pub(super) types: Vec<TypePattern>,
    /// All of them must hold.
    pub(super) when: Vec<Condition>,
    /// Whether anything else that is said about the key comes before it.
    pub(super) is_preset: bool,
}

/// How closely a requirement is meant for a resource; the greatest wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    is_explicit: bool,
    /// How much of the type is named, and whether that is all of it.
    named: (usize, bool),
    is_conditional: bool,
}

impl Default for Scope {
    fn default() -> Self {
        Self { types: vec![TypePattern("*".to_owned())], when: Vec::new(), is_preset: false }
    }
}

impl Scope {
    /// `None` if the requirement is not meant for this type.
    pub(super) fn rank(&self, resource_type: &str) -> Option<Rank> {
        let named = self.types.iter().filter(|pattern| pattern.matches(resource_type));
        named.map(TypePattern::named).max().map(|named| Rank {
            is_explicit: !self.is_preset,
            named,
            is_conditional: !self.when.is_empty(),
        })
    }

    pub(super) fn is_met(&self, tags: &Tags) -> bool {
        self.when.iter().all(|condition| condition.is_met(tags))
    }

    /// The types for which both would hold with the same rank.
    pub(super) fn clash(&self, other: &Self) -> Option<&TypePattern> {
        let exclude_each_other = || {
            let pairs = self.when.iter().flat_map(|this| other.when.iter().map(move |that| (this, that)));
            pairs.into_iter().any(|(this, that)| this.key == that.key && this.values.exclude(&that.values))
        };
        let are_equal = self.is_preset == other.is_preset && self.when.is_empty() == other.when.is_empty();
        if !are_equal || exclude_each_other() {
            return None;
        }
        self.types.iter().find(|pattern| other.types.contains(pattern))
    }

    /// `Confidentiality is secret and Public is there`.
    pub(super) fn condition(&self) -> String {
        self.when.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
    }
}

/// Another tag that has to be there, with one of these values.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    pub(super) key: String,
    pub(super) values: Values,
}

impl Condition {
    fn is_met(&self, tags: &Tags) -> bool {
        let is_key = |key: &&str| *key == self.key || self.values.ignore_case() && is_alike(key, &self.key);
        tags.keys().filter(is_key).filter_map(|key| tags.get(key)).any(|value| self.values.takes(value))
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} is {}", self.key, self.values)
    }
}

/// A resource type as AWS Config names it, or the beginning of some.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TypePattern(String);

impl TypePattern {
    pub(super) fn matches(&self, resource_type: &str) -> bool {
        match self.0.strip_suffix('*') {
            Some(beginning) => resource_type.starts_with(beginning),
            None => resource_type == self.0,
        }
    }

    fn named(&self) -> (usize, bool) {
        let beginning = self.0.strip_suffix('*');
        (beginning.unwrap_or(&self.0).len(), beginning.is_none())
    }
}

impl fmt::Display for TypePattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.0 == "*" { "every type" } else { &self.0 })
    }
}

/// Two of these that match one type are nested, so that one of them is always the more specific one.
impl Value for TypePattern {
    const FORM: &'static str =
        "a resource type such as `AWS::EC2::Instance`, or the beginning of some such as `AWS::EC2::*`";
    const PATTERN: &'static str = r"[A-Za-z0-9]+(?:::[A-Za-z0-9]+){2}|[A-Za-z0-9:]*\*";

    fn parse(text: &str) -> Result<Self, String> {
        let beginning = text.strip_suffix('*');
        let is_name = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let parts: Vec<_> = beginning.unwrap_or(text).split("::").collect();
        let is_whole = parts.len() == 3 && !parts.contains(&"");
        if parts.iter().all(|part| is_name(part)) && (beginning.is_some() || is_whole) {
            return Ok(Self(text.to_owned()));
        }
        Err(String::new())
    }
}
