//! Evaluation results: what each Config rule says of each resource, or why it says nothing. This is what reports print, what
//! `--format json` writes, and what a baseline is read from.

use std::{collections::BTreeMap, path::Path};

use config_rules::{
    catalogue,
    event::{Event, Message},
    finding::{Code, Finding, Severity},
    item::{DamagedItem, RawItem},
    rule::{ACCOUNT, Evaluation},
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::rules::ConfigRule;

/// What one Config rule says of one version of one resource.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct EvaluationResult {
    /// The Config rule's name as deployed; else the rule's.
    pub(crate) config_rule_name: Option<String>,
    /// The rule of the catalogue, if it got that far.
    pub(crate) rule: Option<String>,
    #[serde(flatten)]
    pub(crate) resource: Resource,
    /// When AWS Config recorded what was evaluated: RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub(crate) ordering_timestamp: Option<Timestamp>,
    #[serde(flatten)]
    pub(crate) outcome: Outcome,
    /// The file that the resource stands in, or what else it came from.
    pub(crate) file: String,
    /// Whether the resource has a newer version in the same file.
    #[serde(rename = "olderVersion", skip_serializing_if = "std::ops::Not::not")]
    pub(crate) is_older: bool,
    /// Whether the terminal shows it only if something is wrong: one of many.
    #[serde(skip)]
    pub(crate) is_brief: bool,
}

/// Which resource it is, and whose, as far as that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[allow(clippy::struct_field_names, reason = "they are AWS Config's")]
pub(crate) struct Resource {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) aws_region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resource_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resource_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resource_name: Option<String>,
    #[serde(rename = "ARN", skip_serializing_if = "Option::is_none")]
    pub(crate) arn: Option<String>,
}

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Outcome {
    Evaluated(Evaluated),
    Refused { error: Refusal },
}

/// An evaluation as AWS Config holds it, and its findings where they are known.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Evaluated {
    pub(crate) compliance_type: String,
    pub(crate) annotation: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) findings: Vec<ReportedFinding>,
}

/// A finding, and what to do about it.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub(crate) struct ReportedFinding {
    pub(crate) code: String,
    /// INFORMATIONAL, LOW, MEDIUM, HIGH or CRITICAL.
    #[schemars(with = "String")]
    pub(crate) severity: Severity,
    pub(crate) sentence: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) evidence: BTreeMap<String, Value>,
    #[serde(default)]
    pub(crate) remedy: String,
}

/// Why there is no evaluation.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub(crate) struct Refusal {
    /// The stable name of the kind of error.
    pub(crate) name: String,
    pub(crate) message: String,
}

/// What a result can be, in the order of the columns of tables.
pub(crate) const COMPLIANCE_TYPES: [&str; 4] = ["COMPLIANT", NON_COMPLIANT, "NOT_APPLICABLE", ERROR];
const ERROR: &str = "ERROR";
const NON_COMPLIANT: &str = "NON_COMPLIANT";

impl EvaluationResult {
    /// What came of an evaluation.
    pub(crate) fn new(
        file: &str,
        rule: Option<&ConfigRule>,
        resource: Resource,
        evaluation: Result<Evaluation, Refusal>,
    ) -> Self {
        let result = Self {
            config_rule_name: rule.map(|rule| rule.name.clone()),
            rule: rule.map(|rule| rule.rule.metadata.name.to_owned()),
            file: file.to_owned(),
            ..Self::default()
        };
        match evaluation {
            Ok(evaluation) => Self {
                outcome: Outcome::Evaluated(Evaluated::from(&evaluation)),
                ordering_timestamp: Some(evaluation.ordering_timestamp),
                resource: resource.evaluated(evaluation.resource_type, evaluation.resource_id),
                ..result
            },
            Err(error) => Self { outcome: Outcome::Refused { error }, resource, ..result },
        }
    }

