//! `key-pair-usage`: who can log in with a key pair.
//!
//! | `mode` | the instance has no key pair | it has one |
//! | --- | --- | --- |
//! | any | | in `deniedKeyNames`: NON_COMPLIANT `KEY-DENIED` |
//! | `approved` | COMPLIANT, or `KEY-MISSING` with `requireKey` | COMPLIANT if approved, else `KEY-UNAPPROVED` |
//! | `none` | COMPLIANT | NON_COMPLIANT `KEY-PRESENT` |
//! | `anyKey` | NON_COMPLIANT `KEY-MISSING` | COMPLIANT |
//!
//! A key pair that passes is then held against its record, if EC2 has one:
//!
//! | the record | answer |
//! | --- | --- |
//! | is gone: the instance still trusts the key | NON_COMPLIANT `KEY-DANGLING`, unless `danglingKey` is `ignore` |
//! | is younger than the instance: another key of that name | NON_COMPLIANT `KEY-REUSED-NAME`, with the same exception |
//! | is not of `allowedKeyTypes`, or `allowedOrigins` | NON_COMPLIANT `KEY-TYPE`, `KEY-ORIGIN` |
//! | is older than `maxKeyAgeDays` | NON_COMPLIANT `KEY-TOO-OLD` |
//! | could not be looked up, or does not tell | names are answered all the same; what else was asked is `MISSING-DATA` |
//!
//! Keys that were added inside the operating system are invisible to AWS, and so to this rule.

mod record;

use serde::Deserialize;

use self::record::{Dangling, KeyType, Origin, RecordChecks};
use crate::{
    facts::{FactRequest, Facts},
    finding::{Finding, Verdict},
    instance::{InstanceStates, State},
    item::ConfigurationItem,
    parameters::{Glob, Parameter, ParameterError, RawParameters, listed, words},
    rule::{Metadata, Rule},
};

/// The rule.
#[derive(Debug)]
pub struct KeyPairUsage;

/// What the rule reads of an instance.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Instance {
    key_name: Option<String>,
    launch_time: Option<String>,
    state: Option<State>,
}

/// The checked parameters.
#[derive(Clone, Debug)]
pub struct Parameters {
    mode: Mode,
    approved: Vec<Glob>,
    denied: Vec<Glob>,
    require_key: bool,
    record: RecordChecks,
    states: InstanceStates,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Approved,
    None,
    AnyKey,
}

words!(Mode, "`approved`, `none` or `anyKey`", "approved" => Self::Approved, "none" => Self::None, "anyKey" => Self::AnyKey);

impl Rule for KeyPairUsage {
    type Configuration = Instance;
    type Parameters = Parameters;

    const METADATA: Metadata = Metadata {
        name: "key-pair-usage",
        description: "An EC2 instance was launched with an approved key pair, with none, or with any, as you decide.",
        resource_types: &["AWS::EC2::Instance"],
        parameters: &[
            Parameter::one::<Mode>(
                "mode",
                Some("approved"),
                "`approved`: only key pairs of `approvedKeyNames`; `none`: no instance has a key pair; `anyKey`: every instance has one.",
            ),
            Parameter::list::<Glob>("approvedKeyNames", None, "The approved key pairs. Required in mode `approved`."),
            Parameter::list::<Glob>("deniedKeyNames", None, "Key pairs that are never approved, in any mode."),
            Parameter::one::<bool>(
                "requireKey",
                Some("false"),
                "In mode `approved`: whether an instance without a key pair is a finding.",
            ),
            Parameter::list::<KeyType>("allowedKeyTypes", None, "Other types of key pairs are findings.").needs_facts(),
            Parameter::list::<Origin>(
                "allowedOrigins",
                None,
                "Whether the key pair was made by EC2 or imported. The fingerprint tells it for RSA only.",
            )
            .needs_facts(),
            Parameter::one::<u64>("maxKeyAgeDays", None, "Key pairs that are older than this are findings.").needs_facts(),
            Parameter::one::<Dangling>(
                "danglingKey",
                Some("report"),
                "Whether it is a finding that the key pair was deleted, or made again under its name. Its default asks EC2, \
                 and answers without where EC2 may not be asked.",
            )
            .needs_facts(),
            InstanceStates::PARAMETER,
        ],
        iam_actions: &["config:PutEvaluations"],
        fact_actions: &["ec2:DescribeKeyPairs"],
        // For `danglingKey`.
        facts_by_default: true,
    };

