//! AWS Systems Manager Parameter Store: the values that `ssm:/path` refers to.

use std::{
    cell::RefCell,
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use aws_sdk_ssm::{Client, error::ProvideErrorMetadata as _, types::ParameterType};
use config_rules::{
    facts::{Fact, Facts},
    parameters::{earlier_values, merge_values},
};
use jiff::{SignedDuration, Timestamp};

use crate::{AwsError, LazyClient, Session};

/// How long a value is used without asking again.
const TIME_TO_LIVE: Duration = Duration::from_mins(5);
const SECURE: &str = "it is a SecureString, and no secret: make it a String";
/// As many names as `GetParameters` takes.
const BATCH: usize = 10;

/// Parameter Store, in the Region of the function and with its role: a rule of another account refers to this one's.
#[derive(Debug)]
pub struct ParameterStore {
    client: LazyClient<Client>,
    known: RefCell<BTreeMap<String, (Instant, Fact<String>)>>,
}

impl ParameterStore {
    /// With these credentials. Nothing is called yet.
    #[must_use]
    pub fn new(session: &Session) -> Self {
        Self { client: session.client(Client::new), known: RefCell::default() }
    }

    /// What it holds under these names; of `/path@30d`, what it has held there within as many days, as a list.
    pub async fn look_up(&self, names: &BTreeSet<String>) -> Facts {
        let mut facts = Facts::default();
        let open = names.iter().filter(|name| !self.is_known(name)).cloned();
        let (earlier, open): (Vec<_>, Vec<_>) = open.partition(|name| earlier_values(name).is_some());
        for name in earlier {
            let Some((path, days)) = earlier_values(&name) else { continue };
            match Box::pin(self.history(path, days)).await {
                Ok(found) => drop(self.known.borrow_mut().insert(name, (Instant::now(), found))),
                Err(error) => facts.set_result::<String>(name, error.into_fact()),
            }
        }
        for batch in open.chunks(BATCH) {
            match Box::pin(self.get(batch)).await {
                Ok(found) => self.known.borrow_mut().extend(found),
                Err(error) => batch.iter().for_each(|name| {
                    facts.set_result::<String>(name.clone(), error.clone().into_fact());
                }),
            }
        }
        for name in names {
            if let Some((_, fact)) = self.known.borrow().get(name) {
                facts.set(name, fact.clone());
            }
        }
        facts
    }

    /// Forgets what has become old.
    fn is_known(&self, name: &str) -> bool {
        let mut known = self.known.borrow_mut();
        known.retain(|_, (since, _)| since.elapsed() < TIME_TO_LIVE);
        known.contains_key(name)
    }

    /// All that a parameter has held within some days, the newest first. AWS keeps the last hundred versions.
    async fn history(&self, path: &str, days: u16) -> Result<Fact<String>, AwsError> {
        let pages = self.client.get_parameter_history().name(path).into_paginator().send();
        let pages: Vec<_> = match pages.try_collect().await {
            Err(error) if error.code() == Some("ParameterNotFound") => return Ok(Fact::Absent),
            answer => answer.map_err(|error| AwsError::of(&error).during("ssm:GetParameterHistory"))?,
        };
        let mut versions: Vec<_> = pages.into_iter().filter_map(|page| page.parameters).flatten().collect();
        if versions.iter().any(|version| version.r#type == Some(ParameterType::SecureString)) {
            return Ok(Fact::Unavailable(SECURE.to_owned()));
        }
        versions.sort_by_key(|version| Reverse(version.version));
        let since = (Timestamp::now() - SignedDuration::from_hours(24 * i64::from(days))).as_second();
        let mut values = Vec::new();
        for version in versions {
            values.extend(version.value);
            // A value counts until the next one has taken its place, and this one had when the time began.
            if version.last_modified_date.is_some_and(|date| date.secs() < since) {
                break;
            }
        }
        Ok(if values.is_empty() { Fact::Absent } else { Fact::Known(merge_values(&values)) })
    }

    async fn get(&self, names: &[String]) -> Result<BTreeMap<String, (Instant, Fact<String>)>, AwsError> {
        let call = self.client.get_parameters().set_names(Some(names.to_vec()));
        let answer = call.send().await.map_err(|error| AwsError::of(&error).during("ssm:GetParameters"))?;
        let mut values: BTreeMap<_, _> = answer
            .parameters
            .into_iter()
            .flatten()
            .filter_map(|parameter| {
                let fact = match (parameter.r#type, parameter.value) {
                    (Some(ParameterType::SecureString), _) => Fact::Unavailable(SECURE.to_owned()),
                    (_, value) => value.map_or(Fact::Absent, Fact::Known),
                };
                Some((parameter.name?, fact))
            })
            .collect();
        let mut fact = |name: &String| values.remove(name).unwrap_or(Fact::Absent);
        Ok(names
            .iter()
            .map(|name| (name.clone(), fact(name)))
            .map(|(name, fact)| (name, (Instant::now(), fact)))
            .collect())
    }
}
