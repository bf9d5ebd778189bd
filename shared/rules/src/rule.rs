//! The contract of a rule, and the one way in which all of them are evaluated.

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::{
    Error,
    event::{Event, Message},
    facts::{FactRequest, Facts},
    finding::{Compliance, Verdict},
    item::{ConfigurationItem, RawItem, Status},
    parameters::{Parameter, ParameterError, RawParameters},
    policy::{self, Policy},
};

/// One check. It has no state, waits for nothing and cannot fail.
pub trait Rule {
    /// The part of the resource's `configuration` that the rule reads. A rule that reads none of it takes
    /// [`serde::de::IgnoredAny`], and then judges items that have none.
    type Configuration: DeserializeOwned;
    /// What the rule may assume once its parameters have been checked.
    type Parameters;

    /// What everything but the rule's own code has to know about it.
    const METADATA: Metadata;

    /// Reads and checks the parameters.
    ///
    /// # Errors
    /// Names the first parameter that cannot be used, and the form it should have.
    fn parameters(raw: &RawParameters) -> Result<Self::Parameters, ParameterError>;

    /// What the verdict needs to know beyond the item. Nothing, for most parameters.
    #[must_use]
    fn facts(
        _item: &ConfigurationItem<Self::Configuration>,
        _parameters: &Self::Parameters,
    ) -> Vec<FactRequest> {
        Vec::new()
    }

    /// Judges one live item of one of the rule's types.
    fn evaluate(
        item: &ConfigurationItem<Self::Configuration>,
        parameters: &Self::Parameters,
        facts: &Facts,
    ) -> Verdict;
}

/// What everything but a rule's own code has to know about it.
#[derive(Clone, Copy, Debug)]
pub struct Metadata {
    /// The rule's name: of its function, its folder and its AWS Config rule.
    pub name: &'static str,
    /// What it checks, in one sentence of at most 256 characters (AWS Config's limit).
    pub description: &'static str,
    /// The resource types that it judges; empty for every type.
    pub resource_types: &'static [&'static str],
    /// Its parameters.
    pub parameters: &'static [Parameter],
    /// What its function's role must be allowed to do, besides writing its log.
    pub iam_actions: &'static [&'static str],
    /// What it must be allowed to do as well, if a parameter is set that needs facts.
    pub fact_actions: &'static [&'static str],
    /// Whether facts may be asked for without such a parameter, too.
    pub facts_by_default: bool,
}

impl Metadata {
    /// The rule's own parameters, and those that every rule takes.
    pub fn all_parameters(&self) -> impl Iterator<Item = &'static Parameter> + Clone {
        self.parameters.iter().chain(policy::PARAMETERS)
    }
}

/// A verdict about one resource, as `PutEvaluations` wants it.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// Such as `AWS::EC2::Instance`.
    pub resource_type: String,
    /// The resource's id as AWS Config knows it.
    pub resource_id: String,
    /// The verdict.
    pub compliance: Compliance,
    /// When AWS Config recorded what was judged.
    pub ordering_timestamp: Timestamp,
}

/// One item and the parameters that it is to be judged by: what is left to know are facts.
pub struct Case<R: Rule> {
    resource_type: String,
    resource_id: String,
    ordering_timestamp: Timestamp,
    parameters: R::Parameters,
    policy: Policy,
    subject: Subject<R>,
}

enum Subject<R: Rule> {
    /// The rule is not asked.
    Settled(Verdict),
    Open(ConfigurationItem<R::Configuration>),
}

impl<R: Rule> Case<R> {
    /// Reads an event.
    ///
    /// # Errors
    /// When the event cannot be read, is of a kind that is not handled, or carries parameters that the rule cannot use.
    pub fn from_event(event: &Event) -> Result<Self, Error> {
        let message = event.message()?;
        let parameters = event.parameters()?;
        match message {
            Message::ConfigurationItemChange { item, left_scope } => {
                Self::new(*item, left_scope, &parameters)
            }
        }
    }

    /// Asks first whether the rule applies at all, and then reads the configuration.
    ///
    /// # Errors
    /// [`Error::InvalidParameters`]. They are read before all else, because wrong ones are wrong for every resource.
    pub fn new(item: RawItem, left_scope: bool, raw: &RawParameters) -> Result<Self, Error> {
        let (parameters, policy) = check_parameters::<R>(raw)?;
        Ok(Self {
            resource_type: item.resource_type.clone(),
            resource_id: item.resource_id.clone(),
            ordering_timestamp: item.configuration_item_capture_time,
            parameters,
            policy,
            subject: subject::<R>(item, left_scope),
        })
    }

    /// What the verdict needs to know beyond the item.
    #[must_use]
    pub fn facts(&self) -> Vec<FactRequest> {
        match &self.subject {
            Subject::Settled(_) => Vec::new(),
            Subject::Open(item) => R::facts(item, &self.parameters),
        }
    }

    /// Judges.
    ///
    /// # Errors
    /// [`Error::MissingFacts`], if the parameters say so.
    pub fn judge(self, facts: &Facts) -> Result<Evaluation, Error> {
        let verdict = match self.subject {
            Subject::Settled(verdict) => verdict,
            Subject::Open(item) => R::evaluate(&item, &self.parameters, facts),
        };
        Ok(Evaluation {
            compliance: self.policy.settle(verdict)?,
            resource_type: self.resource_type,
            resource_id: self.resource_id,
            ordering_timestamp: self.ordering_timestamp,
        })
    }
}

/// Reads and checks the parameters of a rule: its own, and those of every rule.
pub(crate) fn check_parameters<R: Rule>(raw: &RawParameters) -> Result<(R::Parameters, Policy), Error> {
    let read = || {
        raw.only(R::METADATA.all_parameters())?;
        Ok((R::parameters(raw)?, Policy::read(raw)?))
    };
    read().map_err(|problem| Error::InvalidParameters { rule: R::METADATA.name, problem })
}

fn subject<R: Rule>(item: RawItem, left_scope: bool) -> Subject<R> {
    if let Some(reason) = not_applicable(&item, left_scope, R::METADATA.resource_types) {
        return Subject::Settled(Verdict::not_applicable(reason));
    }
    let text = item.configuration.as_ref().map_or("null", |raw| raw.get());
    match serde_json::from_str(text) {
        Ok(configuration) => Subject::Open(item.with_configuration(configuration)),
        Err(_) if text == "null" => {
            Subject::Settled(Verdict::unknown("the configuration item holds no configuration"))
        }
        Err(error) => Subject::Settled(Verdict::unknown(format!(
            "the configuration item's configuration cannot be read: {error}"
        ))),
    }
}

/// Status and scope are asked before anything else, because a deleted resource has no configuration. The answer is
/// reported all the same: silence would leave an old NON_COMPLIANT standing.
fn not_applicable(item: &RawItem, left_scope: bool, resource_types: &[&str]) -> Option<String> {
    if let Status::Other(status) = &item.configuration_item_status {
        return Some(format!("the resource is not there or not recorded: {status}"));
    }
    if left_scope {
        return Some("the resource has left the scope of the rule".to_owned());
    }
    let judged = resource_types.is_empty() || resource_types.contains(&item.resource_type.as_str());
    (!judged).then(|| format!("{} is not a type that this rule judges", item.resource_type))
}
