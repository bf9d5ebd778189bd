//! The operations that read what was recorded of resources: histories, the inventory, and queries.

use std::cmp::Reverse;

use serde_json::{Value, json};

use super::query::Query;
use crate::config_service::item::ConfigurationItem;
use crate::config_service::operation::{Context, Operation};
use crate::config_service::paging::Sizes;
use crate::config_service::shape::{INTEGER, Member, Shape, TEXT, optional, required};
use crate::config_service::time::epoch_seconds;
use crate::endpoint::ApiError;

const TYPE: Member = required("resourceType", Shape::ResourceType);
const ID: Member = required("resourceId", RESOURCE_ID);
const RESOURCE_ID: Shape = Shape::Text(1, 768);
const LIMIT: Member = optional("limit", INTEGER);
const NEXT_TOKEN: Member = optional("nextToken", TEXT);

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "BatchGetResourceConfig",
        input: &[required("resourceKeys", Shape::List(&Shape::Structure(&[TYPE, ID]), 1, 100))],
        serve: batch_get_resource_config,
    },
    Operation {
        name: "GetDiscoveredResourceCounts",
        input: &[optional("resourceTypes", Shape::List(&Shape::Text(1, 256), 0, 20)), LIMIT, NEXT_TOKEN],
        serve: get_discovered_resource_counts,
    },
    Operation {
        name: "GetResourceConfigHistory",
        input: &[
            TYPE,
            ID,
            optional("laterTime", Shape::Timestamp),
            optional("earlierTime", Shape::Timestamp),
            optional("chronologicalOrder", Shape::OneOf(&["Reverse", "Forward"])),
            LIMIT,
            NEXT_TOKEN,
        ],
        serve: get_resource_config_history,
    },
    Operation {
        name: "ListDiscoveredResources",
        input: &[
            TYPE,
            optional("resourceIds", Shape::List(&RESOURCE_ID, 0, 20)),
            optional("resourceName", TEXT),
            LIMIT,
            optional("includeDeletedResources", Shape::Boolean),
            NEXT_TOKEN,
        ],
        serve: list_discovered_resources,
    },
    Operation {
        name: "SelectResourceConfig",
        input: &[
            required("Expression", Shape::Text(1, 4096)),
            optional("Limit", INTEGER),
            optional("NextToken", TEXT),
        ],
        serve: select_resource_config,
    },
];

/// Both ends of the time range belong to it.
fn get_resource_config_history(context: &mut Context<'_>) -> Result<Value, ApiError> {
    let (earlier, later) = (context.time("earlierTime")?, context.time("laterTime")?);
    if earlier.zip(later).is_some_and(|(earlier, later)| earlier > later) {
        return Err(ApiError::bad_request(
            "InvalidTimeRangeException",
            "The specified time range is not valid. The earlier time is not chronologically before the later time.",
        ));
    }
    context.account().check_recorded()?;
    let history = history(context)?.iter().filter(|item| {
        later.is_none_or(|later| item.captured() <= later)
            && earlier.is_none_or(|earlier| item.captured() >= earlier)
    });
    let forward = context.text("chronologicalOrder") == "Forward";
    let history: Box<dyn Iterator<Item = _>> =
        if forward { Box::new(history) } else { Box::new(history.rev()) };
    let sizes = Sizes { default: 10, max: 100 };
    context.page("configurationItems", sizes, history, |item| item.to_api().into())
}

fn history<'a>(context: &'a Context<'_>) -> Result<&'a [ConfigurationItem], ApiError> {
    let (resource_type, id) = (context.text("resourceType"), context.text("resourceId"));
    context.account().history(resource_type, id).ok_or_else(|| {
        ApiError::bad_request(
            "ResourceNotDiscoveredException",
            format!("Resource {id} of resourceType:{resource_type} is unknown or has not been discovered"),
        )
    })
}

