//! The contract of a rule, and the one way in which all of them are evaluated.

use std::{iter, sync::Arc};

use jiff::Timestamp;

use crate::{
    Error,
    engine::Evaluate,
    event::{Event, Message},
    exemption,
    facts::Facts,
    finding::{Code, Compliance, Verdict},
    inventory::Filter,
    item::{Configuration, ConfigurationItem, RawItem, Status},
    parameters::{Parameter, ParameterError, RawParameters, Requirement, Unresolved},
    policy::{self, ExecutionRole, Policy},
    resource_scope::{Resource, day},
};

/// One check. It has no state, waits for nothing and cannot fail.
pub trait Rule {
    /// The part of the resource's `configuration` that the rule reads. A rule that reads none of it takes
    /// [`serde::de::IgnoredAny`], and then evaluates items that have none.
    type Configuration: Configuration;
    /// What the rule may assume once its parameters have been checked.
    type Parameters: Clone + Send + Sync;

    /// What everything but the rule's own code has to know about it.
    const METADATA: Metadata;

    /// The kinds of its findings, besides [`finding::CODES`](crate::finding::CODES).
    const CODES: &'static [&'static Code] = &[];

    /// Parameters to begin with, for the rule's page.
    const EXAMPLE: &'static [(&'static str, &'static str)] = &[];

    /// The parts of a finding that an exemption may name, and how: such as the ports that may be open.
    const EXEMPTIBLE: &'static [Parameter] = &[];

    /// Reads and checks the parameters.
    ///
    /// # Errors
    /// Names the first parameter that cannot be used, and the form it should have.
    fn parameters(raw: &RawParameters) -> Result<Self::Parameters, ParameterError>;

    /// The parameters as if these parts of a finding, of [`Rule::EXEMPTIBLE`], did not matter.
    ///
    /// # Errors
    /// Names the first part that is not of its form.
    fn exempt(
        parameters: Self::Parameters,
        _parts: &RawParameters,
    ) -> Result<Self::Parameters, ParameterError> {
        Ok(parameters)
    }

    /// What to tell people who are about to deploy these parameters: where they would see less than they might think.
    #[must_use]
    fn cautions(_parameters: &Self::Parameters) -> Vec<String> {
        Vec::new()
    }

    /// Evaluates one live item of one of the rule's types. A fact is read where the answer depends on it, and nowhere
    /// else: what is read and not known yet is looked up, and the item is evaluated again.
    fn evaluate(
        item: &ConfigurationItem<Self::Configuration>,
        parameters: &Self::Parameters,
        facts: &Facts,
    ) -> Verdict;

    /// Whether the rule has something to say about the account as a whole, when it runs over all its resources.
    #[must_use]
    fn evaluates_account(_parameters: &Self::Parameters) -> bool {
        false
    }

    /// Evaluates the account as a whole; facts are read as for an item.
    fn evaluate_account(_parameters: &Self::Parameters, _facts: &Facts) -> Verdict {
        Verdict::not_applicable("the rule evaluates resources one by one")
    }
}

/// What everything but a rule's own code has to know about it.
#[derive(Clone, Copy, Debug)]
pub struct Metadata {
    /// The rule's name: of its function, its folder and its AWS Config rule.
    pub name: &'static str,
    /// What it checks, in one sentence of at most 256 characters (AWS Config's limit).
    pub description: &'static str,
    /// What it evaluates.
    pub resource_types: ResourceTypes,
    /// Resources of other types, whose changes can change the answer.
    pub further_triggers: &'static [FurtherTrigger],
    /// Whether a change of the resource is enough to notice when its answer changes.
    pub schedule: Schedule,
    /// Its parameters.
    pub parameters: &'static [Parameter],
    /// Which of them it cannot do without.
    pub requirements: &'static [Requirement],
    /// What its function must be allowed to call, whichever parameters are set. The parameters say what they need beyond.
    pub fact_actions: &'static [&'static str],
    /// What it must be allowed to call to list the resources that it evaluates.
    pub inventory_actions: &'static [&'static str],
}

