//! The functions, generated from the catalogue: a package for each rule, whose `main` is the rule and the source of its
//! facts and resources.

use std::{collections::BTreeSet, fs};

use config_rules::{
    catalogue::{CatalogueEntry, RULES},
    rule::Metadata,
};

use crate::files::{are_generated, root};

#[test]
fn the_functions_are_fresh() {
    are_generated(RULES.iter().flat_map(|rule| {
        let folder = format!("functions/{}", rule.metadata.name);
        // The manifest makes it a package: other tests ask Cargo meanwhile.
        [
            (format!("{folder}/src/main.rs"), main(rule)),
            (format!("{folder}/Cargo.toml"), manifest(&rule.metadata)),
        ]
    }));
}

#[test]
fn every_function_has_its_rule() {
    let entries = fs::read_dir(root().join("functions")).unwrap().map(Result::unwrap);
    let folders = entries.filter(|entry| entry.path().is_dir());
    let functions: BTreeSet<_> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
    let rules = RULES.iter().map(|rule| rule.metadata.name.to_owned()).collect();
    let without: Vec<_> = functions.difference(&rules).collect();
    assert!(without.is_empty(), "no rule is named so: {without:?}");
}

/// Whether the rule's function calls this service, for any parameters and events. Only then it has the SDK for it: those
/// for EC2 and IAM are the largest parts of a function.
pub(crate) fn asks(metadata: &Metadata, service: &str) -> bool {
    metadata.calls().any(|action| action.split(':').next() == Some(service))
}

/// The crate and the type of the rule's facts and resources. IAM's asks EC2, too.
fn source(metadata: &Metadata) -> (&'static str, &'static str) {
    match (asks(metadata, "iam"), asks(metadata, "ec2")) {
        (true, _) => ("config-rules-iam", "Iam"),
        (false, true) => ("config-rules-ec2", "Ec2"),
        (false, false) => ("config-rules-lambda", "ConfigInventory"),
    }
}

fn manifest(metadata: &Metadata) -> String {
    let packages = BTreeSet::from(["config-rules", "config-rules-lambda", source(metadata).0]);
    let packages =
        packages.iter().map(|package| format!("{package}.workspace = true")).collect::<Vec<_>>().join("\n");
    format!(
        r#"# Generated from the rule catalogue.
[package]
name = "{}"
version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true
publish.workspace = true

[dependencies]
{packages}

[lints]
workspace = true
"#,
        metadata.name
    )
}

fn main(rule: &CatalogueEntry) -> String {
    let path = (rule.type_name)();
    let (_, type_name) = path.rsplit_once("::").unwrap();
    let (package, source) = source(&rule.metadata);
    let package = package.replace('-', "_");
    // EC2's and IAM's link what the rule may ask for.
    let of = if source == "ConfigInventory" { String::new() } else { format!("<{type_name}>") };
    format!(
        "\
//! The Lambda function of the rule `{}`. Generated from the rule catalogue.

use {path};
use {package}::{source};

fn main() -> Result<(), config_rules_lambda::Error> {{
    config_rules_lambda::run::<{type_name}, {source}{of}>()
}}
",
        rule.metadata.name
    )
}
