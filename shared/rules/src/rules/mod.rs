//! One module per rule: its outcomes, parameters, view of the resource, verdict and tests.

pub mod approved_ami;
pub mod instance_profile;
pub mod key_pair_usage;
pub mod required_tags;
pub mod security_group_exposure;

#[cfg(test)]
pub(crate) mod testing;
