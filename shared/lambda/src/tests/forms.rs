//! One answer in every form: what the sample events are about, as AWS Config sends, keeps and delivers it, as its queries and
//! EC2 list it, and as a file has it.

use std::{collections::BTreeSet, fs, path::Path, rc::Rc, thread};

use config_rules::{
    Error,
    catalogue::{self, RULES, Visitor, find_deployed},
    document::Document,
    engine,
    event::Event,
    facts::{FactRequest, FactSource, Facts},
    inventory::{Filter, Inventory, Page},
    item::{RawItem, Status},
    parameters::RawParameters,
    rule::{ConfiguredRule, Evaluation, ResourceTypes, Rule},
};
use config_rules_aws::{AwsError, Session, Source};
use config_rules_ec2::Ec2;
use config_rules_local::{ConfigurationItem, Ec2Data, ResultKey, SsmData};
use config_rules_test_aws::config_rule;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::runtime::Builder;
use walkdir::WalkDir;

use super::{ENOUGH, Environment, OWN, World, fake_ec2::FakeEc2, snapshots::gzip};
use crate::ConfigInventory;

#[test]
fn every_sample_gets_one_answer_in_every_form() {
    thread::scope(|threads| {
        for check in catalogue::visit(&EveryForm) {
            threads.spawn(check);
        }
    });
}

struct EveryForm;

impl Visitor for EveryForm {
    type Output = fn();

    fn visit<R: Rule + 'static>(&self) -> fn() {
        if R::METADATA.inventory_actions.contains(&"config:SelectResourceConfig") {
            || block_on(every_form::<R, ConfigInventory>(as_recorded::<R>))
        } else {
            || block_on(every_form::<R, Ec2>(as_listed::<R>))
        }
    }
}

fn block_on(future: impl Future<Output = ()>) {
    Builder::new_current_thread().enable_all().build().unwrap().block_on(future);
}

/// What is left of a sample's item in a form; none if the form does not have it.
type Left = fn(&Sample) -> Option<RawItem>;

async fn every_form<R: Rule, I: Inventory<Error = AwsError> + Source>(as_listed: Left) {
    let mut forms = BTreeSet::new();
    for sample in samples(R::METADATA.name) {
        let world = sample.world::<R, I>().await;
        for (form, event, left) in [
            (Form::Event, sample.changed(), Some(sample.raw())),
            (Form::Oversized, sample.oversized(), Some(sample.raw())),
            (Form::Snapshot, sample.delivered(), as_delivered(&sample)),
            (Form::Listed, sample.scheduled(), as_listed(&sample)),
        ] {
            let Some(left) = left else { continue };
            let expected = sample.replayed::<R>(left, form).await;
            assert_eq!(sample.answered(&world, form, &event).await, expected, "{} as {form:?}", sample.name);
            forms.insert(form);
        }
        if let Some((left, described)) = as_described(&sample).zip(sample.described()) {
            let expected = sample.replayed::<R>(left, Form::Event).await;
            let answer = sample.replayed::<R>(sample.read(&described), Form::Event).await;
            assert_eq!(answer, expected, "{} as described", sample.name);
        }
    }
    // The account as a whole has no item.
    assert!(forms.len() == 4 || R::METADATA.resource_types == ResourceTypes::AccountOnly, "{forms:?}");
}

/// A form that reaches a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    Event,
    Oversized,
    Snapshot,
    Listed,
}

/// However many resources are alike, they take as many rounds of look-ups as one, and the same requests, but for those about
/// each of them.
#[tokio::test]
async fn several_of_a_sample_take_the_same_look_ups_as_one() {
    know_samples();
    for sample in RULES.iter().flat_map(|rule| samples(rule.metadata.name)) {
        let one = sample.look_ups(1).await;
        assert_eq!(sample.look_ups(5).await, one, "{}", sample.name);
    }
}

/// The request, whichever copy of a sample it is about.
fn of_any_copy(request: &FactRequest) -> String {
    let text = format!("{request:?}");
    text.split(COPY).enumerate().map(|(index, part)| if index == 0 { part } else { &part[3..] }).collect()
}

