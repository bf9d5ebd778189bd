//! The Config rules that the command line names: each a rule of the catalogue under a name of its own, with parameters and
//! a scope.
//!
//! A file of rules is one of: what `aws configservice describe-config-rules` prints, or
//! `describe-organization-config-rules`; the variable `rules` of infra/, as `terraform.tfvars.json` holds it. Both say the
//! same of a rule, and one list of rules is evaluated, checked and deployed from the same file.

mod scope;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs,
    io::{self, Read as _},
    path::Path,
};

use config_rules::{
    catalogue::{self, CatalogueEntry},
    event::Event,
    parameters::RawParameters,
};
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor},
};
use serde_json::value::RawValue;

pub(crate) use self::scope::Scope;
use crate::Error;

/// A rule of the catalogue as it is deployed.
#[derive(Clone, Debug)]
pub(crate) struct ConfigRule {
    /// Of the Config rule; that of the rule, where nothing else is said.
    pub(crate) name: String,
    pub(crate) rule: &'static CatalogueEntry,
    pub(crate) parameters: Option<RawParameters>,
    pub(crate) scope: Scope,
}

impl ConfigRule {
    /// The rule under its own name, for whatever it evaluates.
    pub(crate) fn new(rule: &'static CatalogueEntry, parameters: Option<RawParameters>) -> Self {
        Self { name: rule.metadata.name.to_owned(), rule, parameters, scope: Scope::default() }
    }

    /// The one that an event was sent for, if its name has that of a rule.
    pub(crate) fn of_event(event: &Event) -> Option<Self> {
        let name = event.config_rule_name.clone()?;
        let rule = catalogue::find_deployed(&name)?;
        Some(Self { name, ..Self::new(rule, None) })
    }
}

/// Reads `RULE`, `RULE=JSON`, `NAME:RULE` or `NAME:RULE=JSON`; the JSON may stand in a file: `@FILE`, or `@-`.
pub(crate) fn config_rule(text: &str) -> Result<ConfigRule, String> {
    let (names, given) = text.split_once('=').map_or((text, None), |(names, given)| (names, Some(given)));
    let (name, rule_name) = names.split_once(':').map_or((None, names), |(name, rule)| (Some(name), rule));
    let mut config_rule = ConfigRule::new(rule(rule_name)?, given.map(parameters).transpose()?);
    if let Some(name) = name {
        if name.is_empty() {
            return Err("a name is missing before `:`".to_owned());
        }
        name.clone_into(&mut config_rule.name);
    }
    Ok(config_rule)
}

/// Reads a rule's name.
pub(crate) fn rule(name: &str) -> Result<&'static CatalogueEntry, String> {
    catalogue::find(name).ok_or_else(|| format!("there is no such rule; there are {}", rule_names()))
}

/// What people may choose from.
pub(crate) fn rule_names() -> String {
    let names: Vec<_> = catalogue::RULES.iter().map(|rule| rule.metadata.name).collect();
    names.join(", ")
}

/// Reads a JSON object, or the file that holds it: `@parameters.json`; `@-` is standard input.
pub(crate) fn parameters(text: &str) -> Result<RawParameters, String> {
    let Some(path) = text.trim().strip_prefix('@') else {
        return parameters_of(text).map_err(|error| {
            let wanted = r#"such as '{"name": "value"}', or @FILE for a file that holds it"#;
            format!("not a JSON object: {error}; expected one {wanted}")
        });
    };
    let text = read(path).map_err(|error| format!("{path}: {error}"))?;
    parameters_of(&text).map_err(|error| format!("{path}: not a JSON object: {error}"))
}

/// Reads parameters as people write them: what AWS Config would take for something else is refused.
fn parameters_of(text: &str) -> Result<RawParameters, String> {
    let named: Distinct<Box<RawValue>> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if let Some((name, _)) = named.0.iter().find(|(_, value)| value.get().starts_with('{')) {
        return Err(format!("{name} is an object, and a parameter is a text, a number or a list"));
    }
    RawParameters::from_json(text).map_err(|error| error.to_string())
}

