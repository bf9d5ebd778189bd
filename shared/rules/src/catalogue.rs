//! Every rule there is. The only module that names them all, and the one source of what is said about them elsewhere.

use crate::{
    Error,
    event::Event,
    item::RawItem,
    parameters::RawParameters,
    rule::{self, Evaluation, Metadata, Rule},
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
    /// [`rule::judge`] of this rule.
    pub judge: fn(&Event) -> Result<Evaluation, Error>,
    /// [`rule::evaluate`] of this rule.
    pub evaluate: fn(RawItem, bool, &RawParameters) -> Result<Evaluation, Error>,
}

impl CatalogueEntry {
    const fn of<R: Rule>() -> Self {
        Self { metadata: R::METADATA, judge: rule::judge::<R>, evaluate: rule::evaluate::<R> }
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
