//! The configuration item: AWS Config's record of one resource at one time, in one canonical form.

mod damaged;
mod recorded_tags;

use std::{collections::BTreeMap, fmt};

use jiff::Timestamp;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

pub use self::damaged::DamagedItem;
pub(crate) use self::recorded_tags::RecordedTags;
use crate::embedded::{deserialize_json, null_is_default};

/// AWS Config's record of one resource at one time.
///
/// It reads the spellings of a rule's event, of a snapshot and of the API (`ARN` or `arn`, `awsAccountId` or
/// `accountId`, an object or a string in `configuration`, a map or a list in `tags`).
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigurationItem<C> {
    /// Such as `AWS::EC2::Instance`.
    pub resource_type: String,
    /// Such as `i-0123456789abcdef0`; for some types an ARN or a name.
    pub resource_id: String,
    /// The resource's name, if its type has names: for a security group the group's.
    pub resource_name: Option<String>,
    /// The resource's ARN.
    #[serde(rename = "ARN", alias = "arn")]
    pub arn: Option<String>,
    /// The account that holds the resource: 12 digits.
    #[serde(rename = "awsAccountId", alias = "accountId")]
    pub account_id: Option<String>,
    /// Such as `us-east-1`.
    pub aws_region: Option<String>,
    /// Whether the resource is there and recorded.
    pub configuration_item_status: Status,
    /// When AWS Config made this record.
    #[serde(deserialize_with = "timestamp")]
    pub configuration_item_capture_time: Timestamp,
    /// The tags of the resource.
    #[serde(default, deserialize_with = "null_is_default")]
    pub tags: Tags,
    /// The resource itself, as the service that owns it describes it.
    #[serde(
        default = "none",
        deserialize_with = "configuration",
        bound(deserialize = "C: From<Option<Box<RawValue>>>")
    )]
    pub configuration: C,
    /// What another call of that service says of it.
    #[serde(default)]
    pub supplementary_configuration: Option<Box<RawValue>>,
}

/// A configuration item whose `configuration` no rule has looked at yet.
pub type RawItem = ConfigurationItem<Option<Box<RawValue>>>;

/// What a rule reads of a resource's `configuration`: any type that can be deserialized, or one that depends on the type of
/// the resource.
pub trait Configuration: Sized {
    /// Reads the configuration of a resource of this type.
    ///
    /// # Errors
    /// When the text is not JSON of the expected form.
    fn read(resource_type: &str, json: &str) -> serde_json::Result<Self>;
}

impl<T: DeserializeOwned> Configuration for T {
    fn read(_resource_type: &str, json: &str) -> serde_json::Result<Self> {
        serde_json::from_str(json)
    }
}

/// AWS Config's `configurationItemStatus`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub enum Status {
    /// The resource was changed, or recorded again.
    Ok,
    /// The resource was seen for the first time.
    ResourceDiscovered,
    /// Anything else: deleted, not recorded, or a status that AWS Config may add.
    Other(String),
}

impl From<String> for Status {
    fn from(status: String) -> Self {
        match status.as_str() {
            "OK" => Self::Ok,
            "ResourceDiscovered" => Self::ResourceDiscovered,
            _ => Self::Other(status),
        }
    }
}

impl RawItem {
    /// Reads an item in any of AWS Config's spellings.
    ///
    /// # Errors
    /// When the text is not JSON, or type, id, status or capture time is missing.
    pub fn from_json(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }
}

impl<C> ConfigurationItem<C> {
    /// The same item with its configuration read as something else.
    pub fn with_configuration<D>(self, configuration: D) -> ConfigurationItem<D> {
        ConfigurationItem {
            resource_type: self.resource_type,
            resource_id: self.resource_id,
            resource_name: self.resource_name,
            arn: self.arn,
            account_id: self.account_id,
            aws_region: self.aws_region,
            configuration_item_status: self.configuration_item_status,
            configuration_item_capture_time: self.configuration_item_capture_time,
            tags: self.tags,
            configuration,
            supplementary_configuration: self.supplementary_configuration,
        }
    }
}

fn none<C: From<Option<Box<RawValue>>>>() -> C {
    C::from(None)
}

fn configuration<'de, D, C>(deserializer: D) -> Result<C, D::Error>
where
    D: Deserializer<'de>,
    C: From<Option<Box<RawValue>>>,
{
    deserialize_json(deserializer).map(C::from)
}

/// Times are RFC 3339 text in events and snapshots, and epoch seconds where a client printed the API's own JSON.
fn timestamp<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    deserializer.deserialize_any(TimestampVisitor)
}

struct TimestampVisitor;

impl Visitor<'_> for TimestampVisitor {
    type Value = Timestamp;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a time as RFC 3339 text, or in seconds since 1970")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Timestamp, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_f64<E: serde::de::Error>(self, seconds: f64) -> Result<Timestamp, E> {
        let span = jiff::SignedDuration::try_from_secs_f64(seconds).map_err(E::custom)?;
        Timestamp::from_duration(span).map_err(E::custom)
    }

    fn visit_u64<E: serde::de::Error>(self, seconds: u64) -> Result<Timestamp, E> {
        Timestamp::from_second(seconds.try_into().map_err(E::custom)?).map_err(E::custom)
    }

    fn visit_i64<E: serde::de::Error>(self, seconds: i64) -> Result<Timestamp, E> {
        Timestamp::from_second(seconds).map_err(E::custom)
    }
}

