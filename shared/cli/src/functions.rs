//! The built functions, each between a Lambda Runtime API of its own and an AWS that they share.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    time::Duration,
};

use anstream::eprintln;
use config_rules_local::{
    ConfigService, Ec2, Ec2Data, Evaluation, Function, FunctionArn, FunctionOptions, Iam, IamData, Outcome,
    Ssm, SsmData,
};
use serde::Deserialize;

use crate::{
    Error,
    arguments::Running as Arguments,
    files,
    result::{self, Evaluated, EvaluationResult, Refusal, ReportedFinding, Resource},
};

/// The functions that have been started, by their file, and the AWS that they see.
pub(crate) struct Functions<'a> {
    arguments: &'a Arguments,
    pub(crate) config_service: ConfigService,
    ec2: Option<Ec2>,
    iam: Option<Iam>,
    ssm: Option<Ssm>,
    running: HashMap<PathBuf, Function>,
    /// What the function that was invoked last has logged since then.
    new_lines: Vec<String>,
}

/// What came of an invocation: which rule evaluated, and what AWS Config took from it.
pub(crate) struct Invoked {
    pub(crate) config_rule_name: Option<String>,
    pub(crate) rule: Option<String>,
    pub(crate) evaluated: Result<Vec<Taken>, Refusal>,
}

/// An evaluation that AWS Config has taken, and what the function's log says of it.
pub(crate) struct Taken {
    evaluation: Evaluation,
    findings: Vec<ReportedFinding>,
}

impl Invoked {
    /// No function was invoked, or it failed.
    pub(crate) fn refused(refusal: Refusal) -> Self {
        Self { config_rule_name: None, rule: None, evaluated: Err(refusal) }
    }

    /// A result for each evaluation, or one that says why there is none. `resource` is what the event was about.
    pub(crate) fn results(self, source: &str, resource: Resource) -> Vec<EvaluationResult> {
        let result = EvaluationResult {
            config_rule_name: self.config_rule_name.or_else(|| self.rule.clone()),
            rule: self.rule,
            file: source.to_owned(),
            ..EvaluationResult::default()
        };
        match self.evaluated {
            Ok(evaluated) => {
                let one = |Taken { evaluation, findings }: Taken| EvaluationResult {
                    resource: resource
                        .clone()
                        .evaluated(evaluation.compliance_resource_type, evaluation.compliance_resource_id),
                    ordering_timestamp: Some(evaluation.ordering_timestamp),
                    outcome: result::Outcome::Evaluated(Evaluated {
                        compliance_type: evaluation.compliance_type,
                        annotation: evaluation.annotation.unwrap_or_default(),
                        findings,
                    }),
                    ..result.clone()
                };
                evaluated.into_iter().map(one).collect()
            }
            Err(error) => {
                vec![EvaluationResult { outcome: result::Outcome::Refused { error }, resource, ..result }]
            }
        }
    }
}

/// The line that a function logs of a resource, and at the end of an invocation about one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    resource_type: String,
    resource_id: String,
    #[serde(default)]
    findings: Vec<ReportedFinding>,
}

/// What a function answers: the record of the invocation.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    rule: Option<String>,
    error_type: Option<String>,
    error_message: Option<String>,
}