/// What a rule evaluates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceTypes {
    /// Resources of every type that AWS Config records.
    Every,
    /// Resources of these types, such as `AWS::EC2::Instance`.
    These(&'static [&'static str]),
    /// The account as a whole, and no resource of it.
    AccountOnly,
}

impl ResourceTypes {
    /// Their names; none for every type, and none for no type.
    #[must_use]
    pub const fn names(self) -> &'static [&'static str] {
        match self {
            Self::These(names) => names,
            Self::Every | Self::AccountOnly => &[],
        }
    }

    /// Whether resources of this type are evaluated.
    #[must_use]
    pub fn include(self, resource_type: &str) -> bool {
        self == Self::Every || self.names().contains(&resource_type)
    }
}

/// A type of resource that a rule does not evaluate, and whose changes can change its answer for others.
#[derive(Clone, Copy, Debug)]
pub struct FurtherTrigger {
    /// Such as `AWS::EC2::SecurityGroup`.
    pub resource_type: &'static str,
    /// Which resources a change of this one concerns: those that one of the filters finds.
    pub concerned: fn(&RawItem) -> Vec<Filter>,
}

impl FurtherTrigger {
    /// The resources that a change concerns: none, if the resource is gone, because then nothing has it any more.
    #[must_use]
    pub fn concerned(&self, item: &RawItem) -> Vec<Filter> {
        let is_gone = matches!(item.configuration_item_status, Status::Other(_));
        if is_gone { Vec::new() } else { (self.concerned)(item) }
    }
}

/// Whether a rule needs a schedule besides the changes of resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// By default only with parameters that drift ([`Parameter::drifts`]): else its answer changes with the resource alone,
    /// even if it asks AWS.
    WithDriftingParameters,
    /// By default always: whatever the parameters, its answer can change while the resource does not.
    Always,
    /// Nothing else invokes it: what it evaluates is not recorded.
    Only,
}

impl Metadata {
    /// The rule's own parameters, and those that every rule takes.
    pub fn all_parameters(&self) -> impl Iterator<Item = &'static Parameter> + Clone {
        self.parameters.iter().chain(policy::PARAMETERS)
    }

    /// The trigger that this type of resource is, if the rule does not evaluate it.
    #[must_use]
    pub fn further_trigger(&self, resource_type: &str) -> Option<&'static FurtherTrigger> {
        self.further_triggers.iter().find(|trigger| trigger.resource_type == resource_type)
    }

    /// What it must be allowed to call besides where it has further triggers: to know its scope, and to list what is concerned.
    #[must_use]
    pub fn further_trigger_actions(&self) -> Vec<&'static str> {
        [&["config:DescribeConfigRules"], self.inventory_actions].concat()
    }

    /// What the rule's function must be allowed to call for every event, whichever parameters are set.
    #[must_use]
    pub fn actions(&self) -> Vec<&'static str> {
        // An item that is too large for its event is read there; the account as a whole has none.
        let history =
            (self.resource_types != ResourceTypes::AccountOnly).then_some("config:GetResourceConfigHistory");
        iter::once("config:PutEvaluations").chain(history).chain(self.fact_actions.iter().copied()).collect()
    }

    /// What it must be allowed to call besides to run over all resources.
    #[must_use]
    pub fn run_actions(&self) -> Vec<&'static str> {
        let actions = ["config:DescribeConfigRules", "config:GetComplianceDetailsByConfigRule"];
        [&actions, self.inventory_actions].concat()
    }

    /// Whether its function may make all of these calls for facts or to list resources, for some parameters.
    #[must_use]
    pub const fn asks(&self, actions: &[&str]) -> bool {
        let mut index = 0;
        while index < actions.len() {
            if !self.may_call(actions[index]) {
                return false;
            }
            index += 1;
        }
        true
    }

    const fn may_call(&self, action: &str) -> bool {
        let mut index = 0;
        while index < self.parameters.len() {
            if holds(self.parameters[index].actions, action) {
                return true;
            }
            index += 1;
        }
        holds(self.fact_actions, action) || holds(self.inventory_actions, action)
    }

    /// Everything that it may call, for any parameters and events.
    pub fn calls(&self) -> impl Iterator<Item = &'static str> {
        let parameters = self.parameters.iter().flat_map(|parameter| parameter.actions.iter().copied());
        // A parameter in Parameter Store, the role of another account, a delivered snapshot.
        let elsewhere = ["ssm:GetParameters", "ssm:GetParameterHistory", "sts:AssumeRole", "s3:GetObject"];
        self.actions().into_iter().chain(self.run_actions()).chain(parameters).chain(elsewhere)
    }
}

