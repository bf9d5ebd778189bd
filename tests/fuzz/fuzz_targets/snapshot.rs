//! Whatever stands in a snapshot: it is read item by item, or refused, and every rule evaluates what was read.
#![no_main]

use std::ops::ControlFlow;

use config_rules::{catalogue::RULES, engine::Evaluate as _, facts::Facts, parameters::RawParameters, snapshot::read_items};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let facts = Facts::default();
    let rules: Vec<_> =
        RULES.iter().filter_map(|rule| (rule.configure)(&RawParameters::default(), &facts).ok()).collect();
    let _ = read_items(bytes, |item| {
        if let Ok(item) = item {
            for rule in &rules {
                let _ = rule.case(item.clone()).evaluate(&facts);
            }
        }
        ControlFlow::Continue(())
    });
});
