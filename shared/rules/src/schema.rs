//! The parameters of a rule as a JSON Schema: for editors, forms and pipelines, which cannot ask the rule.

use serde_json::{Map, Value, json};

use crate::{
    catalogue::CatalogueEntry,
    exemption,
    parameters::{Parameter, Requirement},
};

/// The JSON Schema (draft 2020-12) of a rule's parameters, as AWS Config holds them: an object of texts.
///
/// It takes whatever the rule takes. The rule may refuse more: what is wrong only together with something else.
#[must_use]
pub fn of(rule: &CatalogueEntry) -> Value {
    let mut properties = properties(rule.metadata.all_parameters());
    if let Some(Value::Object(exemptions)) = properties.get_mut(exemption::PARAMETER) {
        // The text is JSON in its turn.
        exemptions.insert("contentMediaType".to_owned(), "application/json".into());
        exemptions.insert("contentSchema".to_owned(), exemptions_of(rule));
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

fn exemptions_of(rule: &CatalogueEntry) -> Value {
    json!({
        "type": "array",
        "items": {
            "type": "object",
            "properties": properties(exemption::FIELDS.iter().chain(rule.exemptible)),
            "required": exemption::REQUIRED,
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
