//! `ruleParameters`: texts that people type, read into what a rule may assume.
//!
//! Each form of value is a type that says how to write it ([`Value::FORM`]), so that every error can.

mod declaration;
mod glob;
mod list;
mod region;
mod regular_expression;
mod requirement;
mod stored;

use std::{
    collections::BTreeMap,
    fmt,
    num::{IntErrorKind, ParseIntError},
};

use serde::Deserialize;

pub(crate) use self::glob::glob;
pub(crate) use self::region::{Regional, elsewhere};
pub(crate) use self::regular_expression::regular_expression;
use self::stored::Stored;
pub(crate) use self::stored::Unresolved;
pub use self::{
    declaration::Parameter,
    glob::Glob,
    requirement::{Requirement, When},
    stored::{earlier_values, merge_values},
};

/// A form that a parameter's value, or one item of its list, can have.
pub trait Value: Sized {
    /// The form in words: it completes "… is not".
    const FORM: &'static str;
    /// What a value looks like to tools that know this crate's declarations only: a regular expression that Rust, RE2 and
    /// ECMA 262 read alike, without anchors. It takes every value that [`Value::parse`] takes, and may take more.
    const PATTERN: &'static str;
    /// The same for an item of a list, which holds no comma.
    const ITEM_PATTERN: &'static str = Self::PATTERN;
    /// The same for the first item, which does not begin with `[`, because that begins a JSON array.
    const FIRST_PATTERN: &'static str = Self::ITEM_PATTERN;

    /// Where Parameter Store's value is a JSON object, as those are that AWS publishes: the field that such a value stands in.
    const STORED_FIELD: Option<&'static str> = None;

    /// Reads the text, which has no blanks around it and is not empty.
    ///
    /// # Errors
    /// Mostly [`ValueError::Form`].
    fn parse(text: &str) -> Result<Self, ValueError>;
}

/// Why a text is not a value of some form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueError {
    /// It is not of the form, and there is nothing more to say.
    Form,
    /// What is wrong beyond that.
    Detail(String),
}

impl From<String> for ValueError {
    fn from(detail: String) -> Self {
        Self::Detail(detail)
    }
}

impl From<&str> for ValueError {
    fn from(detail: &str) -> Self {
        Self::Detail(detail.to_owned())
    }
}

/// A parameter that cannot be used. Its text says which, why, and what to type instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("parameter {name}: {problem}")]
pub struct ParameterError {
    /// The parameter.
    pub name: String,
    /// What is wrong, and the form that is accepted.
    pub problem: String,
}

impl ParameterError {
    /// A parameter that is wrong as a whole, or together with another.
    pub(crate) fn new(name: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { name: name.into(), problem: problem.into() }
    }
}

/// The parameters of one rule as they were sent: names and texts. Blank ones count as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawParameters {
    values: BTreeMap<String, String>,
    /// What came from Parameter Store, by the name of the parameter that refers to it.
    stored: BTreeMap<String, Vec<Stored>>,
}

impl RawParameters {
    /// Reads a JSON object. AWS Config holds texts; numbers and booleans are taken as their text.
    ///
    /// # Errors
    /// When the text is not a JSON object.
    pub fn from_json(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }

