//! What there is, and what it means.

use config_rules::catalogue::RULES;

use crate::{is_refused, run};

#[test]
fn every_rule_is_listed_and_every_code_explained() {
    let list = run(&["list"]).output;
    for rule in RULES {
        assert!(list.contains(rule.metadata.name), "{list}");
        let explained = run(&["explain", rule.metadata.name]).output;
        assert!(explained.contains(rule.metadata.description), "{explained}");
        for parameter in rule.metadata.all_parameters() {
            assert!(
                explained.contains(&format!("\n  {}: ", parameter.name)),
                "{}: {explained}",
                parameter.name
            );
        }
        for code in rule.codes {
            assert!(explained.contains(&format!("\n  {} (", code.name)), "{}: {explained}", code.name);
            let code_explained = run(&["explain", &code.name.to_ascii_lowercase()]).output;
            assert!(code_explained.contains(code.remedy), "{code_explained}");
        }
    }
    assert!(run(&["explain", "MISSING-DATA"]).output.contains("of every rule"));
    is_refused(&["explain", "SG-"], "there is no rule and no code \"SG-\"");
}

#[test]
fn shells_complete_and_the_manual_is_a_page() {
    assert!(run(&["completions", "bash"]).output.contains("complete -F _config__rules"));
    let page = run(&["man"]).output;
    assert!(page.contains(".TH config-rules 1") && page.contains("config\\-rules\\-replay(1)"), "{page}");
    let page = run(&["man", "replay"]).output;
    assert!(page.contains(".TH config-rules-replay 1") && page.contains("\\-\\-fail\\-on"), "{page}");
    is_refused(&["man", "play"], "there is no command play");
}