impl<'a> Functions<'a> {
    /// EC2, IAM and Parameter Store are what the file of facts says; EC2 also knows which instance was launched from which image.
    pub(crate) async fn new(
        arguments: &'a Arguments,
        config_service: ConfigService,
        launches: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Error> {
        let mut functions = Self {
            arguments,
            config_service,
            ec2: None,
            iam: None,
            ssm: None,
            running: HashMap::new(),
            new_lines: Vec::new(),
        };
        if !arguments.facts.is_empty() {
            let text = files::facts(&arguments.facts)?.to_json_with_secrets()?;
            let wrong = |error| format!("--facts: {error}");
            let ec2 = Ec2Data::from_json(&text).map_err(wrong)?;
            functions.ec2 = Some(Ec2::start(ec2.launches(launches)).await?);
            functions.iam = Some(Iam::start(IamData::from_json(&text).map_err(wrong)?).await?);
            functions.ssm = Some(Ssm::start(SsmData::from_json(&text).map_err(wrong)?).await?);
        }
        Ok(functions)
    }

    /// Hands the event to the function in this file, and tells what it put to AWS Config.
    pub(crate) async fn invoke(&mut self, bootstrap: &Path, arn: FunctionArn, event: String) -> Invoked {
        drop(self.config_service.take_accepted());
        let record = match self.record(bootstrap, arn, event).await {
            Ok(record) => record,
            Err(refusal) => return Invoked::refused(refusal),
        };
        let evaluations = self.config_service.take_accepted();
        self.forget_calls();
        let rule = record.rule.clone();
        if record.error_type.is_some() || evaluations.is_empty() {
            return Invoked { config_rule_name: None, rule, evaluated: Err(record.into()) };
        }
        let mut findings = findings(&std::mem::take(&mut self.new_lines));
        let taken = |evaluation: Evaluation| {
            let resource =
                (evaluation.compliance_resource_type.clone(), evaluation.compliance_resource_id.clone());
            Taken { findings: findings.remove(&resource).unwrap_or_default(), evaluation }
        };
        let evaluated = evaluations.into_iter().map(taken).collect();
        Invoked { config_rule_name: None, rule, evaluated: Ok(evaluated) }
    }

    /// Nobody looks at them, and a play may have any number.
    fn forget_calls(&self) {
        drop(self.ec2.as_ref().map(Ec2::take_calls));
        drop(self.iam.as_ref().map(Iam::take_calls));
        drop(self.ssm.as_ref().map(Ssm::take_calls));
    }

    async fn record(&mut self, bootstrap: &Path, arn: FunctionArn, event: String) -> Result<Record, Refusal> {
        if !self.running.contains_key(bootstrap) {
            let mut options = FunctionOptions::new(self.config_service.endpoint());
            options.arn = arn;
            options.ec2 = self.ec2.as_ref().map(Ec2::endpoint);
            options.iam = self.iam.as_ref().map(Iam::endpoint);
            options.ssm = self.ssm.as_ref().map(Ssm::endpoint);
            let function = Function::start(bootstrap, options).await.map_err(failed)?;
            self.running.insert(bootstrap.to_owned(), function);
        }
        let Some(function) = self.running.get_mut(bootstrap) else {
            return Err(failed("not running"));
        };
        let timeout = Duration::from_secs(self.arguments.timeout.into());
        let outcome = function.invoke(event, timeout).await;
        self.new_lines = function.take_log();
        if self.arguments.log {
            self.new_lines.iter().for_each(|line| eprintln!("{line}"));
        }
        match outcome {
            Ok(Outcome::Response(text)) => Ok(serde_json::from_str(&text).unwrap_or_default()),
            Ok(Outcome::Error { error_type, message }) => Err(Refusal { name: error_type, message }),
            Err(error) => {
                // Lambda, too, starts a new process after one that has failed.
                self.running.remove(bootstrap);
                Err(failed(error))
            }
        }
    }
}

/// The findings in these lines, by type and id of the resource. Those of an account have a line each.
fn findings(lines: &[String]) -> HashMap<(String, String), Vec<ReportedFinding>> {
    let mut findings: HashMap<_, Vec<_>> = HashMap::new();
    for line in lines.iter().filter_map(|line| serde_json::from_str::<Line>(line).ok()) {
        let found = findings.entry((line.resource_type, line.resource_id)).or_default();
        found.extend(line.findings.into_iter().map(ReportedFinding::with_remedy));
    }
    findings
}

/// Refuses a function that has not been built.
pub(crate) fn existing(bootstrap: &Path) -> Result<(), Refusal> {
    if bootstrap.exists() {
        return Ok(());
    }
    Err(failed(format!("{}: no such file; `cargo lambda build --release` makes it", bootstrap.display())))
}

#[allow(clippy::needless_pass_by_value, reason = "for `map_err`")]
pub(crate) fn failed(error: impl ToString) -> Refusal {
    Refusal { name: "FunctionFailed".to_owned(), message: error.to_string() }
}

impl From<Record> for Refusal {
    fn from(record: Record) -> Self {
        Self {
            name: record.error_type.unwrap_or_else(|| "NothingReported".to_owned()),
            message: record
                .error_message
                .unwrap_or_else(|| "the function reported success, but put no evaluation".to_owned()),
        }
    }
}
