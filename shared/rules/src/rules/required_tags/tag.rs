//! One required tag: the forms in which it is written, and what is wrong with a resource's tags by it.

use std::fmt;

use regex::{Regex, RegexBuilder};

use super::{EMPTY, MISSING, NAME, Parameters, VALUE};
use crate::{
    finding::Finding,
    item::Tags,
    parameters::{Value, listed},
};

/// A tag that has to be there.
#[derive(Clone, Debug)]
pub(super) struct RequiredTag {
    pub(super) key: String,
    pub(super) accepted: Accepted,
}

/// Which values of a tag will do.
#[derive(Clone, Debug)]
pub(super) enum Accepted {
    Any,
    OneOf(Vec<String>),
    Matching(Regex, String),
}

impl RequiredTag {
    /// What is wrong with the tags by this one.
    pub(super) fn check(&self, tags: &Tags, parameters: &Parameters) -> Option<Finding> {
        let key = &self.key;
        let finding = |code, sentence: String| Some(Finding::new(code, sentence).with("key", key.as_str()));
        let Some(value) = tags.get(key) else {
            return match self.near_miss(tags, parameters) {
                Some(found) => finding(NAME, format!("\"{}\" should be {key:?}", plain(found, key)))
                    .map(|finding| finding.with("found", found)),
                None => finding(MISSING, key.clone()),
            };
        };
        let blank = value.trim().is_empty();
        match &self.accepted {
            Accepted::Any if blank && parameters.allow_empty => None,
            accepted if blank => finding(EMPTY, format!("{key} is empty{accepted}")),
            accepted if accepted.takes(value) => None,
            accepted => finding(VALUE, format!("{key} is {}{accepted}", shortened(value)))
                .map(|finding| finding.with("value", value)),
        }
    }

    /// A key of the resource that somebody probably took for this one.
    fn near_miss<'a>(&self, tags: &'a Tags, parameters: &Parameters) -> Option<&'a str> {
        let is_required = |key: &str| parameters.required.iter().any(|tag| tag.key == key);
        let wanted = essence(&self.key);
        let own = |key: &&str| !is_reserved(key) && !is_required(key);
        tags.keys().filter(own).find(|key| is_nearly(&essence(key), &wanted))
    }
}

/// A key without what people get wrong: case, separators, blanks, and letters that look alike.
fn essence(key: &str) -> String {
    unicode_security::skeleton(&key.to_lowercase()).filter(|letter| letter.is_alphanumeric()).collect()
}

/// One slip of the pen, such as `CostCentre`, in a word that is long enough for it to be one.
fn is_nearly(found: &str, wanted: &str) -> bool {
    const LONG_ENOUGH: usize = 6;
    found == wanted || (wanted.chars().count() >= LONG_ENOUGH && strsim::osa_distance(found, wanted) == 1)
}

impl Accepted {
    fn takes(&self, value: &str) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(values) => values.iter().any(|accepted| accepted == value),
            Self::Matching(pattern, _) => pattern.is_match(value),
        }
    }
}

impl fmt::Display for Accepted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => Ok(()),
            Self::OneOf(values) => write!(formatter, " (allowed: {})", listed(values)),
            Self::Matching(_, pattern) => write!(formatter, " (pattern: {pattern})"),
        }
    }
}

/// A letter that only looks like the right one must not look like it here.
fn plain(found: &str, wanted: &str) -> String {
    let is_strange = |letter: &char| wanted.is_ascii() && !letter.is_ascii();
    let plain = |letter: char| {
        if is_strange(&letter) { letter.escape_unicode().to_string() } else { letter.to_string() }
    };
    found.chars().map(plain).collect()
}

fn shortened(value: &str) -> String {
    const SHOWN: usize = 40;
    match value.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?}…", &value[..end]),
        None => format!("{value:?}"),
    }
}

/// AWS keeps these keys for itself; nobody can set them, so they neither satisfy nor violate.
fn is_reserved(key: &str) -> bool {
    key.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:"))
}