    /// AWS Config's `ComplianceType`, or that there is none.
    pub(crate) fn compliance_type(&self) -> &str {
        match &self.outcome {
            Outcome::Evaluated(evaluated) => &evaluated.compliance_type,
            Outcome::Refused { .. } => ERROR,
        }
    }

    /// Why, in one line: the annotation, or the error with its name.
    pub(crate) fn reason(&self) -> String {
        match &self.outcome {
            Outcome::Evaluated(evaluated) => evaluated.annotation.clone(),
            Outcome::Refused { error } => format!("{}: {}", error.name, error.message),
        }
    }

    pub(crate) fn findings(&self) -> &[ReportedFinding] {
        match &self.outcome {
            Outcome::Evaluated(evaluated) => &evaluated.findings,
            Outcome::Refused { .. } => &[],
        }
    }

    pub(crate) fn is_refused(&self) -> bool {
        matches!(self.outcome, Outcome::Refused { .. })
    }

    pub(crate) fn is_non_compliant(&self) -> bool {
        self.compliance_type() == NON_COMPLIANT
    }

    /// The severity of what is wrong: that of the gravest finding, if the resource is NON_COMPLIANT.
    pub(crate) fn severity(&self) -> Option<Severity> {
        let severities = self.findings().iter().map(|finding| finding.severity);
        self.is_non_compliant().then(|| severities.max().unwrap_or(Severity::Medium))
    }

    /// The codes of its findings, each once, in their order.
    pub(crate) fn codes(&self) -> Vec<&str> {
        let mut codes: Vec<&str> = Vec::new();
        for finding in self.findings() {
            if !codes.contains(&finding.code.as_str()) {
                codes.push(&finding.code);
            }
        }
        codes
    }

    /// Whether people at a terminal need not see it.
    pub(crate) fn is_left_out(&self) -> bool {
        self.is_brief && !self.is_refused() && !self.is_non_compliant()
    }

    /// Whether the file's name begins with what came of it, as `non-compliant-ssh-world.json` should.
    pub(crate) fn is_as_named(&self) -> bool {
        let outcome = self.compliance_type().to_ascii_lowercase().replace('_', "-");
        let name = Path::new(&self.file).file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.strip_prefix(&outcome).is_some_and(|rest| rest.starts_with(['-', '.']))
    }

    /// What of a resource's answer is compared with an earlier one.
    pub(crate) fn identity(&self) -> Identity {
        Identity {
            config_rule_name: self.config_rule_name.clone().or_else(|| self.rule.clone()).unwrap_or_default(),
            account_id: self.resource.account_id.clone().unwrap_or_default(),
            aws_region: self.resource.aws_region.clone().unwrap_or_default(),
            resource_type: self.resource.resource_type.clone().unwrap_or_default(),
            resource_id: self.resource.resource_id.clone().unwrap_or_default(),
        }
    }
}

/// Which Config rule and which resource: what two results must have in common to be about the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Identity {
    pub(crate) account_id: String,
    pub(crate) aws_region: String,
    pub(crate) config_rule_name: String,
    pub(crate) resource_type: String,
    pub(crate) resource_id: String,
}

impl Default for Outcome {
    fn default() -> Self {
        Self::Refused { error: Refusal { name: "NothingReported".to_owned(), message: String::new() } }
    }
}

impl Resource {
    /// The resource that an event is about; a run, and what cannot be read, is about the account.
    pub(crate) fn of_event(event: &Event) -> Self {
        let arn = event.config_rule_arn.as_deref().map(|arn| arn.split(':').collect::<Vec<_>>());
        let own = Self {
            account_id: event.account_id.clone(),
            aws_region: arn.and_then(|parts| parts.get(3).map(|region| (*region).to_owned())),
            ..Self::default()
        };
        match event.message() {
            Ok(
                Message::ConfigurationItemChange { item, .. }
                | Message::OversizedConfigurationItemChange { summary: item, .. },
            ) => Self::from(&*item).or(own),
            _ => own,
        }
    }

