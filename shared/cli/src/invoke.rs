//! `config-rules invoke`: the built Lambda binaries, between a Lambda Runtime API and an AWS Config of our own.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use config_rules::{
    catalogue,
    document::Document,
    engine,
    event::Event,
    facts::{FactRequest, Facts},
    parameters::RawParameters,
};
use config_rules_local::{ConfigService, FunctionArn};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::{
    Error,
    arguments::Invoke,
    cases,
    ended::{ended, interrupted},
    files,
    functions::{self, Functions, Invoked},
    local::ConfigRule,
    report::{Report, Summary},
    result::{Refusal, Resource},
};

/// Sends every event in the files named to the function.
pub(crate) fn run(arguments: &Invoke) -> Result<ExitCode, Error> {
    functions::existing(&arguments.bootstrap)
        .map_err(|refusal| format!("--bootstrap {}", refusal.message))?;
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let files: Vec<_> = files::find(&arguments.files.paths)?.into_iter().map(File::read).collect();
        let facts = files::facts(&arguments.running.facts)?;
        let launches = files.iter().flat_map(|file| launches(arguments, file, &facts));
        let config_service = ConfigService::start_recording().await?;
        config_service.accept_any_token();
        for file in &files {
            deploy(&config_service, file);
        }
        let mut functions = Functions::new(&arguments.running, config_service, launches).await?;
        let mut report = Report::new(&arguments.output)?;
        let mut ended = ended()?;
        for file in files {
            let name = file.path.display().to_string();
            let sent = file.text.as_deref().ok().and_then(|text| Event::from_json(text).ok());
            let invoked = match event(arguments, file) {
                Ok((bootstrap, event)) => tokio::select! {
                    _ = &mut ended => return Ok(interrupted()),
                    invoked = functions.invoke(&bootstrap, FunctionArn::default(), event) => invoked,
                },
                Err(refusal) => Invoked::refused(refusal),
            };
            let config_rule_name = sent.as_ref().and_then(|event| event.config_rule_name.clone());
            let resource = sent.as_ref().map(Resource::of_event).unwrap_or_default();
            for result in (Invoked { config_rule_name, ..invoked }).results(&name, resource) {
                report.add(&result)?;
            }
        }
        report.finish(Summary::default())
    })
}

/// A file, and its text or why it cannot be read.
struct File {
    path: PathBuf,
    text: Result<String, Refusal>,
}

impl File {
    fn read(path: PathBuf) -> Self {
        let text = files::open(&path).and_then(files::text);
        Self { path, text }
    }
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
        FactRequest::Image { image_id, instance_id } => Some((instance_id?, image_id)),
        _ => None,
    };
    cases.flat_map(|case| engine::first_requests(&case)).filter_map(launch).collect()
}

/// Deploys the rule that an event is for, because a run asks for its scope. Whatever is wrong with either, the function says.
fn deploy(config_service: &ConfigService, file: &File) {
    let event = file.text.as_deref().ok().and_then(|text| Event::from_json(text).ok());
    if let Some(event) = event
        && let Some(config_rule) = ConfigRule::of(&event)
    {
        let account = event.account_id.unwrap_or_else(|| FunctionArn::default().account);
        let _ = config_service.deploy(&account, &config_rule.to_json(&account));
    }
}

/// The event in a file, and the function that it is for.
fn event(arguments: &Invoke, file: File) -> Result<(PathBuf, String), Refusal> {
    let event = with_parameters(file.text?, arguments.files.parameters.as_ref())?;
    Ok((bootstrap(arguments, &file.path, &event)?, event))
}

/// The file to start. In a folder of functions it is the one of the rule that the event is for.
fn bootstrap(arguments: &Invoke, file: &Path, event: &str) -> Result<PathBuf, Refusal> {
    let bootstrap = &arguments.bootstrap;
    if !bootstrap.is_dir() {
        return Ok(bootstrap.clone());
    }
    let deployed_name = Event::from_json(event).ok().and_then(|event| event.config_rule_name);
    let rule = arguments.rule.map_or_else(|| cases::rule_of(file, deployed_name.as_deref()), Ok)?;
    let file = bootstrap.join(rule.metadata.name).join("bootstrap");
    functions::existing(&file)?;
    Ok(file)
}

/// The event as it is, or with other parameters in it.
///
/// What is wrong with an event is for the function to say. Items are no event at all.
fn with_parameters(text: String, parameters: Option<&RawParameters>) -> Result<String, Refusal> {
    if matches!(Document::from_json(&text, Timestamp::now()), Ok(Document::Items(_))) {
        return Err(Refusal::bad_file(
            "not an event: `replay` evaluates items, histories, snapshots and listings",
        ));
    }
    let Some(parameters) = parameters else {
        return Ok(text);
    };
    let mut event: Map<String, Value> = serde_json::from_str(&text).map_err(Refusal::bad_file)?;
    event.insert("ruleParameters".to_owned(), parameters.to_json().into());
    Ok(Value::Object(event).to_string())
}