const fn holds(list: &[&str], text: &str) -> bool {
    let mut index = 0;
    while index < list.len() {
        if is_same(list[index].as_bytes(), text.as_bytes()) {
            return true;
        }
        index += 1;
    }
    false
}

const fn is_same(one: &[u8], other: &[u8]) -> bool {
    let mut index = 0;
    while index < one.len() && index < other.len() && one[index] == other[index] {
        index += 1;
    }
    index == one.len() && index == other.len()
}

/// Who asks a source of facts: a rule, or somebody who asks for every rule. What is never asked for need not be linked.
pub trait Asker {
    /// What may be asked for; `None` is everything.
    const ASKS: Option<&'static Metadata>;
}

/// Whether somebody may ask for what takes all of these calls.
#[must_use]
pub const fn asks<A: Asker>(actions: &[&str]) -> bool {
    match A::ASKS {
        Some(metadata) => metadata.asks(actions),
        None => true,
    }
}

impl<R: Rule> Asker for R {
    const ASKS: Option<&'static Metadata> = Some(&R::METADATA);
}

/// Asks for every rule: the command line.
#[derive(Clone, Copy, Debug)]
pub enum EveryRule {}

impl Asker for EveryRule {
    const ASKS: Option<&'static Metadata> = None;
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
    /// When AWS Config recorded what was evaluated.
    pub ordering_timestamp: Timestamp,
}

/// A rule with its checked parameters, as an AWS Config rule is one: it evaluates any number of items.
pub struct ConfiguredRule<R: Rule> {
    raw: RawParameters,
    parameters: R::Parameters,
    policy: Policy,
}

impl<R: Rule> ConfiguredRule<R> {
    /// Reads and checks the parameters: the rule's own, and those of every rule. What they refer to in Parameter Store
    /// stands in the facts.
    ///
    /// # Errors
    /// [`Error::InvalidParameters`]; or [`Error::MissingFacts`], where Parameter Store does not tell.
    pub fn new(raw: &RawParameters, facts: &Facts) -> Result<Arc<Self>, Error> {
        let invalid = |problem| Error::InvalidParameters { rule: R::METADATA.name, problem };
        raw.only(R::METADATA.all_parameters()).map_err(invalid)?;
        let raw = raw.clone().resolve(facts).map_err(|unresolved| match unresolved {
            Unresolved::Absent(problem) => invalid(problem),
            Unresolved::Unavailable(problem) => Error::MissingFacts(problem.to_string()),
            Unresolved::Fault(fault) => fault.into(),
        })?;
        Self::read(&raw).map(Arc::new).map_err(invalid)
    }

    fn read(raw: &RawParameters) -> Result<Self, ParameterError> {
        Self::read_plain(raw.clone()).map_err(|error| raw.with_origin(error))
    }

    fn read_plain(raw: RawParameters) -> Result<Self, ParameterError> {
        let (parameters, policy) = (R::parameters(&raw)?, Policy::read(&raw, R::EXEMPTIBLE)?);
        let rule = Self { raw, parameters, policy };
        for (index, part) in rule.policy.exemptions.parts().enumerate() {
            rule.without(&[part]).map_err(|error| exemption::error(index, &error))?;
        }
        Ok(rule)
    }