#[derive(Clone, Debug)]
pub(super) struct TagKey(pub(super) String);

impl Value for TagKey {
    const FORM: &'static str = "a tag key: at most 128 characters, not beginning with `aws:`";
    const PATTERN: &'static str = "[^,]{1,128}";

    fn parse(text: &str) -> Result<Self, String> {
        if text.chars().count() > 128 || is_reserved(text) {
            return Err(String::new());
        }
        Ok(Self(text.to_owned()))
    }
}

/// A resource type, as AWS Config names it.
#[derive(Clone, Debug)]
pub(super) struct ResourceType(pub(super) String);

impl Value for ResourceType {
    const FORM: &'static str = "a resource type such as `AWS::EC2::Instance`";
    const PATTERN: &'static str = "[A-Za-z0-9]+(?:::[A-Za-z0-9]+){2}";

    fn parse(text: &str) -> Result<Self, String> {
        let parts: Vec<_> = text.split("::").collect();
        let is_type = parts.len() == 3
            && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        if is_type && !parts.contains(&"") { Ok(Self(text.to_owned())) } else { Err(String::new()) }
    }
}

#[derive(Clone, Debug)]
pub(super) struct TagValue(pub(super) String);

impl Value for TagValue {
    const FORM: &'static str = "a tag value: at most 256 characters";
    const PATTERN: &'static str = "[^,]{1,256}";

    fn parse(text: &str) -> Result<Self, String> {
        if text.chars().count() > 256 {
            return Err(String::new());
        }
        Ok(Self(text.to_owned()))
    }
}

impl Value for RequiredTag {
    const FORM: &'static str =
        "`Key`, `Key=value|other value` or `Key~regular expression for the whole value`";
    const PATTERN: &'static str = "[^,]+";

    fn parse(text: &str) -> Result<Self, String> {
        let (key, rest) = text.split_at(text.find(['=', '~']).unwrap_or(text.len()));
        let key = key.trim();
        if key.is_empty() {
            return Err("the key is missing".to_owned());
        }
        let TagKey(key) = TagKey::parse(key).map_err(|_| format!("the key is not {}", TagKey::FORM))?;
        let accepted = match rest.split_at_checked(1) {
            None => Accepted::Any,
            Some(("=", values)) => one_of(values)?,
            Some((_, pattern)) => matching(pattern.trim())?,
        };
        Ok(Self { key, accepted })
    }
}

fn one_of(values: &str) -> Result<Accepted, String> {
    let values: Vec<_> = values.split('|').map(str::trim).collect();
    if values.contains(&"") {
        return Err("one of the values is empty".to_owned());
    }
    for value in &values {
        TagValue::parse(value).map_err(|_| format!("{value:?} is not {}", TagValue::FORM))?;
    }
    Ok(Accepted::OneOf(values.into_iter().map(str::to_owned).collect()))
}

/// A regular expression for the whole value. The engine takes linear time; the size limit bounds its memory.
fn matching(pattern: &str) -> Result<Accepted, String> {
    const SIZE_LIMIT: usize = 256 * 1024;
    if pattern.is_empty() {
        return Err("the regular expression is empty".to_owned());
    }
    // For its position: the compiler's own error has none.
    regex_syntax::parse(pattern).map_err(|error| syntax_error(&error))?;
    let regex = RegexBuilder::new(&format!("^(?:{pattern})$")).size_limit(SIZE_LIMIT).build();
    let regex = regex.map_err(|_| "the regular expression is too large".to_owned())?;
    Ok(Accepted::Matching(regex, pattern.to_owned()))
}

fn syntax_error(error: &regex_syntax::Error) -> String {
    let (problem, position) = match error {
        regex_syntax::Error::Parse(error) => (error.kind().to_string(), error.span().start.column),
        regex_syntax::Error::Translate(error) => (error.kind().to_string(), error.span().start.column),
        _ => return "the regular expression is not one".to_owned(),
    };
    format!("the regular expression, at character {position}: {problem}")
}
