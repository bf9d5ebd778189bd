//! Listings in pages, by id, by filter and by version.

use serde_json::{Value, json};

use super::*;

/// Starts with this data and page by page collects the element's texts.
async fn listed(data: Value, request: &str, element: &str) -> Vec<Vec<String>> {
    let ec2 = started(&data).await;
    let (mut pages, mut token) = (Vec::new(), String::new());
    loop {
        let answer = call(&ec2, &format!("{request}{token}")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        pages.push(texts(&answer, element).into_iter().map(str::to_owned).collect());
        let Some(next) = texts(&answer, "nextToken").pop() else { return pages };
        token = format!("&NextToken={next}");
    }
}

async fn started(data: &Value) -> Ec2 {
    Ec2::start(Ec2Data::from_json(&data.to_string()).unwrap()).await.unwrap()
}

fn many(count: usize, item: impl Fn(usize) -> Value) -> Value {
    (0..count).map(item).collect()
}

async fn pages_have(data: Value, request: &str, element: &str, sizes: &[usize]) {
    let pages = listed(data, request, element).await;
    let lengths: Vec<_> = pages.iter().map(Vec::len).collect();
    assert_eq!(lengths, sizes, "{request}");
    let mut all: Vec<_> = pages.concat();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), sizes.iter().sum::<usize>(), "{request}: nothing twice");
}

#[tokio::test]
async fn pages_are_as_large_as_asked_or_as_allowed() {
    let instances =
        || json!({"instances": many(2005, |number| json!({"InstanceId": format!("i-{number}")}))});
    pages_have(instances(), "DescribeInstances", "instanceId", &[1000, 1000, 5]).await;
    pages_have(instances(), "DescribeInstances&MaxResults=802", "instanceId", &[802, 802, 401]).await;
    let groups =
        || json!({"securityGroups": many(1005, |number| json!({"GroupId": format!("sg-{number}")}))});
    pages_have(groups(), "DescribeSecurityGroups", "groupId", &[1005]).await;
    pages_have(groups(), "DescribeSecurityGroups&MaxResults=1000", "groupId", &[1000, 5]).await;
    let templates = many(201, |number| json!({"LaunchTemplateId": format!("lt-{number}")}));
    let templates = json!({"launchTemplates": templates});
    pages_have(templates, "DescribeLaunchTemplates", "launchTemplateId", &[200, 1]).await;
    let key_pairs: serde_json::Map<_, _> = (0..1500).map(|number| (number.to_string(), json!({}))).collect();
    pages_have(json!({"keyPairs": key_pairs}), "DescribeKeyPairs", "keyName", &[1500]).await;
}

/// How long it takes to ask about this many instances one by one, where there are so many.
async fn asks_one_by_one(asked: usize, instances: usize) -> Duration {
    let launches = (0..instances).map(|number| (format!("i-{number}"), "ami-1".to_owned()));
    let ec2 = Ec2::start(Ec2Data::default().launches(launches)).await.unwrap();
    let mut client = connect(&ec2).await;
    let start = Instant::now();
    for number in 0..asked {
        for action in ["DescribeInstanceImageMetadata", "DescribeInstances"] {
            let body = format!("Action={action}&Version=2016-11-15&InstanceId.1=i-{number}");
            let answer = client.call("POST", "/", &[FORM, AUTHORIZATION], &body).await.unwrap();
            assert!(answer.body.contains(&format!("<instanceId>i-{number}<")), "{answer:?}");
        }
    }
    start.elapsed()
}

/// A rule that asks about each of many instances would take the square of their number.
#[tokio::test]
async fn asking_about_an_instance_takes_no_longer_where_there_are_many() {
    let few = asks_one_by_one(200, 200).await;
    let many = asks_one_by_one(200, 20_000).await;
    assert!(many < few * 5, "of 200: {few:?}, of 20,000: {many:?}");
}

#[tokio::test]
async fn the_last_that_is_said_of_an_instance_stands_in_its_first_place() {
    let data = Ec2Data::default().instance("i-1", "ami-1").instance("i-2", "ami-1").instance("i-1", "ami-2");
    let ec2 = Ec2::start(data).await.unwrap();
    let answer = call(&ec2, "DescribeInstances&InstanceId.1=i-2&InstanceId.2=i-1").await;
    assert_eq!(texts(&answer, "instanceId"), ["i-1", "i-2"]);
    assert_eq!(texts(&answer, "imageId"), ["ami-2", "ami-1"]);
}

#[tokio::test]
async fn pages_are_never_larger_than_the_data_says() {
    let data = (0..5).fold(Ec2Data::default(), |data, number| data.instance(format!("i-{number}"), "ami-1"));
    let ec2 = Ec2::start(data.page_size(2.try_into().unwrap())).await.unwrap();
    let answer = call(&ec2, "DescribeInstances&MaxResults=1000").await;
    assert_eq!(texts(&answer, "instanceId"), ["i-0", "i-1"]);
    assert_eq!(texts(&answer, "nextToken").len(), 1);
}