    /// The parameters as if these parts of a finding did not matter.
    fn without(&self, parts: &[&RawParameters]) -> Result<R::Parameters, ParameterError> {
        parts.iter().try_fold(self.parameters.clone(), |parameters, part| R::exempt(parameters, part))
    }

    /// The parameters as they were read, with what Parameter Store holds in place of the references to it.
    #[must_use]
    pub fn parameters(&self) -> &RawParameters {
        &self.raw
    }

    /// The role to report with, where the rule belongs to another account than the function.
    #[must_use]
    pub fn execution_role(&self) -> Option<&ExecutionRole> {
        self.policy.execution_role.as_ref()
    }

    /// What to tell people who are about to deploy the rule.
    #[must_use]
    pub fn cautions(&self) -> Vec<String> {
        [R::cautions(&self.parameters), self.policy.cautions()].concat()
    }

    /// The exemptions that do not hold at this time: they have expired, or end later than they may.
    #[must_use]
    pub fn lapses(&self, at: Timestamp) -> Vec<String> {
        self.policy.exemptions.lapses(day(at))
    }

    /// One item. Whether the rule applies to it at all is asked first, and then the configuration is read.
    pub fn case(self: &Arc<Self>, item: RawItem, left_scope: bool) -> Case<R> {
        let resource = self.policy.resource(|| Resource::of(&item));
        Case {
            rule: Arc::clone(self),
            resource_type: item.resource_type.clone(),
            resource_id: item.resource_id.clone(),
            ordering_timestamp: item.configuration_item_capture_time,
            subject: subject::<R>(item, left_scope, self.policy.excluded(resource.as_ref())),
            resource,
        }
    }

    /// The account as a whole, at this time, if the rule has something to say about it.
    #[must_use]
    pub fn account_case(self: &Arc<Self>, account_id: &str, at: Timestamp) -> Option<Case<R>> {
        let resource = self.policy.resource(|| Resource::account(account_id, at));
        R::evaluates_account(&self.parameters).then(|| Case {
            rule: Arc::clone(self),
            resource_type: ACCOUNT.to_owned(),
            resource_id: account_id.to_owned(),
            ordering_timestamp: at,
            subject: self.policy.excluded(resource.as_ref()).map_or(Subject::Account, Subject::Settled),
            resource,
        })
    }
}

/// The type of resource that an account as a whole is to AWS Config; its id is the account's.
pub const ACCOUNT: &str = "AWS::::Account";

/// One item and the rule that it is to be evaluated by: what is left to know are facts.
pub struct Case<R: Rule> {
    rule: Arc<ConfiguredRule<R>>,
    resource_type: String,
    resource_id: String,
    ordering_timestamp: Timestamp,
    /// What exemptions ask, if there are any.
    resource: Option<Resource>,
    subject: Subject<R>,
}

enum Subject<R: Rule> {
    /// The rule is not asked.
    Settled(Verdict),
    Open(ConfigurationItem<R::Configuration>),
    Account,
}

impl<R: Rule> Case<R> {
    /// The same case, as AWS Config recorded it at this time: an item of a snapshot is evaluated by the snapshot's time, and
    /// must not replace what was said of a later record.
    #[must_use]
    pub fn recorded_at(self, time: Timestamp) -> Self {
        Self { ordering_timestamp: time, ..self }
    }

