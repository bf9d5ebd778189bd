//! Every rule there is. The only module that names them all, and the one source of what is said about them elsewhere.

use std::sync::Arc;

use crate::{
    Error,
    event::Event,
    facts::{FactRequest, Facts},
    item::RawItem,
    parameters::{Parameter, RawParameters},
    rule::{Case, ConfiguredRule, Evaluation, Metadata, Rule},
    rules::{
        approved_ami::ApprovedAmi, key_pair_usage::KeyPairUsage, required_tags::RequiredTags,
        security_group_exposure::SecurityGroupExposure,
    },
};

/// Every rule, in order of the names.
pub static RULES: &[CatalogueEntry] = &[
    CatalogueEntry::of::<ApprovedAmi>(),
    CatalogueEntry::of::<KeyPairUsage>(),
    CatalogueEntry::of::<RequiredTags>(),
    CatalogueEntry::of::<SecurityGroupExposure>(),
];

/// A rule whose type is not known at compile time.
#[derive(Debug)]
pub struct CatalogueEntry {
    /// What is to be known about it.
    pub metadata: Metadata,
    /// The parts of a finding that an exemption may name.
    pub exemptible: &'static [Parameter],
    /// Reads and checks parameters: [`ConfiguredRule::new`].
    pub configure: fn(&RawParameters, &Facts) -> Result<AnyRule, Error>,
    /// Reads an event for this rule: [`Case::from_event`].
    pub read_event: fn(&Event, &Facts) -> Result<AnyCase, Error>,
}

/// A [`ConfiguredRule`] whose type is not known at compile time.
pub struct AnyRule {
    read_item: Box<dyn Fn(RawItem) -> AnyCase>,
}

impl AnyRule {
    fn of<R: Rule + 'static>(rule: Arc<ConfiguredRule<R>>) -> Self {
        Self { read_item: Box::new(move |item| AnyCase::of(rule.case(item, false))) }
    }

    /// [`ConfiguredRule::case`], of an item in the rule's scope.
    #[must_use]
    pub fn case(&self, item: RawItem) -> AnyCase {
        (self.read_item)(item)
    }
}

/// A [`Case`] of a rule whose type is not known at compile time.
pub struct AnyCase {
    /// [`Case::facts`].
    pub facts: Vec<FactRequest>,
    judge: Box<Judge>,
}

type Judge = dyn FnOnce(&Facts) -> Result<Evaluation, Error>;

impl AnyCase {
    fn of<R: Rule + 'static>(case: Case<R>) -> Self {
        Self { facts: case.facts(), judge: Box::new(|facts| case.judge(facts)) }
    }

    /// [`Case::judge`].
    ///
    /// # Errors
    /// [`Error::MissingFacts`], if the parameters say so.
    pub fn judge(self, facts: &Facts) -> Result<Evaluation, Error> {
        (self.judge)(facts)
    }
}

impl CatalogueEntry {
    const fn of<R: Rule + 'static>() -> Self {
        Self {
            metadata: R::METADATA,
            exemptible: R::EXEMPTIBLE,
            configure: |raw, facts| ConfiguredRule::<R>::new(raw, facts).map(AnyRule::of),
            read_event: |event, facts| Case::<R>::from_event(event, facts).map(AnyCase::of),
        }
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
