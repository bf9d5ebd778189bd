//! All that is required, and what of it holds for one resource.

use std::collections::BTreeSet;

use super::{
    categories::Category,
    keys::{TagKey, TagValue},
    policy::TagPolicy,
    scope::Scope,
    tag::RequiredTag,
    values::Values,
};
use crate::{
    item::{RawItem, Tags},
    parameters::{ParameterError, RawParameters, Requirement, Value, When},
};

/// The managed rule's parameters: key and accepted values of up to six tags.
pub(super) const MANAGED: [(&str, &str); 6] = [
    ("tag1Key", "tag1Value"),
    ("tag2Key", "tag2Value"),
    ("tag3Key", "tag3Value"),
    ("tag4Key", "tag4Value"),
    ("tag5Key", "tag5Value"),
    ("tag6Key", "tag6Value"),
];

/// Something must be required, and values without a key mean nothing.
pub(super) const REQUIREMENTS: [Requirement; 7] = [
    Requirement::always(&[
        "requiredTags",
        "tagPolicy",
        "categories",
        MANAGED[0].0,
        MANAGED[1].0,
        MANAGED[2].0,
        MANAGED[3].0,
        MANAGED[4].0,
        MANAGED[5].0,
    ]),
    with_key(&MANAGED[0]),
    with_key(&MANAGED[1]),
    with_key(&MANAGED[2]),
    with_key(&MANAGED[3]),
    with_key(&MANAGED[4]),
    with_key(&MANAGED[5]),
];

const fn with_key((key, values): &'static (&'static str, &'static str)) -> Requirement {
    Requirement { when: When::Set(values), one_of: std::slice::from_ref(key) }
}

/// All that is required, in the order in which findings are reported.
#[derive(Clone, Debug)]
pub(super) struct Requirements(Vec<RequiredTag>);

/// What of it is meant for a resource.
pub(super) struct Selected<'a> {
    /// What holds: of several requirements for one tag, the most specific one.
    pub(super) held: Vec<&'a RequiredTag>,
    /// What would hold if its condition were met.
    pub(super) unmet: Vec<&'a RequiredTag>,
}

impl Requirements {
    pub(super) fn read(raw: &RawParameters) -> Result<Self, ParameterError> {
        Self::new(sources(raw)?)
    }

    /// Refuses two requirements for one tag, neither of which is more specific. Each comes with its parameter's name.
    fn new(required: Vec<(&'static str, RequiredTag)>) -> Result<Self, ParameterError> {
        for (index, (parameter, tag)) in required.iter().enumerate() {
            for (_, earlier) in required[..index].iter().filter(|(_, earlier)| earlier.shares_key(tag)) {
                if let Some(types) = earlier.scope.clash(&tag.scope) {
                    let problem = format!("{} is required twice for {types}; only one can hold", tag.name());
                    return Err(ParameterError::new(*parameter, problem));
                }
            }
        }
        Ok(Self(required.into_iter().map(|(_, tag)| tag).collect()))
    }

    pub(super) fn all(&self) -> &[RequiredTag] {
        &self.0
    }

    pub(super) fn select(&self, item: &RawItem, tags: &Tags) -> Selected<'_> {
        let meant = self.0.iter().filter_map(|tag| Some((tag.scope.rank(item)?, tag)));
        let (met, unmet): (Vec<_>, Vec<_>) = meant.partition(|(_, tag)| tag.scope.is_met(tags));
        let is_overruled = |rank, tag: &RequiredTag| {
            met.iter().any(|(other_rank, other)| *other_rank > rank && other.shares_key(tag))
        };
        let held = met.iter().filter(|(rank, tag)| !is_overruled(*rank, tag)).map(|(_, tag)| *tag).collect();
        let is_new = |tag: &&RequiredTag| !met.iter().any(|(_, other)| other.shares_key(tag));
        Selected { held, unmet: unmet.into_iter().map(|(_, tag)| tag).filter(is_new).collect() }
    }
}

impl Selected<'_> {
    /// Whether nothing is required of the type, whatever the tags.
    pub(super) fn is_empty(&self) -> bool {
        self.held.is_empty() && self.unmet.is_empty()
    }
}

/// Everything that is required, in order, each with the parameter that says so.
fn sources(raw: &RawParameters) -> Result<Vec<(&'static str, RequiredTag)>, ParameterError> {
    let mut required: Vec<_> =
        raw.list("requiredTags")?.into_iter().map(|tag| ("requiredTags", tag)).collect();
    for (key, values) in MANAGED {
        required.extend(managed(raw, key, values)?.map(|tag| (key, tag)));
    }
    let TagPolicy(policy) = raw.one("tagPolicy")?.unwrap_or_default();
    required.extend(policy.into_iter().map(|tag| ("tagPolicy", tag)));
    let categories: BTreeSet<Category> = raw.list("categories")?.into_iter().collect();
    required.extend(categories.into_iter().flat_map(Category::required).map(|tag| ("categories", tag)));
    if required.is_empty() {
        return Err(ParameterError::new("requiredTags", format!("missing; expected {}", RequiredTag::FORM)));
    }
    Ok(required)
}

fn managed(
    raw: &RawParameters,
    key: &'static str,
    values: &'static str,
) -> Result<Option<RequiredTag>, ParameterError> {
    let listed: Vec<TagValue> = raw.list(values)?;
    let listed: Vec<_> = listed.into_iter().map(|TagValue(value)| value).collect();
    let accepted = if listed.is_empty() { Ok(Values::default()) } else { Values::one_of(listed, false) };
    let accepted = accepted.map_err(|problem| ParameterError::new(values, problem))?;
    match raw.one(key)? {
        None if !accepted.is_any() => {
            Err(ParameterError::new(values, format!("has no meaning without {key}")))
        }
        key => Ok(key.map(|TagKey(key)| RequiredTag::new(vec![key], accepted, Scope::default()))),
    }
}
