//! `config-rules invoke`: the built Lambda binaries, between a Lambda Runtime API and an AWS Config of our own.

use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anstream::eprintln;
use config_rules::{
    catalogue,
    event::Event,
    facts::{FactRequest, Facts},
    parameters::RawParameters,
};
use config_rules_local::{
    Answer as ServiceAnswer, ConfigService, Ec2, Ec2Data, Evaluation, Function, FunctionOptions, Outcome,
    Ssm, SsmData,
};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    Error,
    answer::{Answer, Refusal, Verdict},
    arguments::Invoke,
    cases, files,
    report::Report,
};

/// Sends every event in the files named to the function.
pub(crate) fn run(arguments: &Invoke) -> Result<ExitCode, Error> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let files: Vec<_> = files::find(&arguments.files.paths)?.into_iter().map(File::read).collect();
        let mut functions = Functions {
            arguments,
            config_service: ConfigService::start().await?,
            ec2: ec2(arguments, &files).await?,
            ssm: ssm(arguments).await?,
            running: HashMap::new(),
        };
        let mut report = Report::new(&arguments.output)?;
        for file in files {
            for answer in functions.answers_of(file).await {
                report.add(&answer)?;
            }
        }
        report.finish()
    })
}

/// A file, and its text or why it cannot be read.
struct File {
    path: PathBuf,
    text: Result<String, Refusal>,
}

impl File {
    fn read(path: PathBuf) -> Self {
        let text = files::open(&path).and_then(|file| io::read_to_string(file).map_err(Refusal::bad_file));
        Self { path, text }
    }
}

/// EC2, as the file of facts describes it.
async fn ec2(arguments: &Invoke, files: &[File]) -> Result<Option<Ec2>, Error> {
    let Some((name, text)) = files::facts_text(arguments.facts.as_deref())? else {
        return Ok(None);
    };
    let mut data = Ec2Data::from_json(&text).map_err(|error| format!("--facts {name}: {error}"))?;
    let facts = files::facts(arguments.facts.as_deref())?;
    for (instance_id, image_id) in files.iter().flat_map(|file| launches(arguments, file, &facts)) {
        data = data.instance(instance_id, image_id);
    }
    Ok(Some(Ec2::start(data).await?))
}

/// Parameter Store, as the file of facts describes it.
async fn ssm(arguments: &Invoke) -> Result<Option<Ssm>, Error> {
    let Some((name, text)) = files::facts_text(arguments.facts.as_deref())? else {
        return Ok(None);
    };
    let data = SsmData::from_json(&text).map_err(|error| format!("--facts {name}: {error}"))?;
    Ok(Some(Ssm::start(data).await?))
}

/// Which instance was launched from which image: EC2 tells of an image to those who ask about an instance of it.
fn launches(arguments: &Invoke, file: &File, facts: &Facts) -> Vec<(String, String)> {
    let Some(event) = file.text.as_deref().ok().and_then(|text| Event::from_json(text).ok()) else {
        return Vec::new();
    };
    let event = match &arguments.files.parameters {
        Some(parameters) => event.with_parameters(parameters),
        None => event,
    };
    let cases = catalogue::RULES.iter().filter_map(|rule| (rule.read_event)(&event, facts).ok());
    let launch = |request| match request {
        FactRequest::Image { image_id, instance_id } => Some((instance_id, image_id)),
        FactRequest::PrefixList(_)
        | FactRequest::SecurityGroup(_)
        | FactRequest::KeyPair(_)
        | FactRequest::KeyPairUse => None,
    };
    cases.flat_map(|case| case.facts).filter_map(launch).collect()
}

/// The functions that have been started, by their file, and the AWS Config that they report to.
struct Functions<'a> {
    arguments: &'a Invoke,
    config_service: ConfigService,
    ec2: Option<Ec2>,
    ssm: Option<Ssm>,
    running: HashMap<PathBuf, Running>,
}

struct Running {
    function: Function,
    lines_shown: usize,
}

/// What a function answers: the record of the invocation.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    rule: Option<String>,
    error_type: Option<String>,
    error_message: Option<String>,
}

