//! What AWS Config knows of resources as they are now: `ListDiscoveredResources` and `BatchGetResourceConfig`.

use serde::Deserialize;
use serde_json::{Value, json};

use super::error::ServiceError;
use super::item::ConfigurationItem;
use super::model::{INTEGER, Shape, TEXT, optional, required};
use super::operation::{Context, Operation};
use super::paging;
use super::time::epoch_seconds;

const RESOURCE_ID: Shape = Shape::Text(1, 768);

pub(super) const LIST_DISCOVERED_RESOURCES: Operation = Operation {
    name: "ListDiscoveredResources",
    input: &[
        required("resourceType", Shape::ResourceType),
        optional("resourceIds", Shape::List(&RESOURCE_ID, 0, 20)),
        optional("resourceName", TEXT),
        optional("limit", INTEGER),
        optional("includeDeletedResources", Shape::Boolean),
        optional("nextToken", TEXT),
    ],
    serve: list_discovered_resources,
};

pub(super) const BATCH_GET_RESOURCE_CONFIG: Operation = Operation {
    name: "BatchGetResourceConfig",
    input: &[required(
        "resourceKeys",
        Shape::List(
            &Shape::Structure(&[
                required("resourceType", Shape::ResourceType),
                required("resourceId", RESOURCE_ID),
            ]),
            1,
            100,
        ),
    )],
    serve: batch_get_resource_config,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    resource_type: String,
    #[serde(default)]
    resource_ids: Vec<String>,
    resource_name: Option<String>,
    limit: Option<i64>,
    #[serde(default)]
    include_deleted_resources: bool,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BatchGet {
    resource_keys: Vec<Key>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Key {
    resource_type: String,
    resource_id: String,
}

fn list_discovered_resources(context: &mut Context<'_>) -> Result<Value, ServiceError> {
    let request: List = context.read()?;
    if !request.resource_ids.is_empty() && request.resource_name.is_some() {
        let message =
            "You can specify either resource IDs or a resource name, but not both, in the same request.";
        return Err(ServiceError::validation(message));
    }
    let size = paging::size(request.limit, 100, 100)?;
    let account = context.store.account(context.account);
    account.check_recorded()?;
    let resources = account.inventory().filter(|item| request.asks_for(item)).map(identifier).collect();
    let (page, next) = context.page(resources, request.next_token.as_deref(), size)?;
    Ok(json!({"resourceIdentifiers": page, "nextToken": next}))
}

impl List {
    fn asks_for(&self, item: &ConfigurationItem) -> bool {
        let one_of_the_ids = self.resource_ids.iter().any(|id| id == item.resource_id());
        item.resource_type() == self.resource_type
            && (self.include_deleted_resources || !item.is_deleted())
            && (self.resource_ids.is_empty() || one_of_the_ids)
            && self.resource_name.as_deref().is_none_or(|name| name == item.text("resourceName"))
    }
}

fn identifier(item: &ConfigurationItem) -> Value {
    json!({
        "resourceType": item.resource_type(),
        "resourceId": item.resource_id(),
        "resourceName": item.member("resourceName"),
        "resourceDeletionTime": item.is_deleted().then(|| epoch_seconds(item.captured())),
    })
}

/// What is unknown or deleted is neither answered nor unprocessed.
fn batch_get_resource_config(context: &mut Context<'_>) -> Result<Value, ServiceError> {
    let request: BatchGet = context.read()?;
    let account = context.store.account(context.account);
    account.check_recorded()?;
    let keys = request.resource_keys.into_iter().map(|key| (key.resource_type, key.resource_id));
    let items = keys.filter_map(|key| account.items.get(&key)?.last().filter(|item| !item.is_deleted()));
    let items: Vec<_> = items.map(base_item).collect();
    Ok(json!({"baseConfigurationItems": items, "unprocessedResourceKeys": []}))
}

fn base_item(item: &ConfigurationItem) -> Value {
    let mut item = item.to_api();
    for name in ["tags", "relationships", "relatedEvents", "configurationItemMD5Hash"] {
        item.remove(name);
    }
    item.into()
}
