//! Tells what a file holds: an event, items, or so many items that they are read one by one.

use std::{
    fmt,
    io::{Cursor, Read},
};

use config_rules::{
    document::Document,
    event::Event,
    item::{DamagedItem, RawItem},
};
use jiff::Timestamp;
use serde::{
    Deserializer as _,
    de::{IgnoredAny, MapAccess, Visitor},
};

use crate::{files, result::Refusal};

/// What a file holds.
pub(crate) enum Contents {
    Event(Box<Event>),
    Items(Vec<Result<RawItem, DamagedItem>>),
    /// A snapshot or a history, still to be read: it may be larger than memory.
    Stream(Box<dyn Read + Send>),
}

/// How much of a file tells what it is. A snapshot that tells later is read as a whole.
const HEAD: u64 = 64 * 1024;

impl Contents {
    /// Reads a file, unless it is a snapshot or a history.
    pub(crate) fn of(mut file: Box<dyn Read + Send>) -> Result<Self, Refusal> {
        let mut head = Vec::new();
        file.by_ref().take(HEAD).read_to_end(&mut head).map_err(Refusal::bad_file)?;
        let has_items = has_items(&head);
        let all = Cursor::new(head).chain(file);
        if has_items {
            return Ok(Self::Stream(Box::new(all)));
        }
        let text = files::text(all)?;
        Ok(match Document::from_json(&text, Timestamp::now())? {
            Document::Event(event) => Self::Event(Box::new(event)),
            Document::Items(items) => Self::Items(items),
        })
    }
}

/// Whether what begins so has `configurationItems` among its keys.
fn has_items(head: &[u8]) -> bool {
    let mut has_items = false;
    // The head ends anywhere, so this fails in any case; what counts is what was seen until then.
    let _ = serde_json::Deserializer::from_slice(head).deserialize_map(FindItems(&mut has_items));
    has_items
}

struct FindItems<'a>(&'a mut bool);

impl<'de> Visitor<'de> for FindItems<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == "configurationItems" {
                *self.0 = true;
                return Ok(());
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::has_items;

    #[test]
    fn a_snapshot_tells_by_a_key_of_its_own() {
        let snapshot = br#"{"fileVersion":"1.0","configSnapshotId":"1","configurationItems":[{"a"#;
        assert!(has_items(snapshot) && has_items(br#"{"configurationItems":[]}"#));
        for other in [
            "",
            "[",
            r#"{"a":{"configurationItems":[]}}"#,
            r#"{"a":"\"configurationItems\":["}"#,
            r#"["configurationItems"]"#,
            r#"{"configurationItem":{}}"#,
        ] {
            assert!(!has_items(other.as_bytes()), "{other}");
        }
    }
}
