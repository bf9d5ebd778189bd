//! `required-tags`: the tags that the organization relies on are there and mean something.
//!
//! | a required tag | answer |
//! | --- | --- |
//! | is there, with an accepted value | nothing to report; COMPLIANT when all are |
//! | is not there | NON_COMPLIANT `TAG-MISSING` |
//! | is not there, but several keys that differ from it in case are | `TAG-AMBIGUOUS`, with all of them |
//! | is not there, but a key that differs in case, separators or look-alike letters is | `TAG-NAME`, with both |
//! | is there, and empty or blank | `TAG-EMPTY`, unless `allowEmpty` |
//! | is there, with a value that is not listed, or refused | `TAG-VALUE`, with what is accepted |
//! | is there, with a value that does not match the pattern | `TAG-PATTERN`, with the pattern |
//! | is there, with an accepted value in other case | `TAG-VALUE-CASE`, with the right one |
//! | is there, with an accepted value and blanks around it | `TAG-VALUE-SPACE`, with the right one |
//! | is asked for on a condition that is not met | nothing to report; the words of COMPLIANT say so |
//!
//! A tag of `forbiddenTags` is NON_COMPLIANT `TAG-FORBIDDEN`. NOT_APPLICABLE are types of `ignoreResourceTypes`, types of
//! which nothing is required, instances that are shutting down or terminated, and what nobody can tag:
//!
//! - what AWS manages: AWS managed keys, service-linked roles and whatever else is under `/aws-service-role/` or
//!   `/aws-reserved/`, the capacity providers `FARGATE` and `FARGATE_SPOT`;
//! - resources without tags of a type that has none, by AWS's resource schemas, or whose tags AWS Config does not record.
//!
//! A resource that loses the tag by which the rule is scoped has left the scope: scope the rule by types, not by a tag that
//! it asks for.
//!
//! `Owner|Team` asks for one of these keys, and `*` for any tag at all, whatever its value: what the managed
//! `<service>-<type>-tagged` ask for.
//!
//! Keys and values are compared exactly, case included. Tags that AWS keeps for itself (`aws:`) count for nothing. The tags
//! of the configuration item are evaluated; where the resource's own configuration has others, the words say so, and where
//! only the configuration has any (`HostedZoneTags`, `UserPoolTags` and whatever else AWS's resource schemas call them, or
//! the tag specifications for the resource itself), those are evaluated.
//!
//! ## A tag policy
//!
//! `tagPolicy` is a JSON object of tag keys. All fields of a requirement are optional; `{}` asks for any value:
//!
//! ```json
//! {
//!   "Owner": {"not": {"values": ["TBD", "none", "test"]}},
//!   "Stage": {"values": ["test", "production"], "caseInsensitive": true},
//!   "CostCenter": [
//!     {"pattern": "cc-[0-9]{4}"},
//!     {"values": ["shared"], "appliesTo": ["AWS::EC2::VPC", "AWS::EC2::Subnet*"]}
//!   ],
//!   "DataOwner": {"when": {"Confidentiality": {"values": ["secret"]}, "Public": {}}}
//! }
//! ```
//!
//! | field | meaning |
//! | --- | --- |
//! | `values` or `pattern` | the accepted values: a list, or a regular expression for the whole value; any if absent |
//! | `not` | `values` or a `pattern` that will not do, whatever their case; what the pattern matches is not shown |
//! | `caseInsensitive` | `true`: case does not matter, in the key nor in the values |
//! | `allowEmpty` | whether an empty value will do |
//! | `appliesTo` | resource types, or beginnings such as `AWS::EC2::*`; every type if absent |
//! | `when` | other tags, all of which must be there, with one of their `values` or matching their `pattern` |
//!
//! Of several requirements for one tag the one with the longest `appliesTo` holds, and at the same length one whose `when`
//! is met. Two that could both hold are refused, unless their conditions exclude each other.
//!
//! ## A tag policy of AWS Organizations
//!
//! `tagPolicy` takes such a policy as it is written, and as `aws organizations describe-effective-policy` shows it:
//!
//! ```json
//! {"tags": {"costcenter": {
//!   "tag_key": {"@@assign": "CostCenter"},
//!   "tag_value": {"@@assign": ["100", "2*"]},
//!   "enforced_for": {"@@assign": ["ec2:instance", "rds:ALL_SUPPORTED"]}
//! }}}
//! ```
//!
//! | field | meaning here |
//! | --- | --- |
//! | `tag_key` | the key, case included; without it, the policy key in small letters |
//! | `tag_value` | the accepted values, in which `*` is any text; any if absent; an empty one only if it is listed |
//! | `report_required_tag_for` | the types that must have the tag |
//! | `enforced_for` | the same, where there is no `report_required_tag_for`; where there is neither, every type must |
//!
//! AWS looks at a tag only where it is there. So does this rule for the types that such a list does not name. A type is
//! looked for in the resource's ARN (`ec2:instance`) and in its AWS Config type (`AWS::EC2::Instance`). `@@append` and
//! `@@remove` are refused, because what they come to depends on other policies.
//!
//! ## Categories
//!
//! | category | its tags, which must not be empty |
//! | --- | --- |
//! | `technical` | `Name`, `ApplicationId`, `ApplicationRole`, `Cluster`, `Environment`, `Version` |
//! | `automation` | `OptIn` or `OptOut`; `Schedule`, `StartStop`, `ExpiresOn` or `ExpiryDate` |
//! | `business` | `Owner`; `CostCenter` or `BusinessUnit`; `Customer`; `Project` |
//! | `security` | `Confidentiality` |
//!
//! What another parameter says about one of these keys holds instead.
//!
//! ## Differences from the managed rules
//!
//! | | `required-tags` of AWS | `<service>-<type>-tagged` of AWS | this rule |
//! | --- | --- | --- | --- |
//! | an empty value | passes | passes | `TAG-EMPTY`, unless `allowEmpty` |
//! | number of tags | six | a list | any; `tag1Key` to `tag6Key` work as they did |
//! | values | listed ones | not looked at | listed ones, patterns, refused ones |
//! | types | a fixed list of some 30 | one for each rule | every recorded type, `appliesTo` narrows |
//! | a key in other case | missing, without a word | missing, without a word | `TAG-NAME`: which key to rename |
//! | the annotation | no reasons | no reasons | each tag, what is wrong with it, and what was expected |
//! | forbidden tags, conditions | no | no | `forbiddenTags`, `when` |
//! | one of several keys, any tag | no | any tag | `Owner\|Team`, `*` |
//! | without parameters | asks for `CostCenter` | asks for any tag | is refused |