    fn parameters(raw: &RawParameters) -> Result<Parameters, ParameterError> {
        let mode = raw.one("mode")?.unwrap_or(Mode::Approved);
        let approved: Vec<Glob> = raw.list("approvedKeyNames")?;
        if mode == Mode::Approved && approved.is_empty() {
            let problem = "missing: mode `approved` compares with it (or set mode to `none` or `anyKey`)";
            return Err(ParameterError::new("approvedKeyNames", problem));
        }
        let require_key = raw.one("requireKey")?.unwrap_or(false);
        if require_key && mode == Mode::None {
            return Err(ParameterError::new("requireKey", "contradicts mode `none`"));
        }
        Ok(Parameters {
            mode,
            approved,
            denied: raw.list("deniedKeyNames")?,
            require_key,
            record: RecordChecks::read(raw)?,
            states: InstanceStates::read(raw)?,
        })
    }

    fn facts(item: &ConfigurationItem<Instance>, parameters: &Parameters) -> Vec<FactRequest> {
        let is_judged = parameters.states.not_judged(item.configuration.state.as_ref()).is_none();
        let key = item.configuration.key().filter(|name| is_judged && by_name(name, parameters).is_ok());
        let requests = key.map(|name| FactRequest::KeyPair(name.to_owned()));
        requests.into_iter().filter(|_| parameters.record.need_the_record()).collect()
    }

    fn evaluate(item: &ConfigurationItem<Instance>, parameters: &Parameters, facts: &Facts) -> Verdict {
        let instance = &item.configuration;
        if let Some(answer) = parameters.states.not_judged(instance.state.as_ref()) {
            return answer;
        }
        let Some(name) = instance.key() else {
            return without_key(parameters);
        };
        match by_name(name, parameters) {
            Ok(reason) => parameters.record.of(item, name, &facts.key_pair(name), reason),
            Err(finding) => Verdict::because(finding.with("keyName", name)),
        }
    }
}

impl Instance {
    fn key(&self) -> Option<&str> {
        self.key_name.as_deref().filter(|name| !name.trim().is_empty())
    }
}

/// Why the name will do, or why it will not.
fn by_name(name: &str, parameters: &Parameters) -> Result<String, Finding> {
    let first_match = |globs: &[Glob]| globs.iter().find(|glob| glob.matches(name)).map(ToString::to_string);
    if let Some(glob) = first_match(&parameters.denied) {
        return Err(Finding::new("KEY-DENIED", format!("{name:?} is denied by {glob}")));
    }
    match (parameters.mode, first_match(&parameters.approved)) {
        (Mode::None, _) => Err(Finding::new("KEY-PRESENT", format!("{name:?}; no key pair is allowed"))),
        (Mode::AnyKey, _) => Ok(format!("launched with key pair {name:?}")),
        (Mode::Approved, Some(glob)) => Ok(format!("launched with key pair {name:?}, approved by {glob}")),
        (Mode::Approved, None) => Err(Finding::new(
            "KEY-UNAPPROVED",
            format!("{name:?} is not in {}", listed(&parameters.approved)),
        )),
    }
}

