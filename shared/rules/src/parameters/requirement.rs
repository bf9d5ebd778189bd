//! What a rule cannot do without: a parameter that must be set, always or with another.

use serde_json::{Value, json};

/// One of these parameters must be set.
#[derive(Clone, Copy, Debug)]
pub struct Requirement {
    /// When that is so.
    pub when: When,
    /// The names of the parameters.
    pub one_of: &'static [&'static str],
}

/// When something is required.
#[derive(Clone, Copy, Debug)]
pub enum When {
    /// Always.
    Always,
    /// With this parameter, whatever it says.
    Set(&'static str),
    /// Unless this parameter says something else than this, its default.
    Default(&'static str, &'static str),
}

impl Requirement {
    /// One of these is required, always.
    #[must_use]
    pub const fn always(one_of: &'static [&'static str]) -> Self {
        Self { when: When::Always, one_of }
    }

    /// The parameter that decides whether this is required, and the pattern of the texts with which it is: a regular
    /// expression that Rust, RE2 and ECMA 262 read alike. A parameter that is absent has the empty text.
    #[must_use]
    pub fn condition(&self) -> Option<(&'static str, String)> {
        match self.when {
            When::Always => None,
            When::Set(parameter) => Some((parameter, FILLED.to_owned())),
            When::Default(parameter, word) => Some((parameter, format!(r"^\s*(?:{word})?\s*$"))),
        }
    }

    /// The same as a JSON Schema.
    #[must_use]
    pub fn schema(&self) -> Value {
        let one_of: Vec<_> = self.one_of.iter().map(|name| filled(name)).collect();
        let one_of = json!({"anyOf": one_of});
        let condition = match (self.when, self.condition()) {
            (When::Set(name), _) => filled(name),
            (_, Some((name, pattern))) => json!({"properties": {name: {"pattern": pattern}}}),
            (_, None) => return one_of,
        };
        json!({"if": condition, "then": one_of})
    }
}

/// A blank text counts as absent.
const FILLED: &str = r"\S";

fn filled(name: &str) -> Value {
    json!({"required": [name], "properties": {name: {"pattern": FILLED}}})
}
