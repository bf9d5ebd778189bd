//! A JSON object that people write: every mistake in it is refused with its place.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::parameters::unknown_among;

/// A JSON object as it stands in the text: its fields in order, each once, and where it is.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    pub(super) place: String,
    pub(super) fields: Vec<(String, &'a RawValue)>,
}

impl<'a> Fields<'a> {
    pub(super) fn read(place: &str, text: &'a str) -> Result<Self, String> {
        let colon = if place.is_empty() { "" } else { ": " };
        let Pairs(fields) = serde_json::from_str(text).map_err(|error| format!("{place}{colon}{error}"))?;
        for (index, (name, _)) in fields.iter().enumerate() {
            if fields[..index].iter().any(|(earlier, _)| earlier == name) {
                let list =
                    if place.is_empty() { "; several requirements for one tag are a list" } else { "" };
                return Err(format!("{place}{colon}{name} is there twice{list}"));
            }
        }
        Ok(Self { place: place.to_owned(), fields })
    }

    /// An object that has fields of these names only.
    pub(super) fn of(place: &str, raw: &'a RawValue, known: &[&str]) -> Result<Self, String> {
        if !raw.get().starts_with('{') {
            return Err(format!(
                "{place}: expected an object such as {{}}, with any of {}",
                known.join(", ")
            ));
        }
        let fields = Self::read(place, raw.get())?;
        let unknown = fields.fields.iter().find(|(name, _)| !known.contains(&name.as_str()));
        match unknown {
            Some((name, _)) => Err(fields.at(name, &unknown_among(name, known, "expected one of"))),
            None => Ok(fields),
        }
    }

    pub(super) fn take_raw(&mut self, name: &str) -> Option<&'a RawValue> {
        let index = self.fields.iter().position(|(field, _)| field == name)?;
        Some(self.fields.swap_remove(index).1)
    }

    pub(super) fn take<T: Deserialize<'a>>(&mut self, name: &str, form: &str) -> Result<Option<T>, String> {
        let value = self.take_raw(name).map(|raw| serde_json::from_str(raw.get()));
        value.transpose().map_err(|_| self.at(name, &format!("expected {form}")))
    }

    pub(super) fn inner(&mut self, name: &str, known: &[&str]) -> Result<Option<Self>, String> {
        let place = format!("{}.{name}", self.place);
        self.take_raw(name).map(|raw| Fields::of(&place, raw, known)).transpose()
    }

    pub(super) fn at(&self, name: &str, problem: &str) -> String {
        format!("{}.{name}: {problem}", self.place)
    }
}

/// A map would forget the order, and hide what is there twice.
struct Pairs<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PairsVisitor;

        impl<'de> Visitor<'de> for PairsVisitor {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(pairs)
            }
        }

        deserializer.deserialize_map(PairsVisitor).map(Pairs)
    }
}
