//! Tag keys and values as parameters: their limits, the keys that AWS keeps for itself, and the short form of a
//! requirement.

use super::{scope::Scope, tag::RequiredTag, values::Values};
use crate::parameters::{Value, ValueError, quoted};

/// AWS keeps these keys for itself; nobody can set them, so they neither satisfy nor violate.
pub(super) fn is_reserved(key: &str) -> bool {
    key.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:"))
}

/// A key that people can set.
#[derive(Clone, Debug)]
pub(super) struct TagKey(pub(super) String);

impl Value for TagKey {
    const FORM: &'static str = "a tag key: at most 128 characters, not beginning with `aws:`";
    const PATTERN: &'static str = r"[\s\S]{1,128}";
    const ITEM_PATTERN: &'static str = "[^,]{1,128}";
    const FIRST_PATTERN: &'static str = r"[^,\[\s][^,]{0,127}";

    fn parse(text: &str) -> Result<Self, ValueError> {
        let has_blanks_around = text != text.trim();
        if text.is_empty() || text.chars().count() > 128 || is_reserved(text) || has_blanks_around {
            return Err(ValueError::Form);
        }
        Ok(Self(text.to_owned()))
    }
}

/// The keys of `Key` or `Key|Other key`, one of which is enough.
pub(super) fn alternatives<'a>(keys: impl Iterator<Item = &'a str>) -> Result<Vec<String>, String> {
    let key = |key: &str| match TagKey::parse(key) {
        Ok(TagKey(key)) => Ok(key),
        Err(_) => Err(format!("{} is not {}", quoted(key), TagKey::FORM)),
    };
    keys.map(key).collect()
}

#[derive(Clone, Debug)]
pub(super) struct TagValue(pub(super) String);

impl Value for TagValue {
    const FORM: &'static str = "a tag value: at most 256 characters";
    const PATTERN: &'static str = "[^,]{1,256}";
    const FIRST_PATTERN: &'static str = r"[^,\[\s][^,]{0,255}";

    fn parse(text: &str) -> Result<Self, ValueError> {
        if text.chars().count() > 256 {
            return Err(ValueError::Form);
        }
        Ok(Self(text.to_owned()))
    }
}

impl Value for RequiredTag {
    const FORM: &'static str =
        "`Key`, `Key=value|other value` or `Key~regular expression for the whole value`";
    const PATTERN: &'static str = r"[^,=~|]{1,128}\s*(?:\|[^,=~|]+)*(?:[=~][^,]*)?";
    const FIRST_PATTERN: &'static str = r"[^,=~|\[\s][^,=~|]{0,127}\s*(?:\|[^,=~|]+)*(?:[=~][^,]*)?";

    fn parse(text: &str) -> Result<Self, ValueError> {
        let (key, rest) = text.split_at(text.find(['=', '~']).unwrap_or(text.len()));
        if key.trim().is_empty() {
            return Err("the key is missing".into());
        }
        let keys = alternatives(key.split('|').map(str::trim))?;
        let accepted = match rest.split_at_checked(1) {
            None => Values::default(),
            Some(("=", values)) => {
                let values = values.split('|').map(|value| value.trim().to_owned());
                Values::one_of(values.collect(), false)?
            }
            Some((_, pattern)) => Values::matching(pattern.trim(), false)?,
        };
        Ok(Self::new(keys, accepted, Scope::default()))
    }
}
