//! The configuration is well-formed, is what its own tests say, and is sound: checked by `terraform` itself, or by
//! `tofu`, by `checkov` and by `cfn-lint`.

use std::{collections::BTreeSet, process::Command, thread};

use walkdir::WalkDir;

use crate::{
    terraform::Terraform,
    tools::{infra, skip, text},
};

/// The folders of `infra/` that have tests of their own.
const MODULES: [&str; 5] = [".", "modules/functions", "recorder", "organization", "lab"];

#[test]
fn terraform_accepts_the_infrastructure() {
    let initialized = Terraform::new().and_then(|terraform| {
        terraform.succeeds(".", &["fmt", "-check", "-recursive", "-diff"]);
        MODULES.iter().try_for_each(|module| terraform.init(module))?;
        Ok(terraform)
    });
    let terraform = match initialized {
        Ok(terraform) => terraform,
        Err(reason) => return skip("Terraform's own tests of infra/", &reason),
    };
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
    let tests = WalkDir::new(infra()).into_iter().map(Result::unwrap);
    let tests = tests.filter(|entry| entry.file_name().to_str().unwrap().ends_with(".tftest.hcl"));
    let modules: BTreeSet<_> = tests.map(|test| test.path().ancestors().nth(2).unwrap().to_owned()).collect();
    assert_eq!(modules, MODULES.map(|module| infra().join(module).components().collect()).into());
}

/// What is not fixed is skipped in its place, with the reason.
#[test]
fn checkov_finds_nothing() {
    let options = ["--framework", "terraform", "--skip-download", "--compact", "--quiet", "--directory", "."];
    accepts("checkov", options.map(str::to_owned).into());
}

#[test]
fn cfn_lint_finds_nothing() {
    let templates = WalkDir::new(infra()).into_iter().map(|entry| entry.unwrap().into_path());
    let templates = templates.filter(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    let templates: Vec<_> = templates.map(|path| path.display().to_string()).collect();
    assert!(templates.len() > 1, "{templates:?}");
    accepts("cfn-lint", templates);
}

/// Runs a tool of `tests/requirements.txt` in `infra/`.
#[track_caller]
fn accepts(tool: &str, arguments: Vec<String>) {
    match Command::new(tool).current_dir(infra()).args(arguments).output() {
        Ok(output) => assert!(output.status.success(), "{tool}: {}", text(&output)),
        Err(error) => skip(&format!("{tool} on infra/"), &error.to_string()),
    }
}
