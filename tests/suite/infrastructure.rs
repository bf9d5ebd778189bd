//! What `infra/` deploys is well-formed, and is what its own tests say: checked by `terraform` itself, or by `tofu`.

use std::{
    env, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tempfile::TempDir;
use walkdir::{DirEntry, WalkDir};

use crate::files::root;

#[test]
fn terraform_accepts_the_infrastructure() {
    let Some(terraform) = Terraform::new() else {
        return skip("neither terraform nor tofu is on the PATH");
    };
    terraform.succeeds(&["fmt", "-check", "-recursive", "-diff"]);
    let init = terraform.run(&init());
    if is_provider_out_of_reach(&init) {
        return skip(&format!("the AWS provider cannot be had: {}", text(&init)));
    }
    assert!(init.status.success(), "init: {}", text(&init));
    terraform.succeeds(&["validate"]);
    terraform.succeeds(&["test"]);
}

/// `terraform`, or `tofu`, in a copy of `infra/`, because both write where they work.
struct Terraform {
    program: &'static str,
    folder: TempDir,
}

impl Terraform {
    fn new() -> Option<Self> {
        let runs = |program: &&str| Command::new(program).arg("version").output().is_ok();
        let program = ["terraform", "tofu"].into_iter().find(runs)?;
        let folder = TempDir::new().unwrap();
        copy(&root().join("infra"), folder.path());
        Some(Self { program, folder })
    }

    fn run<Argument: AsRef<str>>(&self, arguments: &[Argument]) -> Output {
        let arguments = arguments.iter().map(AsRef::as_ref);
        let mut command = Command::new(self.program);
        command.current_dir(self.folder.path()).args(arguments).env("TF_IN_AUTOMATION", "1");
        command.env("TF_CLI_ARGS", "-no-color").env_remove("TF_DATA_DIR").output().unwrap()
    }

    #[track_caller]
    fn succeeds(&self, arguments: &[&str]) {
        let output = self.run(arguments);
        assert!(output.status.success(), "{} {}: {}", self.program, arguments[0], text(&output));
    }
}

fn init() -> Vec<String> {
    let plugins = plugin_folder().map(|folder| format!("-plugin-dir={}", folder.display()));
    ["init", "-input=false"].map(str::to_owned).into_iter().chain(plugins).collect()
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

fn text(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
}

/// Says so past the test harness, which keeps what a passing test prints to itself.
fn skip(reason: &str) {
    let mut terminal = io::stderr().lock();
    writeln!(terminal, "\nSKIPPED: infra/ was not checked by Terraform: {reason}").unwrap();
}
