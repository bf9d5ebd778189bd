//! An operation of the API, and what it works with.

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::account::Account;
use super::paging::{self, Sizes};
use super::shape::Member;
use super::store::Store;
use super::time;
use crate::endpoint::{ApiError, Fault};
use crate::json::serialization;

/// An operation of the API.
#[derive(Clone, Copy)]
pub(super) struct Operation {
    pub(super) name: &'static str,
    pub(super) input: &'static [Member],
    /// Does the work on an input that the model allows. It must not wait.
    pub(super) serve: fn(&mut Context<'_>) -> Result<Value, ApiError>,
}

/// One call of an operation.
pub(super) struct Context<'a> {
    pub(super) store: &'a mut Store,
    pub(super) operation: &'static str,
    /// Of the caller: twelve digits.
    pub(super) account: &'a str,
    pub(super) region: &'a str,
    /// That changes the answer.
    pub(super) fault: &'a Fault,
    /// Members that are null are left out.
    pub(super) input: &'a Value,
}

impl Context<'_> {
    pub(super) fn account(&self) -> &Account {
        self.store.known_account(self.account)
    }

    pub(super) fn account_mut(&mut self) -> &mut Account {
        self.store.account(self.account)
    }

    /// A member that is required, or for which empty is the same as none.
    pub(super) fn text(&self, name: &str) -> &str {
        self.optional_text(name).unwrap_or_default()
    }

    pub(super) fn optional_text(&self, name: &str) -> Option<&str> {
        self.input[name].as_str()
    }

    pub(super) fn texts(&self, name: &str) -> Vec<&str> {
        self.input[name].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.input[name] == true
    }

    pub(super) fn time(&self, name: &str) -> Result<Option<Timestamp>, ApiError> {
        let value = &self.input[name];
        if value.is_null() {
            return Ok(None);
        }
        time::deserialize(value).map(Some).map_err(|error| serialization(&error))
    }

    /// A member that has a type of its own. What the model allows can be read, but for numbers that are no time.
    pub(super) fn read<T: DeserializeOwned>(&self, name: &str) -> Result<T, ApiError> {
        T::deserialize(&self.input[name]).map_err(|error| serialization(&error))
    }

    /// The page that is asked for of these items, in the list of this name, and the next page's token.
    pub(super) fn page<T>(
        &self,
        list: &str,
        sizes: Sizes,
        items: impl IntoIterator<Item = T>,
        write: impl Fn(T) -> Value,
    ) -> Result<Value, ApiError> {
        // Some operations begin all their names with a small letter, and the others none.
        let [limit, token] = if list.starts_with(char::is_lowercase) {
            ["limit", "nextToken"]
        } else {
            ["Limit", "NextToken"]
        };
        let size = sizes.of(self.input[limit].as_i64())?;
        let size = if *self.fault == Fault::EmptyPage { 0 } else { size };
        let (page, next) = paging::page(self.operation, items, self.optional_text(token), size)?;
        let page = page.into_iter().map(write).collect();
        Ok(Map::from_iter([(list.to_owned(), page), (token.to_owned(), next.into())]).into())
    }
}