    /// The JSON object that [`RawParameters::from_json`] reads.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::json!(self.values).to_string()
    }

    /// The text of a parameter.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// Whether no parameter is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Takes those of these names out.
    #[must_use]
    pub(crate) fn without<'a>(mut self, names: impl Iterator<Item = &'a str>) -> Self {
        names.for_each(|name| drop(self.values.remove(name)));
        self
    }

    /// Refuses names that the rule does not know.
    ///
    /// # Errors
    /// Names the first unknown one, and the known one that it resembles.
    pub fn only<'a>(&self, known: impl Iterator<Item = &'a Parameter> + Clone) -> Result<(), ParameterError> {
        let is_known = |name: &&String| known.clone().any(|parameter| parameter.name == *name);
        let unknown = self.values.keys().find(|name| !is_known(name));
        unknown.map_or(Ok(()), |name| Err(ParameterError::new(shown(name), unknown_name(name, known))))
    }

    /// The value of a parameter that takes one.
    ///
    /// # Errors
    /// When the text is not of the value's form.
    pub fn one<V: Value>(&self, name: &'static str) -> Result<Option<V>, ParameterError> {
        let value = self.get(name).map(|text| parse(&self.plain::<V>(name, text.trim()), ""));
        value.transpose().map_err(|problem| ParameterError::new(name, problem))
    }

    /// The values of a parameter that takes a list, each once; empty when it is absent.
    ///
    /// Items are separated by commas. Where one holds a comma, the list is a JSON array of strings, which is what a text
    /// that begins with `[` always is. Blanks around items are tolerated, and a comma at the end; an empty item is a slip
    /// of the pen and refused.
    ///
    /// # Errors
    /// When an item is empty or not of the value's form, with its position; or the array is no JSON.
    pub fn list<V: Value>(&self, name: &'static str) -> Result<Vec<V>, ParameterError> {
        let values = self.get(name).map_or(Ok(Vec::new()), |text| {
            let items: Vec<String> =
                if self.is_stored_json::<V>(name, text) { vec![text.to_owned()] } else { list::items(text)? };
            let items: Vec<_> = items.iter().map(|item| self.plain::<V>(name, item)).collect();
            let is_first = |(index, item): &(usize, &String)| !items[..*index].contains(item);
            let distinct = items.iter().enumerate().filter(is_first);
            distinct.map(|(index, item)| parse(item, &format!("item {} ", index + 1))).collect()
        });
        values.map_err(|problem: String| ParameterError::new(name, problem))
    }
}

fn parse<V: Value>(text: &str, place: &str) -> Result<V, String> {
    if text.is_empty() {
        return Err(format!("{place}is empty; expected {}", V::FORM));
    }
    V::parse(text).map_err(|error| match error {
        ValueError::Form => format!("{place}{} is not {}", quoted(text), V::FORM),
        // The beginning of a document says nothing.
        ValueError::Detail(detail) if text.starts_with('{') => {
            format!("{place}{detail}; expected {}", V::FORM)
        }
        ValueError::Detail(detail) => format!("{place}{} is not {} ({detail})", quoted(text), V::FORM),
    })
}

fn unknown_name<'a>(name: &str, known: impl Iterator<Item = &'a Parameter> + Clone) -> String {
    let is_row = |last: &Parameter| without_digits(last.name) == without_digits(name);
    if let Some((last, more)) =
        known.clone().filter(|last| is_row(last)).find_map(|last| Some((last.name, last.more?)))
    {
        return format!("unknown; {last} is the last of its row, more fit into {more}");
    }
    unknown_among(name, &known.map(|parameter| parameter.name).collect::<Vec<_>>(), "this rule takes")
}

/// A name as it is, or in quotation marks where it would not be seen for one: with blanks, say, or without end.
fn shown(name: &str) -> String {
    let is_plain = name.len() <= 60 && !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic());
    if is_plain { name.to_owned() } else { quoted(name) }
}

fn without_digits(name: &str) -> String {
    name.chars().filter(|letter| !letter.is_ascii_digit()).collect()
}

/// What to say of a name that is none of the known ones: the nearest one that does not say the opposite, or all.
pub(crate) fn unknown_among(name: &str, known: &[&str], takes: &str) -> String {
    let distance = |known: &str| strsim::damerau_levenshtein(&name.to_lowercase(), &known.to_lowercase());
    let similar = known.iter().filter(|known| !are_opposite(name, known));
    match similar.map(|known| (distance(known), known)).min() {
        Some((distance, nearest)) if distance <= nearest.len() / 3 => {
            format!("unknown; did you mean {nearest}?")
        }
        _ => format!("unknown; {takes} {}", known.join(", ")),
    }
}

