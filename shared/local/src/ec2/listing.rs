//! Listings: resources of one kind, selected by ids and filters, in pages.

use serde_json::Value;

use super::data::Ec2Data;
use super::filters::Filters;
use super::names::Wire;
use super::paging::{Sizes, page};
use crate::endpoint::ApiError;
use crate::query::Members;
use crate::query::QueryRequest;

/// How one kind of resource is selected and described.
#[derive(Debug)]
pub(super) struct Listing {
    /// The list's name in the JSON.
    pub(super) name: &'static str,
    /// The list's name on the wire.
    pub(super) set: &'static str,
    /// The ids and names that select them.
    pub(super) ids: &'static [Id],
    /// Each filter, and the JSON pointer of what it looks at, in which `*` is every member of a list.
    pub(super) filters: &'static [(&'static str, &'static str)],
    pub(super) sizes: Sizes,
}

/// A parameter that lists ids or names.
#[derive(Debug)]
pub(super) struct Id {
    /// A list's name before the number.
    pub(super) parameter: &'static str,
    /// The JSON pointer of what it names.
    pub(super) pointer: &'static str,
    /// The error for those that do not exist.
    pub(super) missing: fn(&[&str]) -> ApiError,
}

impl Listing {
    /// The whole answer.
    pub(super) fn describe<'a>(
        &self,
        items: impl IntoIterator<Item = &'a Value>,
        data: &Ec2Data,
        request: &QueryRequest,
    ) -> Result<Members, ApiError> {
        let (items, next) = self.select(items, data, request)?;
        self.members(&items, next)
    }

    /// The items of the page that is asked for, and the next page's token.
    pub(super) fn select<'a>(
        &self,
        items: impl IntoIterator<Item = &'a Value>,
        data: &Ec2Data,
        request: &QueryRequest,
    ) -> Result<(Vec<&'a Value>, Option<String>), ApiError> {
        let mut items: Vec<_> = items.into_iter().collect();
        for id in self.ids {
            id.retain(&mut items, &request.list(id.parameter))?;
        }
        let names: Vec<_> = self.filters.iter().map(|(name, _)| *name).collect();
        let filters = Filters::read(request, &names)?;
        items.retain(|item| filters.match_all(|filter| self.property(item, filter)));
        page(data, request, items, &self.sizes)
    }

    pub(super) fn members(&self, items: &[&Value], next: Option<String>) -> Result<Members, ApiError> {
        let items: Vec<_> = items.iter().map(|value| Wire { member: self.name, value }).collect();
        Members::default().with_set(self.set, &items)?.with("nextToken", next)
    }

    fn property(&self, item: &Value, filter: &str) -> Vec<String> {
        let own = self.filters.iter().find(|(name, _)| *name == filter);
        own.map_or_else(Vec::new, |(_, pointer)| texts(item, pointer))
    }
}

impl Id {
    fn retain(&self, items: &mut Vec<&Value>, asked: &[&str]) -> Result<(), ApiError> {
        if asked.is_empty() {
            return Ok(());
        }
        items.retain(|item| text(item, self.pointer).is_some_and(|id| asked.contains(&id)));
        let absent = |id: &&str| !items.iter().any(|item| text(item, self.pointer) == Some(id));
        let absent: Vec<_> = asked.iter().copied().filter(absent).collect();
        if absent.is_empty() { Ok(()) } else { Err((self.missing)(&absent)) }
    }
}

/// The texts, and the truths, at a pointer.
fn texts(item: &Value, pointer: &str) -> Vec<String> {
    match pointer.split_once("/*") {
        Some((list, rest)) => {
            let members = item.pointer(list).and_then(Value::as_array).into_iter().flatten();
            members.flat_map(|member| texts(member, rest)).collect()
        }
        None => match item.pointer(pointer) {
            Some(Value::String(text)) => vec![text.clone()],
            Some(Value::Bool(truth)) => vec![truth.to_string()],
            _ => Vec::new(),
        },
    }
}

fn text<'a>(item: &'a Value, pointer: &str) -> Option<&'a str> {
    item.pointer(pointer)?.as_str()
}
