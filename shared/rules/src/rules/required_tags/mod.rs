//! `required-tags`: the tags that the organisation relies on are there and mean something.
//!
//! | a required tag | answer |
//! | --- | --- |
//! | is there, with an accepted value | nothing to report; COMPLIANT when all are |
//! | is not there | NON_COMPLIANT `TAG-MISSING` |
//! | is not there, but a key that differs in case, separators or look-alike letters is | `TAG-NAME`, with both |
//! | is there, and empty or blank | `TAG-EMPTY`, unless `allowEmpty` |
//! | is there, with another value | `TAG-VALUE`, with what is accepted |
//!
//! A tag of `forbiddenTags` is NON_COMPLIANT `TAG-FORBIDDEN`. Types of `ignoreResourceTypes` are NOT_APPLICABLE.
//!
//! Keys and values are compared exactly, case included. Tags that AWS keeps for itself (`aws:`) count for nothing.

mod tag;

use serde::de::IgnoredAny;

use self::tag::{Accepted, RequiredTag, ResourceType, TagKey, TagValue};
use crate::{
    facts::Facts,
    finding::{Compliance, Finding, Verdict},
    item::{ConfigurationItem, Tags},
    parameters::{Parameter, ParameterError, RawParameters, Value, listed},
    rule::{Metadata, Rule},
};

/// The rule.
#[derive(Debug)]
pub struct RequiredTags;

/// The checked parameters.
#[derive(Clone, Debug)]
pub struct Parameters {
    required: Vec<RequiredTag>,
    allow_empty: bool,
    forbidden: Vec<TagKey>,
    ignored_types: Vec<ResourceType>,
}

/// The managed rule's parameters: key and accepted values of up to six tags.
const MANAGED: [(&str, &str); 6] = [
    ("tag1Key", "tag1Value"),
    ("tag2Key", "tag2Value"),
    ("tag3Key", "tag3Value"),
    ("tag4Key", "tag4Value"),
    ("tag5Key", "tag5Value"),
    ("tag6Key", "tag6Value"),
];

const fn managed_key(name: &'static str) -> Parameter {
    Parameter::one::<TagKey>(name, None, "A required tag, in the managed rule's form.")
}

const fn managed_value(name: &'static str) -> Parameter {
    Parameter::list::<TagValue>(name, None, "Its accepted values; any value if absent.")
}

impl Rule for RequiredTags {
    type Configuration = IgnoredAny;
    type Parameters = Parameters;

