//! The operations on the configuration recorder and on the delivery channel.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::tags;
use crate::config_service::account::Account;
use crate::config_service::operation::{Context, Operation};
use crate::config_service::recorder::{DeliveryChannel, Recorder};
use crate::config_service::rule_limits::FREQUENCY;
use crate::config_service::shape::{Member, Shape, TEXT, optional, required};
use crate::config_service::time::epoch_seconds;
use crate::endpoint::ApiError;
use crate::request_id::random;

const RECORDER_NAME: &[Member] = &[required("ConfigurationRecorderName", NAME)];
const RECORDER_NAMES: &[Member] = &[
    optional("ConfigurationRecorderNames", Shape::List(&NAME, 0, usize::MAX)),
    optional("Arn", Shape::Text(1, 1000)),
];
const CHANNEL_NAMES: &[Member] = &[optional("DeliveryChannelNames", Shape::List(&NAME, 0, usize::MAX))];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation { name: "DeleteConfigurationRecorder", input: RECORDER_NAME, serve: delete_recorder },
    Operation {
        name: "DeleteDeliveryChannel",
        input: &[required("DeliveryChannelName", NAME)],
        serve: delete_channel,
    },
    Operation {
        name: "DescribeConfigurationRecorderStatus",
        input: RECORDER_NAMES,
        serve: describe_recorder_status,
    },
    Operation { name: "DescribeConfigurationRecorders", input: RECORDER_NAMES, serve: describe_recorders },
    Operation { name: "DescribeDeliveryChannelStatus", input: CHANNEL_NAMES, serve: describe_channel_status },
    Operation { name: "DescribeDeliveryChannels", input: CHANNEL_NAMES, serve: describe_channels },
    Operation {
        name: "PutConfigurationRecorder",
        input: &[required("ConfigurationRecorder", Shape::Structure(RECORDER)), tags::TAGS],
        serve: put_recorder,
    },
    Operation {
        name: "PutDeliveryChannel",
        input: &[required("DeliveryChannel", Shape::Structure(CHANNEL))],
        serve: put_channel,
    },
    Operation { name: "StartConfigurationRecorder", input: RECORDER_NAME, serve: start_recorder },
    Operation { name: "StopConfigurationRecorder", input: RECORDER_NAME, serve: stop_recorder },
];

const NAME: Shape = Shape::Text(1, 256);
const TYPES: Shape = Shape::List(&Shape::ResourceType, 0, usize::MAX);
const RECORDING_FREQUENCY: Shape = Shape::OneOf(&["CONTINUOUS", "DAILY"]);

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

const CHANNEL: &[Member] = &[
    optional("name", NAME),
    optional("s3BucketName", TEXT),
    optional("s3KeyPrefix", TEXT),
    optional("s3KmsKeyArn", TEXT),
    optional("snsTopicARN", TEXT),
    optional(
        "configSnapshotDeliveryProperties",
        Shape::Structure(&[optional("deliveryFrequency", FREQUENCY)]),
    ),
];

/// An account has one recorder. A changed one goes on as it was.
fn put_recorder(context: &mut Context<'_>) -> Result<Value, ApiError> {
    let tags = tags::read(context)?;
    let definition = &context.input["ConfigurationRecorder"];
    let name = definition["name"].as_str().unwrap_or("default");
    let prefix = format!("arn:aws:config:{}:{}:configuration-recorder", context.region, context.account);
    let account = context.account_mut();
    let old = account.recorder.as_ref();
    let new_arn = || format!("{prefix}/{name}/{:016x}", random());
    let arn = old.map_or_else(new_arn, |old| old.text("arn").to_owned());
    let mut recorder = Recorder::new(definition, &arn)?;
    if let Some(old) = old {
        recorder.replace(old)?;
    }
    account.recorder = Some(recorder);
    account.tags.entry(arn).or_insert(tags);
    Ok(json!({}))
}

fn describe_recorders(context: &mut Context<'_>) -> Result<Value, ApiError> {
    let recorders: Vec<_> = recorder(context)?.map(|recorder| &recorder.definition).into_iter().collect();
    Ok(json!({"ConfigurationRecorders": recorders}))
}

fn describe_recorder_status(context: &mut Context<'_>) -> Result<Value, ApiError> {
    let status: Vec<_> = recorder(context)?.map(recorder_status).into_iter().collect();
    Ok(json!({"ConfigurationRecordersStatus": status}))
}

