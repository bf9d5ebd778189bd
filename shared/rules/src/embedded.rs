//! JSON inside JSON: AWS Config sends some values as objects in one place and as strings that hold JSON in another.

use std::{borrow::Cow, collections::BTreeMap};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _},
};
use serde_json::value::RawValue;

/// The text of a JSON value that may also come wrapped in a string. `null`, and a blank string, hold nothing.
pub(crate) fn text(raw: &RawValue) -> serde_json::Result<Option<Cow<'_, str>>> {
    let text = match raw.get().as_bytes().first() {
        Some(b'"') => Cow::Owned(serde_json::from_str::<String>(raw.get())?),
        _ => Cow::Borrowed(raw.get()),
    };
    Ok(Some(text).filter(|text| !matches!(text.trim(), "" | "null")))
}

/// A JSON object whose fields are found whatever the case of their names: AWS Config spells them as the service does, or as
/// its resource schema does, with a capital letter.
#[derive(Default)]
pub(crate) struct Fields<'a>(BTreeMap<String, &'a RawValue>);

impl<'a> Fields<'a> {
    /// `None` where the text is not an object.
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        serde_json::from_str(text).ok().map(Self)
    }

    /// The fields of this name, as they are spelled, and what they hold: JSON that may also come wrapped in a string.
    pub(crate) fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = (&'s str, Cow<'a, str>)> {
        let own = self.0.iter().filter(move |(spelled, _)| spelled.eq_ignore_ascii_case(name));
        own.filter_map(|(spelled, raw)| Some((spelled.as_str(), text(raw).ok()??)))
    }

    /// The first field of this name that has this form.
    pub(crate) fn get<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let mut own = self.0.iter().filter(|(spelled, _)| spelled.eq_ignore_ascii_case(name));
        own.find_map(|(_, raw)| serde_json::from_str(raw.get()).ok())
    }
}

/// Reads a field as [`text`] does.
pub(crate) fn deserialize_text<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?;
    Ok(text(raw).map_err(D::Error::custom)?.map(Cow::into_owned))
}

/// Reads a field as [`text`] does, and keeps it as JSON.
pub(crate) fn deserialize_json<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Box<RawValue>>, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?;
    match text(raw).map_err(D::Error::custom)? {
        None => Ok(None),
        Some(Cow::Borrowed(_)) => Ok(Some(raw.to_owned())),
        Some(Cow::Owned(text)) => RawValue::from_string(text).map(Some).map_err(D::Error::custom),
    }
}

/// Reads `null` as the type's default: AWS Config writes explicit nulls where other services leave a key out.
pub(crate) fn null_is_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Reads a whole number. AWS Config's query form may write it as a float, and people as text; what is none of these is
/// `None`.
pub(crate) fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Number {
        Integer(i64),
        Float(f64),
        Text(String),
        Other(serde::de::IgnoredAny),
    }
    Ok(match Option::deserialize(deserializer)? {
        Some(Number::Integer(number)) => Some(number),
        // Every whole number of these forms is one of an f64 as well, and small.
        Some(Number::Float(number)) if number.fract() == 0.0 => format!("{number:.0}").parse().ok(),
        Some(Number::Text(text)) => text.trim().parse().ok(),
        Some(Number::Float(_) | Number::Other(_)) | None => None,
    })
}
