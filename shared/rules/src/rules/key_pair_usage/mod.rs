//! `key-pair-usage`: who can log in with a key pair, now and after the next launch.
//!
//! | `mode` | there is no key pair | there is one |
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
//! | has one of `deniedKeyFingerprints` | NON_COMPLIANT `KEY-DENIED` |
//! | is older than `maxKeyAgeDays` | NON_COMPLIANT `KEY-TOO-OLD` |
//! | is not of `allowedKeyTypes`, or `allowedOrigins` | NON_COMPLIANT `KEY-TYPE`, `KEY-ORIGIN` |
//! | could not be looked up, or does not tell | names are answered all the same; what else was asked is `MISSING-DATA` |
//! | is gone or another's, and `danglingKey` is `ignore` | the same: it tells nothing about the key that the instance trusts |
//!
//! ## Before anything is launched
//!
//! | resource | what is evaluated |
//! | --- | --- |
//! | launch template | the key pairs of its default and its latest version, or of all with `templateVersions`; NOT_APPLICABLE where one is required and none is named: whoever launches from it may |
//! | launch configuration | its key pair |
//! | Auto Scaling group | the key pair of the version of the launch template that it names, and of each override's |
//! | Auto Scaling group with a launch configuration | nothing: the launch configuration is evaluated itself |
//!
//! Their key pairs are held against the records of today: what is made anew under a name is what is launched next. A key pair
//! that was deleted, so that nothing can be launched with it, is `KEY-DANGLING`.
//!
//! ## What EC2 tells
//!
//! EC2 does not tell when old key pairs were made, whether an ED25519 key was made by EC2 or imported, and how long an RSA
//! key is. Whether an instance is older than its key pair is seen from the time when its first network interface was
//! attached, because a start counts as a launch.
//!
//! A key pair is one of its Region: `eu-west-1:ops-*` approves, or denies, in that Region only. What stands before the first
//! colon counts as a Region if it has a Region's form; a name that itself begins like that is written after a Region, as in
//! `us-east-1:web-prod-1:admin`.
//!
//! With `unusedKeys` = `report`, a scheduled run answers for the account (`AWS::::Account`), too: NON_COMPLIANT
//! `KEY-UNUSED` with the key pairs that nothing refers to, be it an instance that is not terminated, a launch template, a
//! launch configuration, or a Spot or fleet request. Where one of these cannot be listed, nothing counts as unused.
//!
//! **What no rule sees:** keys that were added inside the operating system, by user data, cloud-init, configuration tools or
//! by hand, keys that came with the image, and the keys that EC2 Instance Connect puts there for a minute. None of them
//! leaves a key name on the instance. An instance without a key pair may well let keys in.
//!
//! ## Differences from the managed rule
//!
//! `ec2-no-amazon-key-pair` is this rule with `mode` `none` and `instanceStates` `running`. What it does not have:
//!
//! | it | this rule |
//! | --- | --- |
//! | evaluates running instances only | evaluates stopped ones too, by default |
//! | finds every key pair | by default approves those that are listed |
//! | knows the name | knows whether the key is still the one of that name, its type, its origin and its age |
//! | is missing in some Regions | runs where Lambda and AWS Config do |

mod findings;
mod record;
mod unused;

use self::{
    findings::KeyCode,
    record::{Dangling, Fingerprint, KeyType, LaunchedKey, Origin, RecordChecks},
    unused::UnusedKeys,
};
use crate::{
    ec2::instance_states::InstanceStates,
    facts::{Facts, KEY_PAIR_ACTIONS, KEY_PAIR_USE_ACTIONS},
    finding::{Code, Finding, Verdict},
    item::ConfigurationItem,
    launch::{self, Asked, Launch, LaunchSource, TemplateVersions},
    parameters::{
        Glob, Parameter, ParameterError, RawParameters, Regional, Requirement, Value, ValueError, When,
        elsewhere, keywords, listed,
    },
    rule::{Metadata, ResourceTypes, Rule, Schedule},
};

/// The rule.
#[derive(Debug)]
pub struct KeyPairUsage;

/// The checked parameters.
#[derive(Clone, Debug)]
pub struct Parameters {
    mode: Mode,
    approved: Vec<KeyName>,
    denied: Vec<KeyName>,
    require_key: bool,
    record: RecordChecks,
    unused: UnusedKeys,
    states: InstanceStates,
    template_versions: TemplateVersions,
    exempt: Vec<KeyName>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Approved,
    None,
    AnyKey,
}

keywords!(Mode, "`approved`, `none` or `anyKey`", "approved" => Self::Approved, "none" => Self::None, "anyKey" => Self::AnyKey);

/// A name with wildcards, perhaps for one Region only.
type KeyName = Regional<Glob>;