fn recorder_status(recorder: &Recorder) -> Value {
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

fn start_recorder(context: &mut Context<'_>) -> Result<Value, ApiError> {
    let account = with_recorder(context)?;
    if account.delivery_channel.is_none() {
        return Err(ApiError::bad_request(
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

fn stop_recorder(context: &mut Context<'_>) -> Result<Value, ApiError> {
    if let Some(recorder) = &mut with_recorder(context)?.recorder {
        recorder.recording = false;
        recorder.stopped = Some(Timestamp::now());
    }
    Ok(json!({}))
}

/// What was recorded stays.
fn delete_recorder(context: &mut Context<'_>) -> Result<Value, ApiError> {
    let account = with_recorder(context)?;
    if let Some(recorder) = account.recorder.take() {
        account.tags.remove(recorder.text("arn"));
    }
    Ok(json!({}))
}

/// The account, whose recorder has the name of the request.
fn with_recorder<'a>(context: &'a mut Context<'_>) -> Result<&'a mut Account, ApiError> {
    check_recorder(context.account().recorder.as_ref(), context.text("ConfigurationRecorderName"))?;
    Ok(context.account_mut())
}

/// The recorder that is asked for; without a name the one that there is.
fn recorder<'a>(context: &'a Context<'_>) -> Result<Option<&'a Recorder>, ApiError> {
    let recorder = context.account().recorder.as_ref();
    let names = context.texts("ConfigurationRecorderNames");
    if names.len() > 1 {
        return Err(ApiError::validation("You can only specify one configuration recorder."));
    }
    names.iter().try_for_each(|name| check_recorder(recorder, name))?;
    match context.optional_text("Arn") {
        Some(arn) if recorder.is_none_or(|recorder| recorder.text("arn") != arn) => {
            Err(no_such_recorder(arn))
        }
        _ => Ok(recorder),
    }
}

fn check_recorder(recorder: Option<&Recorder>, name: &str) -> Result<(), ApiError> {
    match recorder {
        Some(recorder) if recorder.text("name") == name => Ok(()),
        _ => Err(no_such_recorder(name)),
    }
}

fn no_such_recorder(name: &str) -> ApiError {
    ApiError::bad_request(
        "NoSuchConfigurationRecorderException",
        format!("Cannot find configuration recorder with the specified name '{name}'."),
    )
}

/// An account has one channel.
fn put_channel(context: &mut Context<'_>) -> Result<Value, ApiError> {
    let channel: DeliveryChannel = context.read("DeliveryChannel")?;
    let account = context.account_mut();
    account.recorder()?;
    if channel.s3_bucket_name.is_empty() {
        let message = "Cannot find a S3 bucket with an empty bucket name.";
        return Err(ApiError::bad_request("NoSuchBucketException", message));
    }
    if let Some(old) = account.delivery_channel.as_ref().filter(|old| old.name != channel.name) {
        let message = format!("There is a delivery channel already, {}: it is the only one.", old.name);
        return Err(ApiError::bad_request("MaxNumberOfDeliveryChannelsExceededException", message));
    }
    account.delivery_channel = Some(channel);
    Ok(json!({}))
}

fn describe_channels(context: &mut Context<'_>) -> Result<Value, ApiError> {
    let channels: Vec<_> = channel(context)?.into_iter().collect();
    Ok(json!({"DeliveryChannels": channels}))
}

/// Nothing has been delivered that could have failed.
fn describe_channel_status(context: &mut Context<'_>) -> Result<Value, ApiError> {
    let status = |channel: &DeliveryChannel| {
        json!({
            "name": channel.name,
            "configSnapshotDeliveryInfo": {},
            "configHistoryDeliveryInfo": {},
            "configStreamDeliveryInfo": {"lastStatus": "Not_Applicable"},
        })
    };
    let status: Vec<_> = channel(context)?.map(status).into_iter().collect();
    Ok(json!({"DeliveryChannelsStatus": status}))
}

fn delete_channel(context: &mut Context<'_>) -> Result<Value, ApiError> {
    let (account, name) = (context.account(), context.text("DeliveryChannelName"));
    check_channel(account.delivery_channel.as_ref(), name)?;
    if account.recorder.as_ref().is_some_and(|recorder| recorder.recording) {
        return Err(ApiError::bad_request(
            "LastDeliveryChannelDeleteFailedException",
            format!(
                "Failed to delete last specified delivery channel with name '{name}', because there is a running \
                 configuration recorder."
            ),
        ));
    }
    context.account_mut().delivery_channel = None;
    Ok(json!({}))
}

/// The channel that is asked for; without a name the one that there is.
fn channel<'a>(context: &'a Context<'_>) -> Result<Option<&'a DeliveryChannel>, ApiError> {
    let channel = context.account().delivery_channel.as_ref();
    context.texts("DeliveryChannelNames").iter().try_for_each(|name| check_channel(channel, name))?;
    Ok(channel)
}

fn check_channel(channel: Option<&DeliveryChannel>, name: &str) -> Result<(), ApiError> {
    match channel {
        Some(channel) if channel.name == name => Ok(()),
        _ => Err(ApiError::bad_request(
            "NoSuchDeliveryChannelException",
            format!("Cannot find delivery channel with specified name '{name}'."),
        )),
    }
}
