//! Private keys, in whichever way they are quoted, indented or joined.

use std::sync::LazyLock;

use regex::Regex;

use super::detectors::{Detector, Kind, Match};

/// The fewest characters of a key: what is shorter is a marker in a command.
const SHORTEST: usize = 64;
/// A line of a key has more of them than a word of a command that follows a marker.
const SHORTEST_LINE: usize = 32;

/// All private keys in a text.
pub(super) fn find(text: &str) -> Vec<Match<'_>> {
    static BEGIN: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"-----BEGIN (?P<label>[A-Z0-9 ]{0,30})PRIVATE KEY(?: BLOCK)?-----").ok()
    });
    let armored = BEGIN.iter().flat_map(|begin| begin.captures_iter(text)).filter_map(|captures| {
        let (whole, label) = (captures.get(0)?, captures.name("label")?.as_str());
        let (body, _) = text[whole.end()..].split_once("-----").unwrap_or((&text[whole.end()..], ""));
        let is_encrypted = label.contains("ENCRYPTED") || body.contains("4,ENCRYPTED");
        let is_key = has_key(body);
        let value = &text[whole.start()..whole.end() + body.len()];
        is_key.then_some(Match {
            kind: Kind::Known(Detector::PrivateKey),
            start: whole.start(),
            value,
            name: None,
            is_encrypted,
        })
    });
    armored.chain(putty(text)).collect()
}

/// `PuTTY`'s own format: headers, and lines of Base64.
fn putty(text: &str) -> impl Iterator<Item = Match<'_>> {
    let starts = text.match_indices("PuTTY-User-Key-File-").map(|(start, _)| start);
    starts.filter_map(|start| {
        let (headers, lines) = text[start..].split_once("Private-Lines:")?;
        let lines = &lines[..lines.find("Private-MAC").unwrap_or(lines.len())];
        let value = &text[start..start + headers.len() + "Private-Lines:".len() + lines.len()];
        let is_encrypted = headers.contains("Encryption: aes");
        lines
            .split_whitespace()
            .any(|line| line.len() >= SHORTEST_LINE && line.bytes().all(is_key_byte))
            .then_some(Match {
                kind: Kind::Known(Detector::PrivateKey),
                start,
                value,
                name: None,
                is_encrypted,
            })
    })
}

/// Whether lines of a key follow a marker: after blanks, quotes, signs that join, escaped line ends, and headers.
fn has_key(body: &str) -> bool {
    let body = ["\\r", "\\n", "\\t"].iter().fold(body.to_owned(), |body, escape| body.replace(escape, "\n"));
    let lines = body.lines().filter(|line| !line.contains(": "));
    let words = lines.flat_map(|line| line.split(|sign: char| !sign.is_ascii() || !is_key_byte(sign as u8)));
    let mut length = 0;
    for word in words.filter(|word| !word.is_empty() && *word != "+") {
        if length == 0 && word.len() < SHORTEST_LINE {
            return false;
        }
        length += word.len();
        if length >= SHORTEST {
            return true;
        }
    }
    false
}

fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)
}
