//! The rules as others see them who do not know their types: the one source of what is said about them elsewhere.

use std::{any::type_name, sync::Arc};

use jiff::Timestamp;

use crate::{
    Error,
    engine::Evaluate,
    event::Event,
    facts::Facts,
    finding::{CODES, Code},
    item::RawItem,
    parameters::{Parameter, RawParameters},
    policy::ExecutionRole,
    rule::{Case, ConfiguredRule, Metadata, Rule},
};

pub use crate::rules::{RULES, visit};

/// Something to do with a rule, for which its type must be known.
pub trait Visitor {
    /// What comes of it.
    type Output;

    /// Does it with this rule.
    fn visit<R: Rule + 'static>(&self) -> Self::Output;
}

/// A rule whose type is not known at compile time.
#[derive(Debug)]
pub struct CatalogueEntry {
    /// What is to be known about it.
    pub metadata: Metadata,
    /// The path of its type: `config_rules::rules::approved_ami::ApprovedAmi`.
    pub type_name: fn() -> &'static str,
    /// The kinds of its findings: [`Rule::CODES`].
    pub codes: &'static [&'static Code],
    /// Parameters to begin with: [`Rule::EXAMPLE`].
    pub example: &'static [(&'static str, &'static str)],
    /// The parts of a finding that an exemption may name.
    pub exemptible: &'static [Parameter],
    /// Reads and checks parameters: [`ConfiguredRule::new`].
    pub configure: fn(&RawParameters, &Facts) -> Result<AnyRule, Error>,
    /// Reads an event for this rule: [`Case::from_event`].
    pub read_event: fn(&Event, &Facts) -> Result<AnyCase, Error>,
}

/// A [`ConfiguredRule`] whose type is not known at compile time.
pub struct AnyRule {
    /// [`ConfiguredRule::execution_role`].
    pub execution_role: Option<ExecutionRole>,
    /// [`ConfiguredRule::cautions`].
    pub cautions: Vec<String>,
    lapses: Box<dyn Fn(Timestamp) -> Vec<String> + Send + Sync>,
    item_case: Box<dyn Fn(RawItem) -> AnyCase + Send + Sync>,
    account_case: Box<AccountCase>,
}

type AccountCase = dyn Fn(&str, Timestamp) -> Option<AnyCase> + Send + Sync;

/// A [`Case`] of a rule whose type is not known at compile time.
pub type AnyCase = Box<dyn Evaluate>;

impl AnyRule {
    fn of<R: Rule + 'static>(rule: Arc<ConfiguredRule<R>>) -> Self {
        let (execution_role, cautions) = (rule.execution_role().cloned(), rule.cautions());
        let (same, own) = (Arc::clone(&rule), Arc::clone(&rule));
        Self {
            execution_role,
            cautions,
            lapses: Box::new(move |at| own.lapses(at)),
            item_case: Box::new(move |item| Box::new(rule.case(item, false))),
            account_case: Box::new(move |account_id, at| {
                same.account_case(account_id, at).map(|case| Box::new(case) as AnyCase)
            }),
        }
    }

    /// [`ConfiguredRule::lapses`].
    #[must_use]
    pub fn lapses(&self, at: Timestamp) -> Vec<String> {
        (self.lapses)(at)
    }

    /// [`ConfiguredRule::case`], of an item in the rule's scope.
    #[must_use]
    pub fn case(&self, item: RawItem) -> AnyCase {
        (self.item_case)(item)
    }

    /// [`ConfiguredRule::account_case`].
    #[must_use]
    pub fn account_case(&self, account_id: &str, at: Timestamp) -> Option<AnyCase> {
        (self.account_case)(account_id, at)
    }
}

impl CatalogueEntry {
    pub(crate) const fn of<R: Rule + 'static>() -> Self {
        Self {
            metadata: R::METADATA,
            type_name: type_name::<R>,
            codes: R::CODES,
            example: R::EXAMPLE,
            exemptible: R::EXEMPTIBLE,
            configure: |raw, facts| ConfiguredRule::<R>::new(raw, facts).map(AnyRule::of),
            read_event: |event, facts| Ok(Box::new(Case::<R>::from_event(event, facts)?)),
        }
    }

    /// The code of this name, its own or one that every rule has.
    #[must_use]
    pub fn code(&self, name: &str) -> Option<&'static Code> {
        self.codes.iter().chain(CODES).find(|code| code.name == name).copied()
    }
}

/// The rule of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static CatalogueEntry> {
    RULES.iter().find(|rule| rule.metadata.name == name)
}

/// The rule whose name is part of a name given at deployment, such as `OrgConfigRule-approved-ami-ab12cd34`.
#[must_use]
pub fn find_deployed(name: &str) -> Option<&'static CatalogueEntry> {
    RULES.iter().find(|rule| name.contains(rule.metadata.name))
}
