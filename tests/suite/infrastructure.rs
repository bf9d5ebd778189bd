//! What `infra/` deploys is well-formed, is what its own tests say, and is sound: checked by `terraform` itself, or by
//! `tofu`, by `checkov` and by `cfn-lint`.

use std::{
    collections::BTreeSet,
    env, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Command, Output},
    thread,
};

use tempfile::TempDir;
use walkdir::{DirEntry, WalkDir};

use crate::files::root;

/// The folders of `infra/` that have tests of their own.
const MODULES: [&str; 5] = [".", "modules/functions", "recorder", "organization", "lab"];

/// The template for `CloudFormation`.
const TEMPLATE: &str = "organization/execution-role.yaml";

#[test]
fn terraform_accepts_the_infrastructure() {
    let Some(terraform) = Terraform::new() else {
        return skip("Terraform", "neither terraform nor tofu is on the PATH");
    };
    terraform.succeeds(".", &["fmt", "-check", "-recursive", "-diff"]);
    for module in MODULES {
        let init = terraform.run(module, &init());
        if is_provider_out_of_reach(&init) {
            return skip("Terraform", &format!("the AWS provider cannot be had: {}", text(&init)));
        }
        assert!(init.status.success(), "{module}: init: {}", text(&init));
    }
    // Each run starts the provider anew: most of the time is waiting for that. The plans validate the module, too.
    thread::scope(|scope| {
        for module in MODULES {
            scope.spawn(|| terraform.succeeds(module, &["test"]));
        }
    });
}

/// Every folder with tests is one of those whose tests run.
#[test]
fn every_module_is_tested() {
    let tests = WalkDir::new(root().join("infra")).into_iter().map(Result::unwrap);
    let tests = tests.filter(|entry| entry.file_name().to_str().unwrap().ends_with(".tftest.hcl"));
    let modules: BTreeSet<_> = tests.map(|test| test.path().ancestors().nth(2).unwrap().to_owned()).collect();
    assert_eq!(
        modules,
        MODULES.map(|module| root().join("infra").join(module).components().collect()).into()
    );
}

/// What is not fixed is skipped in its place, with the reason.
#[test]
fn checkov_finds_nothing() {
    let options = ["--framework", "terraform", "--skip-download", "--compact", "--quiet"];
    accepts(
        "checkov",
        options.map(str::to_owned).into_iter().chain(["--directory".to_owned(), ".".to_owned()]),
    );
}

#[test]
fn cfn_lint_finds_nothing() {
    accepts("cfn-lint", [TEMPLATE.to_owned()]);
}

/// Runs a tool of `tests/requirements.txt` in `infra/`.
#[track_caller]
fn accepts(tool: &str, arguments: impl IntoIterator<Item = String>) {
    match Command::new(tool).current_dir(root().join("infra")).args(arguments).output() {
        Ok(output) => assert!(output.status.success(), "{tool}: {}", text(&output)),
        Err(error) => skip(tool, &error.to_string()),
    }
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

    fn run<Argument: AsRef<str>>(&self, module: &str, arguments: &[Argument]) -> Output {
        let arguments = arguments.iter().map(AsRef::as_ref);
        let mut command = Command::new(self.program);
        command.current_dir(self.folder.path().join(module)).args(arguments).env("TF_IN_AUTOMATION", "1");
        command.env("TF_CLI_ARGS", "-no-color").env_remove("TF_DATA_DIR").output().unwrap()
    }

    #[track_caller]
    fn succeeds(&self, module: &str, arguments: &[&str]) {
        let output = self.run(module, arguments);
        assert!(output.status.success(), "{module}: {} {}: {}", self.program, arguments[0], text(&output));
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
fn skip(tool: &str, reason: &str) {
    let mut terminal = io::stderr().lock();
    writeln!(terminal, "\nSKIPPED: infra/ was not checked by {tool}: {reason}").unwrap();
}
