//! How AWS Config spells what EC2 and the command line spell otherwise.

use serde_json::Value;

/// AWS Config spells EC2's keys like EC2 does, but with a small first letter.
pub(crate) fn config_spelling(value: Value) -> Value {
    match value {
        Value::Array(values) => values.into_iter().map(config_spelling).collect(),
        Value::Object(fields) => {
            let respelled =
                fields.into_iter().map(|(key, value)| (small_first_letter(&key), config_spelling(value)));
            Value::Object(respelled.collect())
        }
        other => other,
    }
}

fn small_first_letter(key: &str) -> String {
    let mut letters = key.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}
