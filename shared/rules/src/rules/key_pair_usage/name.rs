//! How key pairs are named in parameters.

use crate::parameters::{Glob, Regional, Value};

/// A name with wildcards, perhaps for one Region only.
pub(super) type KeyName = Regional<Glob>;

impl Value for KeyName {
    const FORM: &'static str = r"a name, in which `*` is any text and `?` any character (`\*` and `\?` are themselves), perhaps after a Region: `eu-west-1:ops-*`";
    const PATTERN: &'static str = Glob::PATTERN;
    const FIRST_PATTERN: &'static str = Glob::FIRST_PATTERN;

    fn parse(text: &str) -> Result<Self, String> {
        Self::read(text, |name| {
            if name.is_empty() { Err("the name is missing".to_owned()) } else { Glob::parse(name) }
        })
    }
}
