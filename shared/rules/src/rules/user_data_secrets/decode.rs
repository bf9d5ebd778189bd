//! User data as the texts that it consists of: unpacked, decoded and taken apart, within bounds.

use std::{fmt, io::Read as _, sync::LazyLock};

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use flate2::read::MultiGzDecoder;
use mail_parser::{
    Encoding, Message, MessageParser, MessagePart, MimeHeaders as _, PartType,
    decoders::quoted_printable::quoted_printable_decode,
};
use regex::Regex;

/// How often something may be encoded: what is deeper is not read.
const DEPTH: usize = 4;
/// How many bytes are read in all, decoded ones included. EC2 takes 16 KB.
const BYTES: usize = 1 << 20;
/// The shortest Base64 that is decoded.
const SHORTEST: usize = 24;
/// How many texts are read at most.
const TEXTS: usize = 1000;

/// A text of the user data.
pub(super) struct Text {
    pub(super) place: Place,
    pub(super) content: String,
    /// Which text it was decoded from: it stands there, too, but in another form.
    pub(super) parent: Option<usize>,
    depth: usize,
}

/// Where in the user data a text is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Place {
    /// The user data itself, unpacked.
    #[default]
    Whole,
    /// The part of a MIME message with this number, from 1, and its content type if cloud-init knows it.
    Part(usize, Option<&'static str>, Box<Self>),
    /// Encoded in a line.
    Encoded(&'static str, usize, Box<Self>),
}

/// What follows `line 12`: nothing, or ` of part 2 (text/x-shellscript)`.
impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => Ok(()),
            Self::Part(number, None, within) => write!(formatter, " of part {number}{within}"),
            Self::Part(number, Some(name), within) => write!(formatter, " of part {number} ({name}){within}"),
            Self::Encoded(encoding, line, within) => {
                write!(formatter, " of the {encoding} at line {line}{within}")
            }
        }
    }
}

/// All texts, and what could not be read.
#[derive(Default)]
pub(super) struct Decoded {
    pub(super) texts: Vec<Text>,
    /// Sentences: user data with one of these is not known to hold no secret.
    pub(super) doubts: Vec<String>,
    /// Whether some of it is neither text nor packed.
    pub(super) is_binary: bool,
    bytes: usize,
}

static LENIENT: GeneralPurpose = lenient(&alphabet::STANDARD);
static LENIENT_URL: GeneralPurpose = lenient(&alphabet::URL_SAFE);

const fn lenient(alphabet: &alphabet::Alphabet) -> GeneralPurpose {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(alphabet, config.with_decode_allow_trailing_bits(true))
}

/// Reads user data in the form that EC2 has it: Base64.
pub(super) fn decode(user_data: &str) -> Decoded {
    let mut decoded = Decoded::default();
    let compact: String = user_data.chars().filter(|character| !character.is_ascii_whitespace()).collect();
    if let Ok(bytes) = LENIENT.decode(&compact) {
        decoded.add(bytes, Place::Whole, None, 0);
    } else {
        decoded.doubts.push("the user data is not Base64".to_owned());
        decoded.add(user_data.as_bytes().to_vec(), Place::Whole, None, 0);
    }
    decoded
}

impl Decoded {
    /// Adds a text, and all that is encoded in it.
    fn add(&mut self, mut bytes: Vec<u8>, place: Place, parent: Option<usize>, mut depth: usize) {
        while bytes.starts_with(&[0x1f, 0x8b]) {
            depth += 1;
            if self.is_too_deep(depth, &place) {
                return;
            }
            bytes = self.unzip(&bytes, &place);
        }
        if !self.has_room(bytes.len(), &place) {
            return;
        }
        let content = self.text(&bytes);
        let index = self.texts.len();
        self.texts.push(Text { place, content, parent, depth });
        self.add_parts(index);
        self.add_encoded(index);
    }

    fn is_too_deep(&mut self, depth: usize, place: &Place) -> bool {
        let is_too_deep = depth > DEPTH;
        if is_too_deep {
            self.doubt(format!("what is encoded more than {DEPTH} times{place} was not read"));
        }
        is_too_deep
    }

    fn has_room(&mut self, bytes: usize, place: &Place) -> bool {
        let has_room = self.bytes + bytes <= BYTES && self.texts.len() < TEXTS;
        if has_room {
            self.bytes += bytes;
        } else {
            self.doubt(format!("of what is decoded{place} no more than 1 MiB, or {TEXTS} parts, is read"));
        }
        has_room
    }

    fn doubt(&mut self, sentence: String) {
        if !self.doubts.contains(&sentence) {
            self.doubts.push(sentence);
        }
    }