fn read(path: &str) -> io::Result<String> {
    if path != "-" {
        return fs::read_to_string(path);
    }
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    Ok(text)
}

/// The Config rules of a file: `-` is standard input. Those that are not of this catalogue are left out, and named.
pub(crate) fn of_file(path: &Path) -> Result<(Vec<ConfigRule>, Vec<String>), Error> {
    let name = path.display().to_string();
    let text = read(&name).map_err(|error| format!("--rules {name}: {error}"))?;
    of_text(&text).map_err(|error| format!("--rules {name}: {error}").into())
}

fn of_text(text: &str) -> Result<(Vec<ConfigRule>, Vec<String>), String> {
    let file: File = serde_json::from_str(text).map_err(|error| format!("not JSON of rules: {error}"))?;
    let mut declared: Vec<Declared> = Vec::new();
    declared.extend(file.config_rules.into_iter().chain(file.config_rule).map(Declared::from));
    declared.extend(file.organization_config_rules.into_iter().filter_map(Declared::of_organization));
    for (name, rule) in file.rules.0 {
        if rule.enabled {
            declared.push(Declared::of_terraform(name, rule));
        }
    }
    if declared.is_empty() {
        return Err(WANTED.to_owned());
    }
    let (mut rules, mut others, mut names) = (Vec::new(), Vec::new(), BTreeSet::new());
    for declared in declared {
        let Some(rule) = declared.rule() else {
            others.push(declared.name);
            continue;
        };
        if !names.insert(declared.name.clone()) {
            return Err(format!("two rules have the name {}", declared.name));
        }
        let parameters = declared.parameters.as_deref().map(parameters_of).transpose();
        let parameters = parameters.map_err(|error| format!("{}: parameters: {error}", declared.name))?;
        let parameters = Some(parameters.unwrap_or_default());
        rules.push(ConfigRule { name: declared.name, rule, parameters, scope: declared.scope });
    }
    if rules.is_empty() {
        return Err(format!("none of the rules is of this catalogue: {}", others.join(", ")));
    }
    Ok((rules, others))
}

const WANTED: &str = "no rules: expected what `aws configservice describe-config-rules` prints ({\"ConfigRules\": [...]}), or \
    the Terraform variable as JSON ({\"rules\": {\"<name>\": {\"rule\": \"<rule>\", \"parameters\": {...}}}})";

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct File {
    #[serde(rename = "ConfigRules")]
    config_rules: Vec<AwsRule>,
    #[serde(rename = "ConfigRule")]
    config_rule: Option<AwsRule>,
    #[serde(rename = "OrganizationConfigRules")]
    organization_config_rules: Vec<AwsOrganizationRule>,
    rules: Distinct<TerraformRule>,
}

