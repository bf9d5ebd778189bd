//! What must never depend on what.

use std::collections::BTreeSet;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};

use crate::{
    catalogue::asks_ec2,
    files::{below, name, root, text},
};

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .other_options(["--locked".to_owned()])
        .exec()
        .unwrap()
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

/// The SDK for EC2 is the largest part of a function, and only those have it that ask EC2.
#[test]
fn a_function_is_a_rule_the_runner_and_a_source_of_facts_if_it_needs_one() {
    let metadata = metadata();
    for rule in config_rules::catalogue::RULES {
        let asks_ec2 = asks_ec2(&rule.metadata);
        let source = asks_ec2.then_some("config-rules-ec2");
        let expected: BTreeSet<_> =
            ["config-rules", "config-rules-lambda"].into_iter().chain(source).map(str::to_owned).collect();
        assert_eq!(names(&metadata, rule.metadata.name), expected, "{}", rule.metadata.name);
        assert_eq!(
            built_from(&metadata, rule.metadata.name).contains("aws-sdk-ec2"),
            asks_ec2,
            "{}",
            rule.metadata.name
        );
    }
}

#[test]
fn only_three_crates_know_aws_and_they_name_no_rule() {
    const KNOW_AWS: [&str; 3] = ["config-rules-aws", "config-rules-ec2", "config-rules-lambda"];
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
    for path in
        ["aws", "ec2", "lambda"].iter().flat_map(|crate_| below(&format!("shared/{crate_}/src"), ".rs"))
    {
        assert!(!text(&path).contains("config_rules::rules::"), "{} names a rule", name(&path));
    }
}

#[test]
fn a_rules_file_knows_items_findings_parameters_and_networks() {
    const KNOWN: [&str; 12] = [
        "ec2",
        "embedded",
        "engine",
        "facts",
        "finding",
        "item",
        "network",
        "parameters",
        "launch",
        "rule",
        "rules::testing",
        "time",
    ];
    for path in below("shared/rules/src/rules", ".rs").iter().filter(|path| !path.ends_with("testing.rs")) {
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
    for path in below("shared/rules/src", ".rs") {
        let file = name(&path);
        let may_name_rules = file.contains("src/rules/") || file.ends_with("catalogue.rs");
        assert!(may_name_rules || !text(&path).contains("rules::approved_ami"), "{file} names a rule");
        assert!(may_name_rules || !text(&path).contains("crate::rules::"), "{file} names a rule");
    }
}
