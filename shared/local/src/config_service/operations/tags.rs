//! Tags of rules and recorders.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::config_service::account::Tags;
use crate::config_service::operation::{Context, Operation};
use crate::config_service::paging::Sizes;
use crate::config_service::shape::{Member, Shape, TEXT, optional, required};
use crate::endpoint::ApiError;

const MAX_TAGS: usize = 50;

const KEY: Shape = Shape::Text(1, 128);
const ARN: Member = required("ResourceArn", Shape::Text(1, 1000));
const TAG: Shape = Shape::Structure(&[required("Key", KEY), required("Value", Shape::Text(0, 256))]);

/// The tags of an operation that makes something.
pub(super) const TAGS: Member = optional("Tags", Shape::List(&TAG, 0, MAX_TAGS));

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "ListTagsForResource",
        input: &[ARN, optional("Limit", Shape::Integer(0, 100)), optional("NextToken", TEXT)],
        serve: list_tags_for_resource,
    },
    Operation {
        name: "TagResource",
        input: &[ARN, required("Tags", Shape::List(&TAG, 1, MAX_TAGS))],
        serve: tag_resource,
    },
    Operation {
        name: "UntagResource",
        input: &[ARN, required("TagKeys", Shape::List(&KEY, 1, MAX_TAGS))],
        serve: untag_resource,
    },
];

/// A tag as the API spells it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    key: String,
    value: String,
}

/// The tags of the call, if they are valid; none if the call has none.
pub(super) fn read(context: &Context<'_>) -> Result<Tags, ApiError> {
    let tags: Option<Vec<Tag>> = context.read("Tags")?;
    let tags: Tags = tags.into_iter().flatten().map(|tag| (tag.key, tag.value)).collect();
    if tags.keys().any(|key| key.to_lowercase().starts_with("aws:")) {
        return Err(ApiError::validation("Tag keys that start with aws: are reserved."));
    }
    Ok(tags)
}

fn tag_resource(context: &mut Context<'_>) -> Result<Value, ApiError> {
    let new = read(context)?;
    let tags = tags_mut(context)?;
    let mut changed = tags.clone();
    changed.extend(new);
    if changed.len() > MAX_TAGS {
        let message = format!("A resource has at most {MAX_TAGS} tags.");
        return Err(ApiError::bad_request("TooManyTagsException", message));
    }
    *tags = changed;
    Ok(json!({}))
}

fn untag_resource(context: &mut Context<'_>) -> Result<Value, ApiError> {
    let input = context.input;
    let keys: Vec<_> = input["TagKeys"].as_array().into_iter().flatten().collect();
    tags_mut(context)?.retain(|key, _| !keys.iter().any(|removed| *removed == key));
    Ok(json!({}))
}

fn list_tags_for_resource(context: &mut Context<'_>) -> Result<Value, ApiError> {
    let tags = tags_mut(context)?.clone();
    let sizes = Sizes { default: MAX_TAGS, max: MAX_TAGS };
    context.page("Tags", sizes, tags, |(key, value)| json!({"Key": key, "Value": value}))
}

/// The tags of the call's resource.
fn tags_mut<'a>(context: &'a mut Context<'_>) -> Result<&'a mut Tags, ApiError> {
    let arn = context.text("ResourceArn").to_owned();
    let missing = format!("There is no resource {arn}");
    let tags = context.account_mut().tags.get_mut(&arn);
    tags.ok_or_else(|| ApiError::bad_request("ResourceNotFoundException", missing))
}
