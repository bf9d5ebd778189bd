//! Managed prefix lists.

use serde::Serialize;

use crate::ec2::data::{Ec2Data, PrefixList};
use crate::ec2::paging::{Sizes, page};
use crate::endpoint::ApiError;
use crate::query::Members;
use crate::query::QueryRequest;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WirePrefixList<'a> {
    prefix_list_id: &'a str,
    address_family: &'static str,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix_list_name: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct WireEntry<'a> {
    cidr: &'a str,
}

impl<'a> WirePrefixList<'a> {
    /// All entries of a list are of one address family.
    fn new(prefix_list_id: &'a str, list: &'a PrefixList) -> Self {
        let six = list.entries.iter().any(|entry| entry.contains(':'));
        Self {
            prefix_list_id,
            address_family: if six { "IPv6" } else { "IPv4" },
            state: "create-complete",
            prefix_list_name: list.name.as_deref(),
        }
    }
}

pub(super) fn describe_managed_prefix_lists(
    data: &Ec2Data,
    request: &QueryRequest,
) -> Result<Members, ApiError> {
    let lists = data.prefix_lists().select(&request.list("PrefixListId"), not_found)?;
    let lists = lists.into_iter().map(|(id, list)| WirePrefixList::new(id, list)).collect();
    let (lists, next) = page(data, request, lists, &Sizes::new(1..=100))?;
    Members::default().with_set("prefixListSet", &lists)?.with("nextToken", next)
}

pub(super) fn get_managed_prefix_list_entries(
    data: &Ec2Data,
    request: &QueryRequest,
) -> Result<Members, ApiError> {
    let id = request.get("PrefixListId").ok_or_else(|| {
        ApiError::bad_request("MissingParameter", "The request must contain the parameter PrefixListId")
    })?;
    let list = data.prefix_lists().get(id)?.ok_or_else(|| not_found(&[id]))?;
    let entries = list.entries.iter().map(|cidr| WireEntry { cidr }).collect();
    let (entries, next) = page(data, request, entries, &Sizes::new(1..=100))?;
    Members::default().with_set("entrySet", &entries)?.with("nextToken", next)
}

fn not_found(ids: &[&str]) -> ApiError {
    ApiError::not_found("InvalidPrefixListID.NotFound", "prefix list ID", ids)
}