/// What the ids of copies begin with; three digits follow.
const COPY: &str = "copy-";

/// What comes of an item: type and id of the resource, compliance type and annotation; or the error's name and message. And
/// what was looked up for it, round by round.
#[derive(Debug, PartialEq)]
struct Answer {
    result: Result<[String; 4], [String; 2]>,
    look_ups: Vec<BTreeSet<FactRequest>>,
}

/// A sample event with an item.
struct Sample {
    name: String,
    envelope: Value,
    invoking_event: Value,
    item: Value,
}

/// The sample events of a rule, in whichever folder they are.
fn samples(rule: &'static str) -> impl Iterator<Item = Sample> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../events"));
    let files = WalkDir::new(root).sort_by_file_name().into_iter().map(Result::unwrap);
    files.filter(|file| file.file_type().is_file()).filter_map(move |file| {
        let text = fs::read_to_string(file.path()).unwrap();
        let envelope: Value = serde_json::from_str(&text).ok()?;
        let deployed = find_deployed(envelope["configRuleName"].as_str()?)?;
        let invoking_event: Value = serde_json::from_str(envelope["invokingEvent"].as_str()?).ok()?;
        let item = invoking_event.get("configurationItem")?.clone();
        let name = file.path().strip_prefix(root).unwrap().display().to_string();
        (deployed.metadata.name == rule).then_some(Sample { name, envelope, invoking_event, item })
    })
}

thread_local!(static FACTS: Rc<Facts> = Rc::new(Facts::from_json(&facts_file()).unwrap()));

/// What is known in the samples.
fn facts() -> Rc<Facts> {
    FACTS.with(Rc::clone)
}

fn know_samples() {
    FakeEc2::of_test().know(|known| *known = facts().as_ref().clone());
}

fn facts_file() -> String {
    fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/facts/samples.json")).unwrap()
}

impl Sample {
    fn raw(&self) -> RawItem {
        RawItem::from_json(&self.item.to_string()).unwrap()
    }

    fn changed(&self) -> Value {
        self.invoking_event.clone()
    }

    /// The same without what makes an item large.
    fn oversized(&self) -> Value {
        let mut summary = self.item.clone();
        for large in ["configuration", "relationships", "relatedEvents", "supplementaryConfiguration", "tags"]
        {
            summary.as_object_mut().unwrap().remove(large);
        }
        let mut invoking_event = self.message("OversizedConfigurationItemChangeNotification");
        invoking_event["configurationItemSummary"] = summary;
        invoking_event
    }

    fn delivered(&self) -> Value {
        let mut invoking_event = self.message("ConfigurationSnapshotDeliveryCompleted");
        invoking_event["s3Bucket"] = json!("bucket");
        invoking_event["s3ObjectKey"] = json!("key");
        invoking_event
    }

    fn scheduled(&self) -> Value {
        self.message("ScheduledNotification")
    }

    /// Sent when the item was captured: ages must be the same.
    fn message(&self, message_type: &str) -> Value {
        json!({"messageType": message_type, "notificationCreationTime": self.item["configurationItemCaptureTime"]})
    }

    /// What `aws ec2 describe-…` prints of the resource; none of what it does not describe.
    fn described(&self) -> Option<Value> {
        let mut resource = described(&self.item["configuration"]);
        let tags = self.item["tags"].as_object().into_iter().flatten();
        resource.as_object_mut()?.insert(
            "Tags".to_owned(),
            tags.map(|(key, value)| json!({"Key": key, "Value": value})).collect(),
        );
        let is_described = |id: &str| resource[id] == self.item["resourceId"];
        if is_described("InstanceId") {
            Some(json!({"Reservations": [{"OwnerId": self.item["awsAccountId"], "Instances": [resource]}]}))
        } else {
            is_described("GroupId").then(|| json!({"SecurityGroups": [resource]}))
        }
    }

    /// The item that is made of it.
    fn read(&self, described: &Value) -> RawItem {
        let at = self.raw().configuration_item_capture_time;
        match Document::from_json(&described.to_string(), at).unwrap() {
            Document::Items(mut items) => items.remove(0).unwrap(),
            Document::Event(event) => panic!("{event:?}"),
        }
    }

