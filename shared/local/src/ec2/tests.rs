//! One test per action, refusal and fault, over the wire. The expected XML has the element names of EC2's own SDKs.

mod image_sharing;
mod listings;
mod subnets;
mod user_data;

use std::io;
use std::time::{Duration, Instant};

use super::*;
use crate::endpoint::{Answer, ApiCall, Fault};
use crate::test_client::{Client, Received};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const AUTHORIZATION: (&str, &str) = ("authorization", "AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE");

const FACTS: &str = r#"{
    "images": {
        "ami-1": {
            "ownerId": "111122223333", "ownerAlias": "amazon", "name": "base <1>", "state": "available",
            "creationDate": "2026-01-01T00:00:00.000Z", "deprecationTime": "2099-01-01T00:00:00.000Z",
            "public": true, "tags": {"Team": "R&D", "Empty": null}
        },
        "ami-absent": null,
        "ami-bare": {"tags": [{"key": "Team", "value": "web"}]},
        "ami-deprecated": {"state": "available", "deprecationTime": "2020-01-01T00:00:00.000Z"},
        "ami-deregistered": {"state": "deregistered", "ownerId": "111122223333"},
        "ami-disabled": {"state": "disabled"}
    },
    "prefixLists": {
        "pl-4": {"name": "offices", "entries": ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"]},
        "pl-6": {"entries": ["2001:db8::/32"]},
        "pl-absent": null
    },
    "keyPairs": {
        "web-1": {
            "keyPairId": "key-1", "keyType": "ed25519", "fingerprint": "SHA+256=",
            "createTime": "2026-01-01T00:00:00.000Z"
        },
        "web-2": {},
        "web*": {},
        "absent": null
    },
    "networkInterfaces": {"group-id=sg-1": "eni-1", "group-id=sg-2": null, "group-id=sg-3": "eni-3"},
    "unavailable": {"group-id=sg-denied": "no", "ami-denied": "denied in the facts", "pl-denied": "no", "denied": "no"}
}"#;

async fn start() -> Ec2 {
    let data = Ec2Data::from_json(FACTS).unwrap();
    Ec2::start(
        data.instance("i-1", "ami-1").instance("i-2", "ami-deregistered").instance("i-3", "ami-absent"),
    )
    .await
    .unwrap()
}

async fn connect(ec2: &Ec2) -> Client {
    Client::connect(ec2.address()).await
}

async fn try_call(ec2: &Ec2, call: &str) -> io::Result<Received> {
    let body = format!("Action={call}&Version=2016-11-15");
    connect(ec2).await.call("POST", "/", &[FORM, AUTHORIZATION], &body).await
}

async fn call(ec2: &Ec2, call: &str) -> Received {
    try_call(ec2, call).await.unwrap()
}

/// The call's answer consists of exactly these members.
#[track_caller]
fn answered(ec2: &Ec2, answer: &Received, members: &str) {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.headers["content-type"], "text/xml;charset=UTF-8");
    let call = ec2.calls().pop().unwrap();
    let (action, request_id) = (&call.request.action, &answer.headers["x-amzn-requestid"]);
    assert_eq!(
        answer.body,
        format!(
            r#"<?xml version="1.0" encoding="UTF-8"?><{action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>{request_id}</requestId>{members}</{action}Response>"#
        )
    );
    assert_eq!(call.answer, Answer::Accepted);
}

/// The answer is exactly this error.
#[track_caller]
fn is_error(answer: &Received, status: u16, code: &str, message: &str) {
    let request_id = &answer.headers["x-amzn-requestid"];
    assert_eq!(
        answer.body,
        format!(
            r#"<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors><RequestID>{request_id}</RequestID></Response>"#
        )
    );
    assert_eq!(answer.status, status);
}

async fn is_answered(request: &str, members: &str) {
    let ec2 = start().await;
    answered(&ec2, &call(&ec2, request).await, members);
}

async fn is_refused(request: &str, code: &str, message: &str) {
    let ec2 = start().await;
    let answer = call(&ec2, request).await;
    let status = if code == "UnauthorizedOperation" { 403 } else { 400 };
    is_error(&answer, status, code, message);
    let error = Answer::Error { name: code.into(), message: message.into() };
    assert_eq!(ec2.calls().pop().unwrap().answer, error);
}

