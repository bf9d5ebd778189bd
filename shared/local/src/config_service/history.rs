//! The operation `GetResourceConfigHistory`.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::ServiceError;
use super::model::{INTEGER, Shape, TEXT, optional, required};
use super::operation::{Context, Operation};
use super::paging;
use super::time;

pub(super) const GET_RESOURCE_CONFIG_HISTORY: Operation = Operation {
    name: "GetResourceConfigHistory",
    input: &[
        required("resourceType", Shape::ResourceType),
        required("resourceId", Shape::Text(1, 768)),
        optional("laterTime", Shape::Timestamp),
        optional("earlierTime", Shape::Timestamp),
        optional("chronologicalOrder", Shape::OneOf(&["Reverse", "Forward"])),
        optional("limit", INTEGER),
        optional("nextToken", TEXT),
    ],
    serve: get_resource_config_history,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    resource_type: String,
    resource_id: String,
    #[serde(default, deserialize_with = "time::deserialize_optional")]
    later_time: Option<Timestamp>,
    #[serde(default, deserialize_with = "time::deserialize_optional")]
    earlier_time: Option<Timestamp>,
    chronological_order: Option<String>,
    limit: Option<i64>,
    next_token: Option<String>,
}

/// Both ends of the time range belong to it.
fn get_resource_config_history(context: &mut Context<'_>) -> Result<Value, ServiceError> {
    let request: Request = context.read()?;
    let size = paging::size(request.limit, 10, 100)?;
    request.check_range()?;
    let account = context.store.account(context.account);
    account.check_recorded()?;
    let key = (request.resource_type.clone(), request.resource_id.clone());
    let history = account.items.get(&key).ok_or_else(|| not_discovered(&request))?;
    let asked_for = history.iter().filter(|item| request.contains(item.captured()));
    let mut items: Vec<Value> = asked_for.map(|item| item.to_api().into()).collect();
    if request.chronological_order.as_deref() != Some("Forward") {
        items.reverse();
    }
    let (page, next) = context.page(items, request.next_token.as_deref(), size)?;
    Ok(json!({"configurationItems": page, "nextToken": next}))
}

impl Request {
    fn contains(&self, time: Timestamp) -> bool {
        self.later_time.is_none_or(|later| time <= later)
            && self.earlier_time.is_none_or(|earlier| time >= earlier)
    }

    fn check_range(&self) -> Result<(), ServiceError> {
        match (self.earlier_time, self.later_time) {
            (Some(earlier), Some(later)) if earlier > later => Err(ServiceError::bad_request(
                "InvalidTimeRangeException",
                "The specified time range is not valid. The earlier time is not chronologically before the later time.",
            )),
            _ => Ok(()),
        }
    }
}

fn not_discovered(request: &Request) -> ServiceError {
    let Request { resource_type, resource_id, .. } = request;
    ServiceError::bad_request(
        "ResourceNotDiscoveredException",
        format!(
            "Resource {resource_id} of resourceType:{resource_type} is unknown or has not been discovered"
        ),
    )
}
