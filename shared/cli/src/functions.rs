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
    answer::{Refusal, Verdict},
    arguments::Running as Arguments,
    files,
};

/// The functions that have been started, by their file, and the AWS that they see.
pub(crate) struct Functions<'a> {
    arguments: &'a Arguments,
    pub(crate) config_service: ConfigService,
    ec2: Option<Ec2>,
    iam: Option<Iam>,
    ssm: Option<Ssm>,
    running: HashMap<PathBuf, Function>,
}

/// What came of an invocation: which rule evaluated, and what AWS Config took from it.
pub(crate) struct Invoked {
    pub(crate) rule: Option<String>,
    pub(crate) evaluations: Result<Vec<Evaluation>, Refusal>,
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
        let mut functions =
            Self { arguments, config_service, ec2: None, iam: None, ssm: None, running: HashMap::new() };
        if let Some((name, text)) = files::facts_text(arguments.facts.as_deref())? {
            let wrong = |error| format!("--facts {name}: {error}");
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
            Err(refusal) => return Invoked { rule: None, evaluations: Err(refusal) },
        };
        let evaluations = self.config_service.take_accepted();
        self.forget_calls();
        let rule = record.rule.clone();
        if record.error_type.is_some() || evaluations.is_empty() {
            return Invoked { rule, evaluations: Err(record.into()) };
        }
        Invoked { rule, evaluations: Ok(evaluations) }
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
        if self.arguments.log {
            function.take_log().iter().for_each(|line| eprintln!("{line}"));
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

impl From<Evaluation> for Verdict {
    fn from(evaluation: Evaluation) -> Self {
        Self {
            resource_type: evaluation.compliance_resource_type,
            resource_id: evaluation.compliance_resource_id,
            compliance_type: evaluation.compliance_type,
            annotation: evaluation.annotation.unwrap_or_default(),
            ordering_timestamp: evaluation.ordering_timestamp.to_string(),
            findings: Vec::new(),
        }
    }
}