/// The contents of these elements, in order.
fn texts<'a>(answer: &'a Received, element: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    answer.body.split(&open).skip(1).filter_map(|rest| rest.split(&close).next()).collect()
}

#[tokio::test]
async fn describe_images_answers_all_that_is_known_and_the_tags() {
    is_answered(
        "DescribeImages&ImageId.1=ami-1&ImageId.2=ami-bare",
        "<imagesSet>\
            <item><imageId>ami-1</imageId><imageState>available</imageState>\
            <imageOwnerId>111122223333</imageOwnerId><imageOwnerAlias>amazon</imageOwnerAlias>\
            <name>base &lt;1&gt;</name><creationDate>2026-01-01T00:00:00.000Z</creationDate>\
            <deprecationTime>2099-01-01T00:00:00.000Z</deprecationTime><isPublic>true</isPublic>\
            <tagSet><item><key>Empty</key><value/></item>\
            <item><key>Team</key><value>R&amp;D</value></item></tagSet></item>\
            <item><imageId>ami-bare</imageId>\
            <tagSet><item><key>Team</key><value>web</value></item></tagSet></item>\
        </imagesSet>",
    )
    .await;
}

#[tokio::test]
async fn deprecated_and_disabled_images_are_shown_on_request_only() {
    let ec2 = start().await;
    for (flags, shown) in [
        ("", vec![]),
        ("&IncludeDeprecated=true", vec!["ami-deprecated"]),
        ("&IncludeDisabled=true&IncludeDeprecated=false", vec!["ami-disabled"]),
        ("&IncludeDisabled=true&IncludeDeprecated=true", vec!["ami-deprecated", "ami-disabled"]),
    ] {
        let by_id = format!("DescribeImages&ImageId.1=ami-deprecated&ImageId.2=ami-disabled{flags}");
        assert_eq!(texts(&call(&ec2, &by_id).await, "imageId"), shown, "{flags}");
        let all = call(&ec2, &format!("DescribeImages{flags}")).await;
        assert_eq!(texts(&all, "imageId"), [vec!["ami-1", "ami-bare"], shown].concat());
    }
}

#[tokio::test]
async fn nothing_to_show_is_an_empty_set() {
    is_answered("DescribeImages&ImageId.1=ami-disabled", "<imagesSet/>").await;
}

#[tokio::test]
async fn absent_unknown_and_deregistered_images_are_not_found() {
    for id in ["ami-absent", "ami-unknown", "ami-deregistered"] {
        let message = format!("The image id '[{id}]' does not exist");
        is_refused(&format!("DescribeImages&ImageId.1={id}"), "InvalidAMIID.NotFound", &message).await;
    }
    is_refused(
        "DescribeImages&ImageId.1=ami-absent&ImageId.2=ami-1&ImageId.10=ami-unknown",
        "InvalidAMIID.NotFound",
        "The image ids '[ami-absent, ami-unknown]' do not exist",
    )
    .await;
}

#[tokio::test]
async fn what_is_unavailable_is_denied() {
    let code = "UnauthorizedOperation";
    let message = "You are not authorized to perform this operation. denied in the facts";
    is_refused("DescribeImages&ImageId.1=ami-1&ImageId.2=ami-denied", code, message).await;
    let message = "You are not authorized to perform this operation. no";
    is_refused("DescribeManagedPrefixLists&PrefixListId.1=pl-denied", code, message).await;
    is_refused("GetManagedPrefixListEntries&PrefixListId=pl-denied", code, message).await;
    is_refused("DescribeKeyPairs&KeyName.1=denied", code, message).await;
    is_refused("DescribeKeyPairs&Filter.1.Name=key-name&Filter.1.Value.1=denied", code, message).await;
    let ec2 = Ec2::start(Ec2Data::from_json(FACTS).unwrap().instance("i-4", "ami-denied")).await.unwrap();
    let answer = call(&ec2, "DescribeInstanceImageMetadata&InstanceId.1=i-4").await;
    assert_eq!((answer.status, texts(&answer, "Code")), (403, vec![code]));
}