/// The beginnings of names of which one says the opposite of the other.
const OPPOSITES: &[(&str, &str)] = &[
    ("allow", "den"),
    ("allow", "disallow"),
    ("approve", "den"),
    ("approve", "disapprove"),
    ("approve", "unapprove"),
    ("authorize", "unauthorize"),
    ("max", "min"),
    ("require", "forbid"),
    ("trust", "distrust"),
    ("trust", "untrust"),
];

fn are_opposite(one: &str, other: &str) -> bool {
    let (one, other) = (one.to_lowercase(), other.to_lowercase());
    let begin = |(first, second): &(&str, &str)| {
        (one.starts_with(first) && other.starts_with(second))
            || (one.starts_with(second) && other.starts_with(first))
    };
    OPPOSITES.iter().any(begin)
}

impl<'de> Deserialize<'de> for RawParameters {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let values = BTreeMap::<String, Text>::deserialize(deserializer)?;
        let filled = values.into_iter().filter(|(_, value)| !value.0.trim().is_empty());
        let values = filled.map(|(name, value)| (name, value.0)).collect();
        Ok(Self { values, stored: BTreeMap::new() })
    }
}

/// A JSON value as the text that AWS Config would have held.
struct Text(String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::Null => String::new(),
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        }))
    }
}

/// Gives an enum the [`Value`] of its words, which are exact.
macro_rules! keywords {
    ($type:ty, $form:literal, $first:literal => $first_value:expr $(, $word:literal => $value:expr)* $(,)?) => {
        impl $crate::parameters::Value for $type {
            const FORM: &'static str = $form;
            const PATTERN: &'static str = concat!($first $(, "|", $word)*);

            fn parse(text: &str) -> Result<Self, $crate::parameters::ValueError> {
                match text {
                    $first => Ok($first_value),
                    $($word => Ok($value),)*
                    _ => Err($crate::parameters::ValueError::Form),
                }
            }
        }
    };
}
pub(crate) use keywords;

keywords!(
    bool,
    "`true` or `false`",
    "true" => true,
    "True" => true,
    "TRUE" => true,
    "false" => false,
    "False" => false,
    "FALSE" => false,
);

impl Value for u64 {
    const FORM: &'static str = "a whole number, 0 or more";
    const PATTERN: &'static str = r"\+?0*[0-9]{1,20}";

    fn parse(text: &str) -> Result<Self, ValueError> {
        text.parse().map_err(|error: ParseIntError| match error.kind() {
            IntErrorKind::PosOverflow => "it is too large".into(),
            _ => ValueError::Form,
        })
    }
}

/// Somebody's text in quotation marks; of a long one, the beginning.
pub(crate) fn quoted(text: &str) -> String {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}

/// The first few of a list that a person reads, and how many more there are.
pub(crate) fn listed<T: fmt::Display>(items: &[T]) -> String {
    first_of(items, 3)
}

