//! What EC2 lists must be evaluated as `aws ec2 describe-…` prints it.

use std::{collections::BTreeSet, fs, path::Path};

use config_rules::{
    catalogue::{AnyRule, RULES},
    document::Document,
    engine::{Evaluate as _, first_requests},
    facts::{Fact, Facts, Secret},
    inventory::Inventory,
    item::RawItem,
    rule::ResourceTypes,
};
use serde_json::Value;

use super::*;
use crate::{
    INVENTORY_ACTIONS,
    fake_ec2::{FakeEc2, Reply, items, refused},
};

const INSTANCE: &str = Listing::INSTANCES.resource_type;
const GROUP: &str = Listing::SECURITY_GROUPS.resource_type;

fn at() -> Timestamp {
    "2026-11-01T10:00:00Z".parse().unwrap()
}

async fn page(fake: &FakeEc2, resource_types: &[&str], next: Option<&str>) -> Result<Page, AwsError> {
    let resource_types: Vec<_> = resource_types.iter().map(|name| (*name).to_owned()).collect();
    fake.ec2.page(&resource_types, None, at(), next.map(str::to_owned)).await
}

/// The items that the inventory makes of an answer of EC2's.
async fn listed(resource_type: &str, reply: Reply) -> Result<Vec<RawItem>, AwsError> {
    let fake = FakeEc2::start(move |_| reply.clone()).await;
    page(&fake, &[resource_type], None).await.map(|page| page.items)
}

/// The same from what `aws ec2 describe-…` prints, which says neither ARN nor Region of every resource.
fn printed(text: &str, listed: &[RawItem]) -> Vec<RawItem> {
    let Document::Items(items) = Document::from_json(text, at()).unwrap() else { panic!("{text}") };
    let mut items: Vec<_> = items.into_iter().map(Result::unwrap).collect();
    for (item, listed) in items.iter_mut().zip(listed) {
        item.arn.clone_from(&listed.arn);
        item.aws_region.get_or_insert_with(|| "eu-west-1".to_owned());
    }
    items
}

/// Everything that EC2's service model knows of an instance or a group stands in the first resource of each listing.
async fn listings() -> Vec<(RawItem, RawItem)> {
    let mut pairs = Vec::new();
    for (resource_type, xml, json) in [
        (INSTANCE, include_str!("listings/instances.xml"), include_str!("listings/instances.json")),
        (GROUP, include_str!("listings/security-groups.xml"), include_str!("listings/security-groups.json")),
    ] {
        let listed = listed(resource_type, Ok(xml.to_owned())).await.unwrap();
        let printed = printed(json, &listed);
        assert_eq!(listed.len(), printed.len());
        pairs.extend(listed.into_iter().zip(printed));
    }
    pairs
}

#[tokio::test]
async fn an_item_says_what_the_cli_prints() {
    for (listed, printed) in listings().await {
        assert_eq!(head(&listed), head(&printed));
        let arn = format!(":eu-west-1:111122223333:{}/{}", kind(&listed), listed.resource_id);
        assert_eq!(listed.arn, Some(format!("arn:aws:ec2{arn}")));
        // What the API calls `IpRanges` are AWS Config's `ipv4Ranges`; its `ipRanges` are plain text.
        let text = listed.configuration.unwrap().get().replace("ipv4Ranges", "ipRanges");
        let printed = serde_json::from_str(printed.configuration.unwrap().get()).unwrap();
        assert_part_of(&serde_json::from_str(&text).unwrap(), &printed);
    }
}

fn kind(item: &RawItem) -> &str {
    if item.resource_type == INSTANCE { "instance" } else { "security-group" }
}

/// Everything but ARN and configuration.
fn head(item: &RawItem) -> impl PartialEq + std::fmt::Debug + '_ {
    (
        (&item.resource_type, &item.resource_id, &item.resource_name, &item.account_id, &item.aws_region),
        (&item.configuration_item_status, item.configuration_item_capture_time, &item.tags),
    )
}

