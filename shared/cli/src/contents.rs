//! Tells what a file holds: an event, items, or so many items that they are read one by one.

use std::{
    fmt,
    io::{Cursor, Read},
    path::Path,
};

use config_rules::{document::Document, event::Event, item::RawItem};
use jiff::Timestamp;
use serde::{
    Deserializer as _,
    de::{IgnoredAny, MapAccess, Visitor},
};

use crate::{answer::Refusal, files};

/// What a file holds.
pub(crate) enum Contents {
    Event(Box<Event>),
    Items(Vec<RawItem>),
    /// A snapshot or a history, still to be read: it may be larger than memory.
    Snapshot(Box<dyn Read>),
}

/// How much of a file tells what it is. A snapshot that tells later is read as a whole.
const HEAD: u64 = 64 * 1024;

impl Contents {
    /// Opens a file, and reads it unless it is a snapshot.
    pub(crate) fn of(path: &Path) -> Result<Self, Refusal> {
        let mut file = files::open(path)?;
        let mut head = Vec::new();
        file.by_ref().take(HEAD).read_to_end(&mut head).map_err(Refusal::bad_file)?;
        let is_snapshot = is_snapshot(&head);
        let all = Cursor::new(head).chain(file);
        if is_snapshot {
            return Ok(Self::Snapshot(Box::new(all)));
        }
        let text = files::object(all)?;
        Ok(match Document::from_json(&text, Timestamp::now())? {
            Document::Event(event) => Self::Event(Box::new(event)),
            Document::Items(items) => Self::Items(items),
        })
    }
}

/// Whether what begins so has `configurationItems` among its keys.
fn is_snapshot(head: &[u8]) -> bool {
    let mut found = false;
    // The head ends anywhere, so this fails in any case; what counts is what was seen until then.
    let _ = serde_json::Deserializer::from_slice(head).deserialize_map(FindItems { found: &mut found });
    found
}

struct FindItems<'a> {
    found: &'a mut bool,
}

impl<'de> Visitor<'de> for FindItems<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == "configurationItems" {
                *self.found = true;
                return Ok(());
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::is_snapshot;

    #[test]
    fn a_snapshot_tells_by_a_key_of_its_own() {
        assert!(is_snapshot(br#"{"fileVersion":"1.0","configurationItems":[{"a"#));
        assert!(is_snapshot(br#"{"configurationItems":[]}"#));
        for other in [
            "",
            "[",
            r#"{"a":{"configurationItems":[]}}"#,
            r#"{"a":"\"configurationItems\":["}"#,
            r#"["configurationItems"]"#,
            r#"{"configurationItem":{}}"#,
        ] {
            assert!(!is_snapshot(other.as_bytes()), "{other}");
        }
    }
}
