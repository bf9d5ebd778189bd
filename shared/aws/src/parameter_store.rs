//! AWS Systems Manager Parameter Store: the values that `ssm:/path` refers to.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use aws_sdk_ssm::{Client, types::ParameterType};
use config_rules::facts::{Fact, Facts};

use crate::{AwsError, Session};

/// How long a value is used without asking again.
const TIME_TO_LIVE: Duration = Duration::from_mins(5);
/// As many names as `GetParameters` takes.
const BATCH: usize = 10;

/// Parameter Store, in the Region of the function and with its role: a rule of another account refers to this one's.
#[derive(Debug)]
pub struct ParameterStore {
    client: Client,
    known: RefCell<BTreeMap<String, (Instant, Fact<String>)>>,
}

impl ParameterStore {
    /// With these credentials. Nothing is called yet.
    #[must_use]
    pub fn new(session: &Session) -> Self {
        Self { client: Client::new(session.sdk_config()), known: RefCell::default() }
    }

    /// What it holds under these names.
    pub async fn look_up(&self, names: &BTreeSet<String>) -> Facts {
        let mut facts = Facts::default();
        let open: Vec<_> = names.iter().filter(|name| !self.is_known(name)).cloned().collect();
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

    async fn get(&self, names: &[String]) -> Result<BTreeMap<String, (Instant, Fact<String>)>, AwsError> {
        let call = self.client.get_parameters().set_names(Some(names.to_vec()));
        let answer = call.send().await.map_err(|error| AwsError::of(&error).during("ssm:GetParameters"))?;
        let mut values: BTreeMap<_, _> = answer
            .parameters
            .into_iter()
            .flatten()
            .filter_map(|parameter| {
                let fact = match (parameter.r#type, parameter.value) {
                    (Some(ParameterType::SecureString), _) => {
                        Fact::Unavailable("it is a SecureString, and no secret: make it a String".to_owned())
                    }
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