mod categories;
mod codes;
mod fields;
mod keys;
mod organization;
mod policy;
mod requirements;
mod scope;
mod tag;
mod untaggable;
mod values;
mod words;

use serde_json::value::RawValue;

use self::{
    categories::Category,
    codes::Code,
    keys::{TagKey, TagValue},
    policy::TagPolicy,
    requirements::{MANAGED, REQUIREMENTS, Requirements, Selected},
    scope::TypePattern,
    tag::{RequiredTag, Subject, gravity},
};
use crate::{
    facts::Facts,
    finding::{Compliance, Finding, Verdict},
    item::{RawItem, Tags},
    parameters::{Parameter, ParameterError, RawParameters, listed},
    rule::{Metadata, ResourceTypes, Rule, Schedule},
};

/// The rule.
#[derive(Debug)]
pub struct RequiredTags;

/// The checked parameters.
#[derive(Clone, Debug)]
pub struct Parameters {
    required: Requirements,
    allow_empty: bool,
    forbidden: Vec<TagKey>,
    ignored_types: Vec<TypePattern>,
    exempt: Vec<TagKey>,
}

const MORE_TAGS: &str = "requiredTags or tagPolicy";

const fn managed_key(name: &'static str) -> Parameter {
    Parameter::one::<TagKey>(name, None, "A required tag, in the managed rule's form.")
}

const fn managed_value(name: &'static str) -> Parameter {
    Parameter::list::<TagValue>(name, None, "Its accepted values; any value if absent.")
}

impl Rule for RequiredTags {
    type Configuration = Option<Box<RawValue>>;
    type Parameters = Parameters;

    const METADATA: Metadata = Metadata {
        name: "required-tags",
        description: "A resource carries the tags that your organization relies on, with values that mean something.",
        resource_types: ResourceTypes::Every,
        further_triggers: &[],
        schedule: Schedule::WithDriftingParameters,
        parameters: &[
            Parameter::list::<RequiredTag>(
                "requiredTags",
                None,
                "The required tags; `Key|Other key` is one of several, `*` is any. At least one is required, here or in \
                 `tag1Key`, `tagPolicy` or `categories`.",
            ),
            managed_key(MANAGED[0].0),
            managed_value(MANAGED[0].1),
            managed_key(MANAGED[1].0),
            managed_value(MANAGED[1].1),
            managed_key(MANAGED[2].0),
            managed_value(MANAGED[2].1),
            managed_key(MANAGED[3].0),
            managed_value(MANAGED[3].1),
            managed_key(MANAGED[4].0),
            managed_value(MANAGED[4].1),
            managed_key(MANAGED[5].0).last_of_row(MORE_TAGS),
            managed_value(MANAGED[5].1).last_of_row(MORE_TAGS),
            Parameter::one::<TagPolicy>(
                "tagPolicy",
                None,
                "The required tags in full: which values, for which types, on which condition.",
            ),
            Parameter::list::<Category>("categories", None, "Presets: categories of tags that are required."),
            Parameter::one::<bool>(
                "allowEmpty",
                Some("false"),
                "Whether an empty or blank value will do, where any value will.",
            ),
            Parameter::list::<TagKey>("forbiddenTags", None, "Tags that must not be there."),
            Parameter::list::<TypePattern>(
                "ignoreResourceTypes",
                None,
                "Types of resources that are not evaluated.",
            ),
        ],
        requirements: &REQUIREMENTS,
        fact_actions: &[],
        inventory_actions: &["config:SelectResourceConfig"],
    };