#[tokio::test]
async fn describe_instance_image_metadata_answers_an_image_that_is_gone_without_tags() {
    is_answered(
        "DescribeInstanceImageMetadata&InstanceId.1=i-2&InstanceId.2=i-1&InstanceId.3=i-3",
        "<instanceImageMetadataSet>\
            <item><instanceId>i-2</instanceId><instanceOwnerId>111122223333</instanceOwnerId><imageMetadata><imageId>ami-deregistered</imageId>\
            <imageState>deregistered</imageState><imageOwnerId>111122223333</imageOwnerId></imageMetadata></item>\
            <item><instanceId>i-1</instanceId><instanceOwnerId>111122223333</instanceOwnerId><imageMetadata><imageId>ami-1</imageId>\
            <imageState>available</imageState><imageOwnerId>111122223333</imageOwnerId>\
            <imageOwnerAlias>amazon</imageOwnerAlias><name>base &lt;1&gt;</name>\
            <creationDate>2026-01-01T00:00:00.000Z</creationDate>\
            <deprecationTime>2099-01-01T00:00:00.000Z</deprecationTime><isPublic>true</isPublic></imageMetadata></item>\
            <item><instanceId>i-3</instanceId><instanceOwnerId>111122223333</instanceOwnerId></item>\
        </instanceImageMetadataSet>",
    )
    .await;
    let ec2 = start().await;
    let all = call(&ec2, "DescribeInstanceImageMetadata").await;
    assert_eq!(texts(&all, "instanceId"), ["i-1", "i-2", "i-3"]);
}

#[tokio::test]
async fn instances_belong_to_the_account_that_asks() {
    let data = Ec2Data::default().account("444455556666").instance("i-1", "ami-1");
    let ec2 = Ec2::start(data).await.unwrap();
    let answer = call(&ec2, "DescribeInstanceImageMetadata&InstanceId.1=i-1").await;
    assert_eq!(texts(&answer, "instanceOwnerId"), ["444455556666"]);
}

#[tokio::test]
async fn unknown_instances_are_not_found() {
    let request = "DescribeInstanceImageMetadata&InstanceId.1=i-1&InstanceId.2=i-8&InstanceId.3=i-9";
    let message = "The instance IDs 'i-8, i-9' do not exist";
    is_refused(request, "InvalidInstanceID.NotFound", message).await;
}

#[tokio::test]
async fn describe_network_interfaces_answers_one_of_each_group() {
    let of = |group: &str| {
        format!("DescribeNetworkInterfaces&Filter.1.Name=group-id&Filter.1.Value.1={group}&MaxResults=5")
    };
    let item = "<item><groupSet><item><groupId>sg-1</groupId></item></groupSet>\
                <networkInterfaceId>eni-1</networkInterfaceId></item>";
    is_answered(&of("sg-1"), &format!("<networkInterfaceSet>{item}</networkInterfaceSet>")).await;
    for group in ["sg-2", "sg-9"] {
        is_answered(&of(group), "<networkInterfaceSet/>").await;
    }
    let message = "You are not authorized to perform this operation. no";
    is_refused(&of("sg-denied"), "UnauthorizedOperation", message).await;
}

#[tokio::test]
async fn describe_managed_prefix_lists_answers_family_and_name() {
    let four = "<item><prefixListId>pl-4</prefixListId><addressFamily>IPv4</addressFamily>\
        <state>create-complete</state><prefixListName>offices</prefixListName></item>";
    let six = "<item><prefixListId>pl-6</prefixListId><addressFamily>IPv6</addressFamily>\
        <state>create-complete</state></item>";
    let both = format!("<prefixListSet>{four}{six}</prefixListSet>");
    is_answered("DescribeManagedPrefixLists", &both).await;
    let one = format!("<prefixListSet>{six}</prefixListSet>");
    is_answered("DescribeManagedPrefixLists&PrefixListId.1=pl-6", &one).await;
    let message = "The prefix list ID 'pl-absent' does not exist";
    let request = "DescribeManagedPrefixLists&PrefixListId.1=pl-absent&PrefixListId.2=pl-4";
    is_refused(request, "InvalidPrefixListID.NotFound", message).await;
}