/// No other name, form or value than the listing has; what is null here is not there.
#[track_caller]
fn assert_part_of(part: &Value, whole: &Value) {
    match (part, whole) {
        (Value::Object(part), whole) => {
            part.iter().for_each(|(key, value)| assert_part_of(value, &whole[key]));
        }
        (Value::Array(part), Value::Array(whole)) => {
            assert_eq!(part.len(), whole.len());
            part.iter().zip(whole).for_each(|(part, whole)| assert_part_of(part, whole));
        }
        (part, whole) => assert_eq!(part, whole),
    }
}

/// Each rule, with the parameters of all sample events that it can use.
fn rules() -> Vec<(&'static str, AnyRule)> {
    let mut rules = Vec::new();
    for path in samples(&root().join("events")) {
        let Ok(Document::Event(event)) = Document::from_json(&fs::read_to_string(path).unwrap(), at()) else {
            continue;
        };
        let Ok(parameters) = event.parameters() else { continue };
        let configured = RULES.iter().filter_map(|rule| {
            Some((rule.metadata.name, (rule.configure)(&parameters, &Facts::default()).ok()?))
        });
        rules.extend(configured);
    }
    rules
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn samples(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { samples(&path) } else { vec![path] }).collect()
}

/// A field that a rule reads and that the item lacks makes another verdict, or another question.
#[tokio::test]
async fn every_rule_evaluates_an_item_as_it_evaluates_what_the_cli_prints() {
    let facts = fs::read_to_string(root().join("events/facts/samples.json")).unwrap();
    let mut facts = Facts::from_json(&facts).unwrap();
    let (listings, mut answers) = (listings().await, BTreeSet::new());
    let instances = listings.iter().filter(|(listed, _)| listed.resource_id.starts_with("i-"));
    for (listed, _) in instances.step_by(2) {
        facts.set(listed.resource_id.clone(), Fact::Known(Secret::new(String::new())));
    }
    for (name, rule) in rules() {
        for (listed, printed) in &listings {
            let (listed, printed) = (rule.case(listed.clone()), rule.case(printed.clone()));
            assert_eq!(first_requests(&listed), first_requests(&printed), "{name}");
            let (listed, printed) = (listed.evaluate(&facts), printed.evaluate(&facts));
            assert_eq!(listed.as_ref().ok(), printed.as_ref().ok(), "{name}");
            answers.extend(listed.map(|evaluation| (name, evaluation.compliance.compliance_type())));
        }
    }
    for rule in RULES.iter().filter(|rule| rule.metadata.resource_types != ResourceTypes::AccountOnly) {
        for answer in ["COMPLIANT", "NON_COMPLIANT"] {
            assert!(answers.contains(&(rule.metadata.name, answer)), "{answer} of {}", rule.metadata.name);
        }
    }
}

