//! The operations on the configuration recorder.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::account::Account;
use super::error::ServiceError;
use super::model::{Member, Shape, TEXT, optional, required};
use super::operation::{Context, Operation};
use super::recorder::Recorder;
use super::tags::{self, TAG, TagInput};
use super::time::epoch_seconds;
use crate::request_id::random;

const NAME: Shape = Shape::Text(1, 256);
const TYPES: Shape = Shape::List(&Shape::ResourceType, 0, usize::MAX);
const RECORDING_FREQUENCY: Shape = Shape::OneOf(&["CONTINUOUS", "DAILY"]);
const BY_NAME: &[Member] = &[required("ConfigurationRecorderName", NAME)];
const BY_NAMES: &[Member] = &[
    optional("ConfigurationRecorderNames", Shape::List(&NAME, 0, usize::MAX)),
    optional("Arn", Shape::Text(1, 1000)),
];

pub(super) const PUT_CONFIGURATION_RECORDER: Operation = Operation {
    name: "PutConfigurationRecorder",
    input: &[
        required("ConfigurationRecorder", Shape::Structure(RECORDER)),
        optional("Tags", Shape::List(&TAG, 0, 50)),
    ],
    serve: put,
};
pub(super) const DESCRIBE_CONFIGURATION_RECORDERS: Operation =
    Operation { name: "DescribeConfigurationRecorders", input: BY_NAMES, serve: describe };
pub(super) const DESCRIBE_CONFIGURATION_RECORDER_STATUS: Operation =
    Operation { name: "DescribeConfigurationRecorderStatus", input: BY_NAMES, serve: describe_status };
pub(super) const START_CONFIGURATION_RECORDER: Operation =
    Operation { name: "StartConfigurationRecorder", input: BY_NAME, serve: start };
pub(super) const STOP_CONFIGURATION_RECORDER: Operation =
    Operation { name: "StopConfigurationRecorder", input: BY_NAME, serve: stop };
pub(super) const DELETE_CONFIGURATION_RECORDER: Operation =
    Operation { name: "DeleteConfigurationRecorder", input: BY_NAME, serve: delete };

const RECORDER: &[Member] = &[
    optional("name", NAME),
    optional("roleARN", TEXT),
    optional("recordingGroup", Shape::Structure(RECORDING_GROUP)),
    optional("recordingMode", Shape::Structure(RECORDING_MODE)),
];

const RECORDING_GROUP: &[Member] = &[
    optional("allSupported", Shape::Boolean),
    optional("includeGlobalResourceTypes", Shape::Boolean),
    optional("resourceTypes", TYPES),
    optional("exclusionByResourceTypes", Shape::Structure(&[optional("resourceTypes", TYPES)])),
    optional(
        "recordingStrategy",
        Shape::Structure(&[optional(
            "useOnly",
            Shape::OneOf(&[
                "ALL_SUPPORTED_RESOURCE_TYPES",
                "INCLUSION_BY_RESOURCE_TYPES",
                "EXCLUSION_BY_RESOURCE_TYPES",
            ]),
        )]),
    ),
];

