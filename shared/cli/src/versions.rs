//! The versions of resources in a file: a history has every one, and the newest is what the resource is now.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
};

use config_rules::item::RawItem;
use jiff::Timestamp;

/// When the newest version of each resource was recorded: some 50 bytes for each.
#[derive(Default)]
pub(crate) struct Versions {
    newest: HashMap<[u64; 2], Timestamp>,
    /// Two, so that no two resources of a file have the same key: 128 bits.
    states: [RandomState; 2],
}

impl Versions {
    pub(crate) fn note(&mut self, item: &RawItem) {
        let newest = self.newest.entry(self.key(item)).or_insert(Timestamp::MIN);
        *newest = item.configuration_item_capture_time.max(*newest);
    }

    /// Whether a newer version of the same resource was noted.
    pub(crate) fn is_older(&self, item: &RawItem) -> bool {
        self.newest.get(&self.key(item)).is_some_and(|newest| item.configuration_item_capture_time < *newest)
    }

    fn key(&self, item: &RawItem) -> [u64; 2] {
        let RawItem { account_id, aws_region, resource_type, resource_id, .. } = item;
        let identity = (account_id, aws_region, resource_type, resource_id);
        self.states.each_ref().map(|state| state.hash_one(identity))
    }
}
