//! `tagPolicy`: the full form of what is required, as JSON that says on its own what it means.
//!
//! An object of tag keys. What stands at a key is one requirement, or a list of them for different resources; its fields
//! are all optional. `when` and `not` hold the same fields about values as the requirement itself.

use serde_json::value::RawValue;

use super::{
    fields::Fields,
    keys::{TagKey, alternatives},
    organization,
    scope::{Condition, Scope, TypePattern},
    tag::RequiredTag,
    values::Values,
};
use crate::parameters::{Value, ValueError};

/// The required tags, in the order of the text.
#[derive(Debug, Default)]
pub(super) struct TagPolicy(pub(super) Vec<RequiredTag>);

pub(super) const REQUIREMENT: &[&str] =
    &["values", "pattern", "not", "caseInsensitive", "allowEmpty", "appliesTo", "when"];
const CONDITION: &[&str] = &["values", "pattern", "caseInsensitive"];
const NOT: &[&str] = &["values", "pattern"];

impl Value for TagPolicy {
    const FORM: &'static str = r#"a JSON object of tag keys, such as `{"Owner": {}, "Stage": {"values": ["test", "production"], "appliesTo": ["AWS::EC2::*"]}}`"#;
    const PATTERN: &'static str = r"\{[\s\S]*\}";

    fn parse(text: &str) -> Result<Self, ValueError> {
        let document = Fields::read("", text)?;
        let required = match organization::statements(&document)? {
            Some(statements) => organization::required(&statements)?,
            None => requirements(document)?,
        };
        if required.is_empty() { Err("it names no tag".into()) } else { Ok(Self(required)) }
    }
}

fn requirements(document: Fields<'_>) -> Result<Vec<RequiredTag>, String> {
    let mut required = Vec::new();
    for (key, raw) in document.fields {
        let keys = alternatives(key.split('|'))?;
        for (place, entry) in entries(&key, raw)? {
            required.push(requirement(keys.clone(), Fields::of(&place, entry, REQUIREMENT)?)?);
        }
    }
    Ok(required)
}

/// The requirements for one key, and where they stand.
fn entries<'a>(key: &str, raw: &'a RawValue) -> Result<Vec<(String, &'a RawValue)>, String> {
    if !raw.get().starts_with('[') {
        return Ok(vec![(key.to_owned(), raw)]);
    }
    let entries: Vec<&RawValue> = serde_json::from_str(raw.get()).map_err(|error| error.to_string())?;
    if entries.is_empty() {
        return Err(format!("{key} has an empty list; a tag that any value will do for is {{}}"));
    }
    let places = (1..).map(|number| format!("{key} item {number}"));
    Ok(places.zip(entries).collect())
}

fn requirement(keys: Vec<String>, mut fields: Fields<'_>) -> Result<RequiredTag, String> {
    let types: Option<Vec<String>> = fields.take("appliesTo", "a list of resource types")?;
    let mut scope = Scope { when: conditions(&mut fields)?, ..Scope::default() };
    if let Some(types) = types {
        scope.types = resource_types(&types).map_err(|problem| fields.at("appliesTo", &problem))?;
    }
    Ok(RequiredTag {
        refused: fields.inner("not", NOT)?.map(refused).transpose()?,
        allow_empty: fields.take("allowEmpty", "true or false")?,
        ..RequiredTag::new(keys, accepted(&mut fields)?, scope)
    })
}

/// The values of a requirement, or of a condition.
fn accepted(fields: &mut Fields<'_>) -> Result<Values, String> {
    let ignore_case = fields.take("caseInsensitive", "true or false")?.unwrap_or_default();
    values(fields, ignore_case)
}

/// Who refuses `TBD` means `tbd` as well.
fn refused(mut fields: Fields<'_>) -> Result<Values, String> {
    let values = values(&mut fields, true)?;
    if values.is_any() {
        return Err(format!("{}: empty; expected values or pattern", fields.place));
    }
    Ok(values)
}

fn values(fields: &mut Fields<'_>, ignore_case: bool) -> Result<Values, String> {
    let listed: Option<Vec<String>> = fields.take("values", "a list of texts")?;
    let pattern: Option<String> = fields.take("pattern", "a text")?;
    match (listed, pattern) {
        (None, None) => Ok(Values::any(ignore_case)),
        (Some(values), None) => {
            Values::one_of(values, ignore_case).map_err(|problem| fields.at("values", &problem))
        }
        (None, Some(pattern)) => {
            Values::matching(&pattern, ignore_case).map_err(|problem| fields.at("pattern", &problem))
        }
        (Some(_), Some(_)) => Err(format!("{} has values and a pattern; write one of them", fields.place)),
    }
}

fn conditions(fields: &mut Fields<'_>) -> Result<Vec<Condition>, String> {
    let Some(raw) = fields.take_raw("when") else {
        return Ok(Vec::new());
    };
    let place = format!("{}.when", fields.place);
    if !raw.get().starts_with('{') {
        return Err(format!("{place}: expected an object of tag keys"));
    }
    let conditions = Fields::read(&place, raw.get())?.fields;
    if conditions.is_empty() {
        return Err(format!(
            "{place}: empty; expected other tags, such as {{\"Stage\": {{\"values\": [\"test\"]}}}}"
        ));
    }
    let condition = |(key, raw): (String, &RawValue)| {
        let TagKey(key) =
            TagKey::parse(&key).map_err(|_| format!("{place}: {key:?} is not {}", TagKey::FORM))?;
        let values = accepted(&mut Fields::of(&format!("{place}.{key}"), raw, CONDITION)?)?;
        Ok(Condition { key, values })
    };
    conditions.into_iter().map(condition).collect()
}

fn resource_types(names: &[String]) -> Result<Vec<TypePattern>, String> {
    let parse = |(index, name): (usize, &String)| {
        TypePattern::parse(name)
            .map_err(|_| format!("item {} {name:?} is not {}", index + 1, TypePattern::FORM))
    };
    let types: Vec<_> = names.iter().enumerate().map(parse).collect::<Result<_, _>>()?;
    if types.is_empty() { Err("no type is listed".to_owned()) } else { Ok(types) }
}
