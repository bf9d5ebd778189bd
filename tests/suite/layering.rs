//! What must never depend on what.

use std::{collections::BTreeSet, path::PathBuf};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};
use config_rules::catalogue::RULES;

use crate::{
    files::{below, name, root, text},
    functions::asks,
};

fn metadata() -> Metadata {
    MetadataCommand::new().manifest_path(root().join("Cargo.toml")).exec().unwrap()
}

/// The names of everything that a package is built from, itself included.
fn built_from(metadata: &Metadata, package: &str) -> BTreeSet<String> {
    let resolve = metadata.resolve.as_ref().unwrap();
    let id = &metadata.packages.iter().find(|candidate| candidate.name.as_str() == package).unwrap().id;
    let mut seen: BTreeSet<&PackageId> = BTreeSet::new();
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        if seen.insert(id) {
            let node = resolve.nodes.iter().find(|node| &node.id == id).unwrap();
            let is_built_in = |kind: DependencyKind| kind == DependencyKind::Normal;
            let normal =
                node.deps.iter().filter(|dep| dep.dep_kinds.iter().any(|kind| is_built_in(kind.kind)));
            open.extend(normal.map(|dep| &dep.pkg));
        }
    }
    seen.into_iter().map(|id| metadata[id].name.to_string()).collect()
}

/// The packages that a package names in its own manifest, development left out.
fn names(metadata: &Metadata, package: &str) -> BTreeSet<String> {
    let package = metadata.packages.iter().find(|candidate| candidate.name.as_str() == package).unwrap();
    let normal = package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal);
    normal.map(|dependency| dependency.name.clone()).collect()
}

fn has(packages: &BTreeSet<String>, prefix: &str) -> bool {
    packages.iter().any(|package| package.starts_with(prefix))
}

#[test]
fn the_rules_know_no_runtime_no_network_and_no_aws() {
    let packages = built_from(&metadata(), "config-rules");
    for foreign in [
        "tokio",
        "hyper",
        "http",
        "rustls",
        "ring",
        "aws",
        "lambda",
        "reqwest",
        "async-std",
        "chrono",
        "tracing",
    ] {
        assert!(!has(&packages, foreign), "config-rules is built from {foreign}…");
    }
}

#[test]
fn the_other_side_of_the_wire_knows_no_rule_and_no_sdk() {
    let packages = built_from(&metadata(), "config-rules-local");
    assert!(!packages.contains("config-rules"));
    assert!(!has(&packages, "aws-") && !has(&packages, "lambda_runtime"));
}

#[test]
fn the_command_line_needs_no_sdk() {
    let packages = built_from(&metadata(), "config-rules-cli");
    assert!(!has(&packages, "aws-") && !has(&packages, "lambda_runtime"));
}

/// The SDKs for EC2 and IAM are the largest parts of a function, and only those have them that ask these.
#[test]
fn only_functions_that_ask_ec2_or_iam_are_built_from_their_sdks() {
    let packages = metadata();
    for rule in RULES {
        let built_from = built_from(&packages, rule.metadata.name);
        for (sdk, service) in [("aws-sdk-ec2", "ec2"), ("aws-sdk-iam", "iam")] {
            assert_eq!(
                built_from.contains(sdk),
                asks(&rule.metadata, service),
                "{}: {sdk}",
                rule.metadata.name
            );
        }
    }
}

/// These find the credentials of people; a function's are in its environment.
#[test]
fn functions_are_built_without_the_sdks_that_people_sign_in_with() {
    let packages = metadata();
    for rule in RULES {
        let built_from = built_from(&packages, rule.metadata.name);
        for sdk in ["aws-sdk-signin", "aws-sdk-sso"] {
            assert!(!has(&built_from, sdk), "{} is built from {sdk}", rule.metadata.name);
        }
    }
}

#[test]
fn only_four_crates_know_aws_and_they_name_no_rule() {
    const KNOW_AWS: [&str; 4] =
        ["config-rules-aws", "config-rules-ec2", "config-rules-iam", "config-rules-lambda"];
    let metadata = metadata();
    for package in metadata.workspace_packages() {
        let uses_sdk = has(&names(&metadata, &package.name), "aws-");
        assert!(!uses_sdk || KNOW_AWS.contains(&package.name.as_str()), "{} uses the SDK", package.name);
        assert!(
            !names(&metadata, &package.name).contains("config-rules-tests"),
            "{} uses the tests",
            package.name
        );
    }
    for path in ["aws", "ec2", "iam", "lambda"]
        .iter()
        .flat_map(|crate_| below(&format!("shared/{crate_}/src"), ".rs"))
    {
        assert!(!text(&path).contains("config_rules::rules::"), "{} names a rule", name(&path));
    }
}

#[test]
fn a_rules_file_knows_items_findings_parameters_and_networks() {
    const KNOWN: [&str; 14] = [
        "ec2",
        "embedded",
        "engine",
        "facts",
        "finding",
        "iam",
        "inventory",
        "item",
        "network",
        "parameters",
        "launch",
        "rule",
        "rules::testing",
        "time",
    ];
    let is_rules = |path: &&PathBuf| !path.ends_with("rules/mod.rs") && !path.ends_with("rules/testing.rs");
    for path in below("shared/rules/src/rules", ".rs").iter().filter(is_rules) {
        let source = text(path);
        let groups = source.split("use crate::").skip(1).map(|rest| rest.split(';').next().unwrap());
        for group in groups {
            for used in used(group) {
                let known =
                    KNOWN.iter().any(|module| used == *module || used.starts_with(&format!("{module}::")));
                assert!(known, "{} uses crate::{used}", name(path));
            }
        }
    }
}

/// `{a::B, c::{D, E}}` uses `a::B` and `c::`.
fn used(group: &str) -> Vec<String> {
    let inner = group.trim().strip_prefix('{').and_then(|inner| inner.strip_suffix('}')).unwrap_or(group);
    let mut depth = 0;
    let mut used = vec![String::new()];
    for character in inner.chars().filter(|character| !character.is_whitespace()) {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => used.push(String::new()),
            _ if depth == 0 => used.last_mut().unwrap().push(character),
            _ => {}
        }
    }
    used.into_iter().filter(|path| !path.is_empty()).collect()
}

#[test]
fn the_engine_names_no_rule() {
    for path in below("shared/rules/src", ".rs").iter().filter(|path| !name(path).contains("src/rules/")) {
        let engine = text(path).replace("crate::rules::{RULES, visit}", "");
        assert!(!engine.contains("crate::rules::"), "{} names a rule", name(path));
    }
}
