//! The managed policies that are attached to a role, by the role's name: `ListAttachedRolePolicies`.

use aws_sdk_iam::{Client, types};
use config_rules::facts::AttachedPolicy;
use config_rules_aws::Failure;

/// All pages; or nothing, because a part would be an answer.
pub(crate) async fn list(client: &Client, role_name: String) -> Result<Vec<AttachedPolicy>, Failure> {
    let mut pages = client.list_attached_role_policies().role_name(role_name).into_paginator().send();
    let mut policies = Vec::new();
    while let Some(page) = pages.try_next().await? {
        policies.extend(page.attached_policies().iter().map(policy));
    }
    Ok(policies)
}

fn policy(policy: &types::AttachedPolicy) -> AttachedPolicy {
    AttachedPolicy {
        policy_name: policy.policy_name().unwrap_or_default().to_owned(),
        policy_arn: policy.policy_arn().unwrap_or_default().to_owned(),
    }
}
