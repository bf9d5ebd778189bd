//! Whatever stands in a snapshot: it is read item by item, or refused.
#![no_main]

use std::ops::ControlFlow;

use config_rules::snapshot::read_items;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = read_items(bytes, |_| ControlFlow::Continue(()));
});