#[tokio::test]
async fn a_reservation_that_goes_on_in_the_next_page_is_on_both() {
    let instances = many(7, |number| json!({"InstanceId": format!("i-{number}")}));
    let data = json!({"instances": [
        {"ReservationId": "r-a", "OwnerId": "444455556666", "Instances": instances},
        {"InstanceId": "i-alone", "State": {"Name": "terminated"}},
    ]});
    let request = "DescribeInstances&MaxResults=5";
    let reservations = listed(data.clone(), request, "reservationId").await;
    assert_eq!(reservations, [vec!["r-a"], vec!["r-a", "r-alone"]]);
    let owners = listed(data, request, "ownerId").await;
    assert_eq!(owners, [vec!["444455556666"], vec!["444455556666", "111122223333"]]);
}

fn instances() -> Value {
    let instance = |id: &str, key: Value, state: &str| {
        let state = json!({"Code": 0, "Name": state});
        json!({"InstanceId": id, "ImageId": format!("ami-{id}"), "KeyName": key, "State": state})
    };
    json!({"instances": [
        instance("i-1", json!("web"), "running"),
        instance("i-2", json!("web"), "terminated"),
        instance("i-3", Value::Null, "stopped"),
    ]})
}

#[tokio::test]
async fn recently_terminated_instances_are_listed_unless_they_are_filtered_out() {
    for (filters, ids) in [
        ("", vec!["i-1", "i-2", "i-3"]),
        (
            "&Filter.1.Name=instance-state-name&Filter.1.Value.1=running&Filter.1.Value.2=stopped",
            vec!["i-1", "i-3"],
        ),
        ("&Filter.1.Name=key-name&Filter.1.Value.1=w*", vec!["i-1", "i-2"]),
        ("&InstanceId.1=i-3&InstanceId.2=i-1", vec!["i-1", "i-3"]),
    ] {
        let answer = listed(instances(), &format!("DescribeInstances{filters}"), "instanceId").await;
        assert_eq!(answer, [ids], "{filters}");
    }
}

#[tokio::test]
async fn what_is_listed_is_known_to_the_actions_about_images() {
    let ids = listed(instances(), "DescribeInstanceImageMetadata", "instanceId").await;
    assert_eq!(ids, [["i-1", "i-2", "i-3"]]);
}