fn list_discovered_resources(context: &mut Context<'_>) -> Result<Value, ApiError> {
    let (ids, name) = (context.texts("resourceIds"), context.optional_text("resourceName"));
    if !ids.is_empty() && name.is_some() {
        let message =
            "You can specify either resource IDs or a resource name, but not both, in the same request.";
        return Err(ApiError::validation(message));
    }
    context.account().check_recorded()?;
    let with_deleted = context.flag("includeDeletedResources");
    let resources = context.account().inventory_of(context.text("resourceType")).filter(|item| {
        (with_deleted || !item.is_deleted())
            && (ids.is_empty() || ids.contains(&item.resource_id()))
            && name.is_none_or(|name| item.members()["resourceName"] == name)
    });
    context.page("resourceIdentifiers", Sizes { default: 100, max: 100 }, resources, identifier)
}

fn identifier(item: &ConfigurationItem) -> Value {
    json!({
        "resourceType": item.resource_type(),
        "resourceId": item.resource_id(),
        "resourceName": item.members()["resourceName"],
        "resourceDeletionTime": item.is_deleted().then(|| epoch_seconds(item.captured())),
    })
}

/// Of the types that the recorder records now, those with the most resources first.
fn get_discovered_resource_counts(context: &mut Context<'_>) -> Result<Value, ApiError> {
    let (account, asked) = (context.account(), context.texts("resourceTypes"));
    let records =
        |resource_type| account.recorder.as_ref().is_some_and(|recorder| recorder.records(resource_type));
    let types = account.recorded_types().filter(|name| asked.is_empty() || asked.contains(name));
    let exists = |item: &&ConfigurationItem| !item.is_deleted() && item.is_recorded();
    let counts = types
        .filter(|name| records(name))
        .map(|name| (name, account.inventory_of(name).filter(exists).count()));
    let mut counts: Vec<_> = counts.filter(|(_, count)| *count > 0).collect();
    counts.sort_by_key(|(name, count)| (Reverse(*count), *name));
    let total: usize = counts.iter().map(|(_, count)| count).sum();
    let sizes = Sizes { default: 100, max: 100 };
    let mut page = context.page(
        "resourceCounts",
        sizes,
        counts,
        |(resource_type, count)| json!({"resourceType": resource_type, "count": count}),
    )?;
    page["totalDiscoveredResources"] = total.into();
    Ok(page)
}

/// What is unknown or deleted is neither answered nor unprocessed.
fn batch_get_resource_config(context: &mut Context<'_>) -> Result<Value, ApiError> {
    let account = context.account();
    account.check_recorded()?;
    let keys = context.input["resourceKeys"].as_array().into_iter().flatten();
    let latest = |key: &Value| {
        let history = account.history(key["resourceType"].as_str()?, key["resourceId"].as_str()?)?;
        history.last().filter(|item| !item.is_deleted()).map(base_item)
    };
    let items: Vec<_> = keys.filter_map(latest).collect();
    Ok(json!({"baseConfigurationItems": items, "unprocessedResourceKeys": []}))
}

fn base_item(item: &ConfigurationItem) -> Value {
    let mut item = item.to_api();
    for name in ["tags", "relationships", "relatedEvents", "configurationItemMD5Hash"] {
        item.remove(name);
    }
    item.into()
}

fn select_resource_config(context: &mut Context<'_>) -> Result<Value, ApiError> {
    let query: Query = context.text("Expression").parse()?;
    let items = context.account().inventory().filter(|item| item.is_recorded());
    let items = items.filter(|item| query.asks_for(item.resource_type()));
    let sizes = Sizes { default: 25, max: 100 };
    let row = |item: &ConfigurationItem| query.row(&item.to_query()).to_string().into();
    let mut page = context.page("Results", sizes, items, row)?;
    let fields: Vec<_> = query.fields().iter().map(|name| json!({"Name": name})).collect();
    page["QueryInfo"] = json!({"SelectFields": fields});
    Ok(page)
}