/// As AWS Config describes it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AwsRule {
    config_rule_name: String,
    #[serde(default)]
    scope: Scope,
    #[serde(default)]
    source: AwsSource,
    input_parameters: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct AwsSource {
    owner: String,
    source_identifier: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AwsOrganizationRule {
    organization_config_rule_name: String,
    organization_custom_rule_metadata: Option<AwsOrganizationMetadata>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AwsOrganizationMetadata {
    lambda_function_arn: String,
    input_parameters: Option<String>,
    #[serde(default)]
    resource_types_scope: Vec<String>,
    resource_id_scope: Option<String>,
    tag_key_scope: Option<String>,
    tag_value_scope: Option<String>,
}

/// As infra/modules/functions/variables.tf declares it; what only the deployment reads is not read here.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TerraformRule {
    rule: Option<String>,
    #[serde(default)]
    parameters: Option<Box<RawValue>>,
    #[serde(default)]
    resource_types: Vec<String>,
    scope_tag_key: Option<String>,
    scope_tag_value: Option<String>,
    #[serde(rename = "maximum_execution_frequency")]
    _maximum_execution_frequency: Option<String>,
    #[serde(rename = "snapshots")]
    _snapshots: Option<bool>,
    #[serde(rename = "further_triggers")]
    _further_triggers: Option<bool>,
    #[serde(default = "enabled")]
    enabled: bool,
}

fn enabled() -> bool {
    true
}

/// What every form says of a rule.
struct Declared {
    name: String,
    /// What else may name the rule, before the name does: its function.
    function: Option<String>,
    parameters: Option<String>,
    scope: Scope,
}

impl From<AwsRule> for Declared {
    fn from(rule: AwsRule) -> Self {
        // A managed rule may have a name such as ours, and is none.
        let is_managed = rule.source.owner == "AWS";
        let function = rule.source.source_identifier;
        let function = Some(function).filter(|function| is_managed || !function.is_empty());
        Self { name: rule.config_rule_name, function, parameters: rule.input_parameters, scope: rule.scope }
    }
}

impl Declared {
    fn of_organization(rule: AwsOrganizationRule) -> Option<Self> {
        let metadata = rule.organization_custom_rule_metadata?;
        Some(Self {
            name: rule.organization_config_rule_name,
            function: Some(metadata.lambda_function_arn),
            parameters: metadata.input_parameters,
            scope: Scope {
                compliance_resource_types: metadata.resource_types_scope,
                compliance_resource_id: metadata.resource_id_scope,
                tag_key: metadata.tag_key_scope,
                tag_value: metadata.tag_value_scope,
            },
        })
    }

    fn of_terraform(name: String, rule: TerraformRule) -> Self {
        Self {
            name,
            function: rule.rule,
            parameters: rule.parameters.map(|raw| raw.get().to_owned()).filter(|text| text != "null"),
            scope: Scope {
                compliance_resource_types: rule.resource_types,
                compliance_resource_id: None,
                tag_key: rule.scope_tag_key,
                tag_value: rule.scope_tag_value,
            },
        }
    }

    /// The rule that the function is named after, or else the Config rule.
    fn rule(&self) -> Option<&'static CatalogueEntry> {
        match &self.function {
            Some(function) => {
                let name = function.rsplit(':').find_map(catalogue::find_deployed);
                name.or_else(|| function.starts_with("arn:").then(|| catalogue::find_deployed(&self.name))?)
            }
            None => catalogue::find_deployed(&self.name),
        }
    }
}

/// A JSON object that has no key twice: of two, one would be lost in silence.
struct Distinct<T>(BTreeMap<String, T>);

