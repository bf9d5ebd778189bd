//! The tags that stand in a resource's own configuration, next to those of the configuration item.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::{item::Tags, parameters::quoted};

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
    /// Whether they say something else about a key than the item's own tags. A configuration without tags says nothing.
    pub(super) fn disagree(&self, tags: &Tags, key: &str) -> bool {
        !self.tags.is_empty() && self.tags.get(key) != tags.get(key)
    }

    /// What they say about a key: `configuration.tags has Owner "ops"`.
    pub(super) fn words(&self, key: &str) -> String {
        match self.tags.get(key) {
            Some(value) => format!("configuration.{} has {key} {}", self.field, quoted(value)),
            None => format!("configuration.{} has no {key}", self.field),
        }
    }
}
