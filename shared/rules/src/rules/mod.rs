//! The rules, and the list of them. Each has a module with its outcomes, parameters, verdict and tests.

pub mod approved_ami;
pub mod key_pair_usage;
pub mod required_tags;
pub mod security_group_exposure;

#[cfg(test)]
pub(crate) mod testing;

use crate::catalogue::CatalogueEntry;

/// Every rule, in order of the names.
pub static RULES: &[CatalogueEntry] = &[
    CatalogueEntry::of::<approved_ami::ApprovedAmi>(),
    CatalogueEntry::of::<key_pair_usage::KeyPairUsage>(),
    CatalogueEntry::of::<required_tags::RequiredTags>(),
    CatalogueEntry::of::<security_group_exposure::SecurityGroupExposure>(),
];
