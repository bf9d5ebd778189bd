//! The files of the functions: those that cargo-lambda has built, or built now.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    process::Stdio,
};

use anstream::eprintln;
use config_rules::catalogue::CatalogueEntry;
use serde::Deserialize;
use tokio::process::Command;

use crate::{
    functions::{self, failed},
    result::Refusal,
};

pub(super) struct Bootstraps {
    /// Where cargo-lambda has left them.
    folder: Option<PathBuf>,
    /// By rule; or why there is none.
    found: HashMap<&'static str, Result<PathBuf, String>>,
}

/// What `cargo build` tells of what it has built; other messages have no such fields.
#[derive(Deserialize)]
struct Artifact {
    executable: Option<PathBuf>,
}

impl Bootstraps {
    pub(super) fn new(folder: Option<&Path>) -> Self {
        Self { folder: folder.map(Path::to_owned), found: HashMap::new() }
    }

    /// The file of a rule's function. It is built when it is first asked for, and only then: what cannot be built is not tried
    /// again for every resource.
    pub(super) async fn of(&mut self, rule: &CatalogueEntry) -> Result<PathBuf, Refusal> {
        let name = rule.metadata.name;
        if !self.found.contains_key(name) {
            let file = match &self.folder {
                Some(folder) => in_folder(folder, name),
                None => build(name).await,
            };
            self.found.insert(name, file.map_err(|refusal| refusal.message));
        }
        self.found[name].clone().map_err(failed)
    }
}

/// The file that cargo-lambda has left for a rule.
pub(super) fn in_folder(folder: &Path, rule: &str) -> Result<PathBuf, Refusal> {
    let file = folder.join(rule).join("bootstrap");
    functions::existing(&file)?;
    Ok(file)
}

async fn build(name: &str) -> Result<PathBuf, Refusal> {
    eprintln!("building the function {name}");
    let built = Command::new("cargo")
        .args(["build", "--locked", "--package", name, "--message-format", "json-render-diagnostics"])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|error| {
            failed(format!("cargo build: {error}; --bootstrap names functions that are built"))
        })?;
    let lines = built.stdout.split(|byte| *byte == b'\n');
    let artifacts = lines.filter_map(|line| serde_json::from_slice::<Artifact>(line).ok());
    let file = artifacts.filter_map(|artifact| artifact.executable).next_back();
    file.filter(|_| built.status.success()).ok_or_else(|| {
        failed(format!("cargo build --package {name}: {}; it takes a checkout of config-rules", built.status))
    })
}
