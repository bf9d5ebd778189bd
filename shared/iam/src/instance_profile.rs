//! Instance profiles, by name: `GetInstanceProfile`, which tells of the role, too.

use aws_sdk_iam::{Client, types};
use config_rules::facts::{InstanceProfile, Role};
use config_rules_aws::{AwsError, Failure};

pub(crate) async fn get(client: &Client, name: String) -> Result<InstanceProfile, Failure> {
    let answer = client.get_instance_profile().instance_profile_name(name).send().await?;
    // IAM's model requires one, and the SDK puts an empty one in place of one that is missing.
    let profile =
        answer.instance_profile().filter(|profile| !profile.arn().is_empty()).ok_or_else(no_profile)?;
    Ok(InstanceProfile {
        arn: profile.arn().to_owned(),
        instance_profile_id: profile.instance_profile_id().to_owned(),
        role: profile.roles().first().map(role),
    })
}

fn no_profile() -> Failure {
    let words = "the answer holds no instance profile".to_owned();
    Failure::new(Some(String::new()), AwsError::ServiceUnavailable(words))
}

fn role(role: &types::Role) -> Role {
    Role {
        arn: role.arn().to_owned(),
        role_name: role.role_name().to_owned(),
        assume_role_policy_document: role.assume_role_policy_document().unwrap_or_default().into(),
    }
}
