//! The files in which people have configuration items: events, items, histories, snapshots, and what EC2 describes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, value::RawValue};

use crate::{
    Error,
    event::Event,
    item::{RawItem, Status},
};

/// What a file holds.
#[derive(Debug)]
pub enum Document {
    /// An event for a rule's function.
    Event(Event),
    /// Configuration items: one, a resource's history, a snapshot, or resources as EC2 describes them.
    Items(Vec<RawItem>),
}

/// EC2's listings: their key, the type of the resources in them, and the key of a resource's id.
const LISTINGS: &[(&str, &str, &str)] = &[
    ("Instances", "AWS::EC2::Instance", "instanceId"),
    ("SecurityGroups", "AWS::EC2::SecurityGroup", "groupId"),
    ("Volumes", "AWS::EC2::Volume", "volumeId"),
];

impl Document {
    /// Reads a file's text in whichever of the forms it has.
    ///
    /// What EC2 describes bears no time: `described_at` stands for it.
    ///
    /// # Errors
    /// [`Error::MalformedEvent`] when the text has none of the forms, or not quite.
    pub fn from_json(text: &str, described_at: Timestamp) -> Result<Self, Error> {
        let top: BTreeMap<String, &RawValue> = read("file", text)?;
        let of = |key: &str| top.get(key).map(|raw| raw.get());
        if top.contains_key("invokingEvent") || top.contains_key("resultToken") {
            Event::from_json(text).map(Self::Event)
        } else if let Some(items) = of("configurationItems") {
            read("configurationItems", items).map(Self::Items)
        } else if let Some(item) = of("configurationItem") {
            read("configurationItem", item).map(|item| Self::Items(vec![item]))
        } else if top.contains_key("resourceType") {
            read("file", text).map(|item| Self::Items(vec![item]))
        } else {
            described(read("file", text)?, described_at).map(Self::Items)
        }
    }
}

fn read<'a, T: serde::Deserialize<'a>>(place: &'static str, text: &'a str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| Error::malformed(place, error.to_string()))
}

/// Reads what `aws ec2 describe-…` prints.
fn described(mut listing: Map<String, Value>, at: Timestamp) -> Result<Vec<RawItem>, Error> {
    if let Some(Value::Array(reservations)) = listing.remove("Reservations") {
        listing.insert("Instances".to_owned(), instances(reservations));
    }
    for (key, resource_type, id) in LISTINGS {
        if let Some(Value::Array(resources)) = listing.remove(*key) {
            let items = resources.into_iter().map(|resource| item(resource, resource_type, id, at));
            return items.collect();
        }
    }
    Err(Error::malformed(
        "file",
        "neither an event from AWS Config, nor a configuration item, history or snapshot, nor a listing from EC2",
    ))
}

/// The instances of all reservations; the account stands on the reservation only.
fn instances(reservations: Vec<Value>) -> Value {
    let mut instances = Vec::new();
    for mut reservation in reservations {
        let owner = reservation["OwnerId"].take();
        let Value::Array(members) = reservation["Instances"].take() else {
            continue;
        };
        instances.extend(members.into_iter().map(|mut instance| {
            if let Value::Object(instance) = &mut instance {
                instance.insert("OwnerId".to_owned(), owner.clone());
            }
            instance
        }));
    }
    Value::Array(instances)
}

fn item(resource: Value, resource_type: &str, id: &str, at: Timestamp) -> Result<RawItem, Error> {
    let configuration = config_spelling(resource);
    let text = |key: &str| configuration[key].as_str().map(str::to_owned);
    Ok(RawItem {
        resource_type: resource_type.to_owned(),
        resource_id: text(id).ok_or_else(|| Error::malformed("file", format!("a resource without {id}")))?,
        resource_name: text("groupName"),
        arn: None,
        account_id: text("ownerId"),
        aws_region: configuration["placement"]["availabilityZone"].as_str().and_then(region),
        configuration_item_status: Status::Ok,
        configuration_item_capture_time: at,
        tags: serde_json::from_value(configuration["tags"].clone()).unwrap_or_default(),
        configuration: RawValue::from_string(configuration.to_string()).ok(),
        supplementary_configuration: None,
    })
}

/// The Region of an Availability Zone (`us-east-1a`) or of a Local Zone (`us-west-2-lax-1a`).
fn region(zone: &str) -> Option<String> {
    let first_digit = zone.find(|letter: char| letter.is_ascii_digit())?;
    let length = zone[first_digit..].find(|letter: char| !letter.is_ascii_digit())?;
    Some(zone[..first_digit + length].to_owned())
}

/// AWS Config spells EC2's keys like EC2 does, but with a small first letter.
fn config_spelling(value: Value) -> Value {
    match value {
        Value::Array(values) => values.into_iter().map(config_spelling).collect(),
        Value::Object(fields) => {
            let respelled =
                fields.into_iter().map(|(key, value)| (small_first_letter(&key), config_spelling(value)));
            Value::Object(respelled.collect())
        }
        other => other,
    }
}

fn small_first_letter(key: &str) -> String {
    let mut letters = key.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(text: &str) -> Vec<RawItem> {
        match Document::from_json(text, Timestamp::UNIX_EPOCH).unwrap() {
            Document::Items(items) => items,
            Document::Event(event) => panic!("{event:?}"),
        }
    }

    const ITEM: &str = r#"{"resourceType":"AWS::EC2::Volume","resourceId":"vol-1","configurationItemStatus":"OK",
        "configurationItemCaptureTime":"2026-03-01T10:00:00Z"}"#;

    #[test]
    fn items_come_alone_in_a_history_or_in_an_invoking_event() {
        for text in [
            ITEM.to_owned(),
            format!(r#"{{"configurationItems":[{ITEM}]}}"#),
            format!(r#"{{"configurationItem":{ITEM}}}"#),
        ] {
            assert_eq!(items(&text)[0].resource_id, "vol-1", "{text}");
        }
    }

    #[test]
    fn described_instances_get_the_account_of_their_reservation() {
        let items = items(
            r#"{"Reservations":[{"OwnerId":"111122223333","Instances":[
                {"InstanceId":"i-1","ImageId":"ami-1","Placement":{"AvailabilityZone":"us-gov-east-1b"},"State":{"Name":"running"},"Tags":[{"Key":"Owner","Value":"ops"}]}]}]}"#,
        );
        assert_eq!(items[0].resource_id, "i-1");
        assert_eq!(items[0].account_id.as_deref(), Some("111122223333"));
        assert_eq!(items[0].aws_region.as_deref(), Some("us-gov-east-1"));
        assert_eq!(items[0].tags.get("Owner"), Some("ops"));
        let configuration = items[0].configuration.as_ref().unwrap().get();
        assert!(configuration.contains(r#""state":{"name":"running"}"#), "{configuration}");
    }

    #[test]
    fn an_empty_listing_is_no_error_and_another_file_is() {
        assert!(items(r#"{"SecurityGroups":[]}"#).is_empty());
        for text in [
            "{}",
            "[]",
            "7",
            "",
            r#"{"Reservations":7}"#,
            r#"{"SecurityGroups":[{}]}"#,
            r#"{"SecurityGroups":[7]}"#,
        ] {
            assert!(Document::from_json(text, Timestamp::UNIX_EPOCH).is_err(), "{text}");
        }
    }
}
