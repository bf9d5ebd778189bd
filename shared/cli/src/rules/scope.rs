//! The scope of a Config rule: which resources AWS Config asks it about.

use std::fmt;

use config_rules::item::RawItem;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// AWS Config's `Scope`. Without anything in it, it is every resource of the rule's types.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Scope {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) compliance_resource_types: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) compliance_resource_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tag_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tag_value: Option<String>,
}

impl Scope {
    /// As `PutConfigRule` takes it; nothing for one that leaves it to the rule.
    pub(crate) fn to_json(&self) -> Option<Value> {
        (*self != Self::default()).then(|| serde_json::to_value(self).ok())?
    }

    /// Whether AWS Config asks a rule with this scope about the resource.
    pub(crate) fn includes(&self, item: &RawItem) -> bool {
        let types = &self.compliance_resource_types;
        let has_tag = |key: &String| {
            let value = item.all_tags().get(key).map(str::to_owned);
            value.is_some_and(|value| self.tag_value.as_ref().is_none_or(|wanted| *wanted == value))
        };
        (types.is_empty() || types.contains(&item.resource_type))
            && self.compliance_resource_id.as_ref().is_none_or(|id| *id == item.resource_id)
            && self.tag_key.as_ref().is_none_or(has_tag)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tag = self.tag_key.as_ref().map(|key| match &self.tag_value {
            Some(value) => format!("tag {key}={value}"),
            None => format!("tag {key}"),
        });
        let types = Some(self.compliance_resource_types.join(" ")).filter(|types| !types.is_empty());
        let parts: Vec<_> = [types, self.compliance_resource_id.clone(), tag].into_iter().flatten().collect();
        formatter.write_str(if parts.is_empty() { "everything" } else { "" })?;
        formatter.write_str(&parts.join(" "))
    }
}
