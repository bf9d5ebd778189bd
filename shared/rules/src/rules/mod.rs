//! The rules, and the list of them. Each has a module with its findings, parameters, verdict and tests.

pub mod approved_ami;
pub mod image_sharing;
pub mod instance_exposure;
pub mod instance_profile;
pub mod instance_public_address;
pub mod key_pair_usage;
pub mod required_tags;
pub mod security_group_exposure;
pub mod user_data_secrets;

#[cfg(test)]
pub(crate) mod testing;

use crate::catalogue::{CatalogueEntry, Visitor};

/// Makes everything that names every rule.
macro_rules! catalogue {
    ($($rule:ty),+ $(,)?) => {
        /// Every rule, in order of the names.
        pub static RULES: &[CatalogueEntry] = &[$(CatalogueEntry::of::<$rule>()),+];

        /// Does something with every rule, in order of the names.
        pub fn visit<V: Visitor>(visitor: &V) -> Vec<V::Output> {
            vec![$(visitor.visit::<$rule>()),+]
        }
    };
}

catalogue! {
    approved_ami::ApprovedAmi,
    image_sharing::ImageSharing,
    instance_exposure::InstanceExposure,
    instance_profile::InstanceProfile,
    instance_public_address::InstancePublicAddress,
    key_pair_usage::KeyPairUsage,
    required_tags::RequiredTags,
    security_group_exposure::SecurityGroupExposure,
    user_data_secrets::UserDataSecrets,
}
