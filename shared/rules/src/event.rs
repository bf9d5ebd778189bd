//! The event that AWS Config sends to a custom Lambda rule.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    Error,
    embedded::{deserialize_json, deserialize_text, null_is_default},
    item::RawItem,
    parameters::RawParameters,
};

/// The envelope that AWS Config hands to the function.
///
/// It reads the envelopes that people keep: without the fields that AWS Config added over the years, and with objects where
/// AWS Config sends text that holds JSON. A function gets it from `aws_lambda_events::config::ConfigEvent`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::struct_field_names, reason = "they are AWS Config's")]
pub struct Event {
    /// The account that owns the rule; for an organization rule, the member account.
    pub account_id: Option<String>,
    /// ARN of the rule: the source of its Region and partition.
    pub config_rule_arn: Option<String>,
    /// Name of the rule as deployed, which services may have extended: `OrgConfigRule-approved-ami-ab12cd34`.
    pub config_rule_name: Option<String>,
    /// `DETECTIVE` or `PROACTIVE`; older events have none.
    pub evaluation_mode: Option<String>,
    /// Whether the resource has left the scope of the rule.
    #[serde(default, deserialize_with = "null_is_default")]
    pub event_left_scope: bool,
    /// JSON: what happened.
    #[serde(default, deserialize_with = "deserialize_text")]
    pub invoking_event: Option<String>,
    /// A JSON object: the rule's parameters.
    #[serde(default, deserialize_with = "deserialize_text")]
    pub rule_parameters: Option<String>,
    /// What hands the evaluation back to AWS Config.
    pub result_token: Option<String>,
}

/// What happened, from the event's `invokingEvent`.
#[derive(Debug)]
pub enum Message {
    /// A resource was created, changed or deleted, or the rule is being evaluated again for it.
    ConfigurationItemChange {
        /// The resource as it is now.
        item: Box<RawItem>,
        /// Whether it has left the scope of the rule.
        left_scope: bool,
        /// Whether something has changed: not so where the rule is new, or is being evaluated again.
        is_change: bool,
    },
    /// The same of a resource whose item is too large for an event: AWS Config's history has it.
    OversizedConfigurationItemChange {
        /// The item without tags and configuration.
        summary: Box<RawItem>,
        /// Whether the resource has left the scope of the rule.
        left_scope: bool,
    },
    /// It is time to evaluate all resources.
    Scheduled {
        /// When AWS Config sent the event.
        at: Timestamp,
    },
    /// AWS Config has delivered a snapshot of all resources to Amazon S3.
    SnapshotDelivered {
        /// The name of the bucket.
        bucket: String,
        /// The key of the object: JSON, compressed with gzip.
        key: String,
        /// When AWS Config sent the event.
        at: Timestamp,
    },
}

impl Message {
    /// AWS Config's `messageType`.
    #[must_use]
    pub fn message_type(&self) -> &'static str {
        match self {
            Self::ConfigurationItemChange { .. } => CHANGE,
            Self::OversizedConfigurationItemChange { .. } => OVERSIZED,
            Self::Scheduled { .. } => SCHEDULED,
            Self::SnapshotDelivered { .. } => SNAPSHOT,
        }
    }
}

const CHANGE: &str = "ConfigurationItemChangeNotification";
const OVERSIZED: &str = "OversizedConfigurationItemChangeNotification";
const SCHEDULED: &str = "ScheduledNotification";
const SNAPSHOT: &str = "ConfigurationSnapshotDeliveryCompleted";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InvokingEvent {
    message_type: Option<String>,
    #[serde(default, deserialize_with = "deserialize_json")]
    configuration_item: Option<Box<RawValue>>,
    #[serde(default, deserialize_with = "deserialize_json")]
    configuration_item_summary: Option<Box<RawValue>>,
    #[serde(default, deserialize_with = "deserialize_json")]
    configuration_item_diff: Option<Box<RawValue>>,
    notification_creation_time: Option<String>,
    s3_bucket: Option<String>,
    s3_object_key: Option<String>,
}

