//! Who may assume a role, held against who is trusted.

use std::collections::BTreeMap;

use super::forms::{TrustedPrincipal, is_account};
use crate::iam::{Effect, Principal, Statement};

/// What lets somebody be a role. `sts:TagSession` and `sts:SetSourceIdentity` alone do not.
const ASSUME_ROLE: [&str; 3] = ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"];

/// Those who may assume a role and are not trusted, each once: in words, and with the condition that all their statements
/// have. Statements that deny are not counted on: whether their conditions hold is not known.
pub(super) fn untrusted(
    statements: &[Statement],
    trusted: &[TrustedPrincipal],
    partition: &str,
) -> Vec<String> {
    let mut found = BTreeMap::<String, bool>::new();
    for statement in allowing(statements, &ASSUME_ROLE) {
        for principal in &statement.principals {
            if !trusted.iter().any(|trusted| trusted.covers(principal, partition)) {
                let has_condition = found.entry(words(principal)).or_insert(true);
                *has_condition &= statement.has_condition;
            }
        }
    }
    let words = |(who, has_condition)| if has_condition { format!("{who}, under a condition") } else { who };
    found.into_iter().map(words).collect()
}

/// Whether the policy lets EC2 assume the role, as it must for an instance to have its credentials.
pub(super) fn lets_ec2(statements: &[Statement], partition: &str) -> bool {
    let is_ec2 = |principal: &Principal| {
        *principal == Principal::Everybody || TrustedPrincipal::Ec2.covers(principal, partition)
    };
    allowing(statements, &ASSUME_ROLE[..1]).any(|statement| statement.principals.iter().any(is_ec2))
}

fn allowing<'a>(statements: &'a [Statement], actions: &'a [&str]) -> impl Iterator<Item = &'a Statement> {
    let is_about = |statement: &&Statement| actions.iter().any(|action| statement.is_about(action));
    statements.iter().filter(|statement| statement.effect == Effect::Allow).filter(is_about)
}

impl TrustedPrincipal {
    fn covers(&self, principal: &Principal, partition: &str) -> bool {
        match (self, principal) {
            (Self::Ec2, Principal::Service(name)) => {
                let name = name.to_ascii_lowercase();
                name == "ec2.amazonaws.com" || (partition == "aws-cn" && name == "ec2.amazonaws.com.cn")
            }
            (Self::Service(trusted), Principal::Service(name) | Principal::Federated(name)) => {
                trusted.eq_ignore_ascii_case(name)
            }
            (Self::Account(trusted), Principal::Aws(id)) => account(id) == Some(trusted),
            (Self::Arn(trusted), Principal::Aws(id)) if is_account(id) => {
                trusted.matches(&format!("arn:{partition}:iam::{id}:root"))
            }
            (Self::Arn(trusted), Principal::Aws(arn) | Principal::Federated(arn)) => trusted.matches(arn),
            _ => false,
        }
    }
}

/// The account of a principal, which is named by its id or by an ARN.
fn account(principal: &str) -> Option<&str> {
    if is_account(principal) { Some(principal) } else { principal.split(':').nth(4) }
}

fn words(principal: &Principal) -> String {
    match principal {
        Principal::Everybody => "everybody".to_owned(),
        Principal::Service(name) => name.clone(),
        Principal::Federated(provider) => format!("users of {provider}"),
        Principal::CanonicalUser(id) => format!("canonical user {id}"),
        Principal::Aws(id) if is_account(id) => format!("{id} (root)"),
        Principal::Aws(arn) if arn.ends_with(":root") => format!("{} (root)", account(arn).unwrap_or(arn)),
        Principal::Aws(arn) if arn.starts_with("arn:") => arn.clone(),
        // IAM replaces a user or role that was deleted by its id.
        Principal::Aws(id) => format!("a deleted principal ({id})"),
    }
}