    /// An EC2 that lists it.
    fn ec2(&self) -> Ec2Data {
        let described = self.described().unwrap_or_default();
        let list = |key: &str| described[key].as_array().cloned().unwrap_or_default();
        Ec2Data::default().instances(list("Reservations")).security_groups(list("SecurityGroups"))
    }

    fn event(&self, invoking_event: &Value, rule: &str) -> Value {
        let mut event = self.envelope.clone();
        event["invokingEvent"] = json!(invoking_event.to_string());
        event["configRuleName"] = json!(rule);
        event["resultToken"] = json!(rule);
        event
    }

    /// A function, with the item in AWS Config's history, in a snapshot, and in EC2.
    async fn world<R: Rule, I: Inventory<Error = AwsError> + Source>(&self) -> World<R, Samples<I>> {
        let world = World::start(Environment::default()).await;
        world.ssm.with(|ssm| *ssm = SsmData::from_json(&facts_file()).unwrap());
        world.ec2.with(|ec2| *ec2 = self.ec2());
        world.config_service.record(ConfigurationItem::from_event(self.item.clone()).unwrap());
        let snapshot = json!({"fileVersion": "1.0", "configurationItems": [self.item]});
        world.s3.with(|s3| s3.put_object("bucket", "key", gzip(&snapshot.to_string())));
        world
    }

    /// What a function answers to this event, by a rule of its own, which has had another result of the resource.
    async fn answered<R: Rule, S: Source>(&self, world: &World<R, S>, form: Form, event: &Value) -> Answer {
        let rule = format!("{}-{form:?}", R::METADATA.name);
        world.config_service.deploy(OWN, &config_rule(&rule, &json!({}), &Value::Null)).unwrap();
        world.config_service.assign_token(&rule, &rule);
        let of_item = |field: &str| self.item[field].as_str().unwrap();
        let (resource_type, resource_id) = (of_item("resourceType"), of_item("resourceId"));
        world.hold_of(&rule, resource_type, resource_id, "2014-01-01T00:00:00Z");
        let outcome = world.handle(&self.event(event, &rule).to_string(), ENOUGH).await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let result = match outcome {
            Err((name, message)) => Err([name, message]),
            Ok(record) if record["errorType"].is_string() => {
                Err([text(&record["errorType"]), text(&record["errorMessage"])])
            }
            Ok(_) => {
                let key = ResultKey {
                    rule,
                    resource_type: resource_type.to_owned(),
                    resource_id: resource_id.to_owned(),
                };
                let result = world.config_service.results().remove(&key).unwrap();
                let annotation = result.annotation.unwrap_or_default();
                Ok([key.resource_type, key.resource_id, result.compliance_type, annotation])
            }
        };
        Answer { result, look_ups: FakeEc2::of_test().take_requests() }
    }

    /// What a replay answers to the item. A run is about the account, too.
    async fn replayed<R: Rule>(&self, item: RawItem, form: Form) -> Answer {
        let result = self.evaluate::<R>(item, form >= Form::Snapshot).await;
        let result = result.map_err(|error| [error.name().to_owned(), error.to_string()]);
        Answer { result, look_ups: FakeEc2::of_test().take_requests() }
    }

    async fn evaluate<R: Rule>(&self, item: RawItem, is_run: bool) -> Result<[String; 4], Error> {
        let rule = ConfiguredRule::<R>::new(&self.parameters()?, &facts())?;
        let account = rule.account_case(OWN, item.configuration_item_capture_time).filter(|_| is_run);
        let case = rule.case(item, self.has_left_scope());
        let source = FakeEc2::of_test();
        let result = engine::evaluate(&[case], &mut Facts::default(), &source).await.remove(0);
        let account: Vec<_> = account.into_iter().collect();
        drop(engine::evaluate(&account, &mut Facts::default(), &source).await);
        let Evaluation { resource_type, resource_id, compliance, .. } = result?;
        let compliance_type = compliance.compliance_type().to_owned();
        Ok([resource_type, resource_id, compliance_type, compliance.annotation()])
    }

