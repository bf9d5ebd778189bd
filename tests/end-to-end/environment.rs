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
use config_rules_test_aws::{AutoScaling, AutoScalingData};
use serde_json::{Value, json};
use walkdir::WalkDir;

/// Longer than any answer takes, also with every retry.
const ENOUGH: Duration = Duration::from_secs(30);

/// A function, its AWS Config, its EC2 and its Parameter Store.
pub(crate) struct Environment {
    pub(crate) config_service: ConfigService,
    pub(crate) ec2: Ec2,
    pub(crate) function: Function,
    _ssm: Ssm,
    _auto_scaling: AutoScaling,
}

impl Environment {
    /// EC2 and Parameter Store know what the samples know, and the instances that the rule's events are about.
    pub(crate) async fn start(rule: &str) -> Self {
        let config_service = ConfigService::start_recording().await.unwrap();
        // The samples' tokens come from elsewhere.
        config_service.accept_any_token();
        let ec2 = Ec2::start(ec2(rule)).await.unwrap();
        let ssm = Ssm::start(SsmData::from_json(&facts()).unwrap()).await.unwrap();
        let auto_scaling = AutoScaling::start(AutoScalingData::default()).await.unwrap();
        let options = FunctionOptions::new(config_service.endpoint())
            .ec2(ec2.endpoint())
            .ssm(ssm.endpoint())
            .auto_scaling(auto_scaling.endpoint());
        let function = Function::start(&bootstrap(rule), options).await.unwrap();
        Self { config_service, ec2, function, _ssm: ssm, _auto_scaling: auto_scaling }
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

/// The sample events for a rule, in whichever folder they are: their names and texts.
pub(crate) fn events_of(rule: &str) -> Vec<(String, String)> {
    let files = WalkDir::new(root().join("events")).sort_by_file_name().into_iter().map(Result::unwrap);
    let files = files.filter(|file| file.path().extension().is_some_and(|extension| extension == "json"));
    let name = |path: &Path| path.strip_prefix(root().join("events")).unwrap().display().to_string();
    let texts = files.map(|file| (name(file.path()), fs::read_to_string(file.path()).unwrap()));
    let is_for = |text: &str| {
        let name = Event::from_json(text).ok()?.config_rule_name?;
        Some(catalogue::find_deployed(&name)?.metadata.name == rule)
    };
    texts.filter(|(_, text)| is_for(text) == Some(true)).collect()
}

/// An EC2 that knows what is known in the samples, and the instances that they and the rule's events are about.
pub(crate) fn ec2(rule: &str) -> Ec2Data {
    let text = facts();
    let (facts, json) = (Facts::from_json(&text).unwrap(), serde_json::from_str::<Value>(&text).unwrap());
    let key_pairs = json["keyPairUse"].as_object().unwrap().iter();
    let users = key_pairs.flat_map(|(key, ids)| ids.as_array().unwrap().iter().map(move |id| (key, id)));
    let running = json!({"Code": 16, "Name": "running"});
    let users = users.map(|(key, id)| json!({"InstanceId": id, "KeyName": key, "State": running}));
    let data = Ec2Data::from_json(&text).unwrap().instances(users);
    let launches = events_of(rule).into_iter().filter_map(|(_, event)| launch(rule, &event, &facts));
    launches.fold(data, |data, (instance_id, image_id)| data.instance(instance_id, image_id))
}

/// What is known in the samples.
pub(crate) fn facts() -> String {
    fs::read_to_string(root().join("events/facts/samples.json")).unwrap()
}

/// The instance that an event is about, and its image, if the rule asks for that.
fn launch(rule: &str, event: &str, facts: &Facts) -> Option<(String, String)> {
    let event = Event::from_json(event).ok()?;
    let case = (catalogue::find(rule).unwrap().read_event)(&event, facts).ok()?;
    engine::first_requests(&case).into_iter().find_map(|request| match request {
        FactRequest::Image { image_id, instance_id } => Some((instance_id, image_id)),
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
