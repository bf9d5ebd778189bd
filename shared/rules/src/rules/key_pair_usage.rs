//! `key-pair-usage`: who can log in with a key pair.
//!
//! | `mode` | the instance has no key pair | it has one |
//! | --- | --- | --- |
//! | any | | in `deniedKeyNames`: NON_COMPLIANT `KEY-DENIED` |
//! | `approved` | COMPLIANT, or `KEY-MISSING` with `requireKey` | COMPLIANT if approved, else `KEY-UNAPPROVED` |
//! | `none` | COMPLIANT | NON_COMPLIANT `KEY-PRESENT` |
//! | `anyKey` | NON_COMPLIANT `KEY-MISSING` | COMPLIANT |
//!
//! Keys that were added inside the operating system are invisible to AWS, and so to this rule.

use serde::Deserialize;

use crate::{
    finding::{Compliance, Finding},
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
    state: Option<State>,
}

/// The checked parameters.
#[derive(Debug)]
pub struct Parameters {
    mode: Mode,
    approved: Vec<Glob>,
    denied: Vec<Glob>,
    require_key: bool,
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
            Parameter::list::<Glob>(
                "approvedKeyNames",
                None,
                "The approved key pairs. Required in mode `approved`.",
            ),
            Parameter::list::<Glob>(
                "deniedKeyNames",
                None,
                "Key pairs that are never approved, in any mode.",
            ),
            Parameter::one::<bool>(
                "requireKey",
                Some("false"),
                "In mode `approved`: whether an instance without a key pair is a finding.",
            ),
            InstanceStates::PARAMETER,
        ],
        iam_actions: &["config:PutEvaluations"],
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
            states: InstanceStates::read(raw)?,
        })
    }

    fn evaluate(item: &ConfigurationItem<Instance>, parameters: &Parameters) -> Compliance {
        let instance = &item.configuration;
        if let Some(answer) = parameters.states.not_judged(instance.state.as_ref()) {
            return answer;
        }
        match instance.key_name.as_deref().filter(|name| !name.trim().is_empty()) {
            Some(name) => with_key(name, parameters),
            None => without_key(parameters),
        }
    }
}

fn with_key(name: &str, parameters: &Parameters) -> Compliance {
    let finding = |code, fact: String| {
        Compliance::because(Finding::new(code, format!("{name:?} {fact}")).with("keyName", name))
    };
    let first_match = |globs: &[Glob]| globs.iter().find(|glob| glob.matches(name)).map(ToString::to_string);
    if let Some(glob) = first_match(&parameters.denied) {
        return finding("KEY-DENIED", format!("is denied by {glob}"));
    }
    match (parameters.mode, first_match(&parameters.approved)) {
        (Mode::None, _) => Compliance::because(
            Finding::new("KEY-PRESENT", format!("{name:?}; no key pair is allowed")).with("keyName", name),
        ),
        (Mode::AnyKey, _) => Compliance::Compliant(format!("launched with key pair {name:?}")),
        (Mode::Approved, Some(glob)) => {
            Compliance::Compliant(format!("launched with key pair {name:?}, approved by {glob}"))
        }
        (Mode::Approved, None) => {
            finding("KEY-UNAPPROVED", format!("is not in {}", listed(&parameters.approved)))
        }
    }
}

fn without_key(parameters: &Parameters) -> Compliance {
    let required = parameters.mode == Mode::AnyKey || parameters.require_key;
    if required {
        Compliance::because(Finding::new("KEY-MISSING", "launched without a key pair; one is required"))
    } else {
        Compliance::Compliant("launched without a key pair".to_owned())
    }
}

#[cfg(test)]
mod tests {
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
}
