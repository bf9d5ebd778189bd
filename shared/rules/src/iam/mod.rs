//! IAM's resources and documents: ARNs, and the policies that say who may assume a role.
//!
//! Sources: IAM's API model, and the grammar of IAM's JSON policy language.

mod arn;
mod trust_policy;

pub use self::{
    arn::Arn,
    trust_policy::{Effect, Principal, Statement, TrustPolicy},
};