impl Value for KeyName {
    const FORM: &'static str = r"a name, in which `*` is any text and `?` any character (`\*` and `\?` are themselves), perhaps after a Region: `eu-west-1:ops-*`";
    const PATTERN: &'static str = Glob::PATTERN;
    const FIRST_PATTERN: &'static str = Glob::FIRST_PATTERN;

    fn parse(text: &str) -> Result<Self, ValueError> {
        Self::read(
            text,
            |name| {
                if name.is_empty() { Err("the name is missing".into()) } else { Glob::parse(name) }
            },
        )
    }
}

/// For `danglingKey`, and for launch templates.
const FACT_ACTIONS: &[&str] = &["ec2:DescribeKeyPairs", "ec2:DescribeLaunchTemplateVersions"];

impl Rule for KeyPairUsage {
    type Configuration = LaunchSource;
    type Parameters = Parameters;

    const METADATA: Metadata = Metadata {
        name: "key-pair-usage",
        description: "An EC2 instance was launched with an approved key pair, with none, or with any, as you decide; and so is what is launched next.",
        resource_types: ResourceTypes::These(launch::RESOURCE_TYPES),
        further_triggers: &[],
        // For `danglingKey`, by default.
        schedule: Schedule::Always,
        parameters: &[
            Parameter::one::<Mode>(
                "mode",
                Some("approved"),
                "`approved`: only key pairs of `approvedKeyNames`; `none`: no instance has a key pair; `anyKey`: every instance has one.",
            ),
            Parameter::list::<KeyName>("approvedKeyNames", None, "The approved key pairs. Required in mode `approved`."),
            Parameter::list::<KeyName>("deniedKeyNames", None, "Key pairs that are never approved, in any mode."),
            Parameter::list::<Fingerprint>(
                "deniedKeyFingerprints",
                None,
                "Keys that are never approved, whatever the name of their key pair: leaked ones, say.",
            )
            .needs(KEY_PAIR_ACTIONS),
            Parameter::one::<bool>(
                "requireKey",
                Some("false"),
                "In mode `approved`: whether an instance without a key pair is a finding.",
            ),
            Parameter::list::<KeyType>("allowedKeyTypes", None, "Other types of key pairs are findings.").needs(KEY_PAIR_ACTIONS),
            Parameter::list::<Origin>(
                "allowedOrigins",
                None,
                "Whether the key pair was made by EC2 or imported. The fingerprint tells it for RSA only.",
            )
            .needs(KEY_PAIR_ACTIONS),
            Parameter::one::<u64>("maxKeyAgeDays", None, "Key pairs that were created, or imported, longer ago than this are findings; exactly so many days is not.").needs(KEY_PAIR_ACTIONS),
            Parameter::one::<Dangling>(
                "danglingKey",
                Some("report"),
                "Whether it is a finding that the key pair was deleted, or made again under its name. Its default asks EC2, \
                 and answers without where EC2 may not be asked.",
            )
            .needs(KEY_PAIR_ACTIONS),
            Parameter::one::<UnusedKeys>(
                "unusedKeys",
                Some("ignore"),
                "`report`: a scheduled run answers for the account, too, whether it has key pairs that nothing refers to.",
            )
            .needs(KEY_PAIR_USE_ACTIONS),
            InstanceStates::PARAMETER,
            TemplateVersions::PARAMETER,
        ],
        requirements: &[Requirement {
            when: When::Default("mode", "approved"),
            one_of: &["approvedKeyNames"],
        }],
        fact_actions: FACT_ACTIONS,
        inventory_actions: launch::INVENTORY_ACTIONS,
    };

