//! The built functions, the sample events, and what is known in these.

use std::{
    env, fs,
    path::{Path, PathBuf},
    sync::LazyLock,
    time::SystemTime,
};

use cargo_metadata::MetadataCommand;
use config_rules::{
    catalogue::{CatalogueEntry, RULES, find_deployed},
    engine,
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
        Some(find_deployed(&name)?.metadata.name == rule)
    };
    texts.filter(|(_, text)| is_for(text) == Some(true)).collect()
}

/// An EC2 that knows what is known in the samples, and the instances that they and all sample events are about.
pub(crate) fn ec2() -> Ec2Data {
    static EC2: LazyLock<Ec2Data> = LazyLock::new(|| {
        let text = facts();
        let (facts, json) = (Facts::from_json(&text).unwrap(), serde_json::from_str::<Value>(&text).unwrap());
        let data = Ec2Data::from_json(&text).unwrap().instances(users(&json["keyPairUse"]));
        let launches = RULES.iter().flat_map(|rule| {
            let events = events_of(rule.metadata.name).into_iter();
            events.filter_map(|(_, event)| launch(rule, &event, &facts)).collect::<Vec<_>>()
        });
        launches.fold(data, |data, (instance_id, image_id)| data.instance(instance_id, image_id))
    });
    EC2.clone()
}

/// The instances that use these key pairs.
fn users(key_pairs: &Value) -> Vec<Value> {
    let key_pairs = key_pairs.as_object().unwrap().iter();
    let users = key_pairs.flat_map(|(key, ids)| ids.as_array().unwrap().iter().map(move |id| (key, id)));
    let instance = |(key, id)| {
        json!({
            "InstanceId": id, "ImageId": "ami-06f838da6e25d7e60", "KeyName": key,
            "State": {"Code": 16, "Name": "running"}, "LaunchTime": "2026-05-01T00:00:00.000Z",
        })
    };
    users.map(instance).collect()
}

/// What is known in the samples.
pub(crate) fn facts() -> String {
    fs::read_to_string(root().join("events/facts/samples.json")).unwrap()
}

/// The instance that an event is about, and its image, if the rule asks for that.
fn launch(rule: &CatalogueEntry, event: &str, facts: &Facts) -> Option<(String, String)> {
    let case = (rule.read_event)(&Event::from_json(event).ok()?, facts).ok()?;
    engine::first_requests(&case).into_iter().find_map(|request| match request {
        FactRequest::Image { image_id, instance_id } => Some((instance_id?, image_id)),
        _ => None,
    })
}

/// The built function of a rule, or with the variable `CONFIG_RULES_DEBUG` what `cargo build` makes of it. It must be as
/// new as its sources, else the tests would praise an old one.
pub(crate) fn bootstrap(rule: &str) -> PathBuf {
    let metadata = MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().unwrap();
    let is_debug = env::var_os("CONFIG_RULES_DEBUG").is_some();
    let file = if is_debug { format!("debug/{rule}") } else { format!("lambda/{rule}/bootstrap") };
    let path = metadata.target_directory.join(file).into_std_path_buf();
    let built = fs::metadata(&path).and_then(|file| file.modified());
    let built = built
        .unwrap_or_else(|error| panic!("{}: {error}; CONTRIBUTING.md says how to build it", path.display()));
    let newest = newest_source(rule);
    assert!(
        built >= newest,
        "{} is older than its sources; CONTRIBUTING.md says how to build it",
        path.display()
    );
    path
}

fn newest_source(rule: &str) -> SystemTime {
    let function = format!("functions/{rule}");
    let sources = [
        "Cargo.lock",
        "Cargo.toml",
        "shared/aws",
        "shared/ec2",
        "shared/iam",
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
