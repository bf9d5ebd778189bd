//! What a requirement is meant for: types of resources, and resources with other tags.

use std::fmt;

use super::values::{Values, is_alike};
use crate::{
    item::{RawItem, Tags},
    parameters::{Value, ValueError},
};

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
        Self { types: vec![TypePattern::Config("*".to_owned())], when: Vec::new(), is_preset: false }
    }
}

impl Scope {
    /// `None` if the requirement is not meant for the resource's type.
    pub(super) fn rank(&self, item: &RawItem) -> Option<Rank> {
        let named = self.types.iter().filter(|pattern| pattern.matches(item));
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

/// A type of resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TypePattern {
    /// As AWS Config names it, or the beginning of some.
    Config(String),
    /// As tag policies name it, which is how ARNs do: the service, and the type unless it is every one.
    Policy { service: String, kind: Option<String> },
}

impl TypePattern {
    /// Reads `ec2:instance`, `ec2:*` or `ec2:ALL_SUPPORTED`.
    pub(super) fn of_policy(text: &str) -> Option<Self> {
        let (service, kind) = text.split_once(':')?;
        let kind = (!matches!(kind, "*" | "ALL_SUPPORTED")).then(|| kind.to_owned());
        let is_name = |name: &str| !simple(name).is_empty() && !name.contains(['*', ':']);
        let are_names = is_name(service) && kind.as_deref().is_none_or(is_name);
        are_names.then(|| Self::Policy { service: service.to_owned(), kind })
    }

    pub(super) fn matches(&self, item: &RawItem) -> bool {
        match self {
            Self::Config(name) => match name.strip_suffix('*') {
                Some(beginning) => item.resource_type.starts_with(beginning),
                None => item.resource_type == *name,
            },
            Self::Policy { service, kind } => {
                let [services, kinds] = names(item);
                services.contains(&simple(service))
                    && kind.as_ref().is_none_or(|kind| kinds.contains(&simple(kind)))
            }
        }
    }

    fn named(&self) -> (usize, bool) {
        match self {
            Self::Config(name) => {
                let beginning = name.strip_suffix('*');
                (beginning.unwrap_or(name).len(), beginning.is_none())
            }
            Self::Policy { service, kind } => (service.len(), kind.is_some()),
        }
    }
}

/// What the service and the type of a resource may be called: by its ARN, and by AWS Config's type.
fn names(item: &RawItem) -> [Vec<String>; 2] {
    let arn: Vec<_> = item.arn.as_deref().unwrap_or_default().splitn(6, ':').collect();
    // `instance/i-1`, `db:orders`, `/restapis/a1`; a bucket has its name alone.
    let kind = arn.get(5).and_then(|resource| resource.trim_start_matches('/').split_once(['/', ':']));
    let config: Vec<_> = item.resource_type.split("::").collect();
    [
        [arn.get(2).copied(), config.get(1).copied()].into_iter().flatten().map(simple).collect(),
        [kind.map(|(kind, _)| kind), config.get(2).copied()].into_iter().flatten().map(simple).collect(),
    ]
}

/// `security-group` and `SecurityGroup` are one name.
fn simple(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase());
    match letters.collect::<String>().as_str() {
        "elasticip" => "eip".to_owned(),
        simple => simple.to_owned(),
    }
}

impl fmt::Display for TypePattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(name) if name == "*" => formatter.write_str("every type"),
            Self::Config(name) => formatter.write_str(name),
            Self::Policy { service, kind } => {
                write!(formatter, "{service}:{}", kind.as_deref().unwrap_or("*"))
            }
        }
    }
}

/// Two of these that match one type are nested, so that one of them is always the more specific one.
impl Value for TypePattern {
    const FORM: &'static str =
        "a resource type such as `AWS::EC2::Instance`, or the beginning of some such as `AWS::EC2::*`";
    const PATTERN: &'static str = r"[A-Za-z0-9]+(?:::[A-Za-z0-9]+){2}|[A-Za-z0-9:]*\*";

    fn parse(text: &str) -> Result<Self, ValueError> {
        let beginning = text.strip_suffix('*');
        let is_name = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let parts: Vec<_> = beginning.unwrap_or(text).split("::").collect();
        let is_whole = parts.len() == 3 && !parts.contains(&"");
        if parts.iter().all(|part| is_name(part)) && (beginning.is_some() || is_whole) {
            return Ok(Self::Config(text.to_owned()));
        }
        Err(ValueError::Form)
    }
}
