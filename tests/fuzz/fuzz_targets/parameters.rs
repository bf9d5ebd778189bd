//! Whatever people type as parameters: every rule takes it, or says in one line what is wrong.
#![no_main]

use config_rules::{catalogue::RULES, facts::Facts, parameters::RawParameters};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(parameters) = RawParameters::from_json(text) else { return };
    for rule in RULES {
        if let Err(error) = (rule.configure)(&parameters, &Facts::default()) {
            assert!(!error.to_string().is_empty());
        }
    }
});
