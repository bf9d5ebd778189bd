//! The recorder and the delivery channel of an account.

use super::*;

const ROLE: &str = "arn:aws:iam::111122223333:role/config";

fn recorder(name: &str) -> Value {
    json!({"ConfigurationRecorder": {"name": name, "roleARN": ROLE}})
}

fn recording(group: &Value) -> Value {
    json!({"ConfigurationRecorder": {"roleARN": ROLE, "recordingGroup": group}})
}

fn channel(name: &str) -> Value {
    json!({"DeliveryChannel": {"name": name, "s3BucketName": "bucket"}})
}

#[tokio::test]
async fn a_recorder_is_put_started_stopped_and_deleted() {
    let service = ConfigService::start().await.unwrap();
    call(&service, "PutConfigurationRecorder", recorder("main")).await;
    let name = json!({"ConfigurationRecorderName": "main"});
    let start = "StartConfigurationRecorder";
    fails(&service, start, name.clone(), "NoAvailableDeliveryChannelException").await;
    call(&service, "PutDeliveryChannel", channel("main")).await;
    let mut recording = Vec::new();
    for operation in ["DescribeConfigurationRecorderStatus", start, "StopConfigurationRecorder"] {
        let input = if operation.starts_with("Describe") { json!({}) } else { name.clone() };
        call(&service, operation, input).await;
        let status = call(&service, "DescribeConfigurationRecorderStatus", json!({})).await;
        recording.push(status["ConfigurationRecordersStatus"][0]["recording"].clone());
    }
    assert_eq!(recording, [false, true, false]);
    call(&service, "DeleteConfigurationRecorder", name.clone()).await;
    let recorders = call(&service, "DescribeConfigurationRecorders", json!({})).await;
    assert_eq!(recorders, json!({"ConfigurationRecorders": []}));
    for operation in [start, "StopConfigurationRecorder", "DeleteConfigurationRecorder"] {
        fails(&service, operation, name.clone(), "NoSuchConfigurationRecorderException").await;
    }
}

#[tokio::test]
async fn a_recorder_is_described_with_everything_that_was_left_out() {
    let service = ConfigService::start().await.unwrap();
    call(&service, "PutConfigurationRecorder", recording(&Value::Null)).await;
    let answer = call(&service, "DescribeConfigurationRecorders", json!({})).await;
    let mut described = answer["ConfigurationRecorders"][0].clone();
    let arn = described["arn"].take();
    let arn = arn.as_str().unwrap();
    assert!(
        arn.starts_with("arn:aws:config:us-east-1:111122223333:configuration-recorder/default/"),
        "{arn}"
    );
    let expected = json!({
        "arn": null,
        "name": "default",
        "roleARN": ROLE,
        "recordingGroup": {
            "allSupported": true,
            "includeGlobalResourceTypes": false,
            "resourceTypes": [],
            "exclusionByResourceTypes": {"resourceTypes": []},
            "recordingStrategy": {"useOnly": "ALL_SUPPORTED_RESOURCE_TYPES"},
        },
        "recordingMode": {"recordingFrequency": "CONTINUOUS", "recordingModeOverrides": []},
        "recordingScope": "PAID",
    });
    assert_eq!(described, expected);
    call(&service, "ListTagsForResource", json!({"ResourceArn": arn})).await;
}

#[tokio::test]
async fn a_recorder_that_config_refuses() {
    let types = json!(["AWS::EC2::Instance"]);
    let exclusion = json!({"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"});
    for (input, name) in [
        (json!({"ConfigurationRecorder": {"name": "main"}}), "InvalidRoleException"),
        (json!({"ConfigurationRecorder": {"roleARN": "config"}}), "InvalidRoleException"),
        (recorder("AWSConfigurationRecorderForX"), "InvalidConfigurationRecorderNameException"),
        (recorder(""), "ValidationException"),
        (recording(&json!({"resourceTypes": ["AWS::EC2::KeyPair"]})), "ValidationException"),
        (recording(&json!({})), "InvalidRecordingGroupException"),
        (recording(&json!({"allSupported": true, "resourceTypes": types})), "InvalidRecordingGroupException"),
        (
            recording(&json!({"resourceTypes": types, "includeGlobalResourceTypes": true})),
            "InvalidRecordingGroupException",
        ),
        (
            recording(&json!({"resourceTypes": types, "recordingStrategy": exclusion})),
            "InvalidRecordingGroupException",
        ),
        (
            recording(&json!({"exclusionByResourceTypes": {"resourceTypes": types}})),
            "InvalidRecordingGroupException",
        ),
    ] {
        let service = ConfigService::start().await.unwrap();
        fails(&service, "PutConfigurationRecorder", input, name).await;
        let recorders = call(&service, "DescribeConfigurationRecorders", json!({})).await;
        assert_eq!(recorders, json!({"ConfigurationRecorders": []}));
    }
}

#[tokio::test]
async fn an_account_has_one_recorder_and_one_channel() {
    let service = ConfigService::start().await.unwrap();
    fails(&service, "PutDeliveryChannel", channel("main"), "NoAvailableConfigurationRecorderException").await;
    for (operation, of_the_name, error) in [
        (
            "PutConfigurationRecorder",
            recorder as fn(&str) -> Value,
            "MaxNumberOfConfigurationRecordersExceededException",
        ),
        ("PutDeliveryChannel", channel, "MaxNumberOfDeliveryChannelsExceededException"),
    ] {
        call(&service, operation, of_the_name("main")).await;
        call(&service, operation, of_the_name("main")).await;
        fails(&service, operation, of_the_name("second"), error).await;
    }
    let two = json!({"ConfigurationRecorderNames": ["main", "second"]});
    fails(&service, "DescribeConfigurationRecorders", two, "ValidationException").await;
    for (members, name) in [
        (json!({"ConfigurationRecorderNames": ["second"]}), "NoSuchConfigurationRecorderException"),
        (
            json!({"Arn": "arn:aws:config:us-east-1:111122223333:configuration-recorder/second/0"}),
            "NoSuchConfigurationRecorderException",
        ),
    ] {
        fails(&service, "DescribeConfigurationRecorderStatus", members, name).await;
    }
}

#[tokio::test]
async fn a_channel_stays_while_its_recorder_records() {
    let service = ConfigService::start_recording().await.unwrap();
    let name = json!({"DeliveryChannelName": "default"});
    fails(&service, "DeleteDeliveryChannel", name.clone(), "LastDeliveryChannelDeleteFailedException").await;
    call(&service, "StopConfigurationRecorder", json!({"ConfigurationRecorderName": "default"})).await;
    let channels =
        call(&service, "DescribeDeliveryChannels", json!({"DeliveryChannelNames": ["default"]})).await;
    assert_eq!(
        channels["DeliveryChannels"],
        json!([{"name": "default", "s3BucketName": "config-111122223333"}])
    );
    call(&service, "DeleteDeliveryChannel", name.clone()).await;
    fails(&service, "DeleteDeliveryChannel", name, "NoSuchDeliveryChannelException").await;
    let channels = call(&service, "DescribeDeliveryChannelStatus", json!({})).await;
    assert_eq!(channels, json!({"DeliveryChannelsStatus": []}));
    let nowhere = json!({"DeliveryChannel": {"name": "default"}});
    fails(&service, "PutDeliveryChannel", nowhere, "NoSuchBucketException").await;
}
