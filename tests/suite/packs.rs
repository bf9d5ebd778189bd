//! The conformance packs, generated from the catalogue: one for each rule, because the parameters of all of them are more
//! than the 60 that a pack takes.

use config_rules::{
    catalogue::RULES,
    parameters::Parameter,
    rule::{Metadata, ResourceTypes, Schedule},
};
use serde_json::{Map, Value, json};

use crate::files::are_generated;

/// Characters of a template that is handed to AWS Config as it is, and parameters of a pack: API reference,
/// `PutConformancePack`.
const LIMITS: (usize, usize) = (51_200, 60);

const FREQUENCIES: [&str; 6] =
    ["", "One_Hour", "Three_Hours", "Six_Hours", "Twelve_Hours", "TwentyFour_Hours"];

#[test]
fn the_conformance_packs_are_fresh() {
    are_generated(RULES.iter().map(|rule| {
        let Metadata { name, .. } = rule.metadata;
        let template = template(&rule.metadata);
        let parameters = template["Parameters"].as_object().unwrap().len();
        let yaml = serde_saphyr::to_string(&template).unwrap();
        assert!(yaml.len() <= LIMITS.0 && parameters <= LIMITS.1, "{name}: {} {parameters}", yaml.len());
        (
            format!("infra/conformance-packs/{name}.yaml"),
            format!("# Generated from the rule catalogue.\n{yaml}"),
        )
    }));
}

fn template(metadata: &Metadata) -> Value {
    let mut parameters = Map::new();
    let mut conditions = Map::new();
    let mut input = Map::new();
    for parameter in metadata.all_parameters() {
        let name = parameter.name;
        parameters.insert(name.to_owned(), optional(&described(parameter)));
        conditions.insert(has(name), is_given(name));
        input.insert(name.to_owned(), given(name, &json!({"Ref": name})));
    }
    let has_schedule = metadata.schedule != Schedule::WithDriftingParameters;
    let is_schedule_only = metadata.schedule == Schedule::Only;
    parameters.insert(
        "FunctionArn".to_owned(),
        json!({"Type": "String", "Description": "The ARN of the rule's function."}),
    );
    let frequency = if is_schedule_only {
        "How often the rule runs."
    } else {
        "How often the rule looks at all there is, besides changes; empty for never."
    };
    parameters.insert(
        "MaximumExecutionFrequency".to_owned(),
        json!({
            "Type": "String",
            "Description": frequency,
            "Default": if has_schedule { "TwentyFour_Hours" } else { "" },
            "AllowedValues": FREQUENCIES[usize::from(is_schedule_only)..],
        }),
    );
    // AWS Config refuses a scope of what only a schedule invokes.
    let scope_tags = [
        ("ScopeTagKey", "Only resources with this tag are evaluated."),
        ("ScopeTagValue", "And with this value of it."),
    ];
    let scope_tags = if is_schedule_only { &[][..] } else { &scope_tags };
    for (name, description) in scope_tags {
        parameters.insert((*name).to_owned(), optional(description));
        conditions.insert(has(name), is_given(name));
    }
    if !is_schedule_only {
        let name = "MaximumExecutionFrequency";
        conditions.insert(has(name), is_given(name));
    }
    let mut template = json!({
        "Parameters": parameters,
        "Conditions": conditions,
        "Resources": {
            "ConfigRule": {
                "Type": "AWS::Config::ConfigRule",
                "Properties": {
                    "ConfigRuleName": metadata.name,
                    "Description": metadata.description,
                    "InputParameters": input,
                    "Source": {
                        "Owner": "CUSTOM_LAMBDA",
                        "SourceIdentifier": {"Ref": "FunctionArn"},
                        "SourceDetails": sources(is_schedule_only),
                    },
                },
            },
        },
    });
    if let Some(scope) = scope(metadata.resource_types) {
        template["Resources"]["ConfigRule"]["Properties"]["Scope"] = scope;
    }
    template
}

/// What invokes the rule.
fn sources(is_schedule_only: bool) -> Vec<Value> {
    let schedule = json!({
        "EventSource": "aws.config",
        "MessageType": "ScheduledNotification",
        "MaximumExecutionFrequency": {"Ref": "MaximumExecutionFrequency"},
    });
    if is_schedule_only {
        return vec![schedule];
    }
    vec![
        on("ConfigurationItemChangeNotification"),
        on("OversizedConfigurationItemChangeNotification"),
        given("MaximumExecutionFrequency", &schedule),
    ]
}

/// The tag if there is one, else the types; AWS Config takes only one of both, and none for an account.
fn scope(resource_types: ResourceTypes) -> Option<Value> {
    let tag = json!({
        "TagKey": {"Ref": "ScopeTagKey"},
        "TagValue": given("ScopeTagValue", &json!({"Ref": "ScopeTagValue"})),
    });
    let types = match resource_types {
        ResourceTypes::AccountOnly => return None,
        ResourceTypes::Every => json!({"Ref": "AWS::NoValue"}),
        ResourceTypes::These(types) => json!({"ComplianceResourceTypes": types}),
    };
    Some(json!({"Fn::If": [has("ScopeTagKey"), tag, types]}))
}

fn on(message_type: &str) -> Value {
    json!({"EventSource": "aws.config", "MessageType": message_type})
}

fn described(parameter: &Parameter) -> String {
    match parameter.default {
        None | Some("") => parameter.meaning.to_owned(),
        Some(default) => format!("{} By default {default}.", parameter.meaning),
    }
}

/// What is left empty is not told to the rule, whose own default then holds.
fn optional(description: &str) -> Value {
    json!({"Type": "String", "Default": "", "Description": description})
}

fn has(parameter: &str) -> String {
    let (first, rest) = parameter.split_at(1);
    format!("Has{}{rest}", first.to_ascii_uppercase())
}

fn is_given(parameter: &str) -> Value {
    json!({"Fn::Not": [{"Fn::Equals": [{"Ref": parameter}, ""]}]})
}

fn given(parameter: &str, value: &Value) -> Value {
    json!({"Fn::If": [has(parameter), value, {"Ref": "AWS::NoValue"}]})
}
