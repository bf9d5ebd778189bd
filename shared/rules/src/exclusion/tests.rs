use std::sync::Arc;

use jiff::Timestamp;

use super::*;
use crate::{
    engine::Evaluate as _,
    exemption::tests::Numbers,
    facts::Facts,
    rule::ConfiguredRule,
    rules::testing::{Case, parameter_error},
};

/// The resource `id` in us-east-1 of account 111122223333, tagged Team=ops, with a finding.
fn numbers(exclusions: &str) -> Case<Numbers> {
    Case::new("AWS::EC2::Instance", "[7]").tagged(&[("Team", "ops")]).with("exclusions", exclusions)
}

fn configured(exclusions: &str) -> Arc<ConfiguredRule<Numbers>> {
    let parameters = serde_json::json!({ "exclusions": exclusions }).to_string();
    ConfiguredRule::new(&RawParameters::from_json(&parameters).unwrap(), &Facts::default()).unwrap()
}

fn error(exclusions: &str) -> String {
    parameter_error::<Numbers>(&serde_json::json!({ "exclusions": exclusions }).to_string())
}

#[test]
fn what_is_excluded_is_not_evaluated_and_the_reason_is_said() {
    let excluded = |what: &str| numbers(&format!(r#"[{{"reason":"the backup made it",{what}}}]"#));
    for what in [r#""resource":"i?""#, r#""tag":"T*=op?""#, r#""account":"1111*","region":"us-*""#] {
        excluded(what).is("NOT_APPLICABLE", "EXCLUDED (the backup made it)");
    }
    for what in [r#""resource":"x""#, r#""tag":"Stage""#, r#""resource":"id","region":"eu-*""#] {
        excluded(what).is("NON_COMPLIANT", "NUMBER: 7");
    }
}

#[test]
fn an_exclusion_comes_before_an_exemption() {
    numbers(r#"[{"resource":"x","reason":"no"},{"resource":"id","reason":"yes"}]"#)
        .with("exemptions", r#"[{"resource":"id","reason":"r","owner":"o","expires":"2026-12-31"}]"#)
        .is("NOT_APPLICABLE", "EXCLUDED (yes)");
}

#[test]
fn a_tag_is_found_wherever_it_is_recorded() {
    let configuration = r#"{"tagSet":[{"key":"made-by","value":"platform"}]}"#;
    Case::<Numbers>::new("AWS::EC2::Instance", configuration)
        .with("exclusions", r#"[{"tag":"made-by=platform","reason":"a platform made it"}]"#)
        .is("NOT_APPLICABLE", "EXCLUDED (a platform made it)");
}

#[test]
fn an_account_is_left_out_as_a_whole() {
    for (account, annotation) in
        [("1111*", "EXCLUDED (a sandbox)"), ("4444*", "the rule evaluates resources one by one")]
    {
        let exclusions = serde_json::json!([{"account": account, "reason": "a sandbox"}]).to_string();
        let case = configured(&exclusions).account_case("111122223333", Timestamp::UNIX_EPOCH).unwrap();
        let compliance = case.evaluate(&Facts::default()).unwrap().compliance;
        assert_eq!((compliance.compliance_type(), &*compliance.annotation()), ("NOT_APPLICABLE", annotation));
    }
}

#[test]
fn what_would_leave_out_everything_is_refused() {
    let scopes = [
        "",
        r#","resource":"*""#,
        r#","resource":"i-1,arn:*""#,
        r#","resource":"a*""#,
        r#","resource":"arn:aws:*:*""#,
        r#","account":"????????????""#,
        r#","region":"*-*-?","resource":"?*""#,
    ];
    for scope in scopes {
        let error = error(&format!(r#"[{{"resource":"id","reason":"fine"}},{{"reason":"r"{scope}}}]"#));
        let expected = "parameter exclusions: entry 2: parameter resource: none of resource, account, region, tag narrows \
                        it: everything would be excluded";
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn wrong_exclusions_are_refused() {
    assert!(error("{}").contains("expected a JSON array of objects with `reason`"), "{}", error("{}"));
    for (exclusions, expected) in [
        (r#"[{"resource":"id"}]"#, "entry 1: parameter reason: missing; an exclusion has a reason"),
        (r#"[{"resource":"id","reason":"r","expires":"2026-12-31"}]"#, "entry 1: parameter expires: unknown"),
        (r#"[{"resource":"id","reason":"r","numbers":"7"}]"#, "entry 1: parameter numbers: unknown"),
        (r#"[{"tag":"=x","reason":"r"}]"#, "the key is missing"),
    ] {
        assert!(error(exclusions).contains(expected), "{}", error(exclusions));
    }
}

#[test]
fn people_are_told_what_is_never_evaluated() {
    let exclusions =
        r#"[{"resource":"a","reason":"AWS made it"},{"resource":"b","reason":"a platform made it"}]"#;
    assert_eq!(
        configured(exclusions).cautions(),
        [
            "what exclusions name is never evaluated, whatever is wrong with it, and has no end (AWS made it, a platform \
             made it)"
        ]
    );
}
