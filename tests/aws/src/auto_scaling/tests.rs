//! Launch configurations in pages and by name.

use super::*;
use crate::test_client::{Client, Received};

fn data() -> AutoScalingData {
    let name = |number| json!({"LaunchConfigurationName": format!("name-{number}"), "KeyName": "web", "UserData": null});
    AutoScalingData::default().launch_configurations((0..120).map(name))
}

async fn call(data: AutoScalingData, request: &str) -> Received {
    let auto_scaling = AutoScaling::start(data).await.unwrap();
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("authorization", "AWS4-HMAC-SHA256 Credential=ASIA111122223333ABCD"),
    ];
    let body = format!("Version=2011-01-01&Action=DescribeLaunchConfigurations{request}");
    let mut client = Client::connect(auto_scaling.address()).await;
    client.call("POST", "/", &headers, &body).await.unwrap()
}

#[tokio::test]
async fn pages_are_as_large_as_asked_or_as_allowed() {
    let small = || data().page_size(7.try_into().unwrap());
    for (data, request, count, more) in [
        (data(), "", 50, true),
        (data(), "&MaxRecords=100", 100, true),
        (data(), "&MaxRecords=100&NextToken=0000000000000064", 20, false),
        (small(), "", 7, true),
        (
            data(),
            "&LaunchConfigurationNames.member.1=name-3&LaunchConfigurationNames.member.2=absent",
            1,
            false,
        ),
    ] {
        let answer = call(data, request).await;
        assert_eq!(answer.body.matches("<KeyName>web</KeyName>").count(), count, "{request}");
        assert_eq!(answer.body.contains("<NextToken>"), more, "{request}");
    }
}

#[tokio::test]
async fn answers_have_the_form_of_the_query_protocol() {
    let device = json!({"DeviceName": "/dev/sda1", "Ebs": {"Encrypted": true}});
    let configuration =
        json!({"KeyName": "", "BlockDeviceMappings": [device], "SecurityGroups": ["sg-1", "sg-2"]});
    let answer = call(AutoScalingData::default().launch_configurations([configuration]), "").await;
    let expected = "<DescribeLaunchConfigurationsResult><LaunchConfigurations><member><BlockDeviceMappings><member>\
        <DeviceName>/dev/sda1</DeviceName><Ebs><Encrypted>true</Encrypted></Ebs></member></BlockDeviceMappings><KeyName/>\
        <SecurityGroups><member>sg-1</member><member>sg-2</member></SecurityGroups></member></LaunchConfigurations>\
        </DescribeLaunchConfigurationsResult>";
    assert!(answer.body.contains(expected), "{answer:?}");
}

#[tokio::test]
async fn wrong_calls_are_refused() {
    for (request, code) in [
        ("&MaxRecords=101", "ValidationError"),
        ("&NextToken=1", "InvalidNextToken"),
        ("&Other=1", "UnknownParameter"),
    ] {
        let answer = call(data(), request).await;
        assert_eq!(answer.status, 400);
        assert!(answer.body.contains(&format!("<Code>{code}</Code>")), "{answer:?}");
    }
}
