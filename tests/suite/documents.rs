//! What is generated from the catalogue: the rules' pages, the table in the README, and what infra/ deploys.

use std::{collections::BTreeMap, fmt::Write as _};

use config_rules::{
    catalogue::{CatalogueEntry, RULES},
    facts::ACTION_RESOURCES,
    parameters::{Parameter, Requirement},
    rule::{self, Metadata, ResourceTypes, Schedule},
    schema,
};
use serde_json::{Value, json};

use crate::{
    corpus::judge,
    files::{are_generated, below, root, text},
    threads,
};

#[test]
fn the_pages_of_the_rules_are_fresh() {
    are_generated(
        RULES.iter().map(|rule| (format!("functions/{}/README.md", rule.metadata.name), page(rule))),
    );
}

#[test]
fn the_schemas_of_the_parameters_are_fresh() {
    are_generated(RULES.iter().map(|rule| {
        let text = serde_json::to_string_pretty(&schema::of(rule)).unwrap();
        (format!("functions/{}/parameters.schema.json", rule.metadata.name), format!("{text}\n"))
    }));
}

#[test]
fn the_table_of_the_readme_is_fresh() {
    const BEGIN: &str = "<!-- rules: generated from the catalogue -->\n";
    const END: &str = "<!-- /rules -->";
    let readme = text(&root().join("README.md"));
    let (before, rest) = readme.split_once(BEGIN).expect("README.md has the mark of the table");
    let (_, after) = rest.split_once(END).expect("README.md has the end mark of the table");
    are_generated([("README.md".to_owned(), format!("{before}{BEGIN}{}{END}{after}", table()))]);
}

#[test]
fn what_infra_deploys_is_fresh() {
    let rules: serde_json::Map<String, Value> =
        RULES.iter().map(|rule| (rule.metadata.name.to_owned(), deployed(&rule.metadata))).collect();
    let json = serde_json::to_string_pretty(&rules).unwrap();
    are_generated([("infra/rules.json".to_owned(), format!("{json}\n"))]);
}

fn table() -> String {
    let mut table = "| rule | judges | is COMPLIANT when |\n| --- | --- | --- |\n".to_owned();
    for rule in RULES {
        let Metadata { name, description, .. } = rule.metadata;
        let description = description.trim_end_matches('.');
        writeln!(
            table,
            "| [`{name}`](functions/{name}/README.md) | {} | {description} |",
            judged(&rule.metadata)
        )
        .unwrap();
    }
    table
}

fn judged(metadata: &Metadata) -> String {
    match metadata.resource_types {
        ResourceTypes::Every => "every recorded type".to_owned(),
        ResourceTypes::AccountOnly => "the account as a whole, on a schedule".to_owned(),
        ResourceTypes::These(types) => {
            types.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        }
    }
}

fn deployed(metadata: &Metadata) -> Value {
    let parameter = |parameter: &Parameter| {
        json!({
            "name": parameter.name,
            "form": parameter.form,
            "list": parameter.list,
            "pattern": parameter.pattern(),
            "default": parameter.default,
            "description": parameter.meaning,
            "iamActions": parameter.actions,
            "drifts": parameter.drifts,
        })
    };
    let requirement = |requirement: &Requirement| {
        let (parameter, pattern) = requirement.condition().unzip();
        json!({"parameter": parameter, "pattern": pattern, "oneOf": requirement.one_of})
    };
    json!({
        "description": metadata.description,
        "resourceTypes": metadata.resource_types.names(),
        "iamActions": ([rule::ACTIONS, metadata.fact_actions].concat()),
        "actionResources": resources(metadata),
        "runActions": ([rule::RUN_ACTIONS, metadata.inventory_actions].concat()),
        // The answer can change while the resource does not.
        "drifts": metadata.schedule == Schedule::Always,
        "scheduleOnly": metadata.schedule == Schedule::Only,
        "requirements": metadata.requirements.iter().map(requirement).collect::<Vec<_>>(),
        "parameters": metadata.all_parameters().map(parameter).collect::<Vec<_>>(),
    })
}

/// Of what the rule's function may call, the actions that can be limited to resources, and what their ARNs end with.
fn resources(metadata: &Metadata) -> BTreeMap<&'static str, &'static str> {
    let calls = |action: &str| metadata.calls().any(|call| call == action);
    ACTION_RESOURCES.iter().copied().filter(|(action, _)| calls(action)).collect()
}

/// A rule's page: its outcome table stands in the rule's own file, and is taken from there.
fn page(rule: &CatalogueEntry) -> String {
    let metadata = &rule.metadata;
    let Metadata { name, description, .. } = metadata;
    let mut page = format!("# {name}\n\n{description}\n\nJudges {}.\n", judged(metadata));
    write!(page, "\n## Answers\n\n{}", outcomes(name)).unwrap();
    page.push_str("\n## Parameters\n\n| name | form | default | meaning |\n| --- | --- | --- | --- |\n");
    for parameter in metadata.all_parameters() {
        writeln!(page, "{}", row(parameter)).unwrap();
    }
    page.push_str(
        "
Names and values are checked before anything is judged: a wrong one fails the evaluation with a sentence that says what
to type. The items of a list are separated by commas. Where an item holds a comma, or the first begins with `[`, the
list is written as a JSON array of strings: `[\"a,b\", \"c\"]`. [parameters.schema.json](parameters.schema.json) is for
editors.
",
    );
    write!(page, "\n## Exemptions\n\n{}", exemptions(rule)).unwrap();
    page.push_str("\n## What its role may do\n\n");
    page.push_str(&actions(metadata));
    write!(page, "\n## What it costs\n\n{}", cost(metadata)).unwrap();
    write!(page, "\n## The sample events and their answers\n\n{}", samples(name)).unwrap();
    let asks = |parameter: &Parameter| !parameter.actions.is_empty();
    let facts = if metadata.fact_actions.is_empty() && !metadata.parameters.iter().any(asks) {
        ""
    } else {
        "--facts events/facts/samples.json "
    };
    write!(
        page,
        "\n## Try it\n\n    cargo config-rules replay {facts}events/{name}\n\n\
         <!-- Generated from the rule's metadata by `cargo test -p config-rules-tests`. -->\n"
    )
    .unwrap();
    page
}

