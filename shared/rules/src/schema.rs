//! The parameters of a rule as a JSON Schema: for editors, forms and pipelines, which cannot ask the rule.

use serde_json::{Map, Value, json};

use crate::{
    catalogue::CatalogueEntry,
    exclusion, exemption,
    parameters::{Parameter, Requirement},
};

/// The JSON Schema (draft 2020-12) of a rule's parameters, as AWS Config holds them: an object of texts.
///
/// It takes whatever the rule takes. The rule may refuse more: what is wrong only together with something else.
#[must_use]
pub fn of(rule: &CatalogueEntry) -> Value {
    let mut properties = properties(rule.metadata.all_parameters());
    let exemptions = entries(exemption::FIELDS.iter().chain(rule.exemptible), &exemption::REQUIRED);
    let exclusions = entries(exclusion::FIELDS.iter(), &exclusion::REQUIRED);
    for (parameter, entries) in [(exemption::PARAMETER, exemptions), (exclusion::PARAMETER, exclusions)] {
        if let Some(Value::Object(property)) = properties.get_mut(parameter) {
            // The text is JSON in its turn.
            property.insert("contentMediaType".to_owned(), "application/json".into());
            property.insert("contentSchema".to_owned(), entries);
        }
    }
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": format!("The parameters of {}", rule.metadata.name),
        "description": rule.metadata.description,
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    let requirements: Vec<_> = rule.metadata.requirements.iter().map(Requirement::schema).collect();
    if !requirements.is_empty() {
        schema["allOf"] = requirements.into();
    }
    schema
}

fn entries<'a>(fields: impl Iterator<Item = &'a Parameter>, required: &[&str]) -> Value {
    json!({
        "type": "array",
        "items": {
            "type": "object",
            "properties": properties(fields),
            "required": required,
            "additionalProperties": false,
        },
    })
}

fn properties<'a>(parameters: impl Iterator<Item = &'a Parameter>) -> Map<String, Value> {
    parameters.map(|parameter| (parameter.name.to_owned(), property(parameter))).collect()
}

fn property(parameter: &Parameter) -> Value {
    let list = if parameter.list { "A list of: " } else { "" };
    let mut property = json!({
        "type": "string",
        "description": format!("{}\n\n{list}{}", parameter.meaning, parameter.form),
        "pattern": parameter.pattern(),
    });
    if let Some(default) = parameter.default {
        property["default"] = default.into();
    }
    property
}
