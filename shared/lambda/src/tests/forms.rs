//! One answer in every form: what the sample events are about, as AWS Config sends, keeps and delivers it, as its queries and
//! EC2 list it, and as a file has it.

use std::{collections::BTreeSet, fs, path::Path, pin::Pin, rc::Rc};

use config_rules::{
    Error,
    catalogue::{self, Visitor},
    document::Document,
    engine,
    event::Event,
    facts::{FactRequest, FactSource, Facts},
    inventory::{Inventory, Page},
    item::{RawItem, Status},
    rule::{ConfiguredRule, Rule},
};
use config_rules_aws::{Session, Source, Trouble};
use config_rules_ec2::Ec2;
use config_rules_local::{ConfigurationItem, Ec2Data, SsmData};
use config_rules_test_aws::config_rule;
use jiff::Timestamp;
use serde_json::{Value, json};
use walkdir::WalkDir;

use super::{ENOUGH, OWN, World, fake_ec2::FakeEc2, snapshots::gzip};
use crate::Recorded;

#[tokio::test]
async fn every_sample_gets_one_answer_in_every_form() {
    for answers in catalogue::visit(&EveryForm) {
        answers.await;
    }
}

struct EveryForm;

impl Visitor for EveryForm {
    type Output = Pin<Box<dyn Future<Output = ()>>>;

    fn visit<R: Rule + 'static>(&self) -> Self::Output {
        if R::METADATA.inventory_actions.contains(&"config:SelectResourceConfig") {
            Box::pin(every_form::<R, Recorded>(as_queried))
        } else {
            Box::pin(every_form::<R, Ec2>(as_listed))
        }
    }
}

/// What is left of an item in a form; none if the form cannot have it.
type Left = fn(&Sample) -> Option<RawItem>;

async fn every_form<R: Rule, I: Inventory<Error = Trouble> + Source>(listed: Left) {
    let mut forms = BTreeSet::new();
    for sample in samples(R::METADATA.name) {
        let world = World::<R, Samples<I>>::start(None).await;
        world.ssm.with(|ssm| *ssm = SsmData::from_json(&facts_file()).unwrap());
        world.ec2.with(|ec2| *ec2 = sample.ec2());
        world.config_service.record(ConfigurationItem::from_event(sample.item.clone()).unwrap());
        let snapshot = json!({"fileVersion": "1.0", "configurationItems": [sample.item]});
        world.s3.with(|s3| s3.put_object("bucket", "key", gzip(&snapshot.to_string())));
        for (form, invoking_event, left) in [
            ("event", sample.changed(), Some(sample.raw())),
            ("oversized", sample.oversized(), Some(sample.raw())),
            ("snapshot", sample.delivered(), as_delivered(&sample)),
            ("listing", sample.scheduled(), listed(&sample)),
        ] {
            let Some(left) = left else { continue };
            let name = format!("{} as {form}", sample.name);
            let expected = sample.answer_of::<R>(left).await;
            let answer = sample.answer_in(&world, form, &invoking_event).await;
            if answer != expected {
                eprintln!("{name}\n  {expected:?}\n  {answer:?}");
            }
            forms.insert(form);
        }
        if let (Some(left), Some(file)) = (as_described(&sample), sample.described()) {
            let document =
                Document::from_json(&file.to_string(), sample.raw().configuration_item_capture_time);
            let Ok(Document::Items(mut items)) = document else {
                eprintln!("{} {document:?}", sample.name);
                continue;
            };
            let item = items.remove(0);
            let (answer, expected) = (sample.answer_of::<R>(item).await, sample.answer_of::<R>(left).await);
            if answer != expected {
                eprintln!("{} described\n  {expected:?}\n  {answer:?}", sample.name);
            }
            forms.insert("described");
        }
    }
    println!("{} {forms:?}", R::METADATA.name);
}

