//! Finds the files that the command line names, and the rule that a file is about.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use config_rules::catalogue::{self, CatalogueEntry};
use walkdir::{DirEntry, WalkDir};

use crate::{Error, answer::Refusal};

/// A file's name, and its text or why it cannot be read.
pub(crate) struct File {
    pub(crate) path: PathBuf,
    pub(crate) text: Result<String, Refusal>,
}

/// The files named, and the .json files of the folders named, in order of their names.
///
/// Fails when a path does not exist, or a folder holds no such file: a typing error must not look like success.
pub(crate) fn read(paths: &[PathBuf]) -> Result<Vec<File>, Error> {
    let mut files = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            files.push(File {
                path: path.clone(),
                text: io::read_to_string(io::stdin()).map_err(Refusal::bad_file),
            });
        } else if path.is_dir() {
            files.extend(folder(path)?.into_iter().map(file));
        } else if path.exists() {
            files.push(file(path.clone()));
        } else {
            return Err(format!("{}: no such file or folder", path.display()).into());
        }
    }
    Ok(files)
}

/// The name and text of the file of facts.
pub(crate) fn facts(path: Option<&Path>) -> Result<Option<(String, String)>, Error> {
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
        if path.is_file() && path.extension().is_some_and(|extension| extension == "json") {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        return Err(format!("{}: no .json file in this folder", folder.display()).into());
    }
    Ok(paths)
}

fn file(path: PathBuf) -> File {
    let text = fs::read_to_string(&path).map_err(Refusal::bad_file);
    File { path, text }
}

/// The rule of this name.
pub(crate) fn rule(name: &str) -> Result<&'static CatalogueEntry, Error> {
    catalogue::find(name).ok_or_else(|| {
        let names: Vec<_> = catalogue::RULES.iter().map(|rule| rule.metadata.name).collect();
        format!("{name}: there is no such rule; there are {}", names.join(", ")).into()
    })
}

/// The rule that a file is about: the one that its event was sent for, else the one that its folder is named after.
pub(crate) fn rule_of(path: &Path, deployed_name: Option<&str>) -> Result<&'static CatalogueEntry, Refusal> {
    let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    deployed_name.and_then(catalogue::find_deployed).or_else(|| folder.and_then(catalogue::find)).ok_or_else(
        || {
            let named = deployed_name.map_or("names no rule".to_owned(), |name| format!("is for {name:?}"));
            Refusal::bad_file(format!("which rule? The file {named}; say --rule"))
        },
    )
}
