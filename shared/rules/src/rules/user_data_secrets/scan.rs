//! What is found in one piece of user data, and the sentences about it.

use std::collections::{BTreeSet, HashSet};

use super::{
    UserDataCode,
    decode::{Decoded, Place, Text, decode, line_of},
    detectors::{self, Kind, Match},
    parameters::Parameters,
};
use crate::finding::{Check, Code, Finding, Verdict};

/// No output holds so many characters of a secret in a row, because an identifier does.
const SHOWN: usize = 6;
/// How many findings one piece of user data has at most: who mends these looks again.
const FINDINGS: usize = 100;

/// A secret, and where it is.
struct Secret<'a> {
    matched: Match<'a>,
    text: usize,
    line: usize,
}

/// Evaluates user data in the form that EC2 has it. `within` says where it stands: ` in version 3`, or nothing.
pub(super) fn evaluate(user_data: &str, within: &str, parameters: &Parameters) -> Verdict {
    if user_data.trim().is_empty() {
        return Verdict::compliant(format!("no user data{within}"));
    }
    let decoded = decode(user_data);
    let secrets = secrets(&decoded.texts, parameters);
    let names: BTreeSet<_> = secrets.iter().filter_map(|secret| secret.matched.name).collect();
    let shown = shown(&names, &decoded.texts, parameters);
    let findings = secrets.iter().take(FINDINGS).map(|secret| {
        let name = secret.matched.name.filter(|name| shown.contains(name));
        Check::Failed(secret.finding(name, &decoded.texts[secret.text].place, within))
    });
    let doubts = decoded.doubts.iter().map(|doubt| Check::Unknown(format!("{doubt}{within}")));
    Verdict::of(findings.chain(doubts), reason(&decoded, within))
}

/// All secrets, each where it is most readable: what a text and what is decoded from it both have is the latter's.
fn secrets<'a>(texts: &'a [Text], parameters: &'a Parameters) -> Vec<Secret<'a>> {
    let mut found: Vec<Secret> = Vec::new();
    for (index, text) in texts.iter().enumerate().rev() {
        let own = of_text(index, &text.content, parameters).into_iter();
        let own: Vec<_> = own.filter(|own| !found.iter().any(|other| is_same(own, other, texts))).collect();
        found.extend(own);
        if found.len() > FINDINGS {
            break;
        }
    }
    let is_also_in_part = |secret: &Secret| {
        let text = &texts[secret.text];
        matches!(text.place, Place::Encoded(..))
            && found.iter().any(|other| {
                let part = &texts[other.text];
                matches!(part.place, Place::Part(..))
                    && part.parent == text.parent
                    && other.matched.value == secret.matched.value
            })
    };
    let repeated: Vec<_> = found.iter().map(is_also_in_part).collect();
    let mut repeated = repeated.into_iter();
    found.retain(|_| !repeated.next().unwrap_or_default());
    found.sort_by_key(|secret| (secret.text, secret.line));
    found
}

/// Whether another secret was decoded from this one, or is the same within a part of the text.
fn is_same(own: &Secret, other: &Secret, texts: &[Text]) -> bool {
    let mut text = &texts[other.text];
    while let Some(parent) = text.parent {
        if parent == own.text {
            let is_encoded = matches!(text.place, Place::Encoded(_, line, _) if line == own.line && own.matched.value.len() >= 24);
            return own.matched.value == other.matched.value || is_encoded;
        }
        text = &texts[parent];
    }
    false
}

fn of_text<'a>(index: usize, text: &'a str, parameters: &'a Parameters) -> Vec<Secret<'a>> {
    let is_kept = |matched: &Match| {
        let line = line_around(text, matched.start);
        let is_exempt = parameters.exempt.iter().any(|exempt| exempt.includes(matched.kind, matched.name));
        !is_exempt && !parameters.ignored.iter().any(|ignored| ignored.is_match(line))
    };
    let found = detectors::find(text, &parameters.detectors, &parameters.patterns).into_iter();
    let secret = |matched: Match<'a>| Secret { line: line_of(text, matched.start), matched, text: index };
    found.filter(is_kept).take(FINDINGS).map(secret).collect()
}

fn line_around(text: &str, start: usize) -> &str {
    let begin = text[..start].rfind('\n').map_or(0, |end| end + 1);
    text[begin..].lines().next().unwrap_or_default()
}

/// The identifiers that may be shown: of ordinary form, and without part of a secret, also of one that is exempt or ignored.
fn shown<'a>(names: &BTreeSet<&'a str>, texts: &[Text], parameters: &Parameters) -> BTreeSet<&'a str> {
    let mut shown: BTreeSet<_> = names.iter().copied().filter(|name| is_identifier(name)).collect();
    if shown.is_empty() {
        return shown;
    }
    let parts: HashSet<&[u8]> = shown.iter().flat_map(|name| name.as_bytes().windows(SHOWN)).collect();
    let found = texts
        .iter()
        .flat_map(|text| detectors::find(&text.content, &parameters.detectors, &parameters.patterns))
        .flat_map(|secret| secret.value.as_bytes().windows(SHOWN));
    let secret: HashSet<&[u8]> = found.filter(|part| parts.contains(part)).collect();
    shown.retain(|name| !name.as_bytes().windows(SHOWN).any(|part| secret.contains(part)));
    shown
}

fn is_identifier(name: &str) -> bool {
    name.len() <= 41
        && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
}

impl Secret<'_> {
    fn finding(&self, name: Option<&str>, place: &Place, within: &str) -> Finding {
        let assigned = name.map_or(String::new(), |name| format!(" in {name}"));
        let (kind, words) = match self.matched.kind {
            Kind::Known(detector) => {
                let (kind, words) = detector.names();
                (
                    kind,
                    if self.matched.is_encrypted { format!("encrypted {words}") } else { words.to_owned() },
                )
            }
            Kind::Own(name) => (name, format!("secret of pattern {name}")),
        };
        let sentence = format!("{words}{assigned} at line {}{place}{within}", self.line);
        let finding =
            Finding::new(UserDataCode::Secret, sentence).with("detector", kind).with("line", self.line);
        let optional = [
            ("name", name.unwrap_or_default()),
            ("part", place.to_string().trim_start_matches(" of ")),
            ("version", within.trim_start_matches(" in ")),
        ]
        .map(|(key, fact)| (key, fact.to_owned()));
        let optional = optional.into_iter().filter(|(_, fact)| !fact.is_empty());
        optional.fold(finding, |finding, (key, fact)| finding.with(key, fact))
    }
}

/// `no secret in 34 lines`, and what there is to know all the same.
fn reason(decoded: &Decoded, within: &str) -> String {
    let outermost = decoded.texts.first().map_or("", |text| text.content.as_str());
    let size = match outermost.lines().count() {
        _ if decoded.is_binary => format!("{} KB of data", outermost.len().div_ceil(1024)),
        1 => "1 line".to_owned(),
        lines => format!("{lines} lines"),
    };
    let includes = |text: &Text| {
        let first = text.content.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        first.starts_with("#include")
            || matches!(&text.place, Place::Part(_, Some(name), _) if name.starts_with("text/x-include"))
    };
    let notes = [
        (
            UserDataCode::Include,
            decoded.texts.iter().any(includes),
            "what it includes from a URL is not read",
        ),
        (UserDataCode::Undecoded, decoded.is_binary, "some of it is not text"),
    ];
    let notes = notes.into_iter().filter(|(_, is_so, _)| *is_so);
    let notes = notes.map(|(code, _, words)| format!("; note {}: {words}", <&Code>::from(code).name));
    format!("no secret in {size}{within}{}", notes.collect::<String>())
}
