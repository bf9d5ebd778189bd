//! The event as Lambda's own library knows it, turned into the one that rules know.

use aws_lambda_events::config::ConfigEvent;
use config_rules::{Error, event::Event};

/// Reads an event.
///
/// # Errors
/// [`Error::MalformedEvent`] when the text is not the JSON of an event.
pub(crate) fn read(text: &str) -> Result<Event, Error> {
    match serde_json::from_str::<ConfigEvent>(text) {
        Ok(event) => Ok(from_library(event)),
        // The library insists on `eventLeftScope`, which old and hand-made events lack, and takes no
        // object for text. These, and only these, are read a second time; what is no event at all gets its error here.
        Err(_) => Event::from_json(text),
    }
}

fn from_library(event: ConfigEvent) -> Event {
    Event {
        // The library knows no such field, and keeps it among the others.
        evaluation_mode: event.other.get("evaluationMode").and_then(|mode| mode.as_str()).map(str::to_owned),
        account_id: event.account_id,
        config_rule_arn: event.config_rule_arn,
        config_rule_name: event.config_rule_name,
        event_left_scope: event.event_left_scope,
        invoking_event: event.invoking_event,
        rule_parameters: event.rule_parameters,
        result_token: event.result_token,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the function makes of an event must be what a replay makes of it.
    #[track_caller]
    fn reads_as_a_replay_does(text: &str) {
        let (function, replay) = (read(text), Event::from_json(text));
        let all = |event: Result<Event, Error>| {
            event.map_err(|error| error.to_string()).map(|event| {
                let message = event.message().map(|message| format!("{message:?}"));
                let parameters = event.parameters().map_err(|error| error.to_string());
                let token = event.result_token().map(str::to_owned).map_err(|error| error.to_string());
                (
                    message.map_err(|error| error.to_string()),
                    parameters,
                    token,
                    event.config_rule_name.clone(),
                )
            })
        };
        assert_eq!(all(function), all(replay), "{text}");
    }

    #[test]
    fn every_spelling_is_read_as_in_a_replay() {
        let scheduled = r#""invokingEvent":"{\"messageType\":\"ScheduledNotification\",\"notificationCreationTime\":\"2026-03-01T10:00:00Z\"}""#;
        for fields in [
            r#""eventLeftScope":false"#,
            r#""eventLeftScope":null"#,
            r#""resultToken":"token","ruleParameters":"{\"a\":\"1\"}""#,
            r#""eventLeftScope":false,"resultToken":"token","ruleParameters":"{\"a\":\"1\"}""#,
            r#""eventLeftScope":true,"ruleParameters":{"a":"1"}"#,
            r#""eventLeftScope":false,"ruleParameters":"","resultToken":"""#,
            r#""eventLeftScope":false,"ruleParameters":"null","resultToken":null"#,
            r#""eventLeftScope":false,"evaluationMode":"PROACTIVE""#,
            r#""eventLeftScope":false,"evaluationMode":"DETECTIVE""#,
            r#""eventLeftScope":false,"configRuleName":"required-tags","version":"1.0","more":[1]"#,
        ] {
            reads_as_a_replay_does(&format!("{{{fields}}}"));
            reads_as_a_replay_does(&format!("{{{scheduled},{fields}}}"));
        }
        for text in ["", "[]", "7", "null", r#"{"eventLeftScope":"no"}"#, r#"{"accountId":7}"#] {
            reads_as_a_replay_does(text);
            assert_eq!(read(text).unwrap_err().name(), "MalformedEvent", "{text}");
        }
    }
}
