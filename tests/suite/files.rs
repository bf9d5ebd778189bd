//! The repository's files, for the tests that read them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use walkdir::WalkDir;

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package stands in the repository")
}

/// The files below a folder of the repository that end so, in order; without those of folders named `facts`, which hold
/// no events.
pub(crate) fn below(folder: &str, ending: &str) -> Vec<PathBuf> {
    let files = WalkDir::new(root().join(folder)).sort_by_file_name().into_iter();
    let files = files.filter_entry(|entry| entry.file_name() != "facts");
    let files: Vec<_> =
        files.map(|entry| entry.unwrap().into_path()).filter(|path| is(path, ending)).collect();
    assert!(!files.is_empty(), "no {ending} below {folder}");
    files
}

fn is(path: &Path, ending: &str) -> bool {
    path.is_file() && path.to_str().is_some_and(|path| path.ends_with(ending))
}

/// A file's text.
#[track_caller]
pub(crate) fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A file's name below the root.
pub(crate) fn name(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().display().to_string()
}

/// Compares generated files with what they should be. Stale ones are written anew, and the test fails once.
#[track_caller]
pub(crate) fn are_generated(files: impl IntoIterator<Item = (String, String)>) {
    let is_stale = |(name, expected): &(String, String)| {
        fs::read_to_string(root().join(name)).unwrap_or_default() != *expected
    };
    let stale: Vec<_> = files.into_iter().filter(is_stale).collect();
    for (name, expected) in &stale {
        let path = root().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, expected).unwrap();
    }
    let names: Vec<_> = stale.iter().map(|(name, _)| name.as_str()).collect();
    assert!(
        stale.is_empty(),
        "stale, now written anew: look at the difference, and commit it: {}",
        names.join(", ")
    );
}
