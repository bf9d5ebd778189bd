//! The built functions, the sample events, and what is known in these.

use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use cargo_metadata::MetadataCommand;
use config_rules::{
    catalogue, engine,
    event::Event,
    facts::{FactRequest, Facts},
};
use config_rules_local::Ec2Data;
use serde_json::{Value, json};
use walkdir::WalkDir;

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
