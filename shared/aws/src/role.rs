//! The role of another account, with which a function reports there.

use std::time::SystemTime;

use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, error::CredentialsError, future},
};
use aws_sdk_sts::{Client, config::IdentityCache};

use crate::{AwsError, Session};

/// In seconds, as short as AWS lets a role be assumed; the credentials are renewed in time.
const SESSION_LENGTH: i32 = 15 * 60;

/// A role to assume.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Role {
    /// Such as `arn:aws:iam::111122223333:role/config-rules`.
    pub arn: String,
    /// What shows up in the account's log of API calls.
    pub session_name: String,
    /// What the role's trust policy asks for, if it does.
    pub external_id: Option<String>,
}

impl Session {
    /// The same Region, with the credentials of a role.
    ///
    /// # Errors
    /// Says who may not assume which role, and what the role's trust policy has to say.
    pub async fn assume(&self, role: &Role) -> Result<Self, AwsError> {
        let provider = AssumedRole { client: Client::new(&self.sdk_config), role: role.clone() };
        match provider.assume().await {
            Ok(first) => Ok(self.with_credentials(first, provider, IdentityCache::lazy().build())),
            Err(error) => Err(self.refused(role, error).await),
        }
    }

    async fn refused(&self, role: &Role, error: AwsError) -> AwsError {
        let AwsError::AccessDenied(answer) = error else {
            return error;
        };
        let external_id = if role.external_id.is_some() { ", for the external id that is set" } else { "" };
        AwsError::AccessDenied(format!(
            "{} may not assume {}: its trust policy must allow that role sts:AssumeRole{external_id}, and the function's \
             policy must, too ({answer})",
            self.caller().await.as_deref().unwrap_or("the function's role"),
            role.arn
        ))
    }

    /// The ARN of whoever these credentials belong to. Everybody may ask for their own.
    async fn caller(&self) -> Option<String> {
        let identity = Client::new(&self.sdk_config).get_caller_identity().send().await;
        identity.ok()?.arn
    }
}

/// Assumes a role whenever its credentials are about to expire.
#[derive(Debug)]
struct AssumedRole {
    client: Client,
    role: Role,
}

impl AssumedRole {
    async fn assume(&self) -> Result<Credentials, AwsError> {
        let Role { arn, session_name, external_id } = &self.role;
        let call = self.client.assume_role().role_arn(arn).role_session_name(session_name);
        let call = call.set_external_id(external_id.clone()).duration_seconds(SESSION_LENGTH);
        let output = Box::pin(call.send()).await.map_err(|error| AwsError::of(&error))?;
        let unusable =
            || AwsError::ServiceUnavailable("sts:AssumeRole gave no usable credentials".to_owned());
        let given = output.credentials.ok_or_else(unusable)?;
        let expiration = SystemTime::try_from(given.expiration).map_err(|_| unusable())?;
        let (id, secret, token) = (given.access_key_id, given.secret_access_key, given.session_token);
        Ok(Credentials::new(id, secret, Some(token), Some(expiration), "AssumeRole"))
    }
}

impl ProvideCredentials for AssumedRole {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            self.assume().await.map_err(CredentialsError::provider_error)
        })
    }
}
