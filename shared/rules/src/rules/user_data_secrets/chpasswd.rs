//! Users with their passwords, as `chpasswd` reads them: cloud-init's list of that name, and what is fed to the command.

use super::{
    detectors::{Detector, Kind, Match},
    literal::is_plain_password,
};

/// Keys of cloud-init's `chpasswd` beside users.
const KEYS: &[&str] = &["expire", "list", "users", "name", "type", "password", "hashed_passwd"];

/// All passwords in such lists.
pub(super) fn find(text: &str) -> Vec<Match<'_>> {
    let mut found = Vec::new();
    let (mut start, mut list): (usize, Option<Open>) = (0, None);
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        if list.as_ref().is_some_and(|list| list.ends_at(line)) {
            list = None;
        }
        if list.is_some() && !trimmed.starts_with('#') {
            found.extend(passwords(text, start, line));
        } else if let Some(end) = heredoc(trimmed) {
            list = Some(Open::Until(end));
        } else if let Some(rest) = trimmed.strip_prefix("chpasswd:") {
            found.extend(passwords(
                text,
                start,
                &line[..line.len() - line.trim_start().len() + "chpasswd:".len() + rest.len()],
            ));
            list = Some(Open::Indented(line.len() - line.trim_start().len()));
        }
        start += line.len();
    }
    found
}

/// A list that is being read.
enum Open {
    /// Until a line that is indented no more than this.
    Indented(usize),
    /// Until this line.
    Until(String),
}

impl Open {
    fn ends_at(&self, line: &str) -> bool {
        match self {
            Self::Indented(indent) => {
                !line.trim().is_empty() && line.len() - line.trim_start().len() <= *indent
            }
            Self::Until(end) => line.trim() == end,
        }
    }
}

/// The word that ends what is fed to the command: `chpasswd <<EOF`.
fn heredoc(line: &str) -> Option<String> {
    let (_, after) = line.split_once("chpasswd")?;
    let (_, word) = after.split_once("<<")?;
    let word = word.trim_start_matches('-').trim().trim_matches(['"', '\'']);
    (!word.starts_with('<') && !word.is_empty()).then(|| word.to_owned())
}

/// The passwords in a line: `root:…`, `- root:…`, `{list: "root:…"}`, perhaps with an escaped line end between them.
fn passwords<'a>(text: &'a str, start: usize, line: &str) -> Vec<Match<'a>> {
    let line = &text[start..start + line.len()];
    let words = line.split(|sign: char| sign.is_whitespace() || "\"'{},[]|\\".contains(sign));
    let entries = words.filter_map(|word| word.split_once(':')).filter(|(user, password)| {
        let is_user = user.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
        is_user && !KEYS.contains(user) && is_plain_password(password)
    });
    let matched = entries.map(|(_, value)| Match {
        kind: Kind::Known(Detector::PasswordArgument),
        start: value.as_ptr() as usize - text.as_ptr() as usize,
        value,
        name: None,
        is_encrypted: false,
    });
    matched.collect()
}
