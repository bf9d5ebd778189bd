//! What is generated from the catalogue: the rules' pages, the table in the README, and what infra/ deploys.

use std::{collections::BTreeMap, fmt::Write as _};

use config_rules::{
    catalogue::{CatalogueEntry, RULES},
    facts::{ACTION_RESOURCES, Facts},
    finding::{CODES, Code},
    parameters::{Parameter, RawParameters, Requirement},
    policy,
    rule::{Metadata, ResourceTypes, Schedule},
    schema,
};
use serde_json::{Value, json};

use crate::{
    corpus::evaluate,
    files::{are_generated, below, root, text},
    functions::asks,
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
    let mut table = "| rule | evaluates | is COMPLIANT when |\n| --- | --- | --- |\n".to_owned();
    for rule in RULES {
        let Metadata { name, description, .. } = rule.metadata;
        let description = description.trim_end_matches('.');
        writeln!(
            table,
            "| [`{name}`](functions/{name}/README.md) | {} | {description} |",
            evaluated(&rule.metadata)
        )
        .unwrap();
    }
    table
}

fn evaluated(metadata: &Metadata) -> String {
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
        "iamActions": metadata.actions(),
        "actionResources": resources(metadata),
        "runActions": metadata.run_actions(),
        "furtherTriggers": metadata.further_triggers.iter().map(|own| own.resource_type).collect::<Vec<_>>(),
        "furtherTriggerActions": metadata.further_trigger_actions(),
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

/// A rule's page. What it does and why, and how it differs from managed rules, stands in the rule's own module.
fn page(rule: &CatalogueEntry) -> String {
    let metadata = &rule.metadata;
    let Metadata { name, description, .. } = metadata;
    let (what, differences) = module_documentation(name);
    let facts = if asks(metadata, "ec2") || asks(metadata, "iam") {
        "--facts events/facts/samples.json "
    } else {
        ""
    };
    let mut page =
        format!("# {name}\n\n{description} Evaluates {}.\n\n{}\n\n", evaluated(metadata), what.trim_end());
    write!(page, "## Findings\n\n{}\n", findings(rule.codes)).unwrap();
    write!(page, "## Example\n\n{}\n", example(rule)).unwrap();
    write!(page, "## Parameters\n\n{}\n", parameters(metadata.parameters)).unwrap();
    page.push_str(
        "What every rule takes besides, how lists are written and what can be exempt stands in [functions/README.md](../README.md). \
         [parameters.schema.json](parameters.schema.json) is for editors.\n\n",
    );
    if !rule.exemptible.is_empty() {
        page.push_str("An exemption may be for a part of a finding only:\n\n| part | form | what is exempt |\n| --- | --- | --- |\n");
        for part in rule.exemptible {
            writeln!(page, "| `{}` | {} | {} |", part.name, form(part), part.meaning).unwrap();
        }
        page.push('\n');
    }
    page.push_str(&differences);
    write!(page, "## Permissions and cost\n\n{}\n{}", actions(metadata), cost(metadata)).unwrap();
    write!(
        page,
        "\n## Try it\n\n    cargo config-rules replay {facts}events/{name}\n\n\
         [events/{name}](../../events/{name}/README.md) lists these sample events and their annotations.\n\n\
         <!-- Generated from the rule's metadata by `cargo test -p config-rules-tests`. -->\n"
    )
    .unwrap();
    page
}

#[test]
fn what_all_rules_share_is_fresh() {
    let mut page = "# The rules' functions

Each folder is a Lambda function of its own: one rule, and its page. What all of them share stands here.

## Parameters of every rule

"
    .to_owned();
    page.push_str(&parameters(policy::PARAMETERS));
    page.push_str(
        "
Names and values are checked before anything is evaluated: a wrong one fails the evaluation with a sentence that says what
to type. The items of a list are separated by commas. Where an item has a comma in it, or the first begins with `[`, the
list is written as a JSON array of strings: `[\"a,b\", \"c\"]`.

A value, or an item of a list, may stand in Parameter Store: `ssm:/path`, or `ssm:/path:3` for a version of it. Of a value
that is JSON, as AWS publishes images under `/aws/service/…/recommended`, the `image_id` is read where an image id is
wanted. In a list, `ssm:/path@30d` is all that the parameter has held within the last 30 days: an image stays approved for as
long after the next one has taken its place. AWS's own parameters have no such history. What is referred to is read by the
function, in its own account, and kept for five minutes.

",
    );
    page.push_str(EXEMPTIONS);
    page.push_str("\n## Findings of every rule\n\n");
    page.push_str(&findings(CODES));
    page.push_str("\n<!-- Generated by `cargo test -p config-rules-tests`. -->\n");
    are_generated([("functions/README.md".to_owned(), page)]);
}

#[test]
fn the_tables_of_the_sample_events_are_fresh() {
    are_generated(RULES.iter().map(|rule| {
        let name = rule.metadata.name;
        let table = samples(name);
        let text = format!(
            "# Sample events of {name}\n\nA file's name begins with the answer that it must get, by \
             [the rule](../../functions/{name}/README.md) and with the facts of `events/facts/samples.json`.\n\n{table}\n\
             <!-- Generated by `cargo test -p config-rules-tests`. -->\n"
        );
        (format!("events/{name}/README.md"), text)
    }));
}

/// The samples are one account, in which block public access is off.
const NOT_IN_THE_SAMPLES: &str = "SNAPSHOT-PUBLIC-BLOCKED";

/// Every code of a rule says what to do, and is the finding, or the note, of a sample event.
#[test]
fn every_code_is_documented_and_shown_by_a_sample_event() {
    for rule in RULES {
        let name = rule.metadata.name;
        let answers: Vec<_> =
            below(&format!("events/{name}"), ".json").iter().flat_map(|path| evaluate(path)).collect();
        let annotations: String =
            answers.iter().flatten().map(|answer| answer.compliance.annotation() + "\n").collect();
        for code in rule.codes {
            let is_sentence = |text: &str| text.chars().next().is_some_and(char::is_uppercase);
            assert!(is_sentence(code.description) && !code.description.ends_with('.'), "{}", code.name);
            assert!(is_sentence(code.remedy) && code.remedy.ends_with('.'), "{}", code.name);
            let is_finding = answers.iter().flatten().any(|answer| {
                answer.compliance.findings().iter().any(|finding| finding.code.name == code.name)
            });
            assert!(
                is_finding || annotations.contains(code.name) || code.name == NOT_IN_THE_SAMPLES,
                "{name}: no sample event shows {}",
                code.name
            );
        }
        for finding in answers.iter().flatten().flat_map(|answer| answer.compliance.findings()) {
            let is_declared = rule.codes.iter().chain(CODES).any(|code| *code == finding.code);
            assert!(is_declared, "{name}: {} is not among its codes", finding.code.name);
        }
    }
}

/// What each kind of finding means, and what to do about it.
fn findings(codes: &[&Code]) -> String {
    let mut text = "| code | severity | what is so | what to do |\n| --- | --- | --- | --- |\n".to_owned();
    for Code { name, severity, description, remedy, .. } in codes {
        writeln!(text, "| `{name}` | {severity:?} | {description} | {remedy} |").unwrap();
    }
    for code in codes {
        if let Some(example) = code.example {
            let lines: Vec<_> = example.lines().map(|line| format!("    {line}")).collect();
            write!(text, "\n`{}`, for example:\n\n{}\n", code.name, lines.join("\n")).unwrap();
        }
    }
    text
}

/// The rule as Terraform deploys it, and as the command line checks it.
fn example(rule: &CatalogueEntry) -> String {
    let name = rule.metadata.name;
    let given: BTreeMap<_, _> = rule.example.iter().copied().collect();
    let raw = RawParameters::from_json(&json!(given).to_string()).unwrap();
    let configured = (rule.configure)(&raw, &Facts::default());
    assert!(configured.is_ok(), "{name}: its example cannot be used: {:?}", configured.err());
    let parameters: Vec<_> = rule.example.iter().map(|(name, value)| format!("{name} = {value:?}")).collect();
    let parameters = if parameters.is_empty() {
        String::new()
    } else {
        format!(" parameters = {{ {} }} ", parameters.join(", "))
    };
    format!(
        "With [infra/](../../infra/README.md):\n\n    rules = {{\n      {name} = {{{parameters}}}\n    }}\n\n\
         Whether the rule can use some parameters, and what they take, before they are deployed:\n\n    \
         cargo config-rules check {name} --parameters '{}'\n",
        json!(given)
    )
}

fn parameters(parameters: &[Parameter]) -> String {
    let rows: String = parameters.iter().map(|parameter| row(parameter) + "\n").collect();
    format!("| name | form | default | meaning |\n| --- | --- | --- | --- |\n{rows}")
}

/// How to write exclusions and exemptions, for any rule.
const EXEMPTIONS: &str = "\
## Exclusions

`exclusions` is for what AWS or a platform makes, and nobody here can change. It is a JSON array; each entry names what it
is for, and `reason`:

    [{\"resource\": \"aws-controltower-*\", \"reason\": \"AWS Control Tower makes it\"}]

All that an entry names must be so: `resource` (ids, ARNs or names), `account` and `region` are comma-separated lists in
which `*` is any text and `?` any character, and `tag` is one of `Key` or `Key=value`, written alike.

What is excluded is never evaluated, and has no end: it is NOT_APPLICABLE, `EXCLUDED`, with the reason. An entry that
everything fits is refused.

## Exemptions

`exemptions` is for findings that an owner accepts until a day. Each entry names what it is for, as an exclusion does,
`reason`, `owner` and `expires`, the last day in UTC:

    [{\"resource\": \"i-0123456789abcdef0\", \"reason\": \"pilot\", \"owner\": \"ops\", \"expires\": \"2026-12-31\"}]

Many rules let an entry be for a part of a finding only, such as a port: each rule's page says for which.

What is exempt is answered as `exemptAs` says, with `EXEMPT until`, the reason, the owner and the findings. After the
last day the findings return, behind `EXEMPTION-EXPIRED`. Nothing about the resource changes on that day, so AWS Config
sends no event: a rule with exemptions needs a schedule. Lists longer than the 1,024 characters of a rule's parameters
go to Parameter Store: `\"exemptions\": \"ssm:/config-rules/exemptions\"`.
";

/// What each sample event of the rule is answered.
fn samples(rule: &str) -> String {
    let mut table = "| event | answer | annotation | asked for in |\n| --- | --- | --- | --- |\n".to_owned();
    for path in below(&format!("events/{rule}"), ".json") {
        let scenario = path.file_stem().unwrap().to_str().unwrap();
        for result in evaluate(&path) {
            let (answer, words) = match result {
                Ok(evaluation) => {
                    (evaluation.compliance.compliance_type(), evaluation.compliance.annotation())
                }
                Err(error) => (error.name(), error.to_string()),
            };
            // A bar would end the table's cell.
            let words = words.replace('|', r"\|");
            let threads = threads::of(rule, scenario).join(", ");
            writeln!(table, "| [{scenario}]({scenario}.json) | {answer} | {words} | {threads} |").unwrap();
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
    let triggers: Vec<_> =
        metadata.further_triggers.iter().map(|own| format!("`{}`", own.resource_type)).collect();
    let triggers = if triggers.is_empty() {
        String::new()
    } else {
        format!(
            "With `further_triggers` of [infra/](../../infra/README.md), a change of one of these evaluates the resources that it \
             concerns, by the calls for scheduled runs: {}.\n",
            triggers.join(", ")
        )
    };
    if metadata.resource_types == ResourceTypes::AccountOnly {
        return "\
A scheduled run is one invocation, one call of `PutEvaluations`, and one evaluation that AWS Config charges for.
It asks AWS anew each time. [infra/](../../infra/README.md) has the arithmetic.
"
        .to_owned();
    }
    format!(
        "\
A change of a resource is one invocation, one call of `PutEvaluations`, and one evaluation that AWS Config charges for.
A scheduled run is one invocation, and an evaluation for each resource in scope.
{asks}
{triggers}[infra/](../../infra/README.md) has the arithmetic.
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
    add(&metadata.actions(), "");
    add(&metadata.run_actions(), ", for scheduled runs");
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
    add(&["ssm:GetParameterHistory"], ", with values such as `ssm:/path@30d`");
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
    let cells = [&format!("`{}`", parameter.name), &form, &default, parameter.meaning];
    // A bar would end the table's cell.
    format!("| {} |", cells.map(|cell| cell.replace('|', r"\|")).join(" | "))
}

/// The documentation of the rule's module without its first line: what the rule does, and how it differs from managed ones.
fn module_documentation(name: &str) -> (String, String) {
    let module = name.replace('-', "_");
    let folder = root().join("shared/rules/src/rules");
    let file = [format!("{module}.rs"), format!("{module}/mod.rs")].map(|file| folder.join(file));
    let source = text(file.iter().find(|file| file.exists()).expect("a rule has a file of its name"));
    let lines = source.lines().map_while(|line| line.strip_prefix("//!")).skip(2);
    let lines: Vec<_> = lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    let differences = lines.iter().position(|line| line.starts_with("## ")).unwrap_or(lines.len());
    let (what, differences) = lines.split_at(differences);
    let differences = differences.join("\n");
    (what.join("\n"), if differences.is_empty() { differences } else { differences + "\n\n" })
}