    /// What was unpacked until the end or an error.
    fn unzip(&mut self, bytes: &[u8], place: &Place) -> Vec<u8> {
        let mut unzipped = Vec::new();
        let room = u64::try_from(BYTES - self.bytes).unwrap_or_default();
        let result = MultiGzDecoder::new(bytes).take(room + 1).read_to_end(&mut unzipped);
        if result.is_err() {
            self.doubt(format!("the gzip data{place} is damaged"));
        }
        unzipped
    }

    /// UTF-8, or UTF-16 with or without a byte order mark.
    fn text(&mut self, bytes: &[u8]) -> String {
        match bytes {
            [0xff, 0xfe, rest @ ..] => return utf16(rest, u16::from_le_bytes),
            [0xfe, 0xff, rest @ ..] => return utf16(rest, u16::from_be_bytes),
            _ if is_utf16(bytes) => return utf16(bytes, u16::from_le_bytes),
            _ => {}
        }
        let text = String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
        self.is_binary |= !is_text(&text);
        text.into_owned()
    }

    /// The parts of a MIME message, as cloud-init recognizes one.
    fn add_parts(&mut self, parent: usize) {
        let Text { content: text, place, depth, .. } = &self.texts[parent];
        let head: String = text.chars().take(4096).collect::<String>().to_ascii_lowercase();
        if !head.contains("mime-version:") && !head.trim_start().starts_with("content-type: multipart") {
            return;
        }
        let Some(message) = MessageParser::default().parse(text.trim_start()) else { return };
        let (place, depth) = (place.clone(), depth + 1);
        let leaves = message.parts.iter().filter(|part| !matches!(part.body, PartType::Multipart(_)));
        let parts: Vec<_> = leaves
            .enumerate()
            .map(|(index, part)| {
                let content_type =
                    part.content_type().and_then(|found| known(found.ctype(), found.subtype()));
                let part_place = Place::Part(index + 1, content_type, Box::new(place.clone()));
                let body = body(&message, part);
                let is_damaged = part.is_encoding_problem || body.is_none();
                (body.unwrap_or_default(), part_place, is_damaged)
            })
            .collect();
        for (bytes, place, is_damaged) in parts {
            if is_damaged {
                self.doubt(format!("what follows the headers{place} is not in the encoding that they name"));
            }
            if !bytes.is_empty() && !self.is_too_deep(depth, &place) {
                self.add(bytes, place, Some(parent), depth);
            }
        }
    }

    /// Base64 that decodes to text or to gzip data, and percent-encoded data URLs.
    fn add_encoded(&mut self, parent: usize) {
        let Text { content: text, place, depth, .. } = &self.texts[parent];
        let (place, depth) = (place.clone(), depth + 1);
        let found: Vec<_> = base64_runs(text).chain(data_urls(text)).collect();
        for Run { encoding, line, bytes } in found {
            let place = Place::Encoded(encoding, line, Box::new(place.clone()));
            if !self.is_too_deep(depth, &place) {
                self.add(bytes, place, Some(parent), depth);
            }
        }
    }
}

/// The bytes of a part: the library would take those of `text/…` for text, and gzip data is none.
fn body(message: &Message, part: &MessagePart) -> Option<Vec<u8>> {
    let range = usize::try_from(part.offset_body).ok()?..usize::try_from(part.offset_end).ok()?;
    let raw = message.raw_message.get(range)?;
    match part.encoding {
        Encoding::None => Some(raw.to_vec()),
        Encoding::QuotedPrintable => quoted_printable_decode(raw),
        Encoding::Base64 => {
            let digits: Vec<u8> = raw.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
            LENIENT.decode(digits).ok()
        }
    }
}

struct Run {
    encoding: &'static str,
    /// From 1.
    line: usize,
    bytes: Vec<u8>,
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte)
}

/// All Base64 that means something; where it is wrapped, its lines are joined.
fn base64_runs(text: &str) -> impl Iterator<Item = Run> {
    let lines: Vec<&str> = text.lines().collect();
    // What was joined once, and means nothing, is not joined again from its next line on.
    let (mut runs, mut joined_until, mut single_until) = (Vec::new(), 0, 0);
    for (index, line) in lines.iter().enumerate().filter(|(_, line)| line.len() >= SHORTEST) {
        if index < joined_until {
            continue;
        }
        for run in line.split(|character: char| !character.is_ascii() || !is_base64(character as u8)) {
            if run.len() < SHORTEST {
                continue;
            }
            let is_at_end = line.trim_end().trim_end_matches('=').ends_with(run);
            let wrapped = if is_at_end && index >= single_until {
                wrapped(run, &lines[index + 1..])
            } else {
                (String::new(), 0)
            };
            let (joined, count) = wrapped;
            if count > 0
                && let Some(bytes) = meaning(&joined)
            {
                joined_until = index + 1 + count;
                runs.push(Run { encoding: "Base64", line: index + 1, bytes });
                continue;
            }
            single_until = single_until.max(index + 1 + count);
            if let Some(bytes) = meaning(run) {
                runs.push(Run { encoding: "Base64", line: index + 1, bytes });
            }
        }
    }
    runs.into_iter()
}