/// The first so many of a list, and how many more there are.
pub(crate) fn first_of<T: fmt::Display>(items: &[T], shown: usize) -> String {
    let more = items.len().saturating_sub(shown);
    let shown: Vec<_> = items.iter().take(shown).map(ToString::to_string).collect();
    match more {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[Parameter] = &[
        Parameter::list::<u64>("numbers", None, ""),
        Parameter::one::<bool>("flag", Some("false"), ""),
        Parameter::one::<u64>("port1", None, ""),
        Parameter::one::<u64>("port2", None, "").last_of_row("numbers"),
    ];

    fn parameters(json: &str) -> RawParameters {
        RawParameters::from_json(json).unwrap()
    }

    fn numbers(text: &str) -> Result<Vec<u64>, String> {
        let json = serde_json::json!({ "numbers": text }).to_string();
        parameters(&json).list("numbers").map_err(|error| error.to_string())
    }

    #[test]
    fn lists_tolerate_blanks_and_a_comma_at_the_end() {
        assert_eq!(numbers(" 1 , 2,"), Ok(vec![1, 2]));
        assert_eq!(numbers(" "), Ok(vec![]));
    }

    #[test]
    fn list_errors_say_where_and_what_to_type() {
        assert_eq!(
            numbers("1,,2"),
            Err("parameter numbers: item 2 is empty; expected a whole number, 0 or more".into())
        );
        assert_eq!(
            numbers("1,x"),
            Err("parameter numbers: item 2 \"x\" is not a whole number, 0 or more".into())
        );
        assert!(numbers(",").is_err());
        assert!(numbers("18446744073709551615").is_ok());
        assert!(numbers("18446744073709551616").unwrap_err().ends_with("0 or more (it is too large)"));
    }

    fn names(text: &str) -> Result<Vec<String>, String> {
        let json = serde_json::json!({ "names": text }).to_string();
        let names = parameters(&json).list::<Glob>("names").map_err(|error| error.to_string())?;
        Ok(names.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_list_that_begins_with_a_bracket_is_json() {
        let are = |text: &str, expected: &[&str]| assert_eq!(names(text).unwrap(), expected, "{text}");
        are(r#"["a,b", "c"]"#, &["a,b", "c"]);
        are(r#" [ " [x] " ] "#, &["[x]"]);
        are(r#"["\"a\"\u0041"]"#, &["\"a\"A"]);
        are("a,[b]", &["a", "[b]"]);
    }

    #[test]
    fn errors_in_json_say_where() {
        let problem = |text: &str| names(text).unwrap_err();
        assert_eq!(
            problem("[ops]"),
            "parameter names: begins with `[`, and is not a JSON array of strings: expected value at line 1 column 2; \
             a first item that itself begins so is written `[\"[…\"]`"
        );
        assert!(problem(r#"["a", 7]"#).contains("at line 1 column 7"));
        assert!(problem(r#"["a",]"#).contains("column 6") && problem(r#"["a"],b"#).contains("column 6"));
        assert!(problem(r#"["a", " "]"#).contains("item 2 is empty"));
        assert!(problem(r#"["a", "b\\c"]"#).contains(r#"item 2 "b\\c" is not"#));
        assert!(problem("[]").contains("an empty array"));
    }

    #[test]
    fn an_item_that_is_there_twice_counts_once() {
        assert_eq!(numbers("2,1,2"), Ok(vec![2, 1]));
        assert_eq!(names(r#"["a", "a"]"#).unwrap(), ["a"]);
        assert!(numbers("1,1,x").unwrap_err().contains("item 3"));
    }

    /// What Terraform or a form refuses by the pattern, the rule must refuse as well.
    #[test]
    fn patterns_take_what_is_taken() {
        let pattern = regex::Regex::new(&Parameter::list::<Glob>("names", None, "").pattern()).unwrap();
        for text in
            ["a", " a , b,", "a,[b]", r#"["a,b"]"#, r#" [ "a" , "\"\\\\," ] "#, "[\n\"a\",\n\"b\"\n]", " "]
        {
            assert!(names(text).is_ok() && pattern.is_match(text), "{text}");
        }
        let numbers = regex::Regex::new(&KNOWN[0].pattern()).unwrap();
        for text in ["x", "[", "[]", "[7]", r#"["7""#, r#"["7" "8"]"#] {
            assert!(!numbers.is_match(text), "{text}");
        }
    }

    /// Every text of up to five of these characters.
    #[test]
    fn the_pattern_of_names_takes_all_that_is_taken_and_no_list_that_begins_with_a_bracket() {
        let pattern = regex::Regex::new(&Parameter::list::<Glob>("names", None, "").pattern()).unwrap();
        let mut texts = vec![String::new()];
        for _ in 0..5 {
            let longer =
                texts.iter().flat_map(|text| r"a*\[ ,".chars().map(move |last| format!("{text}{last}")));
            texts = longer.chain([String::new()]).collect();
            for text in &texts {
                let (is_taken, fits) = (names(text).is_ok(), pattern.is_match(text));
                assert!(fits || !is_taken, "{text:?}");
                assert!(!(fits && text.trim().starts_with('[')), "{text:?}");
            }
        }
    }

    #[test]
    fn of_a_long_text_the_beginning_is_shown() {
        let error = numbers(&"é".repeat(61)).unwrap_err();
        assert_eq!(
            error,
            format!("parameter numbers: item 1 \"{}\"… is not a whole number, 0 or more", "é".repeat(60))
        );
        assert!(numbers(&"é".repeat(60)).unwrap_err().contains("é\" is not"));
    }

    #[test]
    fn numbers_and_booleans_are_taken_as_text() {
        let parameters = parameters(r#"{"numbers":7,"flag":true,"none":null}"#);
        assert_eq!(parameters.list("numbers"), Ok(vec![7_u64]));
        assert_eq!(parameters.one("flag"), Ok(Some(true)));
        assert_eq!(parameters.get("none"), None);
    }

    #[test]
    fn an_unknown_name_gets_the_nearest_one() {
        let problem = |json| parameters(json).only(KNOWN.iter()).unwrap_err().to_string();
        assert_eq!(problem(r#"{"number":"1"}"#), "parameter number: unknown; did you mean numbers?");
        assert_eq!(problem(r#"{"FLAG":"1"}"#), "parameter FLAG: unknown; did you mean flag?");
        assert_eq!(
            problem(r#"{"other":"1"}"#),
            "parameter other: unknown; this rule takes numbers, flag, port1, port2"
        );
        assert_eq!(
            problem(r#"{"port3":"1"}"#),
            "parameter port3: unknown; port2 is the last of its row, more fit into numbers"
        );
        assert!(parameters(r#"{"numbers":"1"}"#).only(KNOWN.iter()).is_ok());
        let takes_all = |name: &str, known: &[&str]| {
            assert_eq!(unknown_among(name, known, "takes"), format!("unknown; takes {}", known.join(", ")));
        };
        takes_all("minAgeDays", &["maxAgeDays"]);
        takes_all("MaximumAgeDays", &["minimumAgeDays"]);
        takes_all("unapprovedKeyNames", &["approvedKeyNames"]);
        takes_all("disallowedKeyTypes", &["allowedKeyTypes"]);
        takes_all("denyList", &["allowList"]);
        assert_eq!(
            unknown_among("maxAgeDay", &["minAgeDay", "maxAgeDays"], ""),
            "unknown; did you mean maxAgeDays?"
        );
        assert_eq!(problem(r#"{" flag":"1"}"#), "parameter \" flag\": unknown; did you mean flag?");
        assert!(problem(r#"{"":"1"}"#).starts_with("parameter \"\": unknown; this rule takes numbers, "));
        assert!(problem(r#"{"a\nb":"1"}"#).starts_with(r#"parameter "a\nb": unknown"#));
        let endless = serde_json::json!({"x".repeat(300): "1"}).to_string();
        assert!(problem(&endless).starts_with(&format!("parameter \"{}\"…: unknown", "x".repeat(60))));
    }

    #[test]
    fn globs_match_whole_names_and_mind_the_case() {
        let matches = |glob: &str, name: &str| Glob::parse(glob).unwrap().matches(name);
        assert!(matches("ops-*", "ops-") && matches("ops-*", "ops-a/b") && matches("k?y", "kéy"));
        assert!(!matches("ops-*", "xops-a") && !matches("ops", "Ops") && !matches("k?y", "ky"));
        assert!(matches(r"a\*", "a*") && !matches(r"a\*", "ab"));
        assert!(Glob::parse(r"a\b").is_err());
    }
}
