//! The delivery channel of an account, and the operations on it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ServiceError;
use super::model::{Member, Shape, TEXT, optional, required};
use super::operation::{Context, Operation};
use super::rules::FREQUENCY;

const NAME: Shape = Shape::Text(1, 256);
const BY_NAMES: &[Member] = &[optional("DeliveryChannelNames", Shape::List(&NAME, 0, usize::MAX))];

pub(super) const PUT_DELIVERY_CHANNEL: Operation = Operation {
    name: "PutDeliveryChannel",
    input: &[required("DeliveryChannel", Shape::Structure(CHANNEL))],
    serve: put,
};
pub(super) const DESCRIBE_DELIVERY_CHANNELS: Operation =
    Operation { name: "DescribeDeliveryChannels", input: BY_NAMES, serve: describe };
pub(super) const DESCRIBE_DELIVERY_CHANNEL_STATUS: Operation =
    Operation { name: "DescribeDeliveryChannelStatus", input: BY_NAMES, serve: describe_status };
pub(super) const DELETE_DELIVERY_CHANNEL: Operation = Operation {
    name: "DeleteDeliveryChannel",
    input: &[required("DeliveryChannelName", NAME)],
    serve: delete,
};

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

/// Where AWS Config delivers snapshots to.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeliveryChannel {
    #[serde(default = "default_name")]
    pub(super) name: String,
    #[serde(default)]
    pub(super) s3_bucket_name: String,
    pub(super) s3_key_prefix: Option<String>,
    s3_kms_key_arn: Option<String>,
    #[serde(rename = "snsTopicARN")]
    sns_topic_arn: Option<String>,
    config_snapshot_delivery_properties: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Put {
    delivery_channel: DeliveryChannel,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Describe {
    #[serde(default)]
    delivery_channel_names: Vec<String>,
}

fn default_name() -> String {
    "default".into()
}

impl DeliveryChannel {
    pub(super) fn to_bucket(s3_bucket_name: String) -> Self {
        Self {
            name: default_name(),
            s3_bucket_name,
            s3_key_prefix: None,
            s3_kms_key_arn: None,
            sns_topic_arn: None,
            config_snapshot_delivery_properties: None,
        }
    }
}

/// An account has one channel.
fn put(context: &mut Context<'_>) -> Result<Value, ServiceError> {
    let Put { delivery_channel: channel } = context.read()?;
    let account = context.store.account(context.account);
    account.recorder()?;
    if channel.s3_bucket_name.is_empty() {
        let message = "Cannot find a S3 bucket with an empty bucket name.";
        return Err(ServiceError::bad_request("NoSuchBucketException", message));
    }
    if let Some(held) = account.delivery_channel.as_ref().filter(|held| held.name != channel.name) {
        let message = format!("There is a delivery channel already, {}: it is the only one.", held.name);
        return Err(ServiceError::bad_request("MaxNumberOfDeliveryChannelsExceededException", message));
    }
    account.delivery_channel = Some(channel);
    Ok(json!({}))
}

fn describe(context: &mut Context<'_>) -> Result<Value, ServiceError> {
    let channels: Vec<_> = named(context)?.into_iter().collect();
    Ok(json!({"DeliveryChannels": channels}))
}

/// Nothing has been delivered that could have failed.
fn describe_status(context: &mut Context<'_>) -> Result<Value, ServiceError> {
    let status = |channel: &DeliveryChannel| {
        json!({
            "name": channel.name,
            "configSnapshotDeliveryInfo": {},
            "configHistoryDeliveryInfo": {},
            "configStreamDeliveryInfo": {"lastStatus": "Not_Applicable"},
        })
    };
    let status: Vec<_> = named(context)?.map(status).into_iter().collect();
    Ok(json!({"DeliveryChannelsStatus": status}))
}

fn delete(context: &mut Context<'_>) -> Result<Value, ServiceError> {
    let name = context.input["DeliveryChannelName"].as_str().unwrap_or_default();
    let account = context.store.account(context.account);
    check_name(account.delivery_channel.as_ref(), name)?;
    if account.recorder.as_ref().is_some_and(|recorder| recorder.recording) {
        return Err(ServiceError::bad_request(
            "LastDeliveryChannelDeleteFailedException",
            format!(
                "Failed to delete last specified delivery channel with name '{name}', because there is a running configuration recorder."
            ),
        ));
    }
    account.delivery_channel = None;
    Ok(json!({}))
}

/// The channel that is asked for; without a name the one that there is.
fn named<'a>(context: &'a mut Context<'_>) -> Result<Option<&'a DeliveryChannel>, ServiceError> {
    let request: Describe = context.read()?;
    let channel = context.store.account(context.account).delivery_channel.as_ref();
    request.delivery_channel_names.iter().try_for_each(|name| check_name(channel, name))?;
    Ok(channel)
}

fn check_name(channel: Option<&DeliveryChannel>, name: &str) -> Result<(), ServiceError> {
    match channel {
        Some(channel) if channel.name == name => Ok(()),
        _ => Err(ServiceError::bad_request(
            "NoSuchDeliveryChannelException",
            format!("Cannot find delivery channel with specified name '{name}'."),
        )),
    }
}
