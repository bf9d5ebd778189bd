//! User data of instances and of launch templates.

use serde_json::json;

use super::*;

async fn started() -> Ec2 {
    let data = json!({
        "instances": [{"InstanceId": "i-none"}],
        "userData": {"i-1": "I2Nsb3VkLWNvbmZpZw==", "i-empty": "", "i-gone": null},
        "templateUserData": {"lt-1/2": {"2": "IyEvYmluL3No"}, "lt-1/$Default": {"1": ""}},
        "unavailable": {"i-denied": "no", "lt-1/3": "no"},
    });
    Ec2::start(Ec2Data::from_json(&data.to_string()).unwrap()).await.unwrap()
}

#[tokio::test]
async fn instances_have_user_data_or_none() {
    let ec2 = started().await;
    let of = async |id: &str| {
        call(&ec2, &format!("DescribeInstanceAttribute&Attribute=userData&InstanceId={id}")).await
    };
    let value = "<instanceId>i-1</instanceId><userData><value>I2Nsb3VkLWNvbmZpZw==</value></userData>";
    answered(&ec2, &of("i-1").await, value);
    for id in ["i-empty", "i-none"] {
        answered(&ec2, &of(id).await, &format!("<instanceId>{id}</instanceId><userData></userData>"));
    }
    for id in ["i-gone", "i-unknown"] {
        assert!(of(id).await.body.contains("InvalidInstanceID.NotFound"));
    }
    is_error(
        &of("i-denied").await,
        403,
        "UnauthorizedOperation",
        "You are not authorized to perform this operation. no",
    );
    let other = call(&ec2, "DescribeInstanceAttribute&Attribute=kernel&InstanceId=i-1").await;
    assert_eq!(other.status, 400);
}

#[tokio::test]
async fn launch_templates_have_the_user_data_of_each_version() {
    let ec2 = started().await;
    let of = async |version: &str| {
        let request =
            format!("DescribeLaunchTemplateVersions&LaunchTemplateId=lt-1&LaunchTemplateVersion.1={version}");
        call(&ec2, &request).await
    };
    assert!(
        of("2")
            .await
            .body
            .contains("<launchTemplateData><userData>IyEvYmluL3No</userData></launchTemplateData>")
    );
    assert!(of("$Default").await.body.contains("<versionNumber>1</versionNumber>"));
    is_error(
        &of("3").await,
        403,
        "UnauthorizedOperation",
        "You are not authorized to perform this operation. no",
    );
}