/// An answer: type and id of the resource, compliance type and annotation; or the error's name and message.
type Answer = Result<[String; 4], [String; 2]>;

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
        let deployed = catalogue::find_deployed(envelope["configRuleName"].as_str()?)?;
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
        resource.as_object_mut()?.insert("Tags".to_owned(), tags(&self.item["tags"]));
        match self.item["resourceType"].as_str()? {
            "AWS::EC2::Instance" => Some(
                json!({"Reservations": [{"OwnerId": self.item["awsAccountId"], "Instances": [resource]}]}),
            ),
            "AWS::EC2::SecurityGroup" => Some(json!({"SecurityGroups": [resource]})),
            _ => None,
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

    /// What a function answers to the item in this form, by a rule of its own, which has had a result before.
    async fn answer_in<R: Rule, S: Source>(
        &self,
        world: &World<R, S>,
        form: &str,
        invoking_event: &Value,
    ) -> Answer {
        let rule = format!("{}-{form}", R::METADATA.name);
        world.config_service.deploy(OWN, &config_rule(&rule, &json!({}), &Value::Null)).unwrap();
        world.config_service.assign_token(&rule, &rule);
        let of_item = |field: &str| self.item[field].as_str().unwrap();
        let (resource_type, resource_id) = (of_item("resourceType"), of_item("resourceId"));
        world.hold_of(&rule, resource_type, resource_id, "2014-01-01T00:00:00Z");
        let record = world.handle(&self.event(invoking_event, &rule).to_string(), ENOUGH).await;
        let record = record.map_err(|(name, message)| [name, message])?;
        if let (Some(name), Some(message)) = (record["errorType"].as_str(), record["errorMessage"].as_str()) {
            return Err([name.to_owned(), message.to_owned()]);
        }
        let results = world.config_service.results().into_iter();
        let mut results = results.filter(|(key, _)| key.rule == rule && key.resource_id == resource_id);
        let (key, result) = results.next().unwrap();
        Ok([
            key.resource_type,
            key.resource_id,
            result.compliance_type,
            result.annotation.unwrap_or_default(),
        ])
    }

    /// What a replay answers to an item.
    async fn answer_of<R: Rule>(&self, item: RawItem) -> Answer {
        self.evaluate::<R>(item).await.map_err(|error| [error.name().to_owned(), error.to_string()])
    }

    async fn evaluate<R: Rule>(&self, item: RawItem) -> Result<[String; 4], Error> {
        let event = Event::from_json(&self.envelope.to_string())?;
        event.message()?;
        let facts = facts();
        let rule = ConfiguredRule::<R>::new(&event.parameters()?, &facts)?;
        let case = rule.case(item, event.event_left_scope);
        let evaluation = engine::evaluate(&[case], &mut Facts::default(), &*facts).await.remove(0)?;
        let (compliance_type, annotation) =
            (evaluation.compliance.compliance_type(), evaluation.compliance.annotation());
        Ok([evaluation.resource_type, evaluation.resource_id, compliance_type.to_owned(), annotation])
    }
}

/// A resource that is there, and in the rule's scope: of others there is no record among many.
fn live(sample: &Sample) -> Option<RawItem> {
    let is_there = !matches!(sample.raw().configuration_item_status, Status::Other(_));
    (is_there && sample.envelope["eventLeftScope"] != true).then(|| sample.raw())
}

fn as_delivered(sample: &Sample) -> Option<RawItem> {
    live(sample)
}

/// AWS Config is not asked for configurations.
fn as_queried(sample: &Sample) -> Option<RawItem> {
    live(sample).map(|item| RawItem { configuration: None, ..item })
}

fn as_listed(sample: &Sample) -> Option<RawItem> {
    live(sample).filter(|_| sample.described().is_some())
}

fn as_described(sample: &Sample) -> Option<RawItem> {
    live(sample)
}

/// AWS Config's spelling of a resource in EC2's.
fn described(value: &Value) -> Value {
    match value {
        Value::Array(values) => values.iter().map(described).collect(),
        Value::Object(fields) => {
            let is_told = |(key, value): &(&String, &Value)| !value.is_null() && *key != "ipRanges";
            fields.iter().filter(is_told).map(|(key, value)| (api_name(key), described(value))).collect()
        }
        other => other.clone(),
    }
}

fn api_name(key: &str) -> String {
    if key == "ipv4Ranges" {
        return "IpRanges".to_owned();
    }
    let mut letters = key.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

fn tags(tags: &Value) -> Value {
    tags.as_object().into_iter().flatten().map(|(key, value)| json!({"Key": key, "Value": value})).collect()
}

/// Lists what its inventory lists, and knows what is known in the samples.
struct Samples<I>(I);

impl<I: Inventory<Error = Trouble> + Source> Source for Samples<I> {
    fn new(session: &Session) -> Self {
        FakeEc2::of_test().know(|known| *known = facts().as_ref().clone());
        Self(I::new(session))
    }
}

impl<I> FactSource for Samples<I> {
    async fn look_up(&self, requests: &BTreeSet<FactRequest>) -> Facts {
        FakeEc2::of_test().look_up(requests).await
    }
}

impl<I: Inventory<Error = Trouble>> Inventory for Samples<I> {
    type Error = Trouble;

    async fn page(&self, types: &[String], at: Timestamp, next: Option<String>) -> Result<Page, Trouble> {
        self.0.page(types, at, next).await
    }
}