    const CODES: &'static [&'static Code] = KeyCode::ALL;

    const EXAMPLE: &'static [(&'static str, &'static str)] = &[("approvedKeyNames", "ops-*")];
    const EXEMPTIBLE: &'static [Parameter] =
        &[Parameter::list::<KeyName>("keyNames", None, "Instances with these key pairs.")];

    fn parameters(raw: &RawParameters) -> Result<Parameters, ParameterError> {
        let mode = raw.one("mode")?.unwrap_or(Mode::Approved);
        let approved: Vec<KeyName> = raw.list("approvedKeyNames")?;
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
            unused: raw.one("unusedKeys")?.unwrap_or(UnusedKeys::Ignore),
            states: InstanceStates::read(raw)?,
            template_versions: TemplateVersions::read(raw)?,
            exempt: Vec::new(),
        })
    }

    fn exempt(parameters: Parameters, parts: &RawParameters) -> Result<Parameters, ParameterError> {
        Ok(Parameters { exempt: [parameters.exempt, parts.list("keyNames")?].concat(), ..parameters })
    }

    fn cautions(parameters: &Parameters) -> Vec<String> {
        let lists = [("approvedKeyNames", &parameters.approved), ("deniedKeyNames", &parameters.denied)];
        let names = lists.iter().flat_map(|(list, names)| names.iter().map(move |name| (list, name)));
        let cautions = names.filter(|(_, name)| looks_like_an_id(&name.value.to_string()));
        let caution = |(list, name)| {
            format!("{list}: {name} looks like an ARN or an id, and is compared with the names of key pairs")
        };
        cautions.map(caution).collect()
    }

    fn evaluate(item: &ConfigurationItem<LaunchSource>, parameters: &Parameters, facts: &Facts) -> Verdict {
        if let LaunchSource::Instance(instance) = &item.configuration
            && let Some(answer) = parameters.states.not_evaluated(instance)
        {
            return answer;
        }
        launch::evaluate(item, parameters.template_versions, facts, Asked::KeyPair, |launch| {
            match launch.name {
                Some(name) => {
                    parameters.evaluate_key(&LaunchedKey { item, name, place: launch.place() }, facts)
                }
                None => parameters.without_key(item, launch),
            }
        })
    }

    fn evaluates_account(parameters: &Parameters) -> bool {
        parameters.unused == UnusedKeys::Report
    }

    fn evaluate_account(parameters: &Parameters, facts: &Facts) -> Verdict {
        let exempt = &parameters.exempt;
        unused::verdict(facts, |name| exempt.iter().any(|exempt| exempt.value.matches(name)))
    }
}

/// What the name of a key pair comes to.
enum Named {
    /// It will do, and why.
    Approved(String),
    Wrong(Finding),
}

impl Parameters {
    fn evaluate_key(&self, key: &LaunchedKey, facts: &Facts) -> Verdict {
        let region = key.item.aws_region.as_deref();
        if self.exempt.iter().any(|exempt| exempt.value.matches(key.name) && exempt.is_for(region)) {
            return Verdict::compliant("the key pair is exempt");
        }
        match self.by_name(key) {
            Named::Approved(reason) => self.record.of(key, facts, reason),
            Named::Wrong(finding) => Verdict::non_compliant(finding),
        }
    }

    /// What is denied in one Region is denied where the Region is not known.
    fn by_name(&self, key: &LaunchedKey) -> Named {
        let region = key.item.aws_region.as_deref();
        let mut denied = self.denied.iter().filter(|denied| denied.value.matches(key.name));
        if let Some(denied) = denied.find(|denied| denied.may_be_for(region)) {
            return Named::Wrong(key.finding(KeyCode::Denied, &format!(" is denied by {denied}")));
        }
        let approved = || self.approved.iter().filter(|approved| approved.value.matches(key.name));
        let launched = if key.is_of_instance() { "launched" } else { "launches" };
        let launched = format!("{launched} with key pair {:?}{}", key.name, key.place);
        match (self.mode, approved().find(|approved| approved.is_for(region))) {
            (Mode::None, _) => Named::Wrong(key.finding(KeyCode::Present, "; no key pair is allowed")),
            (Mode::AnyKey, _) => Named::Approved(launched),
            (Mode::Approved, Some(by)) => Named::Approved(format!("{launched}, approved by {by}")),
            (Mode::Approved, None) => {
                let rest = format!("{} is not in {}", elsewhere(approved(), region), listed(&self.approved));
                Named::Wrong(key.finding(KeyCode::Unapproved, &rest))
            }
        }
    }

    /// Who launches from a template that names no key pair may name one then.
    fn without_key(&self, item: &ConfigurationItem<LaunchSource>, launch: &Launch) -> Verdict {
        let is_required = self.mode == Mode::AnyKey || self.require_key;
        let sentence = match &item.configuration {
            LaunchSource::Instance(_) => "launched without a key pair".to_owned(),
            LaunchSource::LaunchTemplate(_) if is_required => {
                let subject = launch.subject();
                return Verdict::not_applicable(format!(
                    "{subject} names no key pair: whoever launches from it may"
                ));
            }
            _ => format!("launches without a key pair{}", launch.place()),
        };
        if is_required {
            return Verdict::non_compliant(Finding::new(
                KeyCode::Missing,
                format!("{sentence}; one is required"),
            ));
        }
        Verdict::compliant(sentence)
    }
}

/// `arn:…`, or `key-` and 8 or 17 hexadecimal digits.
fn looks_like_an_id(name: &str) -> bool {
    let is_id = |digits: &str| {
        matches!(digits.len(), 8 | 17) && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    };
    name.starts_with("arn:") || name.strip_prefix("key-").is_some_and(is_id)
}

#[cfg(test)]
mod launch_sources;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