#[tokio::test]
async fn get_managed_prefix_list_entries_answers_the_blocks() {
    is_answered(
        "GetManagedPrefixListEntries&PrefixListId=pl-6",
        "<entrySet><item><cidr>2001:db8::/32</cidr></item></entrySet>",
    )
    .await;
    for id in ["pl-absent", "pl-unknown"] {
        let message = format!("The prefix list ID '{id}' does not exist");
        let request = format!("GetManagedPrefixListEntries&PrefixListId={id}");
        is_refused(&request, "InvalidPrefixListID.NotFound", &message).await;
    }
    let message = "The request must contain the parameter PrefixListId";
    is_refused("GetManagedPrefixListEntries", "MissingParameter", message).await;
}

#[tokio::test]
async fn entries_come_in_pages() {
    let ec2 = start().await;
    let request = "GetManagedPrefixListEntries&PrefixListId=pl-4&MaxResults=2";
    let first = call(&ec2, request).await;
    assert_eq!(texts(&first, "cidr"), ["192.0.2.0/24", "198.51.100.0/24"]);
    let [token] = texts(&first, "nextToken")[..] else { unreachable!("{first:?}") };
    let second = call(&ec2, &format!("{request}&NextToken={token}")).await;
    assert_eq!(texts(&second, "cidr"), ["203.0.113.0/24"]);
    assert!(texts(&second, "nextToken").is_empty());
}

#[tokio::test]
async fn a_page_holds_at_most_a_hundred_entries() {
    let entries: Vec<_> = (0..250).map(|block| format!("10.0.{block}.0/24")).collect();
    let facts = serde_json::json!({"prefixLists": {"pl-1": {"entries": entries}}});
    let ec2 = Ec2::start(Ec2Data::from_json(&facts.to_string()).unwrap()).await.unwrap();
    let (mut request, mut sizes) = ("GetManagedPrefixListEntries&PrefixListId=pl-1".to_owned(), Vec::new());
    loop {
        let answer = call(&ec2, &request).await;
        sizes.push(texts(&answer, "cidr").len());
        let Some(token) = texts(&answer, "nextToken").pop() else { break };
        request = format!("GetManagedPrefixListEntries&PrefixListId=pl-1&NextToken={token}");
    }
    assert_eq!(sizes, [100, 100, 50]);
}

#[tokio::test]
async fn page_sizes_and_tokens_are_checked() {
    let request = "GetManagedPrefixListEntries&PrefixListId=pl-4";
    for size in ["0", "101", "many"] {
        let message =
            format!("Value ( {size} ) for parameter maxResults is invalid. Expecting a value from 1 to 100.");
        is_refused(&format!("{request}&MaxResults={size}"), "InvalidParameterValue", &message).await;
    }
    for token in ["", "1", "0000000000000003", "token"] {
        let message = "Unable to parse pagination token";
        is_refused(&format!("{request}&NextToken={token}"), "InvalidParameterValue", message).await;
    }
}

#[tokio::test]
async fn describe_key_pairs_by_name() {
    is_answered(
        "DescribeKeyPairs&KeyName.1=web-1&KeyName.2=web-2",
        "<keySet>\
            <item><keyPairId>key-1</keyPairId><keyName>web-1</keyName><keyType>ed25519</keyType>\
            <keyFingerprint>SHA+256=</keyFingerprint><createTime>2026-01-01T00:00:00.000Z</createTime></item>\
            <item><keyName>web-2</keyName></item>\
        </keySet>",
    )
    .await;
    let message = "The key pairs 'absent, unknown' do not exist";
    let request = "DescribeKeyPairs&KeyName.1=web-1&KeyName.2=absent&KeyName.3=unknown";
    is_refused(request, "InvalidKeyPair.NotFound", message).await;
}

#[tokio::test]
async fn describe_key_pairs_by_filter() {
    let ec2 = start().await;
    for (values, names) in [
        ("&Filter.1.Value.1=web-1&Filter.1.Value.2=absent&Filter.1.Value.3=unknown", vec!["web-1"]),
        ("&Filter.1.Value.1=web*", vec!["web*", "web-1", "web-2"]),
        ("&Filter.1.Value.1=web-%3F", vec!["web-1", "web-2"]),
        ("&Filter.1.Value.1=web%5C*", vec!["web*"]),
        ("&Filter.1.Value.1=Web-1", vec![]),
        ("&Filter.1.Value.1=*&Filter.2.Name=key-name&Filter.2.Value.1=*-2&KeyName.1=web-2", vec!["web-2"]),
        ("", vec![]),
    ] {
        let answer = call(&ec2, &format!("DescribeKeyPairs&Filter.1.Name=key-name{values}")).await;
        assert_eq!(texts(&answer, "keyName"), names, "{values}: {answer:?}");
        assert_eq!(answer.status, 200);
    }
    let request = "DescribeKeyPairs&Filter.1.Name=fingerprint&Filter.1.Value.1=x";
    is_refused(request, "InvalidParameterValue", "The filter 'fingerprint' is invalid").await;
}

