//! The versions of resources in a fleet's files: histories have every one, snapshots of several days the same one again, and
//! the newest is what the resource is now.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
};

use config_rules::item::RawItem;
use jiff::Timestamp;

/// When the newest version of each resource was recorded, and in which file it stands last: some 60 bytes for each.
#[derive(Default)]
pub(crate) struct Versions {
    newest: HashMap<[u64; 2], (Timestamp, usize)>,
    /// Two, so that no two resources have the same key: 128 bits.
    states: [RandomState; 2],
}

/// What a version of a resource is among all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Age {
    Newest,
    /// There is a newer one.
    Older,
    /// The same stands in a later file, too.
    Repeated,
}

impl Versions {
    /// Notes a version in a file; says whether it is the newest until now.
    pub(crate) fn note(&mut self, item: &RawItem, file: usize) -> bool {
        let version = (item.configuration_item_capture_time, file);
        let newest = self.newest.entry(self.key(item)).or_insert(version);
        *newest = version.max(*newest);
        *newest == version
    }

    /// What was noted of a version.
    pub(crate) fn age(&self, item: &RawItem, file: usize) -> Age {
        let own = item.configuration_item_capture_time;
        match self.newest.get(&self.key(item)) {
            Some((newest, _)) if own < *newest => Age::Older,
            Some((newest, last)) if own == *newest && file < *last => Age::Repeated,
            _ => Age::Newest,
        }
    }

    fn key(&self, item: &RawItem) -> [u64; 2] {
        let RawItem { account_id, aws_region, resource_type, resource_id, .. } = item;
        let identity = (account_id, aws_region, resource_type, resource_id);
        self.states.each_ref().map(|state| state.hash_one(identity))
    }
}
