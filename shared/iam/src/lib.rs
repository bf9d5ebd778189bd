//! What rules need to know from AWS IAM: instance profiles with their roles, and the policies attached to a role; and from
//! Amazon EC2 all else, with the instances that an account holds.

#[cfg(test)]
mod fake_iam;
mod instance_profile;
mod role_policies;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_iam::Client;
use config_rules::{
    facts::{AttachedPolicy, FactRequest, FactSource, Facts, InstanceProfile},
    iam::Arn,
    inventory::{Filter, Inventory, Page},
    rule::{Asker, EveryRule},
};
use config_rules_aws::{Answer, AwsError, Cache, Failure, LazyClient, Session, Source};
use config_rules_ec2::Ec2;
use jiff::Timestamp;

/// AWS IAM and Amazon EC2, with the credentials of a session. IAM is one for all Regions of a partition.
///
/// What IAM has told about a profile, or a role's policies, is kept for five minutes. What it could not tell is asked again.
#[derive(Debug)]
pub struct Iam<A = EveryRule> {
    client: LazyClient<Client>,
    ec2: Ec2<A>,
    instance_profiles: Cache<InstanceProfile>,
    role_policies: Cache<Vec<AttachedPolicy>>,
}

impl<A: Asker> Source for Iam<A> {
    fn new(session: &Session) -> Self {
        Self {
            client: session.client(Client::new),
            ec2: Ec2::new(session),
            instance_profiles: Cache::default(),
            role_policies: Cache::default(),
        }
    }
}

impl<A: Asker> FactSource for Iam<A> {
    async fn look_up(&self, requests: &BTreeSet<FactRequest>) -> Facts {
        let mut facts = Box::pin(self.ec2.look_up(requests)).await;
        let profiles = requests.iter().filter_map(|request| match request {
            FactRequest::InstanceProfile(arn) => Some(arn),
            _ => None,
        });
        let profiles = self.instance_profiles.open(profiles, &mut facts);
        let roles = requests.iter().filter_map(|request| match request {
            FactRequest::RolePolicies(arn) => Some(arn),
            _ => None,
        });
        let roles = self.role_policies.open(roles, &mut facts);
        let call = async |name| instance_profile::get(&self.client, name).await;
        let profiles = Box::pin(ask("iam:GetInstanceProfile", &profiles, call)).await;
        self.instance_profiles.keep(profiles, &mut facts);
        let call = async |name| role_policies::list(&self.client, name).await;
        let roles = Box::pin(ask("iam:ListAttachedRolePolicies", &roles, call)).await;
        self.role_policies.keep(roles, &mut facts);
        facts
    }
}

impl<A: Asker> Inventory for Iam<A> {
    type Error = AwsError;

    async fn page(
        &self,
        resource_types: &[String],
        filter: Option<&Filter>,
        at: Timestamp,
        next: Option<String>,
    ) -> Result<Page, AwsError> {
        Box::pin(self.ec2.page(resource_types, filter, at, next)).await
    }
}

/// Asks about each of these by the name in its ARN. Who cannot be reached is not asked again: Lambda's time is short.
async fn ask<T: Clone>(
    action: &str,
    arns: &BTreeSet<String>,
    call: impl AsyncFn(String) -> Result<T, Failure>,
) -> BTreeMap<String, Answer<T>> {
    let mut answers = BTreeMap::new();
    let mut unreachable = None;
    for arn in arns {
        let name = Arn::read(arn).map_or(arn.as_str(), |arn| arn.name).to_owned();
        let result = match unreachable.clone() {
            Some(failure) => Err(failure),
            None => call(name).await,
        };
        let answer = match result {
            Ok(found) => Answer::new(Some(found), []),
            Err(failure) if failure.code() == Some("NoSuchEntity") => Answer::new(None, []),
            Err(failure) => {
                unreachable = failure.code().is_none().then(|| failure.clone());
                Answer::new(None, [&failure.during(action)])
            }
        };
        answers.insert(arn.clone(), answer);
    }
    answers
}
