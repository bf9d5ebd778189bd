//! Tags of rules and recorders.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::error::ServiceError;
use super::model::{Member, Shape, TEXT, optional, required};
use super::operation::{Context, Operation};
use super::paging;

const MAX_TAGS: usize = 50;

const KEY: Shape = Shape::Text(1, 128);
const ARN: Member = required("ResourceArn", Shape::Text(1, 1000));
pub(super) const TAG: Shape =
    Shape::Structure(&[required("Key", KEY), required("Value", Shape::Text(0, 256))]);

pub(super) const TAG_RESOURCE: Operation = Operation {
    name: "TagResource",
    input: &[ARN, required("Tags", Shape::List(&TAG, 1, MAX_TAGS))],
    serve: tag_resource,
};

pub(super) const UNTAG_RESOURCE: Operation = Operation {
    name: "UntagResource",
    input: &[ARN, required("TagKeys", Shape::List(&KEY, 1, MAX_TAGS))],
    serve: untag_resource,
};

pub(super) const LIST_TAGS_FOR_RESOURCE: Operation = Operation {
    name: "ListTagsForResource",
    input: &[ARN, optional("Limit", Shape::Integer(0, 100)), optional("NextToken", TEXT)],
    serve: list_tags_for_resource,
};

/// Values by key.
pub(super) type Tags = BTreeMap<String, String>;

/// A tag as the API spells it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TagInput {
    key: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    resource_arn: String,
    #[serde(default)]
    tags: Vec<TagInput>,
    #[serde(default)]
    tag_keys: Vec<String>,
    limit: Option<i64>,
    next_token: Option<String>,
}

pub(super) fn map(tags: Vec<TagInput>) -> Tags {
    tags.into_iter().map(|tag| (tag.key, tag.value)).collect()
}

pub(super) fn check(tags: &[TagInput]) -> Result<(), ServiceError> {
    if tags.iter().any(|tag| tag.key.to_lowercase().starts_with("aws:")) {
        return Err(ServiceError::validation("Tag keys that start with aws: are reserved."));
    }
    Ok(())
}

fn tag_resource(context: &mut Context<'_>) -> Result<Value, ServiceError> {
    let request: Request = context.read()?;
    check(&request.tags)?;
    let tags = tags_of(context, &request.resource_arn)?;
    let mut changed = tags.clone();
    changed.extend(map(request.tags));
    if changed.len() > MAX_TAGS {
        let message = format!("A resource has at most {MAX_TAGS} tags.");
        return Err(ServiceError::bad_request("TooManyTagsException", message));
    }
    *tags = changed;
    Ok(json!({}))
}

fn untag_resource(context: &mut Context<'_>) -> Result<Value, ServiceError> {
    let request: Request = context.read()?;
    tags_of(context, &request.resource_arn)?.retain(|key, _| !request.tag_keys.contains(key));
    Ok(json!({}))
}

fn list_tags_for_resource(context: &mut Context<'_>) -> Result<Value, ServiceError> {
    let request: Request = context.read()?;
    let size = paging::size(request.limit, MAX_TAGS, MAX_TAGS)?;
    let tags = tags_of(context, &request.resource_arn)?;
    let tags = tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
    let (page, next) = context.page(tags, request.next_token.as_deref(), size)?;
    Ok(json!({"Tags": page, "NextToken": next}))
}

fn tags_of<'a>(context: &'a mut Context<'_>, arn: &str) -> Result<&'a mut Tags, ServiceError> {
    let missing =
        || ServiceError::bad_request("ResourceNotFoundException", format!("There is no resource {arn}"));
    context.store.account(context.account).tags.get_mut(arn).ok_or_else(missing)
}
