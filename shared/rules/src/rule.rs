//! The contract of a rule, and the one way in which all of them are evaluated.

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::{
    Error,
    event::{Event, Message},
    finding::{Compliance, Finding},
    item::{ConfigurationItem, RawItem, Status},
    parameters::{Parameter, ParameterError, RawParameters},
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

    /// Judges one live item of one of the rule's types.
    fn evaluate(item: &ConfigurationItem<Self::Configuration>, parameters: &Self::Parameters) -> Compliance;
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

/// Judges an event.
///
/// # Errors
/// When the event cannot be read, is of a kind that is not handled, or carries parameters that the rule cannot use.
pub fn judge<R: Rule>(event: &Event) -> Result<Evaluation, Error> {
    let message = event.message()?;
    let parameters = event.parameters()?;
    match message {
        Message::ConfigurationItemChange { item, left_scope } => {
            evaluate::<R>(*item, left_scope, &parameters)
        }
    }
}

/// Judges one item: asks first whether the rule applies at all, then reads the configuration, then asks the rule.
///
/// # Errors
/// [`Error::InvalidParameters`]. They are read first, because wrong ones are wrong for every resource.
pub fn evaluate<R: Rule>(
    item: RawItem,
    left_scope: bool,
    parameters: &RawParameters,
) -> Result<Evaluation, Error> {
    let parameters = check_parameters::<R>(parameters)?;
    Ok(Evaluation {
        resource_type: item.resource_type.clone(),
        resource_id: item.resource_id.clone(),
        ordering_timestamp: item.configuration_item_capture_time,
        compliance: compliance::<R>(item, left_scope, &parameters),
    })
}

/// Reads and checks the parameters of a rule.
///
/// # Errors
/// [`Error::InvalidParameters`] with the first parameter that is unknown or cannot be used.
pub fn check_parameters<R: Rule>(raw: &RawParameters) -> Result<R::Parameters, Error> {
    let parameters = raw.only(R::METADATA.parameters).and_then(|()| R::parameters(raw));
    parameters.map_err(|problem| Error::InvalidParameters { rule: R::METADATA.name, problem })
}

fn compliance<R: Rule>(item: RawItem, left_scope: bool, parameters: &R::Parameters) -> Compliance {
    if let Some(reason) = not_applicable(&item, left_scope, R::METADATA.resource_types) {
        return Compliance::NotApplicable(reason);
    }
    let text = item.configuration.as_ref().map_or("null", |raw| raw.get());
    match serde_json::from_str(text) {
        Ok(configuration) => R::evaluate(&item.with_configuration(configuration), parameters),
        Err(_) if text == "null" => missing("the configuration item holds no configuration"),
        Err(error) => missing(&format!("the configuration item's configuration cannot be read: {error}")),
    }
}

fn missing(what: &str) -> Compliance {
    Compliance::because(Finding::missing_data(what))
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
