//! The presets: the categories of tags that AWS's tagging strategies speak of.

use super::{scope::Scope, tag::RequiredTag, values::Values};
use crate::parameters::keywords;

/// What tags are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Category {
    Technical,
    Automation,
    Business,
    Security,
}

keywords!(
    Category,
    "`technical`, `automation`, `business` or `security`",
    "technical" => Self::Technical,
    "automation" => Self::Automation,
    "business" => Self::Business,
    "security" => Self::Security,
);

impl Category {
    /// Its tags. Each has to be there and must not be empty; of several keys, one is enough.
    pub(super) fn required(self) -> impl Iterator<Item = RequiredTag> {
        self.keys().iter().map(|keys| {
            let keys = keys.iter().map(|key| (*key).to_owned()).collect();
            let scope = Scope { is_preset: true, ..Scope::default() };
            RequiredTag { allow_empty: Some(false), ..RequiredTag::new(keys, Values::default(), scope) }
        })
    }

    pub(super) const fn keys(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::Technical => &[
                &["Name"],
                &["ApplicationId"],
                &["ApplicationRole"],
                &["Cluster"],
                &["Environment"],
                &["Version"],
            ],
            Self::Automation => {
                &[&["OptIn", "OptOut"], &["Schedule", "StartStop", "ExpiresOn", "ExpiryDate"]]
            }
            Self::Business => &[&["Owner"], &["CostCenter", "BusinessUnit"], &["Customer"], &["Project"]],
            Self::Security => &[&["Confidentiality"]],
        }
    }
}
