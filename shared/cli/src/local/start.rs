//! What there is before the play begins: rules and resources, from the command line and its files.

use std::{fmt::Write as _, path::Path};

use anstream::eprintln;
use config_rules::{
    catalogue::{self, CatalogueEntry},
    event::{Event, Message},
    facts::Facts,
    parameters::RawParameters,
    rule::{ResourceTypes, Schedule},
};
use config_rules_local::{ConfigService, ConfigurationItem, FunctionArn};
use serde_json::{Value, json};

use super::REGION;
use crate::{Error, arguments::Local, cases::chosen_rules, files, result::Refusal, rules};

/// Whose account it is while nothing says another.
const ACCOUNT: &str = "111122223333";

pub(super) struct Start {
    pub(super) account: String,
    pub(super) config_rules: Vec<ConfigRule>,
    items: Vec<ConfigurationItem>,
}

/// A Config rule to deploy.
pub(crate) struct ConfigRule {
    pub(crate) name: String,
    pub(crate) rule: &'static CatalogueEntry,
    pub(crate) parameters: RawParameters,
    /// As `PutConfigRule` takes it; none stands for the types that the rule evaluates. A rule that only a schedule invokes has
    /// none.
    pub(crate) scope: Option<Value>,
    /// How often a schedule invokes it besides, such as `Six_Hours`. A rule that only a schedule invokes has AWS Config's
    /// default, a day, unless this says otherwise.
    pub(crate) maximum_execution_frequency: Option<String>,
}

impl Start {
    /// Reads all files. What cannot be used of them is told, and left out.
    pub(super) fn read(arguments: &Local) -> Result<Self, Error> {
        let mut start = Self { account: ACCOUNT.to_owned(), config_rules: Vec::new(), items: Vec::new() };
        let facts = files::facts(&arguments.running.facts)?;
        let chosen = chosen_rules(&arguments.rule, &arguments.rules)?;
        for rule in &chosen {
            start.deploy_chosen(rule, &facts)?;
        }
        for path in files::find(&arguments.paths)? {
            if let Err(refusal) = start.read_file(&path, chosen.is_empty()) {
                eprintln!("left out: {}: {}", path.display(), refusal.message);
            }
        }
        Ok(start)
    }

    fn read_file(&mut self, path: &Path, deploys: bool) -> Result<(), Refusal> {
        let text = files::text(files::open(path)?)?;
        let event = Event::from_json(&text).ok();
        let is_scheduled =
            event.as_ref().is_some_and(|event| matches!(event.message(), Ok(Message::Scheduled { .. })));
        // It has a rule to deploy, and nothing to record.
        let items = if is_scheduled { Ok(Vec::new()) } else { ConfigurationItem::all_in(text.as_bytes()) };
        let items = items.map_err(|error| {
            Refusal::bad_file(format!("{error}; events, items, histories and snapshots can be recorded"))
        })?;
        let mut is_used = is_scheduled;
        for (index, item) in items.into_iter().enumerate() {
            match item.map_err(|error| error.to_string()).and_then(|item| self.record(index, item)) {
                Ok(()) => is_used = true,
                Err(why) => eprintln!("left out: {}: {why}", path.display()),
            }
        }
        if is_used
            && deploys
            && let Some(event) = event
        {
            event.parameters()?;
            if let Some(config_rule) = ConfigRule::of(&event) {
                self.deploy(config_rule);
            }
        }
        Ok(())
    }

    /// The first item says whose account it is.
    fn record(&mut self, index: usize, item: ConfigurationItem) -> Result<(), String> {
        if self.items.is_empty() {
            item.account().clone_into(&mut self.account);
        }
        let (other, account) = (item.account(), &self.account);
        if other != account {
            let (number, resource_type, id) = (index + 1, item.resource_type(), item.resource_id());
            return Err(format!(
                "item {number} ({resource_type} {id}): of account {other}; the account here is that of the first, {account}"
            ));
        }
        self.items.push(item);
        Ok(())
    }