impl Event {
    /// Reads an event.
    ///
    /// # Errors
    /// [`Error::MalformedEvent`] when the text is not the JSON of an event.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        serde_json::from_str(text).map_err(|error| Error::malformed("event", error.to_string()))
    }

    /// The same event with other parameters.
    #[must_use]
    pub fn with_parameters(self, parameters: &RawParameters) -> Self {
        Self { rule_parameters: Some(parameters.to_json()), ..self }
    }

    /// The token that hands the verdict back to AWS Config.
    ///
    /// # Errors
    /// [`Error::MalformedEvent`] when the event has none, as a test event from the Lambda console.
    pub fn result_token(&self) -> Result<&str, Error> {
        let token = self.result_token.as_deref().filter(|token| !token.is_empty());
        token.ok_or_else(|| Error::malformed("resultToken", "missing; is this an event from AWS Config?"))
    }

    /// The rule's parameters, not yet checked by the rule.
    ///
    /// # Errors
    /// [`Error::MalformedEvent`] when `ruleParameters` is neither absent nor a JSON object.
    pub fn parameters(&self) -> Result<RawParameters, Error> {
        match holding(self.rule_parameters.as_deref()) {
            None => Ok(RawParameters::default()),
            Some(text) => RawParameters::from_json(text)
                .map_err(|error| Error::malformed("ruleParameters", error.to_string())),
        }
    }

    /// The name of the rule, which a run over all resources has to know.
    ///
    /// # Errors
    /// [`Error::MalformedEvent`] when the event has none.
    pub fn required_name(&self) -> Result<&str, Error> {
        required("configRuleName", self.config_rule_name.as_deref())
    }

    /// The account that owns the rule, which a run over all resources has to know.
    ///
    /// # Errors
    /// [`Error::MalformedEvent`] when the event has none.
    pub fn required_account(&self) -> Result<&str, Error> {
        required("accountId", self.account_id.as_deref())
    }

    /// What happened.
    ///
    /// # Errors
    /// [`Error::MalformedEvent`] when `invokingEvent` cannot be read, [`Error::UnsupportedEvent`] when it is of a kind
    /// that the rules do not handle.
    pub fn message(&self) -> Result<Message, Error> {
        if let Some(mode) = &self.evaluation_mode
            && mode != "DETECTIVE"
        {
            return Err(Error::UnsupportedEvent(format!(
                "evaluationMode {mode}: these rules evaluate in DETECTIVE mode only"
            )));
        }
        let text = holding(self.invoking_event.as_deref())
            .ok_or_else(|| Error::malformed("invokingEvent", "missing; is this an event from AWS Config?"))?;
        let invoking_event: InvokingEvent = serde_json::from_str(text)
            .map_err(|error| Error::malformed("invokingEvent", error.to_string()))?;
        let left_scope = self.event_left_scope;
        Ok(match invoking_event.message_type.as_deref() {
            Some(CHANGE) => Message::ConfigurationItemChange {
                item: invoking_event.item()?,
                left_scope,
                is_change: invoking_event.configuration_item_diff.is_some(),
            },
            Some(OVERSIZED) => {
                Message::OversizedConfigurationItemChange { summary: invoking_event.summary()?, left_scope }
            }
            Some(SCHEDULED) => Message::Scheduled { at: invoking_event.time()? },
            Some(SNAPSHOT) => Message::SnapshotDelivered {
                at: invoking_event.time()?,
                bucket: required("invokingEvent.s3Bucket", invoking_event.s3_bucket)?,
                key: required("invokingEvent.s3ObjectKey", invoking_event.s3_object_key)?,
            },
            Some(other) => {
                return Err(Error::UnsupportedEvent(format!(
                    "messageType {other}: not one that rules are sent"
                )));
            }
            None => return Err(Error::malformed("invokingEvent.messageType", "missing")),
        })
    }
}

impl InvokingEvent {
    fn item(&self) -> Result<Box<RawItem>, Error> {
        item("invokingEvent.configurationItem", self.configuration_item.as_deref())
    }

    fn summary(&self) -> Result<Box<RawItem>, Error> {
        item("invokingEvent.configurationItemSummary", self.configuration_item_summary.as_deref())
    }

    fn time(&self) -> Result<Timestamp, Error> {
        const PLACE: &str = "invokingEvent.notificationCreationTime";
        let text = required(PLACE, self.notification_creation_time.as_deref())?;
        text.parse().map_err(|error: jiff::Error| Error::malformed(PLACE, error.to_string()))
    }
}

/// Text that holds something: neither blank nor `null`.
fn holding(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !matches!(text.trim(), "" | "null"))
}

fn item(place: &'static str, raw: Option<&RawValue>) -> Result<Box<RawItem>, Error> {
    let item = RawItem::from_json(required(place, raw)?.get());
    item.map(Box::new).map_err(|error| Error::malformed(place, error.to_string()))
}

fn required<T>(place: &'static str, value: Option<T>) -> Result<T, Error> {
    value.ok_or_else(|| Error::malformed(place, "missing"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(fields: &str) -> Event {
        Event::from_json(&format!("{{{fields}}}")).unwrap()
    }

    #[test]
    fn absent_blank_and_null_parameters_are_none() {
        for fields in [
            "",
            r#""ruleParameters":null"#,
            r#""ruleParameters":"""#,
            r#""ruleParameters":"null""#,
            r#""ruleParameters":"{}""#,
            r#""ruleParameters":{}"#,
        ] {
            assert!(event(fields).parameters().unwrap().is_empty(), "{fields}");
        }
    }

    #[test]
    fn parameters_may_be_an_object() {
        let parameters = event(r#""ruleParameters":{"a":"1"}"#).parameters().unwrap();
        assert_eq!(parameters.get("a"), Some("1"));
    }

    #[test]
    fn unreadable_parameters_are_an_error() {
        for fields in [r#""ruleParameters":"{""#, r#""ruleParameters":"[]""#, r#""ruleParameters":"7""#] {
            assert_eq!(event(fields).parameters().unwrap_err().name(), "MalformedEvent", "{fields}");
        }
    }

    #[test]
    fn missing_parts_are_named() {
        let error = |event: Event| event.message().unwrap_err().to_string();
        assert!(error(event("")).starts_with("invokingEvent: missing"));
        assert!(error(event(r#""invokingEvent":"{}""#)).starts_with("invokingEvent.messageType"));
        assert!(
            error(event(r#""invokingEvent":"{\"messageType\":\"ConfigurationItemChangeNotification\"}""#))
                .starts_with("invokingEvent.configurationItem: missing")
        );
        assert!(event("").result_token().unwrap_err().to_string().starts_with("resultToken"));
    }

    #[test]
    fn what_is_not_handled_is_refused_by_name() {
        let error = |fields| event(fields).message().unwrap_err();
        let other = error(r#""invokingEvent":"{\"messageType\":\"ComplianceChangeNotification\"}""#);
        assert_eq!(other.name(), "UnsupportedEvent");
        assert!(other.to_string().contains("ComplianceChangeNotification"));
        assert_eq!(error(r#""evaluationMode":"PROACTIVE""#).name(), "UnsupportedEvent");
    }
}