fn without_key(parameters: &Parameters) -> Verdict {
    if parameters.mode == Mode::AnyKey || parameters.require_key {
        return Verdict::because(Finding::new("KEY-MISSING", "launched without a key pair; one is required"));
    }
    Verdict::compliant("launched without a key pair")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::rules::testing::{Case, parameter_error};

    fn with_key(name: &str) -> Case<KeyPairUsage> {
        let name = serde_json::to_string(name).unwrap();
        Case::new("AWS::EC2::Instance", &format!(r#"{{"keyName":{name},"state":{{"name":"running"}}}}"#))
    }

    fn without_key() -> Case<KeyPairUsage> {
        Case::new("AWS::EC2::Instance", "{}")
    }

    #[test]
    fn an_approved_key_is_compliant_and_the_approval_is_named() {
        with_key("ops-eu")
            .with("approvedKeyNames", "bastion-2026, ops-*")
            .is("COMPLIANT", r#"launched with key pair "ops-eu", approved by ops-*"#);
        with_key("clé de Zoë").with("approvedKeyNames", "clé de Zoë").has_type("COMPLIANT");
    }

    #[test]
    fn another_key_is_not() {
        with_key("dev-laptop")
            .with("approvedKeyNames", "ops-*,bastion-2026")
            .is("NON_COMPLIANT", r#"KEY-UNAPPROVED: "dev-laptop" is not in ops-*, bastion-2026"#);
        with_key("Ops-eu").with("approvedKeyNames", "ops-*").has_type("NON_COMPLIANT");
    }

    #[test]
    fn denial_beats_approval_in_every_mode() {
        for (mode, approved) in [("approved", "*"), ("anyKey", ""), ("none", "")] {
            with_key("old")
                .with("mode", mode)
                .with("approvedKeyNames", approved)
                .with("deniedKeyNames", "ol?")
                .is("NON_COMPLIANT", r#"KEY-DENIED: "old" is denied by ol?"#);
        }
    }

    #[test]
    fn mode_none_wants_no_key() {
        with_key("ssm-key")
            .with("mode", "none")
            .is("NON_COMPLIANT", r#"KEY-PRESENT: "ssm-key"; no key pair is allowed"#);
        without_key().with("mode", "none").is("COMPLIANT", "launched without a key pair");
    }

    #[test]
    fn mode_any_key_wants_one() {
        with_key("k").with("mode", "anyKey").is("COMPLIANT", r#"launched with key pair "k""#);
        for instance in [without_key(), with_key(""), with_key(" ")] {
            instance
                .with("mode", "anyKey")
                .is("NON_COMPLIANT", "KEY-MISSING: launched without a key pair; one is required");
        }
    }

    #[test]
    fn require_key_decides_in_mode_approved() {
        without_key().with("approvedKeyNames", "k").has_type("COMPLIANT");
        without_key().with("approvedKeyNames", "k").with("requireKey", "true").has_type("NON_COMPLIANT");
    }

    #[test]
    fn wrong_parameters_are_refused() {
        let error = |json: &str| parameter_error::<KeyPairUsage>(json);
        assert!(error("{}").contains("approvedKeyNames: missing"));
        assert!(error(r#"{"mode":"any"}"#).contains("`approved`, `none` or `anyKey`"));
        assert!(error(r#"{"mode":"none","requireKey":"true"}"#).contains("contradicts mode `none`"));
        assert!(error(r#"{"mode":"none","deniedKeyNames":"a\\b"}"#).contains("deniedKeyNames: item 1"));
        assert!(error(r#"{"approvedKeyNames":"k","requireKey":"yes"}"#).contains("`true` or `false`"));
    }

    /// An instance launched on 2025-11-02, with key pair "ops", of which this is known. Now is 2026-03-01T10:00:00Z.
    fn knowing(record: &serde_json::Value) -> Case<KeyPairUsage> {
        let configuration = r#"{"keyName":"ops","launchTime":"2025-11-02T08:00:00.000Z"}"#;
        Case::new("AWS::EC2::Instance", configuration)
            .with("approvedKeyNames", "ops")
            .knowing(&json!({"keyPairs": {"ops": record}}).to_string())
    }

    #[test]
    fn a_key_that_is_gone_is_still_trusted() {
        knowing(&json!(null))
            .is("NON_COMPLIANT", "KEY-DANGLING: \"ops\" was deleted, and the instance still trusts its key");
        knowing(&json!(null)).with("danglingKey", "ignore").has_type("COMPLIANT");
    }

    #[test]
    fn a_key_made_again_is_another_key() {
        knowing(&json!({"createTime": "2026-03-01T00:00:00.000Z"})).is(
            "NON_COMPLIANT",
            "KEY-REUSED-NAME: \"ops\" was made 2026-03-01, after the launch on 2025-11-02",
        );
        knowing(&json!({"createTime": "2025-11-02T08:00:00.000Z"})).has_type("COMPLIANT");
        knowing(&json!({"createTime": "2026-03-01T00:00:00.000Z"}))
            .with("danglingKey", "ignore")
            .has_type("COMPLIANT");
    }

    #[test]
    fn names_are_answered_without_a_record() {
        let unavailable = || with_key("ops").with("approvedKeyNames", "ops");
        unavailable().is("COMPLIANT", "launched with key pair \"ops\", approved by ops");
        knowing(&json!({})).has_type("COMPLIANT");
        unavailable()
            .with("danglingKey", "report")
            .is("NON_COMPLIANT", "MISSING-DATA: nothing is known about key pair \"ops\": not looked up");
        unavailable().with("maxKeyAgeDays", "90").has_type("NON_COMPLIANT");
        unavailable()
            .with("allowedKeyTypes", "rsa")
            .with("onMissingData", "NOT_APPLICABLE")
            .has_type("NOT_APPLICABLE");
    }

    #[test]
    fn types_can_be_limited() {
        knowing(&json!({"keyType": "rsa"}))
            .with("allowedKeyTypes", "ed25519")
            .is("NON_COMPLIANT", "KEY-TYPE: \"ops\" is rsa; allowed: ed25519");
        knowing(&json!({"keyType": "rsa"})).with("allowedKeyTypes", "ed25519,rsa").has_type("COMPLIANT");
        knowing(&json!({}))
            .with("allowedKeyTypes", "rsa")
            .is("NON_COMPLIANT", "MISSING-DATA: the type of key pair \"ops\" is not known");
    }

    #[test]
    fn the_fingerprint_of_an_rsa_key_tells_its_origin() {
        let of = |fingerprint: String, kind: &str| {
            knowing(&json!({"fingerprint": fingerprint, "keyType": kind})).with("allowedOrigins", "imported")
        };
        let hexadecimal = |bytes: usize| vec!["0f"; bytes].join(":");
        of(hexadecimal(20), "rsa")
            .is("NON_COMPLIANT", "KEY-ORIGIN: \"ops\" was created by EC2; allowed: imported");
        of(hexadecimal(16), "rsa").has_type("COMPLIANT");
        of("uV1VPzgQKsVtJLLtVnYhFvMzCdGmAqOyGaLxLvUhLmI=".to_owned(), "ed25519")
            .is("NON_COMPLIANT", "MISSING-DATA: the origin of key pair \"ops\" is not known");
    }

    #[test]
    fn age_can_be_limited() {
        let made = |date: &str| knowing(&json!({"createTime": date})).with("maxKeyAgeDays", "120");
        made("2025-11-01T10:00:00.000Z").has_type("COMPLIANT");
        made("2025-11-01T09:59:59.000Z")
            .is("NON_COMPLIANT", "KEY-TOO-OLD: \"ops\" is 120 days old; limit 120");
        knowing(&json!({}))
            .with("maxKeyAgeDays", "120")
            .is("NON_COMPLIANT", "MISSING-DATA: the age of key pair \"ops\" is not known");
    }

    #[test]
    fn ec2_is_asked_only_if_the_answer_depends_on_it() {
        let asks = |case: Case<KeyPairUsage>| !case.requests().is_empty();
        assert!(asks(with_key("ops").with("approvedKeyNames", "ops")));
        assert!(!asks(with_key("dev").with("approvedKeyNames", "ops")));
        assert!(!asks(with_key("ops").with("approvedKeyNames", "ops").with("danglingKey", "ignore")));
        assert!(!asks(without_key().with("approvedKeyNames", "ops")));
        assert!(!asks(with_key("ops").with("mode", "none")));
    }
}