/// The tags of a resource: each key once, in order of the keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tags(BTreeMap<String, String>);

impl Tags {
    /// The value of exactly this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All keys, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// All keys with their values, in order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

impl IntoIterator for Tags {
    type Item = (String, String);
    type IntoIter = std::collections::btree_map::IntoIter<String, String>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl FromIterator<(String, String)> for Tags {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(tags: I) -> Self {
        Self(tags.into_iter().collect())
    }
}

impl<'de> Deserialize<'de> for Tags {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TagsVisitor)
    }
}

struct TagsVisitor;

/// One tag of a list. `tagName` and `tagValue` are the spelling of items from 2014, `TagKey` and `TagValue` that of AWS KMS.
#[derive(Deserialize)]
struct Tag {
    #[serde(alias = "Key", alias = "tagName", alias = "tagKey", alias = "TagKey")]
    key: String,
    #[serde(
        alias = "Value",
        alias = "tagValue",
        alias = "TagValue",
        default,
        deserialize_with = "null_is_default"
    )]
    value: String,
}

impl<'de> Visitor<'de> for TagsVisitor {
    type Value = Tags;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("tags as a map, or as a list of key and value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tags, A::Error> {
        let mut tags = BTreeMap::new();
        while let Some((key, value)) = map.next_entry::<String, Option<String>>()? {
            tags.insert(key, value.unwrap_or_default());
        }
        Ok(Tags(tags))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Tags, A::Error> {
        let mut tags = BTreeMap::new();
        while let Some(tag) = list.next_element::<Tag>()? {
            tags.insert(tag.key, tag.value);
        }
        Ok(Tags(tags))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(fields: &str) -> serde_json::Result<RawItem> {
        RawItem::from_json(&format!(
            r#"{{"resourceType":"AWS::EC2::Instance","resourceId":"i-1","configurationItemStatus":"OK",{fields}}}"#
        ))
    }

    const TIME: &str = r#""configurationItemCaptureTime":"2026-03-01T10:00:00.000Z""#;

    #[test]
    fn both_spellings_of_account_are_read() {
        for name in ["awsAccountId", "accountId"] {
            let item = item(&format!(r#"{TIME},"{name}":"111122223333""#)).unwrap();
            assert_eq!(item.account_id.as_deref(), Some("111122223333"));
        }
    }

    #[test]
    fn configuration_is_an_object_or_a_string_or_nothing() {
        let configuration = |value: &str| {
            let item = item(&format!(r#"{TIME},"configuration":{value}"#)).unwrap();
            item.configuration.map(|raw| raw.get().to_owned())
        };
        assert_eq!(configuration(r#"{"a":1}"#).as_deref(), Some(r#"{"a":1}"#));
        assert_eq!(configuration(r#""{\"a\":1}""#).as_deref(), Some(r#"{"a":1}"#));
        assert_eq!(configuration("null"), None);
        assert_eq!(configuration(r#""""#), None);
        assert!(item(TIME).unwrap().configuration.is_none());
    }

    #[test]
    fn tags_are_a_map_or_a_list_or_nothing() {
        let expected = Tags::from_iter([("Owner".to_owned(), "ops".to_owned())]);
        for tags in [
            r#"{"Owner":"ops"}"#,
            r#"[{"key":"Owner","value":"ops","tag":"Owner=ops"}]"#,
            r#"[{"Key":"Owner","Value":"ops"}]"#,
            r#"[{"tagName":"Owner","tagValue":"ops"}]"#,
            r#"[{"TagKey":"Owner","TagValue":"ops"}]"#,
        ] {
            assert_eq!(item(&format!(r#"{TIME},"tags":{tags}"#)).unwrap().tags, expected, "{tags}");
        }
        assert_eq!(item(&format!(r#"{TIME},"tags":null"#)).unwrap().tags, Tags::default());
    }

    #[test]
    fn times_of_every_client_are_read() {
        for time in [
            "\"2026-03-01T10:00:00.000Z\"",
            "\"2026-03-01T10:00:00+00:00\"",
            "\"2026-03-01T11:00:00.0000+0100\"",
            "1772359200.0",
        ] {
            let item = item(&format!(r#""configurationItemCaptureTime":{time}"#)).unwrap();
            assert_eq!(item.configuration_item_capture_time.to_string(), "2026-03-01T10:00:00Z", "{time}");
        }
    }

    #[test]
    fn an_item_without_capture_time_is_refused_by_name() {
        let error = item(r#""resourceName":null"#).unwrap_err();
        assert!(error.to_string().contains("configurationItemCaptureTime"), "{error}");
    }

    #[test]
    fn a_damaged_item_says_which_it_is() {
        let damaged =
            RawItem::read(r#"{"resourceId":"vol-1","accountId":"111122223333","x":[]}"#).unwrap_err();
        assert!(damaged.to_string().starts_with("missing field `resourceType`"), "{damaged}");
        assert_eq!(damaged.resource_id.as_deref(), Some("vol-1"));
        assert_eq!((damaged.arn.as_deref(), damaged.account_id.as_deref()), (None, Some("111122223333")));
        let damaged = RawItem::read(r#"{"resourceId":"vol-1","arn":7}"#).unwrap_err();
        assert_eq!((damaged.resource_id.as_deref(), damaged.arn), (Some("vol-1"), None));
        assert!(RawItem::read("7").unwrap_err().resource_id.is_none());
    }
}
