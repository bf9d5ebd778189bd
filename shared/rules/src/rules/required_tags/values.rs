//! Which values of a tag will do.

use std::fmt;

use regex::Regex;

use super::keys::TagValue;
use crate::parameters::{Glob, Value, listed, quoted, regular_expression};

/// Some values of a tag.
#[derive(Clone, Debug, Default)]
pub(super) struct Values {
    form: Form,
    ignore_case: bool,
    /// Those of the listed values that stand for others.
    globs: Vec<Glob>,
}

#[derive(Clone, Debug, Default)]
enum Form {
    #[default]
    Any,
    OneOf(Vec<String>),
    Matching(Regex, String),
}

impl Values {
    pub(super) fn any(ignore_case: bool) -> Self {
        Self { form: Form::Any, ignore_case, globs: Vec::new() }
    }

    /// These values.
    pub(super) fn one_of(values: Vec<String>, ignore_case: bool) -> Result<Self, String> {
        for (index, value) in values.iter().enumerate() {
            if value.trim().is_empty() {
                return Err(format!("value {} is empty", index + 1));
            }
            TagValue::parse(value).map_err(|_| format!("value {} is not {}", index + 1, TagValue::FORM))?;
        }
        if values.is_empty() {
            return Err("no value is listed".to_owned());
        }
        Ok(Self { form: Form::OneOf(values), ..Self::any(ignore_case) })
    }

    /// These values, in which `*` is any text.
    pub(super) fn like(values: Vec<String>) -> Result<Self, String> {
        let text = |value: &String| value.replace('\\', r"\\").replace('?', r"\?");
        let globs = values.iter().filter(|value| value.contains('*'));
        let globs = globs.map(|value| {
            Glob::parse(&text(value)).map_err(|_| format!("{} is not {}", quoted(value), Glob::FORM))
        });
        Ok(Self { globs: globs.collect::<Result<_, _>>()?, ..Self::one_of(values, false)? })
    }

    /// The values that match a regular expression as a whole.
    pub(super) fn matching(pattern: &str, ignore_case: bool) -> Result<Self, String> {
        let regex = regular_expression(pattern, true, ignore_case)?;
        Ok(Self { form: Form::Matching(regex, pattern.to_owned()), ..Self::any(ignore_case) })
    }

    pub(super) fn is_any(&self) -> bool {
        matches!(self.form, Form::Any)
    }

    pub(super) fn is_pattern(&self) -> bool {
        matches!(self.form, Form::Matching(..))
    }

    pub(super) fn ignore_case(&self) -> bool {
        self.ignore_case
    }

    pub(super) fn takes(&self, value: &str) -> bool {
        match &self.form {
            Form::Any => true,
            Form::OneOf(values) if self.ignore_case => values.iter().any(|listed| is_alike(listed, value)),
            Form::OneOf(values) => {
                values.iter().any(|listed| listed == value)
                    || self.globs.iter().any(|glob| glob.matches(value))
            }
            Form::Matching(pattern, _) => pattern.is_match(value),
        }
    }

    /// The value that somebody meant who got the case wrong, or left blanks around it.
    pub(super) fn meant<'a>(&'a self, value: &'a str) -> Option<&'a str> {
        let trimmed = value.trim();
        if self.takes(trimmed) {
            return Some(trimmed);
        }
        match &self.form {
            Form::OneOf(values) => values.iter().map(String::as_str).find(|listed| is_alike(listed, trimmed)),
            Form::Any | Form::Matching(..) => None,
        }
    }

    /// Whether no value is in both, as far as two lists tell.
    pub(super) fn exclude(&self, other: &Self) -> bool {
        match (&self.form, &other.form) {
            (Form::OneOf(own), Form::OneOf(others)) => {
                own.iter().all(|value| others.iter().all(|other| !is_alike(value, other)))
            }
            _ => false,
        }
    }

    /// What is expected, after what is there: ` (allowed: test, production)`.
    pub(super) fn expectation(&self) -> String {
        match &self.form {
            Form::Any => String::new(),
            Form::OneOf(values) => format!(" (allowed: {})", listed(values)),
            Form::Matching(_, pattern) => format!(" (pattern: {pattern})"),
        }
    }
}

/// What a tag is that has one of these values: `there`, `production`, `one of test, production`, or `like cc-\d{4}`.
impl fmt::Display for Values {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.form {
            Form::Any => formatter.write_str("there"),
            Form::OneOf(values) if values.len() == 1 => formatter.write_str(&listed(values)),
            Form::OneOf(values) => write!(formatter, "one of {}", listed(values)),
            Form::Matching(_, pattern) => write!(formatter, "like {pattern}"),
        }
    }
}

/// Equal but for case.
pub(super) fn is_alike(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}