    const METADATA: Metadata = Metadata {
        name: "required-tags",
        description: "A resource carries the tags that your organisation relies on, with values that mean something.",
        resource_types: &[],
        parameters: &[
            Parameter::list::<RequiredTag>(
                "requiredTags",
                None,
                "The required tags. At least one is required, here or as `tag1Key`.",
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
            managed_key(MANAGED[5].0),
            managed_value(MANAGED[5].1),
            Parameter::one::<bool>(
                "allowEmpty",
                Some("false"),
                "Whether an empty or blank value will do, where any value will.",
            ),
            Parameter::list::<TagKey>("forbiddenTags", None, "Tags that must not be there."),
            Parameter::list::<ResourceType>(
                "ignoreResourceTypes",
                None,
                "Types of resources that are not judged.",
            ),
        ],
        iam_actions: &["config:PutEvaluations"],
        fact_actions: &[],
        facts_by_default: false,
    };

    fn parameters(raw: &RawParameters) -> Result<Parameters, ParameterError> {
        let mut required: Vec<RequiredTag> = raw.list("requiredTags")?;
        for (key, values) in MANAGED {
            required.extend(managed(raw, key, values)?);
        }
        if required.is_empty() {
            return Err(ParameterError::new(
                "requiredTags",
                format!("missing; expected {}", RequiredTag::FORM),
            ));
        }
        for (index, tag) in required.iter().enumerate() {
            if required[..index].iter().any(|earlier| earlier.key == tag.key) {
                return Err(ParameterError::new("requiredTags", format!("{} is required twice", tag.key)));
            }
        }
        let forbidden: Vec<TagKey> = raw.list("forbiddenTags")?;
        if let Some(both) = forbidden.iter().find(|key| required.iter().any(|tag| tag.key == key.0)) {
            return Err(ParameterError::new("forbiddenTags", format!("{} is required as well", both.0)));
        }
        Ok(Parameters {
            required,
            allow_empty: raw.one("allowEmpty")?.unwrap_or(false),
            forbidden,
            ignored_types: raw.list("ignoreResourceTypes")?,
        })
    }

    fn evaluate(item: &ConfigurationItem<IgnoredAny>, parameters: &Parameters, _facts: &Facts) -> Verdict {
        if parameters.ignored_types.iter().any(|ignored| ignored.0 == item.resource_type) {
            return Verdict::not_applicable(format!("{} is in ignoreResourceTypes", item.resource_type));
        }
        let mut findings: Vec<Finding> =
            parameters.required.iter().filter_map(|tag| tag.check(&item.tags, parameters)).collect();
        findings.extend(parameters.forbidden.iter().filter_map(|TagKey(key)| forbidden(key, &item.tags)));
        // Stable: within one code the order of the parameters stays.
        findings.sort_by_key(|finding| GRAVEST_FIRST.iter().position(|code| *code == finding.code));
        if findings.is_empty() {
            let keys: Vec<_> = parameters.required.iter().map(|tag| &tag.key).collect();
            return Verdict::compliant(format!("has {}", listed(&keys)));
        }
        Compliance::NonCompliant(findings).into()
    }
}

const MISSING: &str = "TAG-MISSING";
const NAME: &str = "TAG-NAME";
const EMPTY: &str = "TAG-EMPTY";
const VALUE: &str = "TAG-VALUE";
const FORBIDDEN: &str = "TAG-FORBIDDEN";
const GRAVEST_FIRST: [&str; 5] = [MISSING, NAME, EMPTY, VALUE, FORBIDDEN];

fn forbidden(key: &str, tags: &Tags) -> Option<Finding> {
    let value = tags.get(key)?;
    let finding = Finding::new(FORBIDDEN, format!("{key} must not be there"));
    Some(finding.with("key", key).with("value", value))
}

fn managed(
    raw: &RawParameters,
    key: &'static str,
    values: &'static str,
) -> Result<Option<RequiredTag>, ParameterError> {
    let accepted: Vec<TagValue> = raw.list(values)?;
    let tag = raw.one(key)?.map(|TagKey(key)| RequiredTag {
        key,
        accepted: if accepted.is_empty() {
            Accepted::Any
        } else {
            Accepted::OneOf(accepted.iter().map(|TagValue(value)| value.clone()).collect())
        },
    });
    match tag {
        None if !accepted.is_empty() => {
            Err(ParameterError::new(values, format!("has no meaning without {key}")))
        }
        tag => Ok(tag),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{Case, parameter_error};

    fn tagged(tags: &[(&str, &str)]) -> Case<RequiredTags> {
        Case::new("AWS::S3::Bucket", "null").tagged(tags)
    }

    #[test]
    fn all_tags_present_is_compliant() {
        tagged(&[("Owner", "ops"), ("CostCenter", "1")])
            .with("requiredTags", "Owner, CostCenter")
            .is("COMPLIANT", "has Owner, CostCenter");
    }

    #[test]
    fn every_missing_tag_is_named_in_order() {
        tagged(&[])
            .with("requiredTags", "Owner,CostCenter")
            .is("NON_COMPLIANT", "TAG-MISSING: Owner; CostCenter");
    }

    #[test]
    fn findings_come_gravest_first() {
        tagged(&[("Stage", "x"), ("environment", "prod"), ("Confidentiality", "")])
            .with("requiredTags", "Stage=test|prod,Confidentiality=public|internal|secret,Environment,Owner")
            .is("NON_COMPLIANT", r#"TAG-MISSING: Owner; TAG-NAME: "environment" should be "Environment"; TAG-EMPTY: Confidentiality is empty (allowed: public, internal, secret); TAG-VALUE: Stage is "x" (allowed: test, prod)"#);
    }

    #[test]
    fn near_misses_are_named() {
        for found in [
            "costcenter",
            "Cost-Center",
            "cost_center",
            "CostCenter ",
            "Cost Center",
            "CostCentre",
            "Cost:Center",
        ] {
            tagged(&[(found, "1")])
                .with("requiredTags", "CostCenter")
                .is("NON_COMPLIANT", &format!("TAG-NAME: {found:?} should be \"CostCenter\""));
        }
        tagged(&[("\u{421}ostCenter", "1")])
            .with("requiredTags", "CostCenter")
            .is("NON_COMPLIANT", r#"TAG-NAME: "\u{421}ostCenter" should be "CostCenter""#);
        for found in ["Center", "CostUnit", "aws:CostCenter"] {
            tagged(&[(found, "1")])
                .with("requiredTags", "CostCenter")
                .is("NON_COMPLIANT", "TAG-MISSING: CostCenter");
        }
        tagged(&[("Ownr", "1")]).with("requiredTags", "Owner").is("NON_COMPLIANT", "TAG-MISSING: Owner");
    }

    #[test]
    fn a_required_key_is_no_near_miss_of_another() {
        tagged(&[("owner", "a")])
            .with("requiredTags", "Owner,owner")
            .is("NON_COMPLIANT", "TAG-MISSING: Owner");
    }

    #[test]
    fn blank_values_count_only_if_allowed() {
        for value in ["", " "] {
            tagged(&[("Owner", value)])
                .with("requiredTags", "Owner")
                .is("NON_COMPLIANT", "TAG-EMPTY: Owner is empty");
            tagged(&[("Owner", value)])
                .with("requiredTags", "Owner")
                .with("allowEmpty", "true")
                .has_type("COMPLIANT");
            tagged(&[("Owner", value)])
                .with("requiredTags", "Owner=a")
                .with("allowEmpty", "true")
                .has_type("NON_COMPLIANT");
        }
    }

    #[test]
    fn values_are_exact() {
        for value in ["Prod", "prod ", "production"] {
            tagged(&[("Stage", value)])
                .with("requiredTags", "Stage=prod| test")
                .is("NON_COMPLIANT", &format!("TAG-VALUE: Stage is {value:?} (allowed: prod, test)"));
        }
        tagged(&[("Stage", "test")]).with("requiredTags", "Stage=prod| test").has_type("COMPLIANT");
    }

    #[test]
    fn patterns_match_the_whole_value() {
        let cost_center =
            |value| tagged(&[("CostCenter", value)]).with("requiredTags", r"CostCenter~cc-\d{4}|none");
        cost_center("cc-1234").has_type("COMPLIANT");
        cost_center("none").has_type("COMPLIANT");
        cost_center("xcc-12345")
            .is("NON_COMPLIANT", r#"TAG-VALUE: CostCenter is "xcc-12345" (pattern: cc-\d{4}|none)"#);
    }

    #[test]
    fn some_tags_must_not_be_there() {
        tagged(&[("Owner", "ops"), ("temp", "x")])
            .with("requiredTags", "Owner")
            .with("forbiddenTags", "temp,Todo")
            .is("NON_COMPLIANT", "TAG-FORBIDDEN: temp must not be there");
        tagged(&[("Owner", "ops"), ("Temp", "x")])
            .with("requiredTags", "Owner")
            .with("forbiddenTags", "temp")
            .has_type("COMPLIANT");
    }

    #[test]
    fn some_types_are_not_judged() {
        tagged(&[])
            .with("requiredTags", "Owner")
            .with("ignoreResourceTypes", "AWS::EC2::Volume,AWS::S3::Bucket")
            .is("NOT_APPLICABLE", "AWS::S3::Bucket is in ignoreResourceTypes");
    }

    #[test]
    fn the_managed_form_may_have_gaps() {
        tagged(&[("Owner", "ops"), ("Stage", "x")])
            .with("tag1Key", "Owner")
            .with("tag3Key", "Stage")
            .with("tag3Value", "test, prod")
            .is("NON_COMPLIANT", r#"TAG-VALUE: Stage is "x" (allowed: test, prod)"#);
    }

    #[test]
    fn wrong_parameters_are_refused() {
        let error = |json: &str| parameter_error::<RequiredTags>(json);
        assert!(error("{}").contains("requiredTags: missing"));
        assert!(error(r#"{"tag2Value":"a"}"#).contains("tag2Value: has no meaning without tag2Key"));
        assert!(error(r#"{"tag7Key":"a"}"#).contains("tag7Key: unknown"));
        assert!(error(r#"{"tag1Key":"AWS:x"}"#).contains("not beginning with `aws:`"));
        assert!(error(r#"{"requiredTags":"aws:x"}"#).contains("not beginning with `aws:`"));
        assert!(error(r#"{"requiredTags":"a,=b"}"#).contains("item 2"));
        assert!(error(r#"{"requiredTags":"a=b||c"}"#).contains("one of the values is empty"));
        assert!(error(r#"{"requiredTags":"a~x("}"#).contains("at character 2: unclosed group"));
        assert!(error(r#"{"requiredTags":"a~(x{1000}){1000}"}"#).contains("too large"));
        assert!(error(r#"{"requiredTags":"a","tag1Key":"a"}"#).contains("a is required twice"));
        assert!(error(r#"{"requiredTags":"a","forbiddenTags":"a"}"#).contains("a is required as well"));
        assert!(
            error(r#"{"requiredTags":"a","ignoreResourceTypes":"Bucket"}"#).contains("AWS::EC2::Instance")
        );
    }
}
