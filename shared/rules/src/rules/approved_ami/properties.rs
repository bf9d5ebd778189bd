//! Knowing less of an image never makes an instance COMPLIANT, nor a finding of what is only not known.

use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Map, Value, json};

use super::tests::{AMI, knowing_only};

/// All that EC2 tells of some image.
fn image() -> impl Strategy<Value = Map<String, Value>> {
    let owner = select(vec![
        json!({"ownerId": "111122223333"}),
        json!({"ownerId": "444455556666"}),
        json!({"ownerId": "777788889999", "ownerAlias": "amazon"}),
    ]);
    let tags = select(vec![json!({}), json!({"a": "1"}), json!({"a": "2", "b": "1"})]);
    let date = select(vec!["2026-02-28T00:00:00.000Z", "2024-01-01T00:00:00.000Z"]);
    let deprecation = option::of(select(vec!["2026-02-28T00:00:00.000Z", "2027-01-01T00:00:00.000Z"]));
    let state = select(vec!["available", "available", "deregistered", "disabled"]);
    let name = select(vec!["golden-1", "other"]);
    let codes = select(vec![json!([]), json!(["code1"]), json!(["code2", "code3"])]);
    (owner, tags, date, deprecation, state, name, any::<bool>(), codes).prop_map(
        |(owner, tags, date, deprecation, state, name, public, codes)| {
            let rest = json!({"tags": tags, "creationDate": date, "deprecationTime": deprecation, "state": state,
                "name": name, "public": public, "productCodes": codes});
            [owner, rest].iter().flat_map(|part| part.as_object().unwrap().clone()).collect()
        },
    )
}

/// The same image with less told. Who has no alias and no deprecation time is told by their absence; so an alias goes
/// with its owner only, and a deprecation time stays.
fn less(image: &Map<String, Value>, left_out: &[&str]) -> Value {
    let is_told = |name: &String| !left_out.contains(&if name == "ownerAlias" { "ownerId" } else { name });
    image
        .iter()
        .filter(|(name, _)| is_told(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn parameters() -> impl Strategy<Value = Value> {
    let approvals = vec(
        select(vec![
            ("amiIds", AMI),
            ("amiIds", "ami-00000001"),
            ("owners", "self"),
            ("owners", "amazon,444455556666"),
            ("amiNamePatterns", "self/golden-*"),
            ("amiNamePatterns", "amazon/*,444455556666/other"),
            ("amisByTagKeyAndValue", "a:1,b"),
            ("marketplaceProductCodes", "code1,code3"),
        ]),
        1..4,
    );
    let limits = vec(
        select(vec![
            ("maxAgeDays", "90"),
            ("maxAgeDays", "self=90,amazon=1000"),
            ("minAgeDays", "9"),
            ("minAgeDays", "444455556666=9,0"),
            ("deprecated", "deny"),
            ("deprecated", "self=deny,9"),
            ("publicImages", "deny"),
            ("publicImages", "self=deny"),
            ("tagMatch", "all"),
        ]),
        0..4,
    );
    (approvals, limits).prop_map(|(approvals, limits)| {
        approvals.into_iter().chain(limits).map(|(name, value)| (name.to_owned(), json!(value))).collect()
    })
}

proptest! {
    #[test]
    fn incomplete_records_change_no_answer(
        image in image(),
        left_out in vec(select(vec!["ownerId", "name", "state", "creationDate", "public", "tags", "productCodes"]), 0..4),
        parameters in parameters(),
    ) {
        let answer = |image: Value| {
            let case = knowing_only(&image).with_all(&parameters).with("onMissingData", "NOT_APPLICABLE");
            case.compliance().compliance_type()
        };
        let (all, part) = (answer(Value::Object(image.clone())), answer(less(&image, &left_out)));
        prop_assert!(part == all || part == "NOT_APPLICABLE", "{part} of a part, {all} of all: {left_out:?}");
    }
}