#[tokio::test]
async fn by_default_nothing_exists() {
    let ec2 = Ec2::start(Ec2Data::default()).await.unwrap();
    answered(&ec2, &call(&ec2, "DescribeImages").await, "<imagesSet/>");
    let answer = call(&ec2, "DescribeImages&ImageId.1=ami-1").await;
    assert_eq!(texts(&answer, "Code"), ["InvalidAMIID.NotFound"]);
}

#[tokio::test]
async fn other_actions_and_parameters_are_refused() {
    let message = "The action TerminateInstances is not valid for this web service.";
    is_refused("TerminateInstances&InstanceId.1=i-1", "InvalidAction", message).await;
    let message = "The parameter ExecutableBy.1 is not recognized";
    is_refused("DescribeImages&ExecutableBy.1=self", "UnknownParameter", message).await;
}

#[tokio::test]
async fn only_signed_forms_of_this_version_reach_an_action() {
    let ec2 = start().await;
    let body = "Action=DescribeImages&Version=2016-11-15";
    let json = ("content-type", "application/json");
    for (headers, body, status, code) in [
        (vec![FORM], body, 403, "MissingAuthenticationToken"),
        (vec![AUTHORIZATION], body, 400, "MissingAction"),
        (vec![json, AUTHORIZATION], body, 400, "MissingAction"),
        (vec![FORM, AUTHORIZATION], "", 400, "MissingAction"),
        (vec![FORM, AUTHORIZATION], "Action=DescribeImages", 400, "NoSuchVersion"),
        (vec![FORM, AUTHORIZATION], "Action=DescribeImages&Version=2015-10-01", 400, "NoSuchVersion"),
    ] {
        let answer = connect(&ec2).await.call("POST", "/", &headers, body).await.unwrap();
        assert_eq!((answer.status, texts(&answer, "Code")), (status, vec![code]));
    }
    assert_eq!(ec2.calls(), []);
}

#[tokio::test]
async fn a_plain_get_opens_the_connection_for_the_call_that_follows() {
    let ec2 = start().await;
    let mut client = connect(&ec2).await;
    assert_eq!(client.get("/").await.unwrap().status, 404);
    assert_eq!(ec2.calls(), []);
    let body = "Action=DescribeImages&Version=2016-11-15";
    let answer = client.call("POST", "/", &[FORM, AUTHORIZATION], body).await.unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(ec2.connections(), 1);
}

#[tokio::test]
async fn calls_are_kept_with_their_parameters() {
    let ec2 = start().await;
    call(&ec2, "DescribeKeyPairs&KeyName.10=c%2B+d&KeyName.2=b&KeyName.1=a&Other=1").await;
    let [ApiCall { request, .. }] = &ec2.calls()[..] else { unreachable!() };
    assert_eq!(request.action, "DescribeKeyPairs");
    assert_eq!(request.list("KeyName"), ["a", "b", "c+ d"]);
    assert_eq!(request.get("Other"), Some("1"));
    assert_eq!(request.get("Version"), None);
}

#[tokio::test]
async fn throttles_on_demand_and_once_per_fault() {
    let ec2 = start().await;
    ec2.inject([Fault::Throttle, Fault::None]);
    let answer = call(&ec2, "DescribeImages").await;
    is_error(&answer, 503, "RequestLimitExceeded", "Request limit exceeded.");
    for _ in 0..2 {
        assert_eq!(call(&ec2, "DescribeImages").await.status, 200);
    }
    let answers: Vec<_> = ec2.calls().into_iter().map(|call| call.answer).collect();
    let throttled = Answer::Fault(Fault::Throttle);
    assert_eq!(answers, [throttled, Answer::Accepted, Answer::Accepted]);
}

