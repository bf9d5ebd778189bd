//! Reads a configuration snapshot item by item, in memory that does not grow with it.

use std::{
    cell::Cell,
    fmt,
    io::{self, BufReader, Read},
    ops::ControlFlow,
};

use serde::{
    Deserializer as _,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::{
    Error,
    item::{DamagedItem, RawItem},
};

/// Far more than AWS Config records of one resource; a file with such an item is not a snapshot.
const LARGEST_ITEM: usize = 16 * 1024 * 1024;

/// Hands over each item of a snapshot, or what is wrong with it, until it is told to stop.
///
/// # Errors
/// [`Error::MalformedEvent`] when the text ends early, is not JSON, has no `configurationItems`, or holds an item of more
/// than 16 MiB; or when it cannot be read.
pub fn read_items(
    reader: impl Read,
    mut on_item: impl FnMut(Result<RawItem, DamagedItem>) -> ControlFlow<()>,
) -> Result<(), Error> {
    let budget = Cell::new(LARGEST_ITEM);
    let reader = BufReader::with_capacity(64 * 1024, Limited { reader, budget: &budget });
    let mut deserializer = serde_json::Deserializer::from_reader(reader);
    let mut is_stopped = false;
    let visitor = Snapshot { on_item: &mut on_item, budget: &budget, is_stopped: &mut is_stopped };
    match deserializer.deserialize_map(visitor) {
        // Being told to stop leaves the rest unread, which the parser takes for an error.
        _ if is_stopped => Ok(()),
        Ok(()) => Ok(()),
        Err(error) => Err(Error::malformed("snapshot", error.to_string())),
    }
}

/// Fails when more than the budget is read before somebody fills it up again.
struct Limited<'a, R> {
    reader: R,
    budget: &'a Cell<usize>,
}

impl<R: Read> Read for Limited<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        let left = self.budget.get().checked_sub(count);
        self.budget.set(left.ok_or_else(|| io::Error::other("an item is larger than 16 MiB"))?);
        Ok(count)
    }
}

struct Snapshot<'a, F> {
    on_item: &'a mut F,
    budget: &'a Cell<usize>,
    is_stopped: &'a mut bool,
}

impl<'de, F: FnMut(Result<RawItem, DamagedItem>) -> ControlFlow<()>> Visitor<'de> for Snapshot<'_, F> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a configuration snapshot")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let mut has_items = false;
        while let Some(key) = map.next_key::<String>()? {
            if key == "configurationItems" {
                has_items = true;
                map.next_value_seed(Items(&mut self))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        if has_items { Ok(()) } else { Err(A::Error::custom("configurationItems is missing")) }
    }
}

struct Items<'a, 'b, F>(&'a mut Snapshot<'b, F>);

impl<'de, F: FnMut(Result<RawItem, DamagedItem>) -> ControlFlow<()>> DeserializeSeed<'de>
    for Items<'_, '_, F>
{
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, F: FnMut(Result<RawItem, DamagedItem>) -> ControlFlow<()>> Visitor<'de> for Items<'_, '_, F> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array of configuration items")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(raw) = items.next_element::<Box<RawValue>>()? {
            self.0.budget.set(LARGEST_ITEM);
            if (self.0.on_item)(RawItem::read(raw.get())).is_break() {
                *self.0.is_stopped = true;
                return Err(A::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ITEM: &str = r#"{"resourceType":"AWS::EC2::Volume","resourceId":"vol-1","configurationItemStatus":"OK",
        "configurationItemCaptureTime":"2026-03-01T10:00:00Z","configuration":{"a":"]}"}}"#;

    /// How many items there were, how many of them could not be read, and what came of it all.
    fn read(text: &str) -> (usize, usize, Result<(), String>) {
        let (mut count, mut bad) = (0, 0);
        let result = read_items(text.as_bytes(), |item| {
            count += 1;
            bad += usize::from(item.is_err());
            ControlFlow::Continue(())
        });
        (count, bad, result.map_err(|error| error.to_string()))
    }

    #[test]
    fn items_come_one_by_one_whatever_stands_around_them() {
        let text =
            format!(r#"{{"fileVersion":"1.0","configurationItems":[{ITEM},{ITEM}],"more":{{"x":[1]}}}}"#);
        assert_eq!(read(&text), (2, 0, Ok(())));
        assert_eq!(read(r#"{"configurationItems":[]}"#), (0, 0, Ok(())));
    }

    #[test]
    fn an_item_that_cannot_be_read_spoils_no_other() {
        assert_eq!(read(&format!(r#"{{"configurationItems":[{{}},{ITEM},7]}}"#)), (3, 2, Ok(())));
    }

    #[test]
    fn what_is_no_snapshot_is_refused() {
        for text in ["", "[]", "{}", "7", r#"{"configurationItems":{}}"#, r#"{"configurationItems":[{}"#] {
            let (.., result) = read(text);
            assert!(result.unwrap_err().starts_with("snapshot: "), "{text}");
        }
    }

    #[test]
    fn reading_can_be_stopped() {
        let mut count = 0;
        let text = format!(r#"{{"configurationItems":[{ITEM},{ITEM},{ITEM}"#);
        let result = read_items(text.as_bytes(), |_| {
            count += 1;
            ControlFlow::Break(())
        });
        assert!(result.is_ok() && count == 1);
    }

    #[test]
    fn an_item_without_end_is_refused_before_memory_is() {
        let endless = br#"{"configurationItems":[{"x":""#.chain(io::repeat(b'x'));
        let error = read_items(endless, |_| ControlFlow::Continue(())).unwrap_err();
        assert!(error.to_string().contains("larger than 16 MiB"), "{error}");
    }
}
