//! Key pairs that nothing refers to: the account's side of the rule.

use super::findings::KeyCode;
use crate::{
    facts::{Fact, Facts, KeyPairUse},
    finding::{Compliance, Finding, Verdict},
    parameters::keywords,
};

/// The parameter `unusedKeys`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UnusedKeys {
    Report,
    Ignore,
}

keywords!(UnusedKeys, "`report` or `ignore`", "report" => Self::Report, "ignore" => Self::Ignore);

/// One finding for each key pair, in order of the names. What refers to a key pair may run no instance now, and still
/// start one with it: a launch template counts as an instance does.
pub(super) fn verdict(facts: &Facts, is_exempt: impl Fn(&str) -> bool) -> Verdict {
    let key_pairs = match facts.of_account::<KeyPairUse>() {
        Fact::Known(key_pairs) => key_pairs,
        Fact::Absent => return Verdict::compliant("there are no key pairs"),
        Fact::Unavailable(why) => {
            return Verdict::unknown(format!("what refers to the key pairs is not known: {why}"));
        }
    };
    let unused = key_pairs.iter().filter(|(name, users)| users.is_empty() && !is_exempt(name));
    let finding = |(name, _): (&String, _)| {
        Finding::new(KeyCode::Unused, format!("{name:?}")).with("keyName", name.as_str())
    };
    let findings: Vec<_> = unused.map(finding).collect();
    match (key_pairs.len(), findings.is_empty()) {
        (0, _) => Verdict::compliant("there are no key pairs"),
        (count, true) => Verdict::compliant(format!("something refers to each of the key pairs ({count})")),
        (_, false) => Compliance::NonCompliant(findings).into(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::KeyPairUsage;
    use crate::{
        engine::Evaluate as _,
        facts::Facts,
        parameters::RawParameters,
        rule::{ConfiguredRule, Evaluation},
    };

    fn evaluation(parameters: &str, facts: &str) -> Option<Evaluation> {
        let facts = Facts::from_json(facts).unwrap();
        let parameters = RawParameters::from_json(parameters).unwrap();
        let rule = ConfiguredRule::<KeyPairUsage>::new(&parameters, &facts).unwrap();
        let case = rule.account_case("111122223333", Timestamp::UNIX_EPOCH)?;
        Some(case.evaluate(&facts).unwrap())
    }

    #[track_caller]
    fn is(parameters: &str, facts: &str, compliance_type: &str, annotation: &str) {
        let evaluation = evaluation(parameters, facts).unwrap();
        assert_eq!(
            (evaluation.resource_type.as_str(), evaluation.resource_id.as_str()),
            ("AWS::::Account", "111122223333")
        );
        let compliance = evaluation.compliance;
        assert_eq!(
            (compliance.compliance_type(), compliance.annotation().as_str()),
            (compliance_type, annotation)
        );
    }

    const REPORT: &str = r#"{"mode":"anyKey","unusedKeys":"report"}"#;

    #[test]
    fn unused_key_pairs_are_named() {
        is(
            REPORT,
            r#"{"keyPairUse":{"ops":["i-1"],"old":[],"test":[]}}"#,
            "NON_COMPLIANT",
            r#"KEY-UNUSED: "old"; "test""#,
        );
    }

    #[test]
    fn account_without_unused_key_pairs_is_compliant() {
        is(
            REPORT,
            r#"{"keyPairUse":{"ops":["lt-1"]}}"#,
            "COMPLIANT",
            "something refers to each of the key pairs (1)",
        );
        is(REPORT, r#"{"keyPairUse":{}}"#, "COMPLIANT", "there are no key pairs");
    }

    #[test]
    fn unavailable_use_is_missing_data() {
        is(
            REPORT,
            r#"{"unavailable":{"keyPairUse":"ec2:DescribeInstances: UnauthorizedOperation"}}"#,
            "NON_COMPLIANT",
            "MISSING-DATA: what refers to the key pairs is not known: ec2:DescribeInstances: UnauthorizedOperation",
        );
    }

    #[test]
    fn unused_key_pair_can_be_exempt() {
        let exempt = r#"{"mode":"anyKey","unusedKeys":"report","exemptions":"[{\"keyNames\":\"break-*\",\"reason\":\"worst case\",\"owner\":\"ops\",\"expires\":\"1970-06-30\"}]"}"#;
        is(
            exempt,
            r#"{"keyPairUse":{"break-glass":[]}}"#,
            "COMPLIANT",
            r#"EXEMPT until 1970-06-30 (worst case; ops): KEY-UNUSED: "break-glass""#,
        );
    }

    #[test]
    fn account_is_evaluated_only_if_unused_keys_is_report() {
        assert!(evaluation(r#"{"mode":"anyKey"}"#, "{}").is_none());
    }
}