const RECORDING_MODE: &[Member] = &[
    required("recordingFrequency", RECORDING_FREQUENCY),
    optional(
        "recordingModeOverrides",
        Shape::List(
            &Shape::Structure(&[
                optional("description", NAME),
                required("resourceTypes", TYPES),
                required("recordingFrequency", RECORDING_FREQUENCY),
            ]),
            0,
            1,
        ),
    ),
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Put {
    configuration_recorder: Value,
    #[serde(default)]
    tags: Vec<TagInput>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Describe {
    #[serde(default)]
    configuration_recorder_names: Vec<String>,
    arn: Option<String>,
}

/// An account has one recorder. A changed one goes on as it was.
fn put(context: &mut Context<'_>) -> Result<Value, ServiceError> {
    let request: Put = context.read()?;
    tags::check(&request.tags)?;
    let account = context.store.account(context.account);
    let name = request.configuration_recorder["name"].as_str().unwrap_or("default");
    let held = account.recorder.as_ref();
    let prefix = format!("arn:aws:config:{}:{}:configuration-recorder", context.region, context.account);
    let new_arn = || format!("{prefix}/{name}/{:016x}", random());
    let arn = held.map_or_else(new_arn, |held| held.text("arn").to_owned());
    let mut recorder = Recorder::new(&request.configuration_recorder, &arn)?;
    if let Some(held) = held {
        recorder.replace(held)?;
    }
    account.recorder = Some(recorder);
    account.tags.entry(arn).or_insert_with(|| tags::map(request.tags));
    Ok(json!({}))
}

fn describe(context: &mut Context<'_>) -> Result<Value, ServiceError> {
    let recorders: Vec<_> = named(context)?.map(|recorder| recorder.definition.clone()).into_iter().collect();
    Ok(json!({"ConfigurationRecorders": recorders}))
}

fn describe_status(context: &mut Context<'_>) -> Result<Value, ServiceError> {
    let status: Vec<_> = named(context)?.map(status).into_iter().collect();
    Ok(json!({"ConfigurationRecordersStatus": status}))
}

fn status(recorder: &Recorder) -> Value {
    json!({
        "arn": recorder.text("arn"),
        "name": recorder.text("name"),
        "lastStartTime": recorder.started.map(epoch_seconds),
        "lastStopTime": recorder.stopped.map(epoch_seconds),
        "recording": recorder.recording,
        "lastStatus": if recorder.started.is_some() { "Success" } else { "Pending" },
        "lastStatusChangeTime": recorder.started.max(recorder.stopped).map(epoch_seconds),
    })
}

fn start(context: &mut Context<'_>) -> Result<Value, ServiceError> {
    let account = required_by_name(context)?;
    if account.delivery_channel.is_none() {
        return Err(ServiceError::bad_request(
            "NoAvailableDeliveryChannelException",
            "Delivery channel is not available to start configuration recorder.",
        ));
    }
    if let Some(recorder) = &mut account.recorder {
        recorder.recording = true;
        recorder.started = Some(Timestamp::now());
    }
    Ok(json!({}))
}

fn stop(context: &mut Context<'_>) -> Result<Value, ServiceError> {
    if let Some(recorder) = &mut required_by_name(context)?.recorder {
        recorder.recording = false;
        recorder.stopped = Some(Timestamp::now());
    }
    Ok(json!({}))
}

/// What was recorded stays.
fn delete(context: &mut Context<'_>) -> Result<Value, ServiceError> {
    let account = required_by_name(context)?;
    if let Some(recorder) = account.recorder.take() {
        account.tags.remove(recorder.text("arn"));
    }
    Ok(json!({}))
}

/// The account whose recorder has the name of the request.
fn required_by_name<'a>(context: &'a mut Context<'_>) -> Result<&'a mut Account, ServiceError> {
    let name = context.input["ConfigurationRecorderName"].as_str().unwrap_or_default();
    let account = context.store.account(context.account);
    check_name(account.recorder.as_ref(), name)?;
    Ok(account)
}

/// The recorder that is asked for; without a name the one that there is.
fn named<'a>(context: &'a mut Context<'_>) -> Result<Option<&'a Recorder>, ServiceError> {
    let request: Describe = context.read()?;
    let recorder = context.store.account(context.account).recorder.as_ref();
    if request.configuration_recorder_names.len() > 1 {
        return Err(ServiceError::validation("You can only specify one configuration recorder."));
    }
    request.configuration_recorder_names.iter().try_for_each(|name| check_name(recorder, name))?;
    match request.arn {
        Some(arn) if recorder.is_none_or(|recorder| recorder.text("arn") != arn) => {
            Err(no_such_recorder(&arn))
        }
        _ => Ok(recorder),
    }
}

fn check_name(recorder: Option<&Recorder>, name: &str) -> Result<(), ServiceError> {
    match recorder {
        Some(recorder) if recorder.text("name") == name => Ok(()),
        _ => Err(no_such_recorder(name)),
    }
}

fn no_such_recorder(name: &str) -> ServiceError {
    ServiceError::bad_request(
        "NoSuchConfigurationRecorderException",
        format!("Cannot find configuration recorder with the specified name '{name}'."),
    )
}