    /// What is looked up for so many resources like this one, round by round.
    async fn look_ups(&self, count: usize) -> Vec<BTreeSet<String>> {
        let Ok(parameters) = self.parameters() else { return Vec::new() };
        let rule = find_deployed(self.envelope["configRuleName"].as_str().unwrap()).unwrap();
        let Ok(rule) = (rule.configure)(&parameters, &facts()) else { return Vec::new() };
        let copy = |number| RawItem { resource_id: format!("{COPY}{number:03}"), ..self.raw() };
        let cases: Vec<_> = (0..count).map(|number| rule.case(copy(number))).collect();
        engine::evaluate(&cases, &mut Facts::default(), &FakeEc2::of_test()).await;
        let look_ups = FakeEc2::of_test().take_requests().into_iter();
        look_ups.map(|requests| requests.iter().map(of_any_copy).collect()).collect()
    }

    /// The rule's parameters, if the event is one that the rules handle.
    fn parameters(&self) -> Result<RawParameters, Error> {
        let event = Event::from_json(&self.envelope.to_string())?;
        event.message().and_then(|_| event.parameters())
    }

    fn has_left_scope(&self) -> bool {
        self.envelope["eventLeftScope"] == true
    }
}

/// What is neither gone nor out of scope: there is no record of that among many.
fn as_delivered(sample: &Sample) -> Option<RawItem> {
    let item = sample.raw();
    let is_there = !matches!(item.configuration_item_status, Status::Other(_));
    (is_there && !sample.has_left_scope()).then_some(item)
}

/// AWS Config is asked for what the rule evaluates.
fn as_recorded<R: Rule>(sample: &Sample) -> Option<RawItem> {
    as_delivered(sample).filter(|item| R::METADATA.resource_types.include(&item.resource_type))
}

/// EC2 is asked for it.
fn as_listed<R: Rule>(sample: &Sample) -> Option<RawItem> {
    as_recorded::<R>(sample).filter(|_| sample.described().is_some())
}

/// A file does not say whose AWS Config has recorded a resource, only whose it is.
fn as_described(sample: &Sample) -> Option<RawItem> {
    let item = as_delivered(sample)?;
    let owner = sample.item["configuration"]["ownerId"].as_str().map(str::to_owned);
    Some(RawItem { account_id: owner.or(item.account_id), ..item })
}

/// EC2's spelling of what AWS Config has recorded. Old items have blocks as text, and newer ones repeat them so.
fn described(value: &Value) -> Value {
    match value {
        Value::Array(values) => values.iter().map(described).collect(),
        Value::Object(fields) => {
            let is_repeated = fields.contains_key("ipv4Ranges");
            let fields =
                fields.iter().filter(|(key, value)| !(value.is_null() || is_repeated && *key == "ipRanges"));
            fields.map(|(key, value)| api_field(key, value)).collect()
        }
        other => other.clone(),
    }
}

fn api_field(key: &str, value: &Value) -> (String, Value) {
    let block = |cidr: &Value| json!({"CidrIp": cidr});
    match key {
        "ipv4Ranges" => ("IpRanges".to_owned(), described(value)),
        "ipRanges" => ("IpRanges".to_owned(), value.as_array().into_iter().flatten().map(block).collect()),
        _ => {
            let (first, rest) = key.split_at(1);
            (first.to_ascii_uppercase() + rest, described(value))
        }
    }
}

/// Lists what its inventory lists, and knows what is known in the samples.
struct Samples<I>(I);

impl<I: Inventory<Error = AwsError> + Source> Source for Samples<I> {
    fn new(session: &Session) -> Self {
        know_samples();
        Self(I::new(session))
    }
}

impl<I> FactSource for Samples<I> {
    async fn look_up(&self, requests: &BTreeSet<FactRequest>) -> Facts {
        FakeEc2::of_test().look_up(requests).await
    }
}

impl<I: Inventory<Error = AwsError>> Inventory for Samples<I> {
    type Error = AwsError;

    async fn page(
        &self,
        types: &[String],
        filter: Option<&Filter>,
        at: Timestamp,
        next: Option<String>,
    ) -> Result<Page, AwsError> {
        self.0.page(types, filter, at, next).await
    }
}