    /// What the command line says must be right: every invocation would only say the same.
    fn deploy_chosen(&mut self, chosen: &rules::ConfigRule, facts: &Facts) -> Result<(), Error> {
        let rules::ConfigRule { name, rule, parameters, scope } = chosen;
        let parameters = parameters.clone().unwrap_or_default();
        if let Err(error @ config_rules::Error::InvalidParameters { .. }) =
            (rule.configure)(&parameters, facts)
        {
            return Err(format!("{name}: {error}").into());
        }
        self.deploy(ConfigRule { scope: scope.to_json(), ..ConfigRule::new(name, rule, parameters) });
        Ok(())
    }

    /// Of several with the same name the first stands.
    fn deploy(&mut self, config_rule: ConfigRule) {
        if self.config_rules.iter().all(|deployed| deployed.name != config_rule.name) {
            self.config_rules.push(config_rule);
        }
    }

    /// Which instance was launched from which image.
    pub(super) fn launches(&self) -> impl Iterator<Item = (String, String)> {
        let launch = |item: &ConfigurationItem| {
            let image = item.to_event()["configuration"]["imageId"].as_str()?.to_owned();
            Some((item.resource_id().to_owned(), image))
        };
        self.items.iter().filter_map(launch)
    }

    /// Records the items and deploys the rules, which makes AWS Config evaluate them.
    pub(super) fn take_place(&self, config_service: &ConfigService) -> Result<(), Error> {
        for item in &self.items {
            drop(config_service.record(item.clone()));
        }
        for config_rule in &self.config_rules {
            config_service
                .deploy(&self.account, &config_rule.to_json(&self.account))
                .map_err(|error| format!("{}: {error}", config_rule.name))?;
        }
        Ok(())
    }

    /// What there is, and what to try next.
    pub(super) fn introduction(&self, endpoint: &str) -> String {
        let Self { account, config_rules, items } = self;
        let names: Vec<_> = config_rules.iter().map(|config_rule| config_rule.name.as_str()).collect();
        let mut text = format!(
            "AWS Config is at {endpoint}: account {account}, {REGION}, {} configuration item{}, rules: {}\n\n\
             In another terminal:\n\n    \
             export AWS_ENDPOINT_URL_CONFIG_SERVICE={endpoint} AWS_DEFAULT_REGION={REGION} AWS_ACCESS_KEY_ID=ASIA{account}PLAY AWS_SECRET_ACCESS_KEY=play\n    \
             aws configservice describe-compliance-by-config-rule\n",
            items.len(),
            if items.len() == 1 { "" } else { "s" },
            if names.is_empty() { "none".to_owned() } else { names.join(", ") },
        );
        if let Some(name) = names.first() {
            let _ = write!(
                text,
                "    aws configservice get-compliance-details-by-config-rule --config-rule-name {name}\n    \
                 aws configservice start-config-rules-evaluation --config-rule-names {name}\n"
            );
        }
        let example = ConfigRule::new(
            "owner",
            catalogue::find("required-tags").unwrap_or(&catalogue::RULES[0]),
            RawParameters::from_json(r#"{"requiredTags": "Owner"}"#).unwrap_or_default(),
        );
        let _ = write!(
            text,
            "\nA rule more, and a resource that changes (an event or a configuration item):\n\n    \
             aws configservice put-config-rule --config-rule '{}'\n    \
             curl --data-binary @events/required-tags/non-compliant-key-case.json {endpoint}/configuration-items\n\n\
             Ctrl-C ends it.\n",
            example.to_json(account),
        );
        text
    }
}

impl ConfigRule {
    /// One that evaluates all resources of its types as they change.
    pub(crate) fn new(name: &str, rule: &'static CatalogueEntry, parameters: RawParameters) -> Self {
        Self { name: name.to_owned(), rule, parameters, scope: None, maximum_execution_frequency: None }
    }

    /// The one that an event is for, if its name has that of a rule.
    pub(crate) fn of(event: &Event) -> Option<Self> {
        let name = event.config_rule_name.as_ref()?;
        Some(Self::new(name, catalogue::find_deployed(name)?, event.parameters().ok()?))
    }

