//! The operation `SelectResourceConfig`, for queries that name fields and resource types and nothing else.

use serde::Deserialize;
use serde_json::{Value, json};

use super::error::ServiceError;
use super::item::ConfigurationItem;
use super::model::{INTEGER, Shape, TEXT, optional, required};
use super::operation::{Context, Operation};
use super::paging;
use super::query::Query;

pub(super) const SELECT_RESOURCE_CONFIG: Operation = Operation {
    name: "SelectResourceConfig",
    input: &[
        required("Expression", Shape::Text(1, 4096)),
        optional("Limit", INTEGER),
        optional("NextToken", TEXT),
    ],
    serve: select_resource_config,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    expression: String,
    limit: Option<i64>,
    next_token: Option<String>,
}

fn select_resource_config(context: &mut Context<'_>) -> Result<Value, ServiceError> {
    let request: Request = context.read()?;
    let query: Query = request.expression.parse()?;
    let size = context.page_size(paging::size(request.limit, 25, 100)?);
    let seen = |item: &&ConfigurationItem| !item.is_deleted() && item.is_recorded();
    let inventory = context.store.account(context.account).inventory().filter(seen);
    let items = inventory.filter(|item| query.asks_for(item.resource_type())).collect();
    let token = request.next_token.as_deref();
    let (page, next) = paging::page(SELECT_RESOURCE_CONFIG.name, items, token, size)?;
    let page: Vec<_> = page.into_iter().map(|item| query.row(&item.to_query()).to_string()).collect();
    let fields: Vec<_> = query.fields().iter().map(|name| json!({"Name": name})).collect();
    Ok(json!({"Results": page, "QueryInfo": {"SelectFields": fields}, "NextToken": next}))
}