/// How to write exemptions for the rule.
fn exemptions(rule: &CatalogueEntry) -> String {
    let mut text = "\
`exemptions` is a JSON array; each entry names what it is for, `reason`, `owner` and `expires`, the last day in UTC:

    [{\"resource\": \"i-0123456789abcdef0\", \"reason\": \"pilot\", \"owner\": \"ops\", \"expires\": \"2026-12-31\"}]

All that an entry names must be so: `resource` (ids, ARNs or names), `account` and `region` are comma-separated lists in
which `*` is any text and `?` any character, and `tag` is one of `Key` or `Key=value`, written alike.
".to_owned();
    if !rule.exemptible.is_empty() {
        text.push_str("An entry may be for a part of a finding only:\n\n| part | form | what is exempt |\n| --- | --- | --- |\n");
    }
    for part in rule.exemptible {
        writeln!(text, "| `{}` | {} | {} |", part.name, form(part), part.meaning).unwrap();
    }
    text + "\n\
What is exempt is answered as `exemptAs` says, with `EXEMPT until`, the reason, the owner and the findings. After the
last day the findings return, behind `EXEMPTION-EXPIRED`. Nothing about the resource changes on that day, so AWS Config
sends no event: a rule with exemptions needs a schedule. Lists longer than the 1,024 characters of a rule's parameters
go to Parameter Store: `\"exemptions\": \"ssm:/config-rules/exemptions\"`.
"
}

/// What each sample event of the rule is answered.
fn samples(rule: &str) -> String {
    let mut table = "| event | answer | words | asked for in |\n| --- | --- | --- | --- |\n".to_owned();
    for path in below(&format!("events/{rule}"), ".json") {
        let scenario = path.file_stem().unwrap().to_str().unwrap();
        for result in judge(&path) {
            let (answer, words) = match result {
                Ok(evaluation) => {
                    (evaluation.compliance.compliance_type(), evaluation.compliance.annotation())
                }
                Err(error) => (error.name(), error.to_string()),
            };
            // A bar would end the table's cell.
            let words = words.replace('|', r"\|");
            let threads = threads::of(rule, scenario).join(", ");
            writeln!(
                table,
                "| [{scenario}](../../events/{rule}/{scenario}.json) | {answer} | {words} | {threads} |"
            )
            .unwrap();
        }
    }
    table
}

/// What AWS charges for, and how often the function calls it.
fn cost(metadata: &Metadata) -> String {
    let asks = match (metadata.fact_actions, metadata.parameters.iter().find(|own| !own.actions.is_empty())) {
        ([], None) => "It calls nothing else.",
        ([], Some(_)) => {
            "It asks AWS only with the parameters named above, and keeps what it is told for five minutes."
        }
        (_, _) => "It asks AWS where the answer depends on it, and keeps what it is told for five minutes.",
    };
    format!(
        "\
A change of a resource is one invocation, one call of `PutEvaluations`, and one evaluation that AWS Config charges for.
A scheduled run is one invocation, and an evaluation for each resource in scope.
{asks}
[infra/](../../infra/README.md) has the arithmetic.
"
    )
}

/// What the rule's function must be allowed to call, and when.
fn actions(metadata: &Metadata) -> String {
    let mut list = String::new();
    let mut add = |actions: &[&str], when: &str| {
        for action in actions {
            writeln!(list, "- `{action}`{when}").unwrap();
        }
    };
    add(rule::ACTIONS, "");
    add(metadata.fact_actions, "");
    let run: Vec<_> = [rule::RUN_ACTIONS, metadata.inventory_actions].concat();
    add(&run, ", for scheduled runs");
    let mut by_parameter = BTreeMap::<&str, Vec<_>>::new();
    for parameter in metadata.parameters {
        for action in parameter.actions.iter().filter(|action| !metadata.fact_actions.contains(action)) {
            by_parameter.entry(action).or_default().push(format!("`{}`", parameter.name));
        }
    }
    for (action, parameters) in by_parameter {
        add(&[action], &format!(", with {}", parameters.join(", ")));
    }
    add(&["ssm:GetParameters"], ", with values such as `ssm:/path`");
    add(&["sts:AssumeRole"], ", with `ExecutionRoleName`");
    add(&["s3:GetObject"], ", for delivered snapshots");
    list
}

fn form(parameter: &Parameter) -> String {
    if parameter.list { format!("list: {}", parameter.form) } else { parameter.form.to_owned() }
}

fn row(parameter: &Parameter) -> String {
    let form = form(parameter);
    let default = parameter.default.map(|value| format!("`{value}`")).unwrap_or_default();
    // A bar would end the table's cell.
    format!("| `{}` | {form} | {default} | {} |", parameter.name, parameter.meaning)
        .replace("value|other", r"value\|other")
}

/// The documentation of the rule's module, without its first line.
fn outcomes(name: &str) -> String {
    let module = name.replace('-', "_");
    let folder = root().join("shared/rules/src/rules");
    let file = [format!("{module}.rs"), format!("{module}/mod.rs")].map(|file| folder.join(file));
    let source = text(file.iter().find(|file| file.exists()).expect("a rule has a file of its name"));
    let lines = source.lines().map_while(|line| line.strip_prefix("//!")).skip(2);
    lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n") + "\n"
}
