//! Every rule there is. The only module that names them all, and the one source of what is said about them elsewhere.

use crate::{
    Error,
    event::Event,
    facts::{FactRequest, Facts},
    item::RawItem,
    parameters::RawParameters,
    rule::{Case, Evaluation, Metadata, Rule, check_parameters},
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
    /// Reads and checks parameters.
    pub check_parameters: fn(&RawParameters) -> Result<(), Error>,
    /// Reads an event for this rule: [`Case::from_event`].
    pub read_event: fn(&Event) -> Result<AnyCase, Error>,
    /// Reads an item for this rule: [`Case::new`].
    pub read_item: fn(RawItem, bool, &RawParameters) -> Result<AnyCase, Error>,
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
            check_parameters: |raw| check_parameters::<R>(raw).map(drop),
            read_event: |event| Case::<R>::from_event(event).map(AnyCase::of),
            read_item: |item, left_scope, raw| Case::<R>::new(item, left_scope, raw).map(AnyCase::of),
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
