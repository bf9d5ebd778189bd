//! `terraform`, or `tofu`.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;
use walkdir::{DirEntry, WalkDir};

use crate::tools::{root, runs, text};

/// `terraform`, or `tofu`, in a copy of `infra/`, because both write where they work; the sample events stand next to it.
pub(crate) struct Terraform {
    program: &'static str,
    folder: TempDir,
    variables: Vec<(String, String)>,
}

impl Terraform {
    /// The reason if there is no such program.
    pub(crate) fn new() -> Result<Self, String> {
        let program = ["terraform", "tofu"].into_iter().find(|program| runs(program));
        let program = program.ok_or("neither terraform nor tofu is on the PATH")?;
        let folder = TempDir::new().unwrap();
        for name in ["infra", "events"] {
            copy(&root().join(name), &folder.path().join(name));
        }
        Ok(Self { program, folder, variables: Vec::new() })
    }

    /// The same with environment variables.
    pub(crate) fn with(self, variables: Vec<(String, String)>) -> Self {
        Self { variables, ..self }
    }

    /// The module's folder in the copy.
    pub(crate) fn folder(&self, module: &str) -> PathBuf {
        self.folder.path().join("infra").join(module)
    }

    pub(crate) fn run<Argument: AsRef<str>>(&self, module: &str, arguments: &[Argument]) -> Output {
        let arguments = arguments.iter().map(AsRef::as_ref);
        let mut command = Command::new(self.program);
        command.current_dir(self.folder(module)).args(arguments).env("TF_IN_AUTOMATION", "1");
        command.env("TF_CLI_ARGS", "-no-color").env_remove("TF_DATA_DIR").env_remove("AWS_PROFILE");
        command.envs(self.variables.iter().map(|(name, value)| (name, value))).output().unwrap()
    }

    #[track_caller]
    pub(crate) fn succeeds(&self, module: &str, arguments: &[&str]) {
        let output = self.run(module, arguments);
        assert!(output.status.success(), "{module}: {} {}: {}", self.program, arguments[0], text(&output));
    }

    /// The reason if the module's provider cannot be had.
    #[track_caller]
    pub(crate) fn init(&self, module: &str) -> Result<(), String> {
        let plugins = plugin_folder().map(|folder| format!("-plugin-dir={}", folder.display()));
        let arguments: Vec<_> =
            ["init", "-input=false"].map(str::to_owned).into_iter().chain(plugins).collect();
        let init = self.run(module, &arguments);
        if is_provider_out_of_reach(&init) {
            return Err(format!("the AWS provider cannot be had: {}", text(&init)));
        }
        assert!(init.status.success(), "{module}: init: {}", text(&init));
        Ok(())
    }

    #[track_caller]
    pub(crate) fn apply(&self, module: &str) {
        self.succeeds(module, &["apply", "-auto-approve", "-input=false"]);
    }

    /// After this, what is there is what the configuration says: a plan finds nothing to do.
    #[track_caller]
    pub(crate) fn has_nothing_to_do(&self, module: &str) {
        let plan = self.run(module, &["plan", "-input=false", "-detailed-exitcode"]);
        assert_eq!(plan.status.code(), Some(0), "{module}: a plan after the apply: {}", text(&plan));
    }

    /// After this, nothing is left in the state.
    #[track_caller]
    pub(crate) fn destroy(&self, module: &str) {
        self.succeeds(module, &["destroy", "-auto-approve", "-input=false"]);
        let state = self.run(module, &["state", "list"]);
        assert_eq!(String::from_utf8_lossy(&state.stdout), "", "{module}: left in the state");
    }

    #[track_caller]
    pub(crate) fn output(&self, module: &str, name: &str) -> Value {
        let output = self.run(module, &["output", "-json", name]);
        assert!(output.status.success(), "{module}: output {name}: {}", text(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

/// A folder of providers, for machines that do not reach the registry.
fn plugin_folder() -> Option<PathBuf> {
    let is_plugins = |entry: &DirEntry| entry.file_type().is_dir() && entry.file_name() == "tf-plugins";
    let found = || WalkDir::new("/opt").max_depth(4).into_iter().flatten().find(is_plugins);
    env::var_os("TF_PLUGIN_DIR").map(PathBuf::from).or_else(|| found().map(DirEntry::into_path))
}

fn is_provider_out_of_reach(init: &Output) -> bool {
    let text = text(init);
    !init.status.success()
        && ["Failed to query available provider packages", "Failed to install provider"]
            .iter()
            .any(|problem| text.contains(problem))
}

fn copy(from: &Path, to: &Path) {
    // What a deployment from the checkout has left is not part of the configuration.
    let is_source = |entry: &DirEntry| entry.depth() == 0 || entry.file_name() != ".terraform";
    for entry in WalkDir::new(from).into_iter().filter_entry(is_source).map(Result::unwrap) {
        let target = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(target).unwrap();
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
