//! Whatever stands in an event or a file: every rule reads it, and answers in a form that AWS Config takes.
#![no_main]

use config_rules::{
    catalogue::RULES, document::Document, facts::Facts, finding::ANNOTATION_LIMIT, parameters::RawParameters,
};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let facts = Facts::default();
    for rule in RULES {
        let cases: Vec<_> = match Document::from_json(text, Timestamp::UNIX_EPOCH) {
            Ok(Document::Event(event)) => (rule.read_event)(&event, &facts).into_iter().collect(),
            Ok(Document::Items(items)) => match (rule.configure)(&RawParameters::default(), &facts) {
                Ok(rule) => items.into_iter().map(|item| rule.case(item)).collect(),
                Err(_) => continue,
            },
            Err(_) => return,
        };
        for evaluation in cases.into_iter().filter_map(|case| case.judge(&facts).ok()) {
            let annotation = evaluation.compliance.annotation();
            assert!((1..=ANNOTATION_LIMIT).contains(&annotation.encode_utf16().count()));
            assert!(!annotation.contains(char::is_control));
        }
    }
});