#[tokio::test]
async fn rules_that_ec2_did_not_send_are_not_none() {
    for (sent, expected) in [("", "null"), ("<ipPermissions/>", "[]")] {
        let group = format!("<item><groupId>sg-1</groupId>{sent}</item>");
        let listed = listed(GROUP, items("securityGroupInfo", &group)).await.unwrap();
        let configuration = listed[0].configuration.as_ref().unwrap().get();
        let expected = format!(r#""ipPermissions":{expected}"#);
        assert!(configuration.contains(&expected), "{configuration}");
    }
}

#[tokio::test]
async fn types_follow_one_another_page_by_page() {
    let fake = FakeEc2::start(|call| {
        assert_eq!(call.value("MaxResults"), Some("200"));
        match (call.action(), call.value("NextToken")) {
            ("DescribeInstances", None) => {
                assert_eq!(call.value("IncludeManagedResources"), Some("true"));
                reservation("i-1").map(|xml| xml + "<nextToken>a:b</nextToken>")
            }
            ("DescribeInstances", Some("a%3Ab")) => reservation("i-2"),
            ("DescribeSecurityGroups", None) => {
                items("securityGroupInfo", "<item><groupId>sg-1</groupId></item>")
            }
            _ => refused("InvalidPaginationToken"),
        }
    });
    let fake = fake.await;
    let (mut ids, mut next) = (Vec::new(), None);
    loop {
        let page = page(&fake, &[INSTANCE, GROUP], next.as_deref()).await.unwrap();
        ids.extend(page.items.into_iter().map(|item| item.resource_id));
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    assert_eq!(ids, ["i-1", "i-2", "sg-1"]);
    assert_eq!(fake.calls(), 3);
}

fn reservation(instance_id: &str) -> Reply {
    let instance = format!("<item><instanceId>{instance_id}</instanceId></item>");
    items("reservationSet", &format!("<item><instancesSet>{instance}</instancesSet></item>"))
}

/// What EC2 does not list, AWS Config does: types of EC2 and of other services, and every type.
#[tokio::test]
async fn what_ec2_does_not_list_is_as_aws_config_has_recorded_it() {
    let template = serde_json::json!({
        "resourceType": "AWS::EC2::LaunchTemplate", "resourceId": "lt-1", "configurationItemStatus": "OK",
        "configurationItemCaptureTime": "2026-03-01T10:00:00.000Z", "tags": [],
        "configuration": {"DefaultVersionNumber": "1", "LaunchTemplateData": {"ImageId": "ami-1"}},
    });
    let fake = FakeEc2::start(move |call| match (call.action(), serde_json::from_str::<Value>(&call.0)) {
        ("DescribeInstances", _) => reservation("i-1"),
        (_, Ok(request)) if request["NextToken"] == "a:b" => Ok(r#"{"Results":[]}"#.to_owned()),
        (_, Ok(request)) => {
            let expression = request["Expression"].as_str().unwrap();
            assert!(expression.contains(" tags, configuration, "), "{expression}");
            assert!(
                expression.ends_with("WHERE resourceType IN ('AWS::EC2::LaunchTemplate')"),
                "{expression}"
            );
            Ok(serde_json::json!({"Results": [template.to_string()], "NextToken": "a:b"}).to_string())
        }
        (action, Err(error)) => panic!("{action}: {error}"),
    })
    .await;
    let (mut items, mut next) = (Vec::new(), None);
    for _ in 0..3 {
        let page = page(&fake, &[INSTANCE, "AWS::EC2::LaunchTemplate"], next.as_deref()).await.unwrap();
        items.extend(page.items);
        next = page.next;
    }
    assert_eq!(next, None);
    let [instance, template] = items.as_slice() else { panic!("{items:?}") };
    assert_eq!((instance.resource_id.as_str(), template.resource_id.as_str()), ("i-1", "lt-1"));
    assert_eq!(template.configuration_item_capture_time, at());
    assert!(template.configuration.as_ref().unwrap().get().contains("ami-1"));
    fake.assert_called(&[
        "ec2:DescribeInstances",
        "config:SelectResourceConfig",
        "config:SelectResourceConfig",
    ]);
}

#[tokio::test]
async fn a_place_that_is_none_is_rejected() {
    let fake = FakeEc2::start(|_| items("reservationSet", "")).await;
    let Err(AwsError::Rejected(problem)) = page(&fake, &[INSTANCE], Some("x")).await else { panic!() };
    assert_eq!(problem, "\"x\" is no place in a listing");
    assert_eq!(fake.calls(), 0);
}

#[tokio::test]
async fn a_refused_listing_names_the_call() {
    for (resource_type, action) in INVENTORY_ACTIONS {
        let error = listed(resource_type, refused("UnauthorizedOperation")).await.unwrap_err();
        assert_eq!(error, AwsError::AccessDenied(format!("{action}: UnauthorizedOperation: No.")));
    }
}

#[tokio::test]
async fn a_resource_without_an_id_is_not_left_out() {
    for (resource_type, reply) in [
        (INSTANCE, items("reservationSet", "<item><instancesSet><item/></instancesSet></item>")),
        (GROUP, items("securityGroupInfo", "<item/>")),
    ] {
        let error = listed(resource_type, reply).await.unwrap_err();
        let problem = format!("EC2 listed an {resource_type} without an id");
        assert_eq!(error, AwsError::ServiceUnavailable(problem));
    }
}
