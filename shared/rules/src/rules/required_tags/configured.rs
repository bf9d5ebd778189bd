//! The tags that stand in a resource's own configuration, next to those of the configuration item.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::item::Tags;

/// The tags in a configuration, and the name of the field that holds them. A configuration without any, of another form,
/// or none at all, has no tags.
#[derive(Debug, Default)]
pub struct ConfiguredTags {
    pub(super) field: &'static str,
    pub(super) tags: Tags,
}

/// Most services write `tags`, network interfaces have a `tagSet`, and types that AWS Config takes from resource schemas `Tags`.
#[derive(Default, Deserialize)]
struct Fields<'a> {
    #[serde(borrow)]
    tags: Option<&'a RawValue>,
    #[serde(borrow, rename = "tagSet")]
    tag_set: Option<&'a RawValue>,
    #[serde(borrow, rename = "Tags")]
    pascal_case: Option<&'a RawValue>,
}

impl<'de> Deserialize<'de> for ConfiguredTags {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let configuration = <&RawValue>::deserialize(deserializer)?;
        let fields: Fields<'_> = serde_json::from_str(configuration.get()).unwrap_or_default();
        let fields = [("tags", fields.tags), ("tagSet", fields.tag_set), ("Tags", fields.pascal_case)];
        let filled = fields.into_iter().find_map(|(field, raw)| {
            let tags: Tags = serde_json::from_str(raw?.get()).ok()?;
            (!tags.is_empty()).then_some(Self { field, tags })
        });
        Ok(filled.unwrap_or_default())
    }
}

impl ConfiguredTags {
    /// What they say else about a key, without its value: it may be what must not be there. A configuration without tags
    /// says nothing.
    pub(super) fn disagreement(&self, tags: &Tags, key: &str) -> Option<String> {
        let has = match (self.tags.get(key), tags.get(key)) {
            _ if self.tags.is_empty() => None,
            (here, there) if here == there => None,
            (None, _) => Some("no "),
            (Some(_), None) => Some(""),
            (Some(_), Some(_)) => Some("another "),
        };
        has.map(|has| format!("configuration.{} has {has}{key}", self.field))
    }
}