    /// What is known here, and else there.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            account_id: self.account_id.or(other.account_id),
            aws_region: self.aws_region.or(other.aws_region),
            resource_type: self.resource_type.or(other.resource_type),
            resource_id: self.resource_id.or(other.resource_id),
            resource_name: self.resource_name.or(other.resource_name),
            arn: self.arn.or(other.arn),
        }
    }

    /// The same place, and the resource that was evaluated there, which may be another than the one that was sent.
    pub(crate) fn evaluated(self, resource_type: String, resource_id: String) -> Self {
        if self.resource_id.as_ref() == Some(&resource_id)
            && self.resource_type.as_ref() == Some(&resource_type)
        {
            return self;
        }
        let account_id = if resource_type == ACCOUNT { Some(resource_id.clone()) } else { self.account_id };
        Self {
            account_id,
            aws_region: self.aws_region,
            resource_type: Some(resource_type),
            resource_id: Some(resource_id),
            ..Self::default()
        }
    }
}

impl From<&RawItem> for Resource {
    fn from(item: &RawItem) -> Self {
        let name = item.tags.get("Name").filter(|name| !name.is_empty()).map(str::to_owned);
        Self {
            account_id: item.account_id.clone(),
            aws_region: item.aws_region.clone(),
            resource_type: Some(item.resource_type.clone()),
            resource_id: Some(item.resource_id.clone()),
            resource_name: item.resource_name.clone().filter(|name| !name.is_empty()).or(name),
            arn: item.arn.clone(),
        }
    }
}

impl From<DamagedItem> for Resource {
    fn from(item: DamagedItem) -> Self {
        Self {
            account_id: item.account_id,
            aws_region: item.aws_region,
            resource_type: item.resource_type,
            resource_id: item.resource_id,
            resource_name: None,
            arn: item.arn,
        }
    }
}

impl From<&Finding> for ReportedFinding {
    fn from(finding: &Finding) -> Self {
        let evidence = finding.evidence.iter().map(|(name, fact)| ((*name).to_owned(), fact.clone()));
        Self {
            code: finding.code.name.to_owned(),
            severity: finding.code.severity,
            sentence: finding.sentence.clone(),
            evidence: evidence.collect(),
            remedy: finding.code.remedy.to_owned(),
        }
    }
}

impl ReportedFinding {
    /// With what to do, which a function's log does not say.
    pub(crate) fn with_remedy(mut self) -> Self {
        self.remedy = code(&self.code).map(|code| code.remedy.to_owned()).unwrap_or_default();
        self
    }
}

impl From<&Evaluation> for Evaluated {
    fn from(evaluation: &Evaluation) -> Self {
        Self {
            compliance_type: evaluation.compliance.compliance_type().to_owned(),
            annotation: evaluation.compliance.annotation(),
            findings: evaluation.compliance.findings().iter().map(ReportedFinding::from).collect(),
        }
    }
}

impl Refusal {
    /// A file that cannot be read, or says not enough to be evaluated.
    #[allow(clippy::needless_pass_by_value, reason = "for `map_err`")]
    pub(crate) fn bad_file(message: impl ToString) -> Self {
        Self { name: "BadFile".to_owned(), message: message.to_string() }
    }
}

impl From<config_rules::Error> for Refusal {
    fn from(error: config_rules::Error) -> Self {
        Self { name: error.name().to_owned(), message: error.to_string() }
    }
}

/// The code of this name, whichever rule has it.
pub(crate) fn code(name: &str) -> Option<&'static Code> {
    catalogue::RULES.iter().find_map(|rule| rule.code(name))
}

/// Other people's text for a terminal: what would move its cursor or change its colors is escaped.
pub(crate) fn printable(text: &str) -> String {
    let is_harmful = |character: char| {
        character.is_control()
            || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().fold(String::new(), |mut printable, character| {
        if is_harmful(character) {
            printable.extend(character.escape_unicode());
        } else {
            printable.push(character);
        }
        printable
    })
}
