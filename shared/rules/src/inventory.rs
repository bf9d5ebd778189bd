//! What an account holds, page by page: for a run over all its resources.

use jiff::Timestamp;

use crate::item::RawItem;

/// Some of the resources of one type.
#[derive(Debug, Default)]
pub struct Page {
    /// The resources, as configuration items of the time that was asked for.
    pub items: Vec<RawItem>,
    /// What brings the next page; none on the last.
    pub next: Option<String>,
}

/// Which of the resources of a type are wanted: those for which EC2's filter of this name has one of these values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Such as `network-interface.group-id`.
    pub name: &'static str,
    /// At most 200.
    pub values: Vec<String>,
}

/// A service that knows what an account holds in a Region.
pub trait Inventory {
    /// Why it does not tell.
    type Error;

    /// A page of the resources of these types: those that the rule evaluates, in its scope; of every type, if there is none;
    /// and only those that the filter finds, if there is one. Their items bear this time. A run asks until `next` is empty, or for nothing further after an error.
    fn page(
        &self,
        resource_types: &[String],
        filter: Option<&Filter>,
        at: Timestamp,
        next: Option<String>,
    ) -> impl Future<Output = Result<Page, Self::Error>>;
}
