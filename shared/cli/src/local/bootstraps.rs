//! The files of the functions: those that cargo-lambda has built, or built now.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anstream::eprintln;
use config_rules::catalogue::CatalogueEntry;
use serde::Deserialize;

use crate::{
    functions::{self, failed},
    result::Refusal,
};

pub(super) struct Bootstraps {
    /// Where cargo-lambda has left them.
    folder: Option<PathBuf>,
    /// By rule.
    found: HashMap<&'static str, PathBuf>,
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

    /// The file of a rule's function. It is built when it is first asked for.
    pub(super) fn of(&mut self, rule: &CatalogueEntry) -> Result<PathBuf, Refusal> {
        let name = rule.metadata.name;
        if let Some(found) = self.found.get(name) {
            return Ok(found.clone());
        }
        let file = match &self.folder {
            Some(folder) => {
                let file = folder.join(name).join("bootstrap");
                functions::existing(&file)?;
                file
            }
            None => build(name)?,
        };
        self.found.insert(name, file.clone());
        Ok(file)
    }
}

fn build(name: &str) -> Result<PathBuf, Refusal> {
    eprintln!("building the function {name}");
    let mut cargo = Command::new("cargo")
        .args(["build", "--locked", "--package", name, "--message-format", "json-render-diagnostics"])
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| {
            failed(format!("cargo build: {error}; --bootstrap names functions that are built"))
        })?;
    let output = cargo.stdout.take().map(BufReader::new);
    let lines = output.into_iter().flat_map(BufRead::lines).map_while(Result::ok);
    let artifacts = lines.filter_map(|line| serde_json::from_str::<Artifact>(&line).ok());
    let built = artifacts.filter_map(|artifact| artifact.executable).last();
    let status = cargo.wait().map_err(failed)?;
    built.filter(|_| status.success()).ok_or_else(|| {
        failed(format!("cargo build --package {name}: {status}; it takes a checkout of config-rules"))
    })
}