impl Functions<'_> {
    async fn answers_of(&mut self, file: File) -> Vec<Answer> {
        let name = file.path.display().to_string();
        let answer = |rule, result: Result<Verdict, Refusal>| Answer {
            file: name.clone(),
            rule,
            is_brief: false,
            outcome: result.into(),
        };
        let calls_before = self.config_service.calls().len();
        let record = match self.record(file).await {
            Ok(record) => record,
            Err(refusal) => return vec![answer(None, Err(refusal))],
        };
        let evaluations = self.taken_since(calls_before);
        if record.error_type.is_some() || evaluations.is_empty() {
            return vec![answer(record.rule.clone(), Err(record.into()))];
        }
        evaluations.into_iter().map(|evaluation| answer(record.rule.clone(), Ok(evaluation.into()))).collect()
    }

    /// What the function answers to the event in the file.
    async fn record(&mut self, file: File) -> Result<Record, Refusal> {
        let text = with_parameters(file.text?, self.arguments.files.parameters.as_ref())?;
        let bootstrap = self.bootstrap(&file.path, &text)?;
        self.invoke(&bootstrap, text).await
    }

    /// What functions put, and AWS Config took.
    fn taken_since(&self, calls_before: usize) -> Vec<Evaluation> {
        let calls = self.config_service.calls().split_off(calls_before);
        let taken = calls.into_iter().filter(|call| matches!(call.answer, ServiceAnswer::Accepted));
        taken.flat_map(|call| call.evaluations().to_vec()).collect()
    }

    /// The file to start. In a folder of functions it is the one of the rule that the event is for.
    fn bootstrap(&self, file: &Path, text: &str) -> Result<PathBuf, Refusal> {
        let bootstrap = &self.arguments.bootstrap;
        if !bootstrap.is_dir() {
            return Ok(bootstrap.clone());
        }
        let deployed_name = Event::from_json(text).ok().and_then(|event| event.config_rule_name);
        let rule = self.arguments.rule.map_or_else(|| cases::rule_of(file, deployed_name.as_deref()), Ok)?;
        Ok(bootstrap.join(rule.metadata.name).join("bootstrap"))
    }

    async fn invoke(&mut self, bootstrap: &Path, event: String) -> Result<Record, Refusal> {
        if !self.running.contains_key(bootstrap) {
            let mut options = FunctionOptions::new(self.config_service.endpoint());
            options.ec2 = self.ec2.as_ref().map(Ec2::endpoint);
            options.ssm = self.ssm.as_ref().map(Ssm::endpoint);
            let function = Function::start(bootstrap, options).await.map_err(failed)?;
            self.running.insert(bootstrap.to_owned(), Running { function, lines_shown: 0 });
        }
        let Some(running) = self.running.get_mut(bootstrap) else {
            return Err(failed("not running"));
        };
        let timeout = Duration::from_secs(self.arguments.timeout.into());
        let outcome = running.function.invoke(event, timeout).await;
        if self.arguments.log {
            running.show_log();
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

impl Running {
    fn show_log(&mut self) {
        let lines = self.function.log();
        for line in &lines[self.lines_shown.min(lines.len())..] {
            eprintln!("{line}");
        }
        self.lines_shown = lines.len();
    }
}

#[allow(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn failed(error: impl ToString) -> Refusal {
    Refusal { name: "FunctionFailed".to_owned(), message: error.to_string() }
}

/// The event as it is, or with other parameters in it.
fn with_parameters(text: String, parameters: Option<&RawParameters>) -> Result<String, Refusal> {
    let mut event: Value =
        serde_json::from_str(&text).map_err(|error| Refusal::bad_file(format!("not JSON: {error}")))?;
    let Some(parameters) = parameters else {
        return Ok(text);
    };
    let Value::Object(fields) = &mut event else {
        return Err(Refusal::bad_file("not an event"));
    };
    fields.insert("ruleParameters".to_owned(), parameters.to_json().into());
    Ok(event.to_string())
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
