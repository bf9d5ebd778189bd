//! A built function, the AWS Config that it reports to, and events for it.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use cargo_metadata::MetadataCommand;
use config_rules::{
    catalogue, engine,
    event::Event,
    facts::{FactRequest, Facts},
};
use config_rules_local::{ConfigService, Ec2, Ec2Data, Function, FunctionOptions, Outcome, Ssm, SsmData};
use serde_json::Value;
use walkdir::WalkDir;

/// Longer than any answer takes, also with every retry.
const ENOUGH: Duration = Duration::from_secs(30);

/// A function, its AWS Config, its EC2 and its Parameter Store.
pub(crate) struct Environment {
    pub(crate) config_service: ConfigService,
    pub(crate) ec2: Ec2,
    pub(crate) function: Function,
    _ssm: Ssm,
}

impl Environment {
    /// EC2 and Parameter Store know what the samples' file of facts knows, and the instances that these events are about.
    pub(crate) async fn start_for(rule: &str, events: &[String]) -> Self {
        let mut data = Ec2Data::from_json(&facts()).unwrap();
        for (instance_id, image_id) in events.iter().filter_map(|event| launch(rule, event)) {
            data = data.instance(instance_id, image_id);
        }
        let config_service = ConfigService::start().await.unwrap();
        let ec2 = Ec2::start(data).await.unwrap();
        let ssm = Ssm::start(SsmData::from_json(&facts()).unwrap()).await.unwrap();
        let options = FunctionOptions::new(config_service.endpoint()).ec2(ec2.endpoint()).ssm(ssm.endpoint());
        let function = Function::start(&bootstrap(rule), options).await.unwrap();
        Self { config_service, ec2, function, _ssm: ssm }
    }

    pub(crate) async fn start(rule: &str) -> Self {
        Self::start_for(rule, &[]).await
    }

    pub(crate) async fn invoke(&mut self, event: &str) -> Outcome {
        self.function.invoke(event.to_owned(), ENOUGH).await.unwrap()
    }

    /// The record of an invocation that Lambda takes for a success.
    pub(crate) async fn record(&mut self, event: &str) -> Value {
        match self.invoke(event).await {
            Outcome::Response(record) => serde_json::from_str(&record).unwrap(),
            error @ Outcome::Error { .. } => panic!("{error:?}"),
        }
    }

    /// The name of the error that Lambda is told of.
    pub(crate) async fn error(&mut self, event: &str) -> String {
        match self.invoke(event).await {
            Outcome::Error { error_type, .. } => error_type,
            response @ Outcome::Response(_) => panic!("{response:?}"),
        }
    }
}

/// What is known in the samples.
pub(crate) fn facts() -> String {
    fs::read_to_string(root().join("events/facts/samples.json")).unwrap()
}

/// The instance that an event is about, and its image, if the rule asks for that.
fn launch(rule: &str, event: &str) -> Option<(String, String)> {
    let event = Event::from_json(event).ok()?;
    let case = (catalogue::find(rule).unwrap().read_event)(&event, &Facts::from_json(&facts()).ok()?).ok()?;
    engine::first_requests(&case).into_iter().find_map(|request| match request {
        FactRequest::Image { image_id, instance_id } => Some((instance_id?, image_id)),
        _ => None,
    })
}

/// The built function of a rule. It must be as new as its sources, else the tests would praise an old one.
pub(crate) fn bootstrap(rule: &str) -> PathBuf {
    let metadata = MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().unwrap();
    let path = metadata.target_directory.join(format!("lambda/{rule}/bootstrap")).into_std_path_buf();
    let built = fs::metadata(&path).and_then(|file| file.modified());
    let built = built.unwrap_or_else(|error| panic!("{}: {error}; tests/run builds it", path.display()));
    let newest = newest_source(rule);
    assert!(built >= newest, "{} is older than its sources; tests/run builds it", path.display());
    path
}

fn newest_source(rule: &str) -> SystemTime {
    let function = format!("functions/{rule}");
    let sources = [
        "Cargo.lock",
        "Cargo.toml",
        "shared/aws",
        "shared/ec2",
        "shared/lambda",
        "shared/rules/src",
        &function,
    ];
    let files = sources.iter().flat_map(|source| WalkDir::new(root().join(source))).map(Result::unwrap);
    let files = files.filter(|file| file.path().extension().is_some_and(|extension| extension != "md"));
    files.map(|file| file.metadata().unwrap().modified().unwrap()).max().unwrap()
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// A sample event, by its name below events/.
pub(crate) fn event(name: &str) -> String {
    fs::read_to_string(root().join(format!("events/{name}.json"))).unwrap()
}

/// The same event with one field of its envelope changed.
pub(crate) fn with(event: &str, field: &str, value: impl Into<Value>) -> String {
    let mut event: Value = serde_json::from_str(event).unwrap();
    event[field] = value.into();
    event.to_string()
}