/// A run at the end of its line and the lines that go on from there, and how many these are.
fn wrapped(run: &str, following: &[&str]) -> (String, usize) {
    let (mut joined, mut count) = (run.to_owned(), 0);
    for line in following {
        let line = line.trim();
        let digits = line.trim_end_matches('=');
        if digits.is_empty() || !digits.bytes().all(is_base64) {
            break;
        }
        joined.push_str(digits);
        count += 1;
        if digits.len() < line.len() {
            break;
        }
    }
    (joined, count)
}

/// What Base64 decodes to, if that is text or gzip data. What begins as gzip data, and goes on otherwise, is left to the
/// decompressor to complain about.
fn meaning(run: &str) -> Option<Vec<u8>> {
    let engine = if run.contains(['-', '_']) { &LENIENT_URL } else { &LENIENT };
    let whole = run.len() - usize::from(run.len() % 4 == 1);
    let bytes = engine.decode(run.get(..whole)?).ok()?;
    let is_packed = bytes.starts_with(&[0x1f, 0x8b, 0x08]);
    let is_meant = is_packed || is_utf16(&bytes) || std::str::from_utf8(&bytes).is_ok_and(is_text);
    is_meant.then_some(bytes)
}

/// Percent-encoded data URLs, as Ignition has them.
fn data_urls(text: &str) -> impl Iterator<Item = Run> {
    static URL: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"data:[A-Za-z0-9;=/+.-]*,([^\s"'<>`]*%[0-9A-Fa-f]{2}[^\s"'<>`]*)"#).ok()
    });
    let found =
        URL.iter().flat_map(move |url| url.captures_iter(text)).filter_map(|captures| captures.get(1));
    found.map(move |data| Run {
        encoding: "data URL",
        line: line_of(text, data.start()),
        bytes: percent_encoding::percent_decode_str(data.as_str()).collect(),
    })
}

/// The number of the line, from 1, that a place is in.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    text[..offset].matches('\n').count() + 1
}

/// Whether hardly anything is a control character or was no UTF-8.
fn is_text(text: &str) -> bool {
    let is_odd = |character: &char| {
        (character.is_control() && !"\n\r\t\u{1b}".contains(*character)) || *character == '\u{fffd}'
    };
    text.chars().filter(is_odd).count() * 20 <= text.chars().count()
}

/// Whether every other byte is zero, but for a few: UTF-16 that is not marked, as `-EncodedCommand` takes it.
fn is_utf16(bytes: &[u8]) -> bool {
    let high = bytes.iter().skip(1).step_by(2);
    bytes.len() >= 8
        && bytes.len().is_multiple_of(2)
        && high.clone().filter(|byte| **byte == 0).count() * 10 >= high.len() * 9
        && bytes.iter().step_by(2).all(|byte| *byte != 0)
}

fn utf16(bytes: &[u8], read: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| read([pair[0], pair[1]]));
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// A content type that cloud-init, or a MIME message, knows. Others are anybody's text, and are not shown.
fn known(main: &str, sub: Option<&str>) -> Option<&'static str> {
    const KNOWN: &[&str] = &[
        "text/plain",
        "text/cloud-config",
        "text/cloud-config-archive",
        "text/cloud-config-jsonp",
        "text/cloud-boothook",
        "text/jinja2",
        "text/part-handler",
        "text/upstart-job",
        "text/x-include-once-url",
        "text/x-include-url",
        "text/x-shellscript",
        "text/x-shellscript-per-boot",
        "text/x-shellscript-per-instance",
        "text/x-shellscript-per-once",
        "application/gzip",
        "application/octet-stream",
        "application/node.eks.aws",
    ];
    let own = format!("{main}/{}", sub?).to_ascii_lowercase();
    KNOWN.iter().copied().find(|known| *known == own)
}

/// The text that a piece of Base64 decodes to, if it does.
pub(super) fn text_of(base64: &str) -> Option<String> {
    String::from_utf8(LENIENT.decode(base64).ok()?).ok()
}