    /// As `PutConfigRule` takes it.
    pub(crate) fn to_json(&self, account: &str) -> Value {
        let metadata = self.rule.metadata;
        let is_scheduled_only = metadata.schedule == Schedule::Only;
        let on = |message_type| json!({"EventSource": "aws.config", "MessageType": message_type});
        let mut source_details = if is_scheduled_only {
            Vec::new()
        } else {
            vec![
                on("ConfigurationItemChangeNotification"),
                on("OversizedConfigurationItemChangeNotification"),
            ]
        };
        if is_scheduled_only || self.maximum_execution_frequency.is_some() {
            let mut schedule = on("ScheduledNotification");
            schedule["MaximumExecutionFrequency"] = self.maximum_execution_frequency.clone().into();
            source_details.push(schedule);
        }
        let own_types = match metadata.resource_types {
            ResourceTypes::These(names) if !is_scheduled_only => {
                Some(json!({"ComplianceResourceTypes": names}))
            }
            _ => None,
        };
        let mut config_rule = json!({
            "ConfigRuleName": self.name,
            "InputParameters": self.parameters.to_json(),
            "Source": {
                "Owner": "CUSTOM_LAMBDA",
                "SourceIdentifier": FunctionArn::new(account, REGION, metadata.name).to_string(),
                "SourceDetails": source_details,
            },
        });
        if let Some(scope) = self.scope.clone().or(own_types) {
            config_rule["Scope"] = scope;
        }
        config_rule
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn required_tags() -> ConfigRule {
        let parameters = RawParameters::from_json(r#"{"requiredTags": "Owner"}"#).unwrap();
        ConfigRule::new("owner", catalogue::find("required-tags").unwrap(), parameters)
    }

    /// Which of the resources AWS Config evaluates, and what else the rule is invoked with.
    async fn evaluated(config_rule: &ConfigRule) -> Vec<String> {
        let config_service = ConfigService::start_recording().await.unwrap();
        for (resource_type, id, tags) in [
            ("AWS::EC2::Instance", "tagged", json!({"Module": "Developer"})),
            ("AWS::EC2::Instance", "untagged", json!({})),
            ("AWS::S3::Bucket", "bucket", json!({"Module": "Other"})),
        ] {
            let item = json!({
                "resourceType": resource_type, "resourceId": id, "tags": tags,
                "configurationItemCaptureTime": "2026-11-01T00:00:00Z",
            });
            config_service.record(ConfigurationItem::from_event(item).unwrap());
        }
        config_service.deploy(ACCOUNT, &config_rule.to_json(ACCOUNT)).unwrap();
        let what = |event: &str| {
            let event: Value = serde_json::from_str(event).unwrap();
            let message: Value = serde_json::from_str(event["invokingEvent"].as_str().unwrap()).unwrap();
            let id = message["configurationItem"]["resourceId"].as_str();
            id.or(message["messageType"].as_str()).unwrap().to_owned()
        };
        config_service.take_invocations().iter().map(|invocation| what(&invocation.event)).collect()
    }

    #[tokio::test]
    async fn a_rule_evaluates_what_is_in_its_scope_and_as_often_as_its_schedule_says() {
        for (scope, frequency, expected) in [
            (None, None, &["tagged", "untagged", "bucket"][..]),
            (Some(json!({"ComplianceResourceTypes": ["AWS::S3::Bucket"]})), None, &["bucket"]),
            (Some(json!({"TagKey": "Module"})), None, &["tagged", "bucket"]),
            (Some(json!({"TagKey": "Module", "TagValue": "Developer"})), None, &["tagged"]),
            (
                Some(
                    json!({"ComplianceResourceTypes": ["AWS::EC2::Instance"], "ComplianceResourceId": "untagged"}),
                ),
                None,
                &["untagged"],
            ),
            (
                Some(json!({"TagKey": "Module", "TagValue": "Other"})),
                Some("Six_Hours"),
                &["bucket", "ScheduledNotification"],
            ),
        ] {
            let mut config_rule = required_tags();
            config_rule.scope = scope;
            config_rule.maximum_execution_frequency = frequency.map(str::to_owned);
            assert_eq!(evaluated(&config_rule).await, expected, "{:?}", config_rule.scope);
        }
    }

    /// AWS Config refuses a scope where nothing but a schedule invokes the rule.
    #[tokio::test]
    async fn a_rule_that_only_a_schedule_invokes_has_no_scope() {
        let image_sharing = catalogue::find("image-sharing").unwrap();
        let config_rule = ConfigRule::new("images", image_sharing, RawParameters::default());
        assert_eq!(evaluated(&config_rule).await, ["ScheduledNotification"]);
    }
}
