//! Finds and opens the files that the command line names.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

use config_rules::facts::Facts;
use flate2::bufread::MultiGzDecoder;
use serde::de::IgnoredAny;
use serde_json::error::Category;
use walkdir::{DirEntry, WalkDir};

use crate::{Error, answer::Refusal};

/// What a file begins with that gzip has compressed.
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// What some editors put before a text.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
/// What a text in UTF-16 begins with: the mark in either order.
const UTF_16: [&[u8]; 2] = [&[0xff, 0xfe], &[0xfe, 0xff]];

/// The files named, and the .json and .json.gz files of the folders named, in order of their names.
///
/// Fails when a path does not exist, or a folder holds no such file: a typing error must not look like success.
pub(crate) fn find(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
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
pub(crate) fn open(path: &Path) -> Result<Box<dyn Read>, Refusal> {
    let file: Box<dyn Read> = match path.to_str() {
        Some("-") => Box::new(io::stdin()),
        _ => Box::new(File::open(path).map_err(Refusal::bad_file)?),
    };
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

/// The JSON object in a file, as text: an event, an item, a history, a snapshot or a listing is one.
#[expect(clippy::zero_sized_map_values, reason = "a set would be read from a list")]
pub(crate) fn object(mut file: impl Read) -> Result<String, Refusal> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(Refusal::bad_file)?;
    let text = String::from_utf8(bytes).map_err(|error| not_utf_8(error.as_bytes()))?;
    if text.trim().is_empty() {
        return Err(Refusal::bad_file("the file is empty"));
    }
    match serde_json::from_str::<HashMap<String, IgnoredAny>>(&text) {
        Ok(_) => Ok(text),
        Err(error) if error.classify() == Category::Data => {
            Err(Refusal::bad_file(format!("not a JSON object: {error}")))
        }
        Err(error) => Err(Refusal::bad_file(format!("not JSON: {error}"))),
    }
}

fn not_utf_8(bytes: &[u8]) -> Refusal {
    Refusal::bad_file(if UTF_16.iter().any(|mark| bytes.starts_with(mark)) {
        "UTF-16, as Windows PowerShell writes it; save it as UTF-8"
    } else {
        "not UTF-8"
    })
}

/// What the file of facts holds; nothing if there is none.
pub(crate) fn facts(path: Option<&Path>) -> Result<Facts, Error> {
    let Some((name, text)) = facts_text(path)? else {
        return Ok(Facts::default());
    };
    Facts::from_json(&text).map_err(|error| format!("--facts {name}: {error}").into())
}

/// The name and text of the file of facts.
pub(crate) fn facts_text(path: Option<&Path>) -> Result<Option<(String, String)>, Error> {
    let Some(path) = path else {
        return Ok(None);
    };
    let name = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| format!("--facts {name}: {error}"))?;
    Ok(Some((name, text)))
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

fn is_json(path: &Path) -> bool {
    let ends = |path: &Path, extension: &str| path.extension().is_some_and(|found| found == extension);
    ends(path, "json") || ends(path, "gz") && ends(&path.with_extension(""), "json")
}
