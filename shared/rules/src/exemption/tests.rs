use super::*;
use crate::{
    facts::Facts,
    finding::Verdict,
    item::ConfigurationItem,
    rule::{Metadata, ResourceTypes, Rule, Schedule},
    rules::testing::{Case, parameter_error},
};

/// A rule with one finding for each number that its configuration lists.
#[derive(Debug)]
pub(crate) struct Numbers;

impl Rule for Numbers {
    type Configuration = Vec<u64>;
    type Parameters = Vec<u64>;

    const METADATA: Metadata = Metadata {
        name: "numbers",
        description: "There are no numbers.",
        resource_types: ResourceTypes::These(&["AWS::EC2::Instance"]),
        further_triggers: &[],
        schedule: Schedule::WithDriftingParameters,
        parameters: &[],
        fact_actions: &[],
        requirements: &[],
        inventory_actions: &[],
    };
    const EXEMPTIBLE: &'static [Parameter] = &[Parameter::list::<u64>("numbers", None, "Numbers.")];

    fn parameters(_raw: &RawParameters) -> Result<Vec<u64>, ParameterError> {
        Ok(Vec::new())
    }

    fn exempt(allowed: Vec<u64>, parts: &RawParameters) -> Result<Vec<u64>, ParameterError> {
        Ok([allowed, parts.list("numbers")?].concat())
    }

    fn evaluates_account(_allowed: &Vec<u64>) -> bool {
        true
    }

    fn evaluate(item: &ConfigurationItem<Vec<u64>>, allowed: &Vec<u64>, _facts: &Facts) -> Verdict {
        let found = item.configuration.iter().filter(|number| !allowed.contains(number));
        let findings: Vec<_> = found.map(|number| Finding::new("NUMBER", number.to_string())).collect();
        if findings.is_empty() {
            Verdict::compliant("none")
        } else {
            Compliance::NonCompliant(findings).into()
        }
    }
}

/// The resource `id` in us-east-1 of account 111122223333, tagged Team=ops, with these numbers, on 2026-03-01.
fn numbers(configuration: &str, exemptions: &str) -> Case<Numbers> {
    let case = Case::new("AWS::EC2::Instance", configuration).tagged(&[("Team", "ops")]);
    case.with("exemptions", exemptions)
}