impl<T> Default for Distinct<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Distinct<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys<T>(BTreeMap<String, T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Keys<T> {
            type Value = BTreeMap<String, T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self::Value, A::Error> {
                while let Some(key) = map.next_key::<String>()? {
                    if self.0.contains_key(&key) {
                        return Err(de::Error::custom(format!("the key {key:?} stands there twice")));
                    }
                    self.0.insert(key, map.next_value()?);
                }
                Ok(self.0)
            }
        }
        deserializer.deserialize_map(Keys(BTreeMap::new())).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Result<Vec<String>, String> {
        let (rules, others) = of_text(text)?;
        let shown = |rule: &ConfigRule| {
            let parameters = rule.parameters.as_ref().map(RawParameters::to_json).unwrap_or_default();
            format!("{}:{}={parameters} {}", rule.name, rule.rule.metadata.name, rule.scope)
        };
        Ok(rules.iter().map(shown).chain(others).collect())
    }

    #[test]
    fn what_aws_config_describes_are_rules() {
        let described = r#"{"ConfigRules": [
            {"ConfigRuleName": "tags", "ConfigRuleState": "ACTIVE", "InputParameters": "{\"requiredTags\":\"Owner\"}",
             "Scope": {"ComplianceResourceTypes": ["AWS::EC2::Instance"]},
             "Source": {"Owner": "CUSTOM_LAMBDA", "SourceIdentifier":
                "arn:aws:lambda:us-east-1:111122223333:function:config-rules-required-tags"}},
            {"ConfigRuleName": "approved-ami-by-id", "Scope": {"TagKey": "Stage", "TagValue": "live"},
             "Source": {"Owner": "CUSTOM_LAMBDA", "SourceIdentifier": "arn:aws:lambda:us-east-1:111122223333:function:f"}},
            {"ConfigRuleName": "required-tags", "Source": {"Owner": "AWS", "SourceIdentifier": "REQUIRED_TAGS"}}
        ]}"#;
        assert_eq!(
            names(described).unwrap(),
            [
                r#"tags:required-tags={"requiredTags":"Owner"} AWS::EC2::Instance"#,
                r"approved-ami-by-id:approved-ami={} tag Stage=live",
                "required-tags",
            ]
        );
        let one = r#"{"ConfigRule": {"ConfigRuleName": "key-pair-usage"}}"#;
        assert_eq!(names(one).unwrap(), ["key-pair-usage:key-pair-usage={} everything"]);
        let organization = r#"{"OrganizationConfigRules": [{"OrganizationConfigRuleName": "sg",
            "OrganizationCustomRuleMetadata": {"LambdaFunctionArn":
                "arn:aws:lambda:us-east-1:111122223333:function:config-rules-security-group-exposure",
                "ResourceIdScope": "sg-1", "ResourceTypesScope": ["AWS::EC2::SecurityGroup"]}}]}"#;
        assert_eq!(
            names(organization).unwrap(),
            ["sg:security-group-exposure={} AWS::EC2::SecurityGroup sg-1"]
        );
    }

    #[test]
    fn what_terraform_deploys_are_rules() {
        let variables = r#"{"name_prefix": "x-", "rules": {
            "required-tags": {"parameters": {"requiredTags": "Owner"}},
            "ami-live": {"rule": "approved-ami", "scope_tag_key": "Stage", "snapshots": true},
            "off": {"rule": "approved-ami", "enabled": false}}}"#;
        assert_eq!(
            names(variables).unwrap(),
            [
                "ami-live:approved-ami={} tag Stage",
                r#"required-tags:required-tags={"requiredTags":"Owner"} everything"#
            ]
        );
    }

    #[test]
    fn what_would_be_lost_is_refused() {
        for (text, why) in [
            ("{}", "no rules: expected what"),
            ("[]", "no rules: expected what"),
            ("rules = {}", "not JSON of rules"),
            (r#"{"rules": {"a": {"rule": "approved-ami", "paramters": {}}}}"#, "unknown field `paramters`"),
            (
                r#"{"rules": {"a": {"rule": "approved-ami"}, "a": {"rule": "approved-ami"}}}"#,
                "\"a\" stands there twice",
            ),
            (r#"{"rules": {"a": {"rule": "unknown"}}}"#, "none of the rules is of this catalogue: a"),
            (
                r#"{"rules": {"a": {"rule": "approved-ami", "parameters": {"owners": {"self": true}}}}}"#,
                "a: parameters: owners is an object",
            ),
            (
                r#"{"ConfigRules": [{"ConfigRuleName": "approved-ami", "InputParameters": "{\"a\":\"1\",\"a\":\"2\"}"}]}"#,
                "approved-ami: parameters: the key \"a\" stands there twice",
            ),
        ] {
            let error = names(text).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn a_rule_has_a_name_of_its_own() {
        let rule = config_rule(r#"prod:required-tags={"requiredTags": "a:b=c"}"#).unwrap();
        assert_eq!((rule.name.as_str(), rule.rule.metadata.name), ("prod", "required-tags"));
        assert_eq!(rule.parameters.unwrap().get("requiredTags"), Some("a:b=c"));
        assert_eq!(config_rule("approved-ami").unwrap().name, "approved-ami");
        assert!(config_rule(":approved-ami").unwrap_err().contains("a name is missing"));
        assert!(config_rule("a:b").unwrap_err().contains("there is no such rule"));
    }
}