#[tokio::test]
async fn answers_with_a_server_error_on_demand() {
    let ec2 = start().await;
    ec2.inject([Fault::ServerError(502), Fault::ServerError(7)]);
    for status in [502, 500] {
        let answer = call(&ec2, "DescribeImages").await;
        is_error(&answer, status, "InternalError", "An internal error has occurred");
    }
}

#[tokio::test]
async fn denies_on_demand_and_names_the_action() {
    let ec2 = start().await;
    ec2.inject([Fault::Denied]);
    let answer = call(&ec2, "DescribeKeyPairs").await;
    assert_eq!((answer.status, texts(&answer, "Code")), (403, vec!["UnauthorizedOperation"]));
    assert!(texts(&answer, "Message")[0].contains(" perform: ec2:DescribeKeyPairs because "), "{answer:?}");
    assert_eq!(ec2.calls()[0].answer, Answer::Fault(Fault::Denied));
}

#[tokio::test]
async fn delays_an_answer() {
    let ec2 = start().await;
    let delay = Duration::from_millis(100);
    ec2.inject([Fault::Delay(delay)]);
    let start = Instant::now();
    answered(&ec2, &call(&ec2, "DescribeImages&ImageId.1=ami-disabled").await, "<imagesSet/>");
    assert!(start.elapsed() >= delay);
}

#[tokio::test]
async fn cuts_the_connection() {
    let ec2 = start().await;
    ec2.inject([Fault::CutConnection]);
    let error = try_call(&ec2, "DescribeImages").await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    assert_eq!(ec2.calls()[0].answer, Answer::Fault(Fault::CutConnection));
    assert_eq!(call(&ec2, "DescribeImages").await.status, 200);
}

#[tokio::test]
async fn a_function_chooses_faults_once_the_queue_is_empty() {
    let ec2 = start().await;
    ec2.inject([Fault::None]);
    ec2.inject_with(|request| match request.list("ImageId")[..] {
        ["ami-1"] => Fault::Throttle,
        _ => Fault::None,
    });
    let mut statuses = Vec::new();
    for id in ["ami-1", "ami-1", "ami-bare"] {
        statuses.push(call(&ec2, &format!("DescribeImages&ImageId.1={id}")).await.status);
    }
    assert_eq!(statuses, [200, 503, 200]);
}

#[tokio::test]
async fn versions_of_launch_templates_may_be_facts() {
    let facts = r#"{"launchTemplateVersions":{"lt-1:1":{"1":{"imageId":"ami-1"}},"lt-1:$Default":{"1":{"imageId":"ami-1"}},
        "lt-1:3":{"3":{"imageId":"resolve:ssm:/a","keyName":"ops"}},"lt-1:4":null},
        "imageAliases":{"resolve:ssm:/a":"ami-3"},"unavailable":{"lt-1:5":"denied"}}"#;
    let ec2 = Ec2::start(Ec2Data::from_json(facts).unwrap()).await.unwrap();
    let images = async |rest: &str| {
        let call = call(&ec2, &format!("DescribeLaunchTemplateVersions&LaunchTemplateId=lt-1{rest}")).await;
        texts(&call, "imageId").into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(images("&LaunchTemplateVersion.1=$Default").await, ["ami-1"]);
    assert_eq!(images("&LaunchTemplateVersion.1=$Latest").await, ["resolve:ssm:/a"]);
    assert_eq!(images("&LaunchTemplateVersion.1=3&ResolveAlias=true").await, ["ami-3"]);
    assert_eq!(images("").await, ["ami-1", "resolve:ssm:/a"]);
    for (version, code) in [("4", "InvalidLaunchTemplateId.VersionNotFound"), ("5", "UnauthorizedOperation")]
    {
        let action = "DescribeLaunchTemplateVersions&LaunchTemplateId=lt-1&LaunchTemplateVersion.1=";
        assert_eq!(texts(&call(&ec2, &format!("{action}{version}")).await, "Code"), [code]);
    }
}

#[test]
fn only_a_file_of_facts_is_read() {
    assert!(Ec2Data::from_json(r#"{"image":{}}"#).is_err());
    assert!(Ec2Data::from_json(r#"{"images":{"ami-1":{"id":1}}}"#).is_err());
}