    const CODES: &'static [&'static crate::finding::Code] = Code::ALL;
    const EXAMPLE: &'static [(&'static str, &'static str)] = &[("requiredTags", "Owner, CostCenter")];
    const EXEMPTIBLE: &'static [Parameter] =
        &[Parameter::list::<TagKey>("tagKeys", None, "What is wrong with these tags.")];

    fn parameters(raw: &RawParameters) -> Result<Parameters, ParameterError> {
        let required = Requirements::read(raw)?;
        let forbidden: Vec<TagKey> = raw.list("forbiddenTags")?;
        let is_required = |key: &&TagKey| required.all().iter().any(|tag| tag.keys.contains(&key.0));
        if let Some(both) = forbidden.iter().find(is_required) {
            return Err(ParameterError::new("forbiddenTags", format!("{} is required as well", both.0)));
        }
        Ok(Parameters {
            required,
            allow_empty: raw.one("allowEmpty")?.unwrap_or(false),
            forbidden,
            ignored_types: raw.list("ignoreResourceTypes")?,
            exempt: Vec::new(),
        })
    }

    fn exempt(parameters: Parameters, parts: &RawParameters) -> Result<Parameters, ParameterError> {
        Ok(Parameters { exempt: [parameters.exempt, parts.list("tagKeys")?].concat(), ..parameters })
    }

    fn cautions(parameters: &Parameters) -> Vec<String> {
        let required = parameters.required.all();
        let mut keys: Vec<_> = required.iter().flat_map(|tag| &tag.keys).collect();
        keys.dedup();
        let scope = format!(
            "do not scope the AWS Config rule by a tag that it checks ({}): a resource that loses the tag leaves the \
             scope, and is no finding",
            listed(&keys)
        );
        [scope].into_iter().chain(required.iter().filter_map(organization::caution)).collect()
    }

    fn evaluate(item: &RawItem, parameters: &Parameters, _facts: &Facts) -> Verdict {
        let configured = &item.configured_tags();
        let is_configured = item.tags.is_empty() && !configured.tags.is_empty();
        let tags = if is_configured { &configured.tags } else { &item.tags };
        let source = is_configured.then_some(configured.place.as_str());
        let selected = parameters.required.select(item, tags);
        if let Some(reason) = not_evaluated(item, tags, parameters, &selected) {
            return Verdict::not_applicable(reason);
        }
        let required = parameters.required.all();
        let subject = Subject { tags, source, configured, required, allow_empty: parameters.allow_empty };
        let mut findings = findings(subject, &selected, &parameters.forbidden);
        findings.retain(|finding| !parameters.exempt.iter().any(|TagKey(key)| finding.is_about(key)));
        if findings.is_empty() {
            return Verdict::compliant(words::reason(subject, &selected));
        }
        Compliance::NonCompliant(findings).into()
    }
}

fn not_evaluated(
    item: &RawItem,
    tags: &Tags,
    parameters: &Parameters,
    selected: &Selected<'_>,
) -> Option<String> {
    let resource_type = &item.resource_type;
    if parameters.ignored_types.iter().any(|ignored| ignored.matches(item)) {
        return Some(format!("{resource_type} is in ignoreResourceTypes"));
    }
    let is_free = selected.is_empty() && parameters.forbidden.is_empty();
    let free = || is_free.then(|| format!("no tag is required of {resource_type}"));
    untaggable::reason(item, tags).or_else(free)
}

fn findings(subject: Subject<'_>, selected: &Selected<'_>, forbidden_keys: &[TagKey]) -> Vec<Finding> {
    let check = |tag: &&RequiredTag| Some(words::with_disagreement(tag.check(subject)?, tag, subject));
    let mut findings: Vec<_> = selected.held.iter().filter_map(check).collect();
    findings.extend(forbidden_keys.iter().filter_map(|TagKey(key)| forbidden(key, subject.tags)));
    // Stable: within one code the order of the parameters stays.
    findings.sort_by_key(gravity);
    words::hint_at_auto_scaling(&mut findings, subject.tags);
    findings
}

fn forbidden(key: &str, tags: &Tags) -> Option<Finding> {
    let value = tags.get(key)?;
    let finding = Finding::new(Code::Forbidden, format!("{key} must not be there"));
    Some(finding.with("key", key).with("value", value))
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
