//! The configuration recorder and the delivery channel of an account, and the limits on their definitions.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::endpoint::ApiError;

/// Recorded in all Regions or in none, as `includeGlobalResourceTypes` says.
const GLOBAL_TYPES: [&str; 4] = ["AWS::IAM::Group", "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::IAM::User"];

const ALL: &str = "ALL_SUPPORTED_RESOURCE_TYPES";
const INCLUSION: &str = "INCLUSION_BY_RESOURCE_TYPES";
const EXCLUSION: &str = "EXCLUSION_BY_RESOURCE_TYPES";

#[derive(Clone, Debug)]
pub(super) struct Recorder {
    /// As the API spells it, with everything that AWS Config adds.
    pub(super) definition: Value,
    pub(super) recording: bool,
    pub(super) started: Option<Timestamp>,
    pub(super) stopped: Option<Timestamp>,
}

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

impl Recorder {
    /// Checks what a client defines and completes it.
    pub(super) fn new(definition: &Value, arn: &str) -> Result<Self, ApiError> {
        let role = definition["roleARN"].as_str().unwrap_or_default();
        if !(role.starts_with("arn:") && role.contains(":role/")) {
            return Err(ApiError::bad_request(
                "InvalidRoleException",
                format!("The role {role:?} is no role's ARN."),
            ));
        }
        let mode = json!({"recordingFrequency": "CONTINUOUS", "recordingModeOverrides": []});
        let definition = json!({
            "arn": arn,
            "name": name(definition)?,
            "roleARN": role,
            "recordingGroup": group(&definition["recordingGroup"])?,
            "recordingMode": definition.get("recordingMode").unwrap_or(&mode),
            "recordingScope": "PAID",
        });
        Ok(Self { definition, recording: false, started: None, stopped: None })
    }

    /// One that records everything.
    pub(super) fn recording_all(account: &str) -> Self {
        let role = format!(
            "arn:aws:iam::{account}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
        );
        let definition = json!({
            "arn": format!("arn:aws:config:us-east-1:{account}:configuration-recorder/default/000000000000000a"),
            "name": "default",
            "roleARN": role,
            "recordingGroup": all_supported(true),
            "recordingScope": "PAID",
        });
        Self { definition, recording: true, started: Some(Timestamp::now()), stopped: None }
    }

    /// Replaces the recorder that there is, if it has its name, and goes on as that one.
    pub(super) fn replace(&mut self, old: &Self) -> Result<(), ApiError> {
        if self.text("name") != old.text("name") {
            let message = format!(
                "There is a configuration recorder already, {}: it is the only one.",
                old.text("name")
            );
            return Err(ApiError::bad_request("MaxNumberOfConfigurationRecordersExceededException", message));
        }
        (self.recording, self.started, self.stopped) = (old.recording, old.started, old.stopped);
        Ok(())
    }

    pub(super) fn text(&self, name: &str) -> &str {
        self.definition[name].as_str().unwrap_or_default()
    }

    /// Whether changes of resources of this type are recorded now.
    pub(super) fn records(&self, resource_type: &str) -> bool {
        let group = &self.definition["recordingGroup"];
        let includes = match group["recordingStrategy"]["useOnly"].as_str() {
            Some(INCLUSION) => names(&group["resourceTypes"], resource_type),
            Some(EXCLUSION) => !names(&group["exclusionByResourceTypes"]["resourceTypes"], resource_type),
            _ => group["includeGlobalResourceTypes"] == true || !GLOBAL_TYPES.contains(&resource_type),
        };
        self.recording && includes
    }
}

fn names(list: &Value, resource_type: &str) -> bool {
    list.as_array().into_iter().flatten().any(|name| name == resource_type)
}

fn name(definition: &Value) -> Result<&str, ApiError> {
    let name = definition["name"].as_str().unwrap_or("default");
    if name.starts_with("AWSConfigurationRecorderFor") {
        let message =
            "The prefix AWSConfigurationRecorderFor is reserved for service-linked configuration recorders.";
        return Err(ApiError::bad_request("InvalidConfigurationRecorderNameException", message));
    }
    Ok(name)
}

fn all_supported(include_global: bool) -> Value {
    json!({
        "allSupported": true,
        "includeGlobalResourceTypes": include_global,
        "resourceTypes": [],
        "exclusionByResourceTypes": {"resourceTypes": []},
        "recordingStrategy": {"useOnly": ALL},
    })
}

/// One of the three strategies, whether it is named or follows from the rest.
fn group(group: &Value) -> Result<Value, ApiError> {
    if group.is_null() {
        return Ok(all_supported(false));
    }
    let listed = |list: &Value| list.as_array().is_some_and(|types| !types.is_empty());
    let (included, excluded) = (&group["resourceTypes"], &group["exclusionByResourceTypes"]["resourceTypes"]);
    let include_global = group["includeGlobalResourceTypes"] == true;
    let strategy = group["recordingStrategy"]["useOnly"].as_str();
    match (group["allSupported"] == true, listed(included), listed(excluded)) {
        (true, false, false) if matches!(strategy, None | Some(ALL)) => Ok(all_supported(include_global)),
        (false, true, false) if !include_global && matches!(strategy, None | Some(INCLUSION)) => {
            Ok(selective(included, &json!([]), INCLUSION))
        }
        (false, false, true) if !include_global && strategy == Some(EXCLUSION) => {
            Ok(selective(&json!([]), excluded, EXCLUSION))
        }
        _ => Err(ApiError::bad_request(
            "InvalidRecordingGroupException",
            "The recording group is not valid: it has all supported resource types, or a list of types, or a list of \
             excluded types with the strategy EXCLUSION_BY_RESOURCE_TYPES.",
        )),
    }
}

fn selective(included: &Value, excluded: &Value, strategy: &str) -> Value {
    json!({
        "allSupported": false,
        "includeGlobalResourceTypes": false,
        "resourceTypes": included,
        "exclusionByResourceTypes": {"resourceTypes": excluded},
        "recordingStrategy": {"useOnly": strategy},
    })
}
