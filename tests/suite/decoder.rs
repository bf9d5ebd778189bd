//! No input makes the decoder or a rule panic, or answer beyond the limits.

use config_rules::{
    catalogue::RULES, document::Document, engine::Evaluate as _, facts::Facts, finding::ANNOTATION_LIMIT,
    parameters::RawParameters,
};
use proptest::prelude::*;
use serde_json::Value;

use crate::files::{below, text};

/// Evaluates by every rule. Whatever the answer is, it must be one that AWS Config takes.
fn evaluate_by_all(text: &str) {
    for rule in RULES {
        let results = match Document::from_json(text, jiff::Timestamp::UNIX_EPOCH) {
            Ok(Document::Event(event)) => vec![(rule.read_event)(&event, &Facts::default())],
            Ok(Document::Items(items)) => {
                let rule = (rule.configure)(&RawParameters::default(), &Facts::default());
                rule.into_iter()
                    .flat_map(|rule| items.iter().flatten().cloned().map(move |item| Ok(rule.case(item))))
                    .collect()
            }
            Err(_) => vec![],
        };
        for case in results.into_iter().flatten() {
            let Ok(evaluation) = case.evaluate(&Facts::default()) else { continue };
            let annotation = evaluation.compliance.annotation();
            assert!((1..=ANNOTATION_LIMIT).contains(&annotation.encode_utf16().count()), "{annotation}");
            assert!(!annotation.contains(char::is_control), "{annotation:?}");
        }
    }
}

fn corpus() -> impl Strategy<Value = String> {
    let texts: Vec<String> = below("events", ".json").iter().map(|path| text(path)).collect();
    prop::sample::select(texts)
}

/// Any JSON, most of it of the kinds that the events hold.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,20}".prop_map(Value::from),
        prop::sample::select(vec!["-1", "tcp", "0.0.0.0/0", "::/0", "ami-1", "OK", "22", "{", "\u{0}\n"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-zA-Z]{0,12}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Puts a value in place of the one that the steps lead to; a JSON text inside a string is entered, too.
fn replace(value: &mut Value, steps: &[usize], new: &Value) {
    let Some((step, rest)) = steps.split_first() else {
        *value = new.clone();
        return;
    };
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            let index = step % fields.len();
            replace(fields.values_mut().nth(index).unwrap(), rest, new);
        }
        Value::Array(values) if !values.is_empty() => {
            let index = step % values.len();
            replace(&mut values[index], rest, new);
        }
        Value::String(text) if text.starts_with('{') => {
            if let Ok(mut inner) = serde_json::from_str(text) {
                replace(&mut inner, steps, new);
                *text = inner.to_string();
            }
        }
        _ => *value = new.clone(),
    }
}

proptest! {
    #[test]
    fn text_that_was_damaged(text in corpus(), cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<char>()), 1..4), keep in any::<prop::sample::Index>()) {
        let mut characters: Vec<char> = text.chars().collect();
        for (place, character) in cuts {
            let place = place.index(characters.len());
            characters[place] = character;
        }
        characters.truncate(keep.index(characters.len() * 2));
        evaluate_by_all(&characters.into_iter().collect::<String>());
    }

    #[test]
    fn values_that_are_not_what_they_should_be(text in corpus(), steps in prop::collection::vec(any::<usize>(), 1..9), new in json()) {
        let mut event: Value = serde_json::from_str(&text).unwrap();
        replace(&mut event, &steps, &new);
        evaluate_by_all(&event.to_string());
    }

    #[test]
    fn text_of_any_kind(text in "\\PC*|[\\[{\"]{0,300}.*") {
        evaluate_by_all(&text);
    }
}

#[test]
fn nesting_without_end_is_refused() {
    evaluate_by_all(&"[".repeat(100_000));
    evaluate_by_all(&format!("{{\"a\":{}", "{\"a\":".repeat(100_000)));
}
