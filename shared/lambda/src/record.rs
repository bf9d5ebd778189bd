//! The record of one invocation: its log line and its answer to whoever called it.

use std::io::Write as _;

use config_rules::{
    finding::Finding,
    rule::{Evaluation, Metadata},
};
use serde::Serialize;

use crate::{config_service::Delivery, error::Error};

/// What happened in one invocation. It holds neither the event's token nor its configuration item.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record {
    pub(crate) level: &'static str,
    pub(crate) rule: &'static str,
    pub(crate) rule_version: &'static str,
    pub(crate) request_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) config_rule_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) account_id: Option<String>,
    pub(crate) cold_start: bool,
    pub(crate) duration_ms: u64,
    #[serde(flatten)]
    pub(crate) outcome: Outcome,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Outcome {
    #[serde(rename_all = "camelCase")]
    Reported {
        resource_type: String,
        resource_id: String,
        ordering_timestamp: String,
        compliance_type: &'static str,
        annotation: String,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        findings: Vec<Finding>,
        batches: u32,
        retries: u32,
    },
    #[serde(rename_all = "camelCase")]
    Failed { error_type: &'static str, error_message: String },
}

impl Outcome {
    pub(crate) fn of(result: &Result<(Evaluation, Delivery), Error>) -> Self {
        match result {
            Ok((evaluation, delivery)) => Self::Reported {
                resource_type: evaluation.resource_type.clone(),
                resource_id: evaluation.resource_id.clone(),
                ordering_timestamp: evaluation.ordering_timestamp.to_string(),
                compliance_type: evaluation.compliance.compliance_type(),
                annotation: evaluation.compliance.annotation(),
                findings: evaluation.compliance.findings().to_vec(),
                batches: delivery.batches,
                retries: delivery.retries,
            },
            Err(error) => Self::Failed { error_type: error.name(), error_message: error.to_string() },
        }
    }

    pub(crate) fn level(&self) -> &'static str {
        match self {
            Self::Reported { .. } => "INFO",
            Self::Failed { .. } => "ERROR",
        }
    }
}

impl Record {
    pub(crate) fn new(metadata: &Metadata, request_id: &str, outcome: Outcome) -> Self {
        Self {
            level: outcome.level(),
            rule: metadata.name,
            rule_version: env!("CARGO_PKG_VERSION"),
            request_id: request_id.to_owned(),
            config_rule_name: None,
            account_id: None,
            cold_start: false,
            duration_ms: 0,
            outcome,
        }
    }

    /// Writes the record as one line to standard output, which Lambda takes for the function's log.
    pub(crate) fn log(&self) {
        let mut line = serde_json::to_vec(self).unwrap_or_default();
        line.push(b'\n');
        // A log that cannot be written must not undo what was reported.
        let _ = std::io::stdout().lock().write_all(&line);
    }
}
