//! A built function, the AWS Config that it reports to, and events for it.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use cargo_metadata::MetadataCommand;
use config_rules_local::{ConfigService, Function, FunctionOptions, Outcome};
use serde_json::Value;
use walkdir::WalkDir;

/// Longer than any answer takes, also with every retry.
const ENOUGH: Duration = Duration::from_secs(30);

/// A function and its AWS Config.
pub(crate) struct Environment {
    pub(crate) config_service: ConfigService,
    pub(crate) function: Function,
}

impl Environment {
    pub(crate) async fn start(rule: &str) -> Self {
        let config_service = ConfigService::start().await.unwrap();
        let options = FunctionOptions::new(config_service.endpoint());
        let function = Function::start(&bootstrap(rule), options).await.unwrap();
        Self { config_service, function }
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
    let sources = ["Cargo.lock", "Cargo.toml", "shared/rules/src", "shared/lambda", &function];
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
