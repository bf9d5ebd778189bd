//! Names with wildcards.

use std::fmt;

use super::{Value, ValueError};

/// A name with wildcards: `*` is any text, `?` any one character, `\` takes the next one as it is.
#[derive(Clone, Debug)]
pub struct Glob {
    text: String,
    wildcard: wildcard::Wildcard<'static, char>,
}

impl Glob {
    /// Whether the whole name matches; case matters.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        self.wildcard.is_match(&name.chars().collect::<Vec<_>>())
    }
}

/// One character that stands for itself or others, or an escaped one; and one that no list begins with.
macro_rules! glob {
    (character) => {
        r"(?:[^,\\]|\\[*?\\])"
    };
    (first) => {
        r"(?:[^,\\\[\s]|\\[*?\\])"
    };
    () => {
        concat!($crate::parameters::glob!(character), "+")
    };
}
pub(crate) use glob;

impl Value for Glob {
    const FORM: &'static str =
        r"a name, in which `*` is any text and `?` any character (`\*` and `\?` are themselves)";
    const PATTERN: &'static str = glob!();
    const FIRST_PATTERN: &'static str = concat!(glob!(first), glob!(character), "*");

    fn parse(text: &str) -> Result<Self, ValueError> {
        let wildcard =
            wildcard::Wildcard::from_owned(text.chars().collect()).map_err(|error| error.to_string())?;
        Ok(Self { text: text.to_owned(), wildcard })
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}
