//! One required tag, and what is wrong with a resource's tags by it.

use super::{
    codes::Code,
    keys::is_reserved,
    scope::Scope,
    values::{Values, is_alike},
};
use crate::{
    finding::Finding,
    item::{RecordedTags, Tags},
    parameters::quoted,
};

/// A tag that has to be there.
#[derive(Clone, Debug)]
pub(super) struct RequiredTag {
    /// Its key; of several, one is enough. [`ANY`] is any.
    pub(super) keys: Vec<String>,
    pub(super) accepted: Values,
    /// Values that will not do, whatever is accepted.
    pub(super) refused: Option<Values>,
    /// Whether an empty value will do; `None` where `allowEmpty` decides.
    pub(super) allow_empty: Option<bool>,
    pub(super) scope: Scope,
}

/// Any key that people can set.
const ANY: &str = "*";

/// The order of findings; within one code the order of the parameters stays.
pub(super) fn gravity(finding: &Finding) -> Option<usize> {
    Code::ALL.iter().position(|code| *code == finding.code)
}

/// The tags of a resource, and the keys that cannot be slips of the pen because they are required themselves.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) tags: &'a Tags,
    /// Where they stand, if that is not the item itself.
    pub(super) source: Option<&'a str>,
    /// The tags of its configuration, which may be other ones.
    pub(super) configured: &'a RecordedTags,
    pub(super) required: &'a [RequiredTag],
    pub(super) allow_empty: bool,
}

