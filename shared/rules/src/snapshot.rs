//! Reads a configuration snapshot item by item, in memory that does not grow with it.

use std::{
    io::{ErrorKind, Read},
    ops::{ControlFlow, Range},
    str,
};

use serde_json::{Deserializer, from_slice};

use crate::{
    Error,
    item::{DamagedItem, RawItem},
};

/// Far more than AWS Config records of one resource; a file with such an item is not a snapshot.
const LARGEST_ITEM: usize = 16 * 1024 * 1024;
/// How much is read at a time.
const CHUNK: usize = 64 * 1024;

/// Hands over each item of a snapshot, or what is wrong with it, until it is told to stop.
///
/// # Errors
/// [`Error::MalformedEvent`] when the text ends early, is not JSON, has no `configurationItems`, or holds an item of more
/// than 16 MiB; or when it cannot be read.
pub fn read_items(
    reader: impl Read,
    on_item: impl FnMut(Result<RawItem, DamagedItem>) -> ControlFlow<()>,
) -> Result<(), Error> {
    let text = Text { reader, bytes: Vec::new(), start: 0 };
    text.read(on_item).map_err(|problem| Error::malformed("snapshot", problem))
}

/// A text of which only the values around the current one are in memory.
struct Text<R> {
    reader: R,
    bytes: Vec<u8>,
    /// Where in them the next value begins.
    start: usize,
}

impl<R: Read> Text<R> {
    fn read(
        mut self,
        mut on_item: impl FnMut(Result<RawItem, DamagedItem>) -> ControlFlow<()>,
    ) -> Result<(), String> {
        let mut has_items = false;
        self.expect(b'{')?;
        let mut is_next = self.peek()? != b'}';
        while is_next {
            let key = self.end_of_value()?;
            let key: String = from_slice(&self.bytes[key]).map_err(|error| error.to_string())?;
            self.expect(b':')?;
            if key == "configurationItems" {
                has_items = true;
                if self.items(&mut on_item)?.is_break() {
                    return Ok(());
                }
            } else {
                let value = self.end_of_value()?;
                from_slice::<serde::de::IgnoredAny>(&self.bytes[value]).map_err(|error| error.to_string())?;
            }
            is_next = self.separator(b'}')?;
        }
        if has_items { Ok(()) } else { Err("configurationItems is missing".to_owned()) }
    }

    fn items(
        &mut self,
        on_item: &mut impl FnMut(Result<RawItem, DamagedItem>) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, String> {
        self.expect(b'[')?;
        if self.peek()? == b']' {
            self.start += 1;
            return Ok(ControlFlow::Continue(()));
        }
        loop {
            let item = self.item()?;
            if on_item(item).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            if !self.separator(b']')? {
                return Ok(ControlFlow::Continue(()));
            }
        }
    }

    /// Almost every item stands whole in memory, and is read in one pass. Of one that does not, or that cannot be read, the
    /// end is looked for first.
    #[allow(clippy::result_large_err, reason = "an item itself is larger")]
    fn item(&mut self) -> Result<Result<RawItem, DamagedItem>, String> {
        self.peek()?;
        let mut whole = Deserializer::from_slice(&self.bytes[self.start..]).into_iter::<RawItem>();
        if let Some(Ok(item)) = whole.next() {
            self.start += whole.byte_offset();
            return Ok(Ok(item));
        }
        let item = self.end_of_value()?;
        let text = str::from_utf8(&self.bytes[item]);
        Ok(text.map_err(|error| DamagedItem::new(error.to_string())).and_then(RawItem::read))
    }

    /// Whether there is another value before the end of the object or the array.
    fn separator(&mut self, end: u8) -> Result<bool, String> {
        let found = self.peek()?;
        self.start += 1;
        match found {
            b',' => Ok(true),
            found if found == end => Ok(false),
            found => Err(unexpected(found)),
        }
    }

    fn expect(&mut self, wanted: u8) -> Result<(), String> {
        match self.peek()? {
            found if found == wanted => {
                self.start += 1;
                Ok(())
            }
            found => Err(unexpected(found)),
        }
    }

    /// The next byte that is no white space.
    fn peek(&mut self) -> Result<u8, String> {
        loop {
            let left = &self.bytes[self.start..];
            match left.iter().position(|byte| !byte.is_ascii_whitespace()) {
                Some(spaces) => {
                    self.start += spaces;
                    return Ok(self.bytes[self.start]);
                }
                None => self.start = self.bytes.len(),
            }
            self.fill()?;
        }
    }

    /// Goes beyond the next value, whether it is right or not, and says where it stands.
    fn end_of_value(&mut self) -> Result<Range<usize>, String> {
        self.peek()?;
        let (mut length, mut depth, mut is_text) = (0, 0_usize, false);
        loop {
            let Some(byte) = self.bytes.get(self.start + length).copied() else {
                self.fill()?;
                continue;
            };
            let is_within = depth > 0 || is_text;
            match byte {
                b'\\' if is_text => length += 1,
                b'"' => is_text = !is_text,
                _ if is_text => {}
                b'{' | b'[' => depth += 1,
                b'}' | b']' | b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => break,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            length += 1;
            if is_within && depth == 0 && !is_text {
                break;
            }
        }
        let value = self.start..self.start + length;
        self.start += length;
        Ok(value)
    }

    /// Reads on, and forgets what stands before the next value.
    fn fill(&mut self) -> Result<(), String> {
        self.bytes.drain(..self.start);
        self.start = 0;
        let known = self.bytes.len();
        if known > LARGEST_ITEM {
            return Err("an item is larger than 16 MiB".to_owned());
        }
        self.bytes.resize(known + CHUNK, 0);
        let count = loop {
            match self.reader.read(&mut self.bytes[known..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read.map_err(|error| error.to_string())?,
            }
        };
        self.bytes.truncate(known + count);
        if count == 0 { Err("EOF while parsing: the text ends early".to_owned()) } else { Ok(()) }
    }
}

fn unexpected(byte: u8) -> String {
    format!("not JSON: {:?} stands where something else is expected", char::from(byte))
}

#[cfg(test)]
mod tests {
    use std::io;

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

    /// However the bytes arrive, and whatever stands in the texts.
    #[test]
    fn items_are_whole_wherever_a_piece_ends() {
        let item = ITEM.replace("]}", r#"\"]},{ \\"#);
        let text =
            format!("{{ \"a\" : [ 1 , {{}} ] , \"configurationItems\" : [ {item} , {item} ] , \"b\" : 7 }}");
        for size in 1..=ITEM.len() {
            let pieces = text.as_bytes().chunks(size).map(<[u8]>::to_vec).collect();
            let mut count = 0;
            let result = read_items(Pieces(pieces), |item| {
                assert_eq!(item.unwrap().configuration.unwrap().get(), r#"{"a":"\"]},{ \\"}"#);
                count += 1;
                ControlFlow::Continue(())
            });
            assert_eq!((result.map_err(|error| error.to_string()), count), (Ok(()), 2), "{size}");
        }
    }

    /// What arrives at a time.
    struct Pieces(std::collections::VecDeque<Vec<u8>>);

    impl Read for Pieces {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let piece = self.0.pop_front().unwrap_or_default();
            buffer[..piece.len()].copy_from_slice(&piece);
            Ok(piece.len())
        }
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
