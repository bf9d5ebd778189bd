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

use crate::{files, result::Refusal};

/// What a file holds.
pub(crate) enum Contents {
    Event(Box<Event>),
    Items(Vec<RawItem>),
    /// A snapshot, still to be read: it may be larger than memory. It has each resource once.
    Snapshot(Box<dyn Read>),
    /// A history, likewise, which may have several versions of a resource.
    History(Box<dyn Read>),
}

/// How much of a file tells what it is. A snapshot that tells later is read as a whole.
const HEAD: u64 = 64 * 1024;

impl Contents {
    /// Opens a file, and reads it unless it is a snapshot.
    pub(crate) fn of(path: &Path) -> Result<Self, Refusal> {
        let mut file = files::open(path)?;
        let mut head = Vec::new();
        file.by_ref().take(HEAD).read_to_end(&mut head).map_err(Refusal::bad_file)?;
        let kind = kind(&head);
        let all = Cursor::new(head).chain(file);
        match kind {
            Some(Kind::Snapshot) => return Ok(Self::Snapshot(Box::new(all))),
            Some(Kind::History) => return Ok(Self::History(Box::new(all))),
            None => {}
        }
        let text = files::text(all)?;
        Ok(match Document::from_json(&text, Timestamp::now())? {
            Document::Event(event) => Self::Event(Box::new(event)),
            Document::Items(items) => Self::Items(items),
        })
    }
}

/// What a file with `configurationItems` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Snapshot,
    History,
}

/// What begins so, if it has `configurationItems` among its keys. A snapshot has its id before them.
fn kind(head: &[u8]) -> Option<Kind> {
    let mut found = FindItems { has_id: false, has_items: false };
    // The head ends anywhere, so this fails in any case; what counts is what was seen until then.
    let _ = serde_json::Deserializer::from_slice(head).deserialize_map(&mut found);
    let kind = if found.has_id { Kind::Snapshot } else { Kind::History };
    found.has_items.then_some(kind)
}

struct FindItems {
    has_id: bool,
    has_items: bool,
}

impl<'de> Visitor<'de> for &mut FindItems {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == "configurationItems" {
                self.has_items = true;
                return Ok(());
            }
            self.has_id |= key == "configSnapshotId";
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, kind};

    #[test]
    fn a_snapshot_tells_by_a_key_of_its_own() {
        let snapshot = br#"{"fileVersion":"1.0","configSnapshotId":"1","configurationItems":[{"a"#;
        assert_eq!(kind(snapshot), Some(Kind::Snapshot));
        assert_eq!(kind(br#"{"fileVersion":"1.0","configurationItems":[{"a"#), Some(Kind::History));
        assert_eq!(kind(br#"{"configurationItems":[]}"#), Some(Kind::History));
        for other in [
            "",
            "[",
            r#"{"a":{"configurationItems":[]}}"#,
            r#"{"a":"\"configurationItems\":["}"#,
            r#"["configurationItems"]"#,
            r#"{"configurationItem":{}}"#,
        ] {
            assert_eq!(kind(other.as_bytes()), None, "{other}");
        }
    }
}
