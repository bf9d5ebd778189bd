//! Whatever stands in an event or a file: every rule reads it, and answers in a form that AWS Config takes.
#![no_main]

use config_rules::{
    catalogue::RULES, document::Document, engine::Evaluate as _, event::Event, facts::Facts, finding::ANNOTATION_LIMIT,
    parameters::RawParameters,
};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    decode(text);
    let facts = Facts::default();
    for rule in RULES {
        let cases: Vec<_> = match Document::from_json(text, Timestamp::UNIX_EPOCH) {
            Ok(Document::Event(event)) => (rule.read_event)(&event, &facts).into_iter().collect(),
            Ok(Document::Items(items)) => match (rule.configure)(&RawParameters::default(), &facts) {
                Ok(rule) => items.into_iter().flatten().map(|item| rule.case(item)).collect(),
                Err(_) => continue,
            },
            Err(_) => return,
        };
        for evaluation in cases.into_iter().filter_map(|case| case.evaluate(&facts).ok()) {
            let annotation = evaluation.compliance.annotation();
            assert!((1..=ANNOTATION_LIMIT).contains(&annotation.encode_utf16().count()));
            assert!(!annotation.contains(char::is_control));
        }
    }
});

/// What a function does before it knows its rule's parameters, to any text that it is invoked with.
fn decode(text: &str) {
    match Event::from_json(text) {
        Ok(event) => {
            let errors = [
                event.result_token().err(),
                event.message().err(),
                event.parameters().err(),
                event.required_name().err(),
                event.required_account().err(),
            ];
            assert!(errors.iter().flatten().all(|error| !error.to_string().is_empty()));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