#[tokio::test]
async fn every_shape_of_a_permission_is_described() {
    let ec2 =
        started(&json!({"securityGroups": [{"GroupId": "sg-1", "Description": "web", "IpPermissions": [
            {"IpProtocol": "-1", "UserIdGroupPairs": [{"UserId": "111122223333", "GroupId": "sg-2"}]},
            {"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1, "Ipv6Ranges": [{"CidrIpv6": "::/0"}]},
            {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
             "PrefixListIds": [{"PrefixListId": "pl-1"}]},
        ]}]}))
        .await;
    answered(
        &ec2,
        &call(&ec2, "DescribeSecurityGroups&GroupId.1=sg-1").await,
        "<securityGroupInfo><item><groupDescription>web</groupDescription><groupId>sg-1</groupId><ipPermissions>\
            <item><ipProtocol>-1</ipProtocol>\
            <groups><item><groupId>sg-2</groupId><userId>111122223333</userId></item></groups></item>\
            <item><fromPort>8</fromPort><ipProtocol>icmp</ipProtocol>\
            <ipv6Ranges><item><cidrIpv6>::/0</cidrIpv6></item></ipv6Ranges><toPort>-1</toPort></item>\
            <item><fromPort>22</fromPort><ipProtocol>tcp</ipProtocol>\
            <ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges>\
            <prefixListIds><item><prefixListId>pl-1</prefixListId></item></prefixListIds><toPort>22</toPort></item>\
        </ipPermissions></item></securityGroupInfo>",
    );
}

#[tokio::test]
async fn groups_as_aws_config_records_them_are_described_as_by_ec2() {
    let data = json!({
        "securityGroups": {"sg-1": null, "sg-2": {"groupName": "web", "ipPermissions": [{
            "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "prefixListIds": [], "userIdGroupPairs": [{"groupId": "sg-1"}],
            "ipv4Ranges": [{"cidrIp": "0.0.0.0/0"}], "ipRanges": ["0.0.0.0/0"], "ipv6Ranges": [{"cidrIpv6": "::/0"}],
        }]}},
        "unavailable": {"sg-3": "no"},
    });
    let ec2 = started(&data).await;
    answered(
        &ec2,
        &call(&ec2, "DescribeSecurityGroups&GroupId.1=sg-2").await,
        "<securityGroupInfo><item><groupId>sg-2</groupId><groupName>web</groupName><ipPermissions><item>\
            <fromPort>443</fromPort><ipProtocol>tcp</ipProtocol>\
            <ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges>\
            <ipv6Ranges><item><cidrIpv6>::/0</cidrIpv6></item></ipv6Ranges><prefixListIds/><toPort>443</toPort>\
            <groups><item><groupId>sg-1</groupId></item></groups>\
        </item></ipPermissions></item></securityGroupInfo>",
    );
    for (id, status) in [("sg-1", 400), ("sg-3", 403)] {
        let answer = call(&ec2, &format!("DescribeSecurityGroups&GroupId.1=sg-2&GroupId.2={id}")).await;
        assert_eq!(answer.status, status, "{answer:?}");
    }
}

fn templates() -> Value {
    let version = |template: &str, number: u8, default: bool| {
        json!({
            "LaunchTemplateId": format!("lt-{template}"), "LaunchTemplateName": template, "VersionNumber": number,
            "DefaultVersion": default, "LaunchTemplateData": {"KeyName": format!("{template}-{number}")},
        })
    };
    json!({
        "launchTemplateVersions":
            [version("a", 1, false), version("a", 2, true), version("a", 10, false), version("b", 1, true)],
    })
}

#[tokio::test]
async fn versions_go_by_number_and_by_alias() {
    for (request, keys) in [
        ("&LaunchTemplateId=lt-a", vec!["a-1", "a-2", "a-10"]),
        ("&LaunchTemplateId=lt-a&LaunchTemplateVersion.1=$Latest", vec!["a-10"]),
        ("&LaunchTemplateName=a&LaunchTemplateVersion.1=$Default", vec!["a-2"]),
        ("&LaunchTemplateName=a&LaunchTemplateVersion.1=10&LaunchTemplateVersion.2=1", vec!["a-1", "a-10"]),
        ("&LaunchTemplateVersion.1=$Default", vec!["a-2", "b-1"]),
        ("&LaunchTemplateVersion.1=$Latest&LaunchTemplateVersion.2=$Default", vec!["a-2", "a-10", "b-1"]),
    ] {
        let request = format!("DescribeLaunchTemplateVersions{request}");
        assert_eq!(listed(templates(), &request, "keyName").await, [keys], "{request}");
    }
}

#[tokio::test]
async fn spot_requests_have_their_key_pairs() {
    let specification = |key: &str| json!({"KeyName": key});
    let data = json!({
        "spotInstanceRequests": [{"State": "open", "LaunchSpecification": specification("web")}],
        "spotFleetRequests": [{"SpotFleetRequestConfig": {"LaunchSpecifications": [specification("fleet")]}}],
    });
    assert_eq!(listed(data.clone(), "DescribeSpotInstanceRequests", "keyName").await, [["web"]]);
    assert_eq!(listed(data, "DescribeSpotFleetRequests", "keyName").await, [["fleet"]]);
}

#[tokio::test]
async fn listings_refuse_what_ec2_refuses() {
    let ec2 = started(&templates()).await;
    for (request, code, message) in [
        (
            "DescribeInstances&InstanceId.1=i-9",
            "InvalidInstanceID.NotFound",
            "The instance ID 'i-9' does not exist",
        ),
        (
            "DescribeInstances&InstanceId.1=i-9&MaxResults=5",
            "InvalidParameterCombination",
            "The parameter instancesSet cannot be used with the parameter maxResults",
        ),
        (
            "DescribeInstances&MaxResults=4",
            "InvalidParameterValue",
            "Value ( 4 ) for parameter maxResults is invalid. Expecting a value from 5 to 1000.",
        ),
        (
            "DescribeSecurityGroups&GroupId.1=sg-9",
            "InvalidGroup.NotFound",
            "The security group 'sg-9' does not exist",
        ),
        (
            "DescribeLaunchTemplates&LaunchTemplateName.1=c",
            "InvalidLaunchTemplateName.NotFoundException",
            "The specified launch template, with template name c, does not exist.",
        ),
        (
            "DescribeLaunchTemplateVersions&LaunchTemplateId=lt-c",
            "InvalidLaunchTemplateId.NotFound",
            "The specified launch template, with template ID lt-c, does not exist.",
        ),
        (
            "DescribeLaunchTemplateVersions&LaunchTemplateId=lt-a&LaunchTemplateVersion.1=3",
            "InvalidLaunchTemplateId.VersionNotFound",
            "Could not find launch template version 3",
        ),
        (
            "DescribeLaunchTemplateVersions&LaunchTemplateId=lt-a&LaunchTemplateName=a",
            "InvalidParameterCombination",
            "The parameters LaunchTemplateId and LaunchTemplateName cannot be used together",
        ),
        (
            "DescribeLaunchTemplateVersions&LaunchTemplateVersion.1=1",
            "InvalidParameterValue",
            "Only $Default and $Latest are allowed for the versions of all launch templates",
        ),
    ] {
        is_error(&call(&ec2, request).await, 400, code, message);
    }
}
