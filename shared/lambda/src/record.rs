//! The lines in a function's log: one for each invocation, which is its answer to whoever called it, too; and in a run over
//! all resources one for each that is NON_COMPLIANT, but of the account one for each finding. The former carries its counts
//! as metrics of `CloudWatch` (embedded metric format). None of them holds the event's token or a configuration item.

use std::{
    io::Write,
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use config_rules::{
    finding::Finding,
    rule::{ACCOUNT, Evaluation, Metadata},
};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{error::Error, report::Tally};

/// The namespace of the metrics.
const NAMESPACE: &str = "ConfigRules";

/// What happened in one invocation.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record {
    pub(crate) level: &'static str,
    pub(crate) rule: &'static str,
    pub(crate) rule_version: &'static str,
    pub(crate) request_id: String,
    #[serde(flatten)]
    pub(crate) origin: Origin,
    pub(crate) cold_start: bool,
    pub(crate) duration_ms: u64,
    pub(crate) compliant: u32,
    pub(crate) non_compliant: u32,
    pub(crate) not_applicable: u32,
    pub(crate) errors: u32,
    pub(crate) batches: u32,
    pub(crate) retries: u32,
    /// The evaluation, where the event was about one resource.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(crate) evaluated: Option<Evaluated>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(crate) failure: Option<Failure>,
    #[serde(rename = "_aws")]
    pub(crate) metrics: Value,
}

/// What the event says of itself.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Origin {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) config_rule_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message_type: Option<&'static str>,
    /// The beginning of the SHA-256 of the parameters: whether two invocations had the same ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parameter_hash: Option<String>,
}

/// An evaluation as AWS Config gets it, and all its findings.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Evaluated {
    resource_type: String,
    resource_id: String,
    ordering_timestamp: String,
    compliance_type: &'static str,
    annotation: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<Finding>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Failure {
    pub(crate) error_type: &'static str,
    pub(crate) error_message: String,
}

impl From<&Evaluation> for Evaluated {
    fn from(evaluation: &Evaluation) -> Self {
        Self {
            resource_type: evaluation.resource_type.clone(),
            resource_id: evaluation.resource_id.clone(),
            ordering_timestamp: evaluation.ordering_timestamp.to_string(),
            compliance_type: evaluation.compliance.compliance_type(),
            annotation: evaluation.compliance.annotation(),
            findings: evaluation.compliance.findings().to_vec(),
        }
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        Self { error_type: error.name(), error_message: error.to_string() }
    }
}

/// What is known once an invocation is over.
pub(crate) struct Finished<'a> {
    pub(crate) metadata: &'static Metadata,
    pub(crate) request_id: &'a str,
    pub(crate) origin: Origin,
    pub(crate) cold_start: bool,
    pub(crate) duration_ms: u64,
    pub(crate) tally: Tally,
    pub(crate) result: &'a Result<Option<Evaluation>, Error>,
}

impl From<Finished<'_>> for Record {
    fn from(finished: Finished) -> Self {
        let Finished { tally, result, .. } = finished;
        Self {
            level: if result.is_ok() { "INFO" } else { "ERROR" },
            rule: finished.metadata.name,
            rule_version: VERSION,
            request_id: finished.request_id.to_owned(),
            origin: finished.origin,
            cold_start: finished.cold_start,
            duration_ms: finished.duration_ms,
            compliant: tally.compliant,
            non_compliant: tally.non_compliant,
            not_applicable: tally.not_applicable,
            errors: u32::from(result.is_err()),
            batches: tally.batches,
            retries: tally.retries,
            evaluated: result.as_ref().ok().and_then(Option::as_ref).map(Evaluated::from),
            failure: result.as_ref().err().map(Failure::from),
            metrics: metrics(),
        }
    }
}

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Which members of the line `CloudWatch` takes for metrics.
fn metrics() -> Value {
    let metric = |name| json!({"Name": name, "Unit": "Count"});
    let names = ["compliant", "nonCompliant", "notApplicable", "errors", "retries"];
    json!({
        "Timestamp": Timestamp::now().as_millisecond(),
        "CloudWatchMetrics": [{
            "Namespace": NAMESPACE,
            "Dimensions": [["rule"]],
            "Metrics": names.map(metric),
        }],
    })
}

/// One of the resources of a run.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Line {
    level: &'static str,
    rule: &'static str,
    rule_version: &'static str,
    #[serde(flatten)]
    evaluated: Evaluated,
}

impl Line {
    /// The line of a resource, with all its findings. What is wrong with an account may be thousands of its resources, more
    /// than an event of the log can hold: there, each finding has a line.
    pub(crate) fn of(metadata: &'static Metadata, evaluation: &Evaluation) -> impl Iterator<Item = Self> {
        let mut evaluated = Evaluated::from(evaluation);
        let findings = mem::take(&mut evaluated.findings);
        let is_account = evaluation.resource_type == ACCOUNT;
        let lines: Vec<_> =
            if is_account { findings.into_iter().map(|one| vec![one]).collect() } else { vec![findings] };
        lines.into_iter().map(move |findings| Self {
            level: "INFO",
            rule: metadata.name,
            rule_version: VERSION,
            evaluated: Evaluated { findings, ..evaluated.clone() },
        })
    }
}

/// Where lines go: standard output, which Lambda takes for the function's log.
#[derive(Clone)]
pub(crate) struct Log(Arc<Mutex<dyn Write + Send>>);

impl Log {
    pub(crate) fn to(output: impl Write + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(output)))
    }

    /// Writes one line.
    pub(crate) fn write(&self, line: &impl Serialize) {
        let mut text = serde_json::to_vec(line).unwrap_or_default();
        text.push(b'\n');
        // A log that cannot be written must not undo what was reported.
        let _ = self.0.lock().unwrap_or_else(PoisonError::into_inner).write_all(&text);
    }
}