fn entry(what: &str, expires: &str) -> String {
    format!(r#"{{{what}"reason":"pilot","owner":"ops","expires":"{expires}"}}"#)
}

fn until(what: &str, expires: &str) -> String {
    format!("[{}]", entry(what, expires))
}

#[test]
fn a_resource_is_exempt_and_its_findings_are_still_said() {
    numbers("[7,8]", &until(r#""resource":"id","#, "2026-12-31"))
        .is("COMPLIANT", "EXEMPT until 2026-12-31 (pilot; ops): NUMBER: 7; 8");
    numbers("[7]", &until(r#""resource":"i?","#, "2026-12-31"))
        .with("exemptAs", "NOT_APPLICABLE")
        .is("NOT_APPLICABLE", "EXEMPT until 2026-12-31 (pilot; ops): NUMBER: 7");
    numbers("[]", &until(r#""resource":"id","#, "2026-12-31")).is("COMPLIANT", "none");
}

#[test]
fn a_part_of_a_finding_is_exempt_and_the_rest_is_not() {
    let seven = until(r#""numbers":"7","#, "2026-12-31");
    numbers("[7]", &seven).is("COMPLIANT", "EXEMPT until 2026-12-31 (pilot; ops): NUMBER: 7");
    numbers("[7,8]", &seven).is("NON_COMPLIANT", "NUMBER: 8");
}

#[test]
fn several_exemptions_hold_together_until_the_first_expires() {
    let both =
        format!("[{},{}]", entry(r#""numbers":"7","#, "2026-12-31"), entry(r#""numbers":8,"#, "2026-06-30"));
    numbers("[7,8]", &both).is("COMPLIANT", "EXEMPT until 2026-06-30 (pilot; ops; pilot; ops): NUMBER: 7; 8");
    numbers("[8]", &both).is("COMPLIANT", "EXEMPT until 2026-06-30 (pilot; ops): NUMBER: 8");
}

#[test]
fn the_last_day_counts_and_the_next_brings_the_finding_back() {
    let exempt = |expires| numbers("[7]", &until(r#""resource":"id","#, expires));
    exempt("2026-03-01").is("COMPLIANT", "EXEMPT until 2026-03-01 (pilot; ops): NUMBER: 7");
    exempt("2026-02-28")
        .is("NON_COMPLIANT", "EXEMPTION-EXPIRED: 2026-02-28 was its last day (pilot; ops); NUMBER: 7");
}

#[test]
fn an_exemption_that_has_expired_is_named_only_where_it_would_have_helped() {
    numbers("[8]", &until(r#""numbers":"7","#, "2026-02-28")).is("NON_COMPLIANT", "NUMBER: 8");
    numbers("[7,8]", &until(r#""numbers":"7","#, "2026-02-28"))
        .is("NON_COMPLIANT", "EXEMPTION-EXPIRED: 2026-02-28 was its last day (pilot; ops); NUMBER: 7; 8");
}

#[test]
fn an_exemption_without_end_does_not_hold() {
    let exempt = |expires| numbers("[7]", &until(r#""resource":"id","#, expires));
    exempt("2027-03-01").has_type("COMPLIANT");
    exempt("2027-03-02").is(
        "NON_COMPLIANT",
        "EXEMPTION-TOO-LONG: 2027-03-02 is more than 365 days ahead (pilot; ops); NUMBER: 7",
    );
    exempt("2027-03-02").with("maxExemptionDays", "366").has_type("COMPLIANT");
    exempt("9999-12-31").with("maxExemptionDays", &u64::MAX.to_string()).has_type("COMPLIANT");
}

#[test]
fn every_matcher_must_match() {
    for (what, answer) in [
        (r#""account":"111122223333","#, "COMPLIANT"),
        (r#""account":"444455556666, 1111*","#, "COMPLIANT"),
        (r#""account":"444455556666","#, "NON_COMPLIANT"),
        (r#""region":"us-*","#, "COMPLIANT"),
        (r#""region":"eu-*","#, "NON_COMPLIANT"),
        (r#""tag":"Team","#, "COMPLIANT"),
        (r#""tag":"Team=o*","#, "COMPLIANT"),
        (r#""tag":"Team=dev,Stage","#, "NON_COMPLIANT"),
        (r#""tag":"kubernetes.io/cluster/*,T?am","#, "COMPLIANT"),
        (r#""tag":"*=dev","#, "NON_COMPLIANT"),
        (r#""resource":"ID","#, "NON_COMPLIANT"),
        (r#""resource":"id","region":"eu-*","#, "NON_COMPLIANT"),
        (r#""resource":"id","region":"us-east-1","numbers":"7","#, "COMPLIANT"),
    ] {
        numbers("[7]", &until(what, "2026-12-31")).has_type(answer);
    }
}

#[test]
fn wrong_exemptions_are_refused() {
    let error = |exemptions: &str| {
        parameter_error::<Numbers>(&serde_json::json!({ "exemptions": exemptions }).to_string())
    };
    assert!(error("{}").contains("expected a JSON array"), "{}", error("{}"));
    assert!(error("[{").contains("line 1 column 2"));
    assert!(error("[7]").contains("expected a map"));
    assert!(
        error(r#"[{"resource":"id","reason":"r","owner":"o"}]"#)
            .contains("entry 1: parameter expires: missing")
    );
    for everything in ["", r#""resource":"*","#, r#""resource":"id,arn:aws:*","account":"*","region":"*-*","#]
    {
        let error = error(&until(everything, "2026-12-31"));
        let expected =
            "none of resource, account, region, tag, numbers narrows it: everything would be exempt";
        assert!(error.contains(expected), "{error}");
    }
    assert!(error(&until(r#""resorce":"id","#, "2026-12-31")).contains("did you mean resource?"));
    assert!(
        error(&until(r#""numbers":"x","#, "2026-12-31")).contains("entry 1: parameter numbers: item 1 \"x\"")
    );
    for day in ["2026-13-01", "20261231", "2026-12-31T00:00", "soon"] {
        assert!(error(&until(r#""resource":"id","#, day)).contains("is not a day such as"), "{day}");
    }
    let long = entry(r#""resource":"id","#, "2026-12-31").replace("pilot", &"x".repeat(81));
    assert!(error(&format!("[{long}]")).contains("at most 80 characters"));
}
