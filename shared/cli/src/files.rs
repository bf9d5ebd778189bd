//! Finds and opens the files that the command line names.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

use config_rules::facts::{Facts, LISTS, Recorded};
use flate2::bufread::MultiGzDecoder;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};
use walkdir::{DirEntry, WalkDir};

use crate::{Error, result::Refusal, s3::SCHEME};

/// What a file begins with that gzip has compressed.
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// What some editors put before a text.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The files named, and the .json and .json.gz files of the folders named, in order of their names.
///
/// Fails when a path does not exist, or a folder holds no such file: a typing error must not look like success.
pub(crate) fn find(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for path in paths {
        if path.to_str().is_some_and(|path| path.starts_with(SCHEME)) {
            return Err(format!("{}: only `replay`, `diff` and `facts` read buckets", path.display()).into());
        } else if path.is_dir() {
            files.extend(folder(path)?);
        } else if path.as_os_str() == "-" || path.exists() {
            files.push(path.clone());
        } else {
            return Err(format!("{}: no such file or folder", path.display()).into());
        }
    }
    Ok(files)
}

/// Opens a file, or standard input for `-`, and decompresses it where it is compressed.
pub(crate) fn open(path: &Path) -> Result<Box<dyn Read + Send>, Refusal> {
    match path.to_str() {
        Some("-") => decompressed(io::stdin()),
        _ => decompressed(File::open(path).map_err(Refusal::bad_file)?),
    }
}

/// The content of a file, which may be compressed.
pub(crate) fn decompressed(file: impl Read + Send + 'static) -> Result<Box<dyn Read + Send>, Refusal> {
    let mut file = BufReader::with_capacity(64 * 1024, file);
    let head = file.fill_buf().map_err(Refusal::bad_file)?;
    if head.starts_with(&GZIP) {
        return Ok(Box::new(Decompressed(MultiGzDecoder::new(file))));
    }
    if head.starts_with(BYTE_ORDER_MARK) {
        file.consume(BYTE_ORDER_MARK.len());
    }
    Ok(Box::new(file))
}

/// What gzip has compressed; its errors say so.
struct Decompressed<R>(MultiGzDecoder<R>);

impl<R: BufRead> Read for Decompressed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let damaged =
            |error: io::Error| io::Error::new(error.kind(), format!("gzip, cut off or damaged: {error}"));
        self.0.read(buffer).map_err(damaged)
    }
}

/// The text of a file that is to be JSON.
pub(crate) fn text(mut file: impl Read) -> Result<String, Refusal> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(Refusal::bad_file)?;
    if let Some((_, what)) = OTHERS.iter().find(|(beginning, _)| bytes.starts_with(beginning)) {
        return Err(Refusal::bad_file(what));
    }
    let text = String::from_utf8(bytes).map_err(|_| Refusal::bad_file("not UTF-8"))?;
    if text.trim().is_empty() {
        return Err(Refusal::bad_file("the file is empty"));
    }
    match serde_json::Deserializer::from_str(&text).into_iter::<IgnoredAny>().find_map(Result::err) {
        None => Ok(text),
        Some(error) => Err(Refusal::bad_file(format!("not JSON: {error}"))),
    }
}

/// What a file begins with that this command does not decompress, or does not read, and what helps.
const OTHERS: &[(&[u8], &str)] = &[
    (&[0xff, 0xfe], "UTF-16, as Windows PowerShell writes it; save it as UTF-8"),
    (&[0xfe, 0xff], "UTF-16; save it as UTF-8"),
    (b"PK\x03\x04", "a zip archive; unpack it"),
    (&[0x28, 0xb5, 0x2f, 0xfd], "compressed with zstd; decompress it, as `zstd -dc` does"),
    (b"BZh", "compressed with bzip2; decompress it, as `bzip2 -dc` does"),
    (&[0xfd, b'7', b'z', b'X', b'Z', 0], "compressed with xz; decompress it, as `xz -dc` does"),
    (b"PAR1", "a Parquet file; export it as JSON"),
];

/// What files of facts hold: those that `config-rules facts` prints, and lists such as `aws ec2 describe-images` prints. What
/// stands in a later file counts.
pub(crate) fn facts(paths: &[PathBuf]) -> Result<Facts, Error> {
    let mut facts = Facts::default();
    for path in paths {
        let name = path.display();
        let text = fs::read_to_string(path).map_err(|error| format!("--facts {name}: {error}"))?;
        facts.extend(facts_of(&text).map_err(|error| format!("--facts {name}: {error}"))?);
    }
    Ok(facts)
}

fn facts_of(text: &str) -> Result<Facts, String> {
    let wanted =
        format!("a JSON object: what `config-rules facts` prints, or a list of {}", LISTS.join(", "));
    let object: Map<String, Value> =
        serde_json::from_str(text).map_err(|error| format!("{error}; expected {wanted}"))?;
    if !object.iter().any(|(key, value)| value.is_array() && key.starts_with(char::is_uppercase)) {
        return Facts::from_json(text).map_err(|error| error.to_string());
    }
    let mut recorded = Recorded::default();
    recorded
        .add_described(object)
        .map_err(|key| format!("facts do not come from {key}; expected {wanted}"))?;
    Ok(recorded.into_facts())
}

fn folder(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut paths = Vec::new();
    let is_event = |entry: &DirEntry| entry.file_name() != "facts" || entry.depth() == 0;
    for entry in WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(is_event) {
        let path = entry?.into_path();
        if path.is_file() && is_json(&path) {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        return Err(format!("{}: no .json or .json.gz file in this folder", folder.display()).into());
    }
    Ok(paths)
}

/// Whether a name says that the file is JSON, or was before it was compressed.
pub(crate) fn is_json(path: &Path) -> bool {
    let ends = |path: &Path, extension: &str| path.extension().is_some_and(|found| found == extension);
    ends(path, "json") || ends(path, "gz") && ends(&path.with_extension(""), "json")
}
