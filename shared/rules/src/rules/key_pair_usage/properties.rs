//! Knowing less of a key pair never makes an instance COMPLIANT, nor a finding of what is only not known.

use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Map, Value, json};

use super::tests::knowing;

/// All that EC2 tells of some key pair of an instance that was launched on 2025-11-02.
fn record() -> impl Strategy<Value = Map<String, Value>> {
    let time =
        select(vec!["2024-01-01T00:00:00.000Z", "2025-11-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"]);
    let key = select(vec![
        ("rsa", vec!["0f"; 20].join(":")),
        ("rsa", vec!["0f"; 16].join(":")),
        ("ed25519", "uV1VPzgQKsVtJLLtVnYhFvMzCdGmAqOyGaLxLvUhLmI=".to_owned()),
        ("ed25519", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=".to_owned()),
    ]);
    (time, key).prop_map(|(time, (kind, fingerprint))| {
        let record = json!({"createTime": time, "keyType": kind, "fingerprint": fingerprint});
        record.as_object().unwrap().clone()
    })
}

fn parameters() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    let limits = vec![
        ("allowedKeyTypes", "rsa"),
        ("allowedKeyTypes", "ed25519"),
        ("allowedOrigins", "created"),
        ("allowedOrigins", "imported"),
        ("maxKeyAgeDays", "200"),
        ("deniedKeyFingerprints", "0f:0f:0f:0f:0f:0f:0f:0f:0f:0f:0f:0f:0f:0f:0f:0f"),
        ("deniedKeyFingerprints", "uV1VPzgQKsVtJLLtVnYhFvMzCdGmAqOyGaLxLvUhLmI"),
    ];
    vec(select(limits), 0..4)
}

fn answer(record: &Value, parameters: &[(&str, &str)]) -> &'static str {
    let case = knowing(record).with("onMissingData", "NOT_APPLICABLE");
    let case = parameters.iter().fold(case, |case, (name, value)| case.with(name, value));
    case.compliance().compliance_type()
}

proptest! {
    #[test]
    fn incomplete_records_change_no_answer(
        record in record(),
        left_out in vec(select(vec!["createTime", "keyType", "fingerprint"]), 0..3),
        mut parameters in parameters(),
        dangling in select(vec!["report", "ignore"]),
    ) {
        let mut part = record.clone();
        part.retain(|name, _| !left_out.contains(&name.as_str()));
        let is_asked_for = dangling == "report" || !parameters.is_empty();
        parameters.push(("danglingKey", dangling));
        let (all, part) = (answer(&Value::Object(record), &parameters), answer(&Value::Object(part), &parameters));
        // Whose record it is cannot be seen without its time. Where nobody minds, a finding is one about the name.
        let is_about_the_name = dangling == "ignore" && left_out.contains(&"createTime") && part == "NON_COMPLIANT";
        prop_assert!(part == all || part == "NOT_APPLICABLE" || is_about_the_name, "{part} of a part, {all} of all");
        prop_assert!(is_asked_for || part == "COMPLIANT");
    }

    /// By default, what EC2 does not tell is not held against an instance whose key pair has an approved name; but what it
    /// tells is.
    #[test]
    fn default_answers_by_what_is_known(record in record(), told in any::<bool>()) {
        let is_reused = record["createTime"].as_str().unwrap() > "2025-11-02";
        let record = if told { Value::Object(record) } else { json!({}) };
        prop_assert_eq!(answer(&record, &[]), if told && is_reused { "NON_COMPLIANT" } else { "COMPLIANT" });
    }
}
