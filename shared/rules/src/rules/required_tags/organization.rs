//! A tag policy of AWS Organizations, as it is written or as it is in effect: which tags it is about, and where it requires
//! them.
//!
//! AWS evaluates a tag that is there, and requires one only of the types in `report_required_tag_for`. Here the types of
//! `enforced_for` have to have it as well, and all types where a policy names none.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    fields::Fields,
    keys::TagKey,
    policy::REQUIREMENT,
    scope::{Condition, Scope, TypePattern},
    tag::RequiredTag,
    values::{Values, is_alike},
};
use crate::parameters::{Value, listed};

/// Allowed wherever something is named: which operators policies further down may use.
const CHILD_OPERATORS: &str = "@@operators_allowed_for_child_policies";
const ASSIGN: &str = "@@assign";
/// What these come to depends on the policies further up.
const INHERITING: [&str; 2] = ["@@append", "@@remove"];
const OPERATORS: &[&str] = &[ASSIGN, INHERITING[0], INHERITING[1], CHILD_OPERATORS];
const STATEMENT: &[&str] =
    &["tag_key", "tag_value", "enforced_for", "report_required_tag_for", CHILD_OPERATORS];

/// The statements of a tag policy, if the document is one: there is nothing but `tags`, and below it tags, instead of what a
/// requirement for a tag of that name would say.
pub(super) fn statements<'a>(document: &Fields<'a>) -> Result<Option<Fields<'a>>, String> {
    let [(name, tags)] = &document.fields[..] else { return Ok(None) };
    if name != "tags" || !is_object(tags) {
        return Ok(None);
    }
    let mut statements = Fields::read(name, tags.get())?;
    statements.take_raw(CHILD_OPERATORS);
    let mut fields = statements.fields.iter();
    let are_tags = fields.all(|(name, raw)| is_object(raw) && !REQUIREMENT.contains(&name.as_str()));
    Ok((are_tags && !statements.fields.is_empty()).then_some(statements))
}

fn is_object(raw: &RawValue) -> bool {
    raw.get().starts_with('{')
}

/// What the statements require.
pub(super) fn required(statements: &Fields<'_>) -> Result<Vec<RequiredTag>, String> {
    let mut required = Vec::new();
    for (key, raw) in &statements.fields {
        let place = format!("{}.{key}", statements.place);
        required.extend(statement(key, Fields::of(&place, raw, STATEMENT)?)?);
    }
    Ok(required)
}

fn statement(policy_key: &str, mut fields: Fields<'_>) -> Result<Vec<RequiredTag>, String> {
    let key = key(policy_key, &mut fields)?;
    let (accepted, takes_empty) = values(&mut fields)?;
    let [reported, enforced] =
        ["report_required_tag_for", "enforced_for"].map(|name| types(&mut fields, name));
    let tag = |scope| RequiredTag {
        allow_empty: takes_empty.then_some(true),
        ..RequiredTag::new(vec![key.clone()], accepted.clone(), scope)
    };
    let Some(types) = reported?.or(enforced?) else {
        return Ok(vec![tag(Scope::default())]);
    };
    let is_there = Condition { key: key.clone(), values: Values::any(true) };
    let elsewhere = Scope { when: vec![is_there], ..Scope::default() };
    Ok(vec![tag(Scope { types, ..Scope::default() }), tag(elsewhere)])
}

/// What to tell people about a tag that the policy requires of some types.
pub(super) fn caution(tag: &RequiredTag) -> Option<String> {
    let is_policy = |types: &TypePattern| matches!(types, TypePattern::Policy { .. });
    tag.scope.types.iter().any(is_policy).then(|| {
        let types = listed(&tag.scope.types);
        format!("{} is required of {types} only: another resource without it is no finding", tag.name())
    })
}

/// The key as it has to be written: in small letters, unless the policy says otherwise.
fn key(policy_key: &str, fields: &mut Fields<'_>) -> Result<String, String> {
    let key: Option<String> = assigned(fields, "tag_key", "a text")?;
    let key = key.unwrap_or_else(|| policy_key.to_lowercase());
    let TagKey(key) =
        TagKey::parse(&key).map_err(|_| fields.at("tag_key", &format!("{key:?} is not {}", TagKey::FORM)))?;
    if is_alike(&key, policy_key) {
        return Ok(key);
    }
    Err(fields.at("tag_key", &format!("{key:?} differs from {policy_key:?} in more than case")))
}

/// The accepted values, and whether an empty one is among them.
fn values(fields: &mut Fields<'_>) -> Result<(Values, bool), String> {
    let Some(values) = assigned::<Vec<String>>(fields, "tag_value", "a list of texts")? else {
        return Ok((Values::default(), false));
    };
    let (empty, filled): (Vec<_>, Vec<_>) = values.into_iter().partition(|value| value.trim().is_empty());
    let values = Values::like(filled).map_err(|problem| fields.at("tag_value", &problem))?;
    Ok((values, !empty.is_empty()))
}

fn types(fields: &mut Fields<'_>, name: &str) -> Result<Option<Vec<TypePattern>>, String> {
    let types = assigned::<Vec<String>>(fields, name, "a list of resource types")?.unwrap_or_default();
    let types = types.iter().map(|text| {
        let problem =
            || format!("{text:?} is not a resource type such as ec2:instance, or ec2:ALL_SUPPORTED");
        TypePattern::of_policy(text).ok_or_else(|| fields.at(name, &problem()))
    });
    let types: Vec<_> = types.collect::<Result<_, _>>()?;
    Ok((!types.is_empty()).then_some(types))
}

/// What a field says: in a policy that is written by an operator, in one that is in effect without.
fn assigned<'a, T: Deserialize<'a>>(
    fields: &mut Fields<'a>,
    name: &str,
    form: &str,
) -> Result<Option<T>, String> {
    if fields.fields.iter().any(|(own, raw)| own == name && !is_object(raw)) {
        return fields.take(name, form);
    }
    let Some(mut operators) = fields.inner(name, OPERATORS)? else {
        return Ok(None);
    };
    let inheriting = INHERITING.into_iter().find(|operator| operators.take_raw(operator).is_some());
    match inheriting {
        Some(operator) => Err(operators.at(
            operator,
            "depends on the policies further up; take the one in effect, from aws organizations describe-effective-policy",
        )),
        None => operators.take(ASSIGN, form),
    }
}