    /// Reads an event about one resource.
    ///
    /// # Errors
    /// When the event cannot be read, is about more than one resource, or carries parameters that the rule cannot use.
    pub fn from_event(event: &Event, facts: &Facts) -> Result<Self, Error> {
        let message = event.message()?;
        let rule = ConfiguredRule::new(&event.parameters()?, facts)?;
        match message {
            Message::ConfigurationItemChange { item: changed, .. }
            | Message::OversizedConfigurationItemChange { summary: changed, .. }
                if R::METADATA.further_trigger(&changed.resource_type).is_some() =>
            {
                Err(Error::UnsupportedEvent(format!(
                    "the function evaluates the resources that a change of {} {} concerns: replay those instead",
                    changed.resource_type, changed.resource_id
                )))
            }
            Message::ConfigurationItemChange { item, left_scope, .. } => Ok(rule.case(*item, left_scope)),
            Message::OversizedConfigurationItemChange { summary, left_scope, .. } => {
                let case = rule.case(*summary, left_scope);
                let needs_item = || {
                    Error::UnsupportedEvent(
                        "the item is not in the event: AWS Config's history has it".to_owned(),
                    )
                };
                if case.is_not_applicable() { Ok(case) } else { Err(needs_item()) }
            }
            Message::Scheduled { at } => {
                let account = event.required_account()?;
                rule.account_case(account, at).ok_or_else(|| {
                    Error::UnsupportedEvent(
                        "a run over all resources of an account: replay a snapshot of them instead"
                            .to_owned(),
                    )
                })
            }
            Message::SnapshotDelivered { .. } => Err(Error::UnsupportedEvent(
                "a run over the resources of a snapshot: replay the snapshot instead".to_owned(),
            )),
        }
    }

    /// The resource's type and id.
    #[must_use]
    pub fn id(&self) -> (&str, &str) {
        (&self.resource_type, &self.resource_id)
    }

    /// Whether the rule has nothing to say about the resource, whatever its configuration.
    #[must_use]
    pub fn is_not_applicable(&self) -> bool {
        matches!(self.subject, Subject::Settled(Verdict::Known(Compliance::NotApplicable(_))))
    }

    fn compliance(&self, parameters: &R::Parameters, facts: &Facts) -> Result<Compliance, Error> {
        let verdict = match &self.subject {
            Subject::Settled(verdict) => verdict.clone(),
            Subject::Open(item) => R::evaluate(item, parameters, facts),
            Subject::Account => R::evaluate_account(parameters, facts),
        };
        facts.take_fault().map_or_else(|| self.rule.policy.settle(verdict), |fault| Err(fault.into()))
    }
}

impl<R: Rule> Evaluate for Case<R> {
    fn evaluate(&self, facts: &Facts) -> Result<Evaluation, Error> {
        let mut compliance = self.compliance(&self.rule.parameters, facts)?;
        if let Some(resource) = &self.resource {
            compliance = self.rule.policy.exemptions.apply(compliance, resource, |parts| {
                // They have been checked with the other parameters.
                let parameters = self.rule.without(parts).unwrap_or_else(|_| self.rule.parameters.clone());
                self.compliance(&parameters, facts)
            })?;
        }
        Ok(Evaluation {
            compliance,
            resource_type: self.resource_type.clone(),
            resource_id: self.resource_id.clone(),
            ordering_timestamp: self.ordering_timestamp,
        })
    }
}

fn subject<R: Rule>(item: RawItem, left_scope: bool, excluded: Option<Verdict>) -> Subject<R> {
    let reason = not_applicable(&item, left_scope, R::METADATA.resource_types);
    if let Some(verdict) = reason.map(Verdict::not_applicable).or(excluded) {
        return Subject::Settled(verdict);
    }
    let text = item.configuration.as_ref().map_or("null", |raw| raw.get());
    match R::Configuration::read(&item.resource_type, text) {
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
fn not_applicable(item: &RawItem, left_scope: bool, resource_types: ResourceTypes) -> Option<String> {
    if let Status::Other(status) = &item.configuration_item_status {
        return Some(format!("the resource is not there or not recorded: {status}"));
    }
    if left_scope {
        return Some("the resource has left the scope of the rule".to_owned());
    }
    let is_evaluated = resource_types.include(&item.resource_type);
    (!is_evaluated).then(|| format!("{} is not a type that this rule evaluates", item.resource_type))
}
