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
use crate::{Error, arguments::Local, files, result::Refusal, rules};

/// Whose account it is while nothing says another.
const ACCOUNT: &str = "111122223333";

pub(super) struct Start {
    pub(super) account: String,
    pub(super) config_rules: Vec<ConfigRule>,
    items: Vec<ConfigurationItem>,
}

/// A Config rule to deploy.
pub(crate) struct ConfigRule {
    name: String,
    pub(super) rule: &'static CatalogueEntry,
    parameters: RawParameters,
}

impl Start {
    /// Reads all files. What cannot be used of them is told, and left out.
    pub(super) fn read(arguments: &Local) -> Result<Self, Error> {
        let mut start = Self { account: ACCOUNT.to_owned(), config_rules: Vec::new(), items: Vec::new() };
        let facts = files::facts(&arguments.running.facts)?;
        for chosen in &arguments.rules {
            start.deploy_chosen(chosen, &facts)?;
        }
        for path in files::find(&arguments.paths)? {
            if let Err(refusal) = start.read_file(&path, arguments.rules.is_empty()) {
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
        let recorded =
            if is_scheduled { Ok(Default::default()) } else { ConfigurationItem::all_in(text.as_bytes()) };
        let (items, left_out) = recorded.map_err(|error| {
            Refusal::bad_file(format!("{error}; events, items, histories and snapshots can be recorded"))
        })?;
        for error in left_out {
            eprintln!("left out: {}: {error}", path.display());
        }
        let first = self.items.first().or(items.first());
        let account = first.map_or(&*self.account, ConfigurationItem::account).to_owned();
        if let Some(other) = items.iter().find(|item| item.account() != account) {
            let other = other.account();
            let why = format!(
                "it holds items of account {other}; the account here is that of the first, {account}"
            );
            return Err(Refusal::bad_file(why));
        }
        self.account = account;
        self.items.extend(items);
        if deploys && let Some(event) = event {
            event.parameters()?;
            if let Some(ConfigRule { name, rule, parameters }) = ConfigRule::of(&event) {
                self.deploy(&name, rule, parameters);
            }
        }
        Ok(())
    }

    /// What the command line says must be right: every invocation would only say the same.
    fn deploy_chosen(&mut self, chosen: &rules::ConfigRule, facts: &Facts) -> Result<(), Error> {
        let rules::ConfigRule { name, rule, parameters, .. } = chosen;
        let parameters = parameters.clone().unwrap_or_default();
        if self.config_rules.iter().any(|deployed| deployed.name == *name) {
            return Err(format!(
                "--rule {name}: given twice; `put-config-rule` deploys it under another name"
            )
            .into());
        }
        if let Err(error @ config_rules::Error::InvalidParameters { .. }) =
            (rule.configure)(&parameters, facts)
        {
            return Err(format!("--rule: {error}").into());
        }
        self.deploy(name, rule, parameters);
        Ok(())
    }

    /// Of several with the same name the first stands.
    fn deploy(&mut self, name: &str, rule: &'static CatalogueEntry, parameters: RawParameters) {
        if self.config_rules.iter().all(|deployed| deployed.name != name) {
            self.config_rules.push(ConfigRule { name: name.to_owned(), rule, parameters });
        }
    }

    /// Which instance was launched from which image.
    pub(super) fn launches(&self) -> Vec<(String, String)> {
        let launch = |item: &ConfigurationItem| {
            let image = item.to_event()["configuration"]["imageId"].as_str()?.to_owned();
            Some((item.resource_id().to_owned(), image))
        };
        self.items.iter().filter_map(launch).collect()
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
        let example = ConfigRule {
            name: "owner".to_owned(),
            rule: catalogue::find("required-tags").unwrap_or(&catalogue::RULES[0]),
            parameters: RawParameters::from_json(r#"{"requiredTags": "Owner"}"#).unwrap_or_default(),
        };
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
    /// The one that an event is for, if its name has that of a rule.
    pub(crate) fn of(event: &Event) -> Option<Self> {
        let name = event.config_rule_name.clone()?;
        let (rule, parameters) = (catalogue::find_deployed(&name)?, event.parameters().ok()?);
        Some(Self { name, rule, parameters })
    }

    pub(crate) fn to_json(&self, account: &str) -> Value {
        let metadata = self.rule.metadata;
        let on = |message_type| json!({"EventSource": "aws.config", "MessageType": message_type});
        let source_details = if metadata.schedule == Schedule::Only {
            vec![on("ScheduledNotification")]
        } else {
            vec![
                on("ConfigurationItemChangeNotification"),
                on("OversizedConfigurationItemChangeNotification"),
            ]
        };
        let mut rule = json!({
            "ConfigRuleName": self.name,
            "InputParameters": self.parameters.to_json(),
            "Source": {
                "Owner": "CUSTOM_LAMBDA",
                "SourceIdentifier": FunctionArn::new(account, REGION, metadata.name).to_string(),
                "SourceDetails": source_details,
            },
        });
        if let ResourceTypes::These(names) = metadata.resource_types {
            rule["Scope"] = json!({"ComplianceResourceTypes": names});
        }
        rule
    }
}