enum Found<'a> {
    Tag(&'a str, &'a str),
    /// Keys that are equal but for case, none of which is the right one.
    Several(Vec<&'a str>),
    /// A key that somebody probably took for the right one.
    Nearly(&'a str),
    Nothing,
}

impl RequiredTag {
    pub(super) fn new(keys: Vec<String>, accepted: Values, scope: Scope) -> Self {
        Self { keys, accepted, refused: None, allow_empty: None, scope }
    }

    /// What is wrong. Where one of several keys is enough, this is about the one that is nearest to being right.
    pub(super) fn check(&self, subject: Subject<'_>) -> Option<Finding> {
        let wrong = self.keys.iter().map(|key| self.check_key(key, subject)).collect::<Option<Vec<_>>>()?;
        wrong.into_iter().rev().max_by_key(gravity)
    }

    /// `CostCenter or BusinessUnit`.
    pub(super) fn name(&self) -> String {
        match self.keys.split_last() {
            _ if self.keys.iter().any(|key| key == ANY) => format!("any tag{}", self.accepted.expectation()),
            Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
            _ => self.keys.concat(),
        }
    }

    /// The key by which the requirement is met.
    pub(super) fn met_by<'a>(&'a self, subject: Subject<'a>) -> Option<&'a str> {
        let met = self.keys.iter().find(|key| self.check_key(key, subject).is_none())?;
        match self.find(met, subject) {
            Found::Tag(found, _) if met == ANY => Some(found),
            _ => Some(met),
        }
    }

    /// The first tag that will do where any key does. That it is there is enough, unless its value is asked for.
    fn any<'a>(&self, tags: &'a Tags) -> Found<'a> {
        let mut own = tags.iter().filter(|(key, _)| !is_reserved(key));
        let found = own.find(|(key, value)| self.check_value(key, value, true).is_none());
        found.map_or(Found::Nothing, |(key, value)| Found::Tag(key, value))
    }

    /// Whether both say something about the same tag.
    pub(super) fn shares_key(&self, other: &Self) -> bool {
        let ignore_case = self.accepted.ignore_case() || other.accepted.ignore_case();
        let is_same = |one: &str, other: &str| one == other || ignore_case && is_alike(one, other);
        self.keys.iter().any(|key| other.keys.iter().any(|theirs| is_same(key, theirs)))
    }

    fn check_key(&self, key: &str, subject: Subject<'_>) -> Option<Finding> {
        let finding = match self.find(key, subject) {
            Found::Tag(..) if key == ANY => return None,
            Found::Tag(found, value) => self.check_value(found, value, subject.allow_empty)?,
            Found::Several(keys) => ambiguous(&keys, key),
            Found::Nearly(found) => {
                let sentence = format!("\"{}\" should be {key:?}", plain(found, key));
                Finding::new(Code::Name, sentence).with("found", found)
            }
            Found::Nothing => Finding::new(Code::Missing, self.missing()),
        };
        Some(finding.with("key", key))
    }

    /// Where a condition asks for the tag, the condition is said as well.
    fn missing(&self) -> String {
        if self.scope.when.is_empty() {
            return self.name();
        }
        format!("{} (required where {})", self.name(), self.scope.condition())
    }

    fn find<'a>(&self, key: &'a str, subject: Subject<'a>) -> Found<'a> {
        let tags = subject.tags;
        if key == ANY {
            return self.any(tags);
        }
        if let Some(value) = tags.get(key) {
            return Found::Tag(key, value);
        }
        let is_required =
            |key: &&str| subject.required.iter().any(|tag| tag.keys.iter().any(|own| own == key));
        let others: Vec<_> = tags.keys().filter(|key| !is_reserved(key) && !is_required(key)).collect();
        let alike: Vec<_> = others.iter().copied().filter(|found| is_alike(found, key)).collect();
        match alike[..] {
            [found] if self.accepted.ignore_case() => Found::Tag(found, tags.get(found).unwrap_or_default()),
            [found] => Found::Nearly(found),
            [_, _, ..] => Found::Several(alike),
            [] => {
                let near = others.into_iter().find(|found| is_nearly(&essence(found), &essence(key)));
                near.map_or(Found::Nothing, Found::Nearly)
            }
        }
    }

    fn check_value(&self, key: &str, value: &str, allow_empty: bool) -> Option<Finding> {
        self.refusal(key, value).or_else(|| {
            let (code, problem) = self.problem(value, allow_empty)?;
            Some(Finding::new(code, format!("{key} is {problem}")).with("value", value))
        })
    }

    /// What a pattern refuses may be personal data, and is not repeated.
    fn refusal(&self, key: &str, value: &str) -> Option<Finding> {
        let trimmed = value.trim();
        let refused =
            self.refused.as_ref().filter(|refused| !trimmed.is_empty() && refused.takes(trimmed))?;
        if refused.is_pattern() {
            return Some(Finding::new(Code::Value, format!("{key} must not be {refused}")));
        }
        let sentence = format!("{key} is {} (must not be {refused})", quoted(value));
        Some(Finding::new(Code::Value, sentence).with("value", value))
    }

    fn problem(&self, value: &str, allow_empty: bool) -> Option<(Code, String)> {
        let expectation = self.accepted.expectation();
        if value.trim().is_empty() {
            let will_do = self.allow_empty.unwrap_or(allow_empty && self.accepted.is_any());
            return (!will_do).then(|| (Code::Empty, format!("empty{expectation}")));
        }
        if self.accepted.takes(value) {
            return None;
        }
        if let Some(meant) = self.accepted.meant(value) {
            let code = if meant == value.trim() { Code::ValueSpace } else { Code::ValueCase };
            return Some((code, format!("{}; should be {}", quoted(value), quoted(meant))));
        }
        let code = if self.accepted.is_pattern() { Code::Pattern } else { Code::Value };
        Some((code, format!("{}{expectation}", quoted(value))))
    }
}

fn ambiguous(keys: &[&str], wanted: &str) -> Finding {
    let found: Vec<_> = keys.iter().map(|key| format!("{key:?}")).collect();
    let sentence = format!("{} should be one {wanted:?}", found.join(" and "));
    Finding::new(Code::Ambiguous, sentence).with("found", keys)
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

/// A letter that only looks like the right one must not look like it here.
fn plain(found: &str, wanted: &str) -> String {
    let is_strange = |letter: &char| wanted.is_ascii() && !letter.is_ascii();
    let plain = |letter: char| {
        if is_strange(&letter) { letter.escape_unicode().to_string() } else { letter.to_string() }
    };
    found.chars().map(plain).collect()
}
