//! The role of another account, with which a function reports there.

use std::{error::Error as _, time::Duration};

use aws_config::{identity::IdentityCache, sts::AssumeRoleProvider};
use aws_credential_types::provider::{ProvideCredentials, error::CredentialsError};
use aws_sdk_sts::{Client, error::SdkError, operation::assume_role::AssumeRoleError};

use crate::{AwsError, Session};

/// As long as AWS lets a role be assumed from a role, at the least; the credentials are renewed in time.
const SESSION_LENGTH: Duration = Duration::from_mins(15);

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
        let mut builder = AssumeRoleProvider::builder(&role.arn)
            .configure(&self.sdk_config)
            .session_name(&role.session_name)
            .session_length(SESSION_LENGTH);
        if let Some(external_id) = &role.external_id {
            builder = builder.external_id(external_id);
        }
        let provider = builder.build().await;
        match provider.provide_credentials().await {
            Ok(first) => Ok(self.with_credentials(first, provider, IdentityCache::lazy())),
            Err(error) => Err(self.refused(role, &error).await),
        }
    }

    async fn refused(&self, role: &Role, error: &CredentialsError) -> AwsError {
        let cause = error.source().and_then(|cause| cause.downcast_ref::<SdkError<AssumeRoleError>>());
        let error = cause.map_or_else(|| AwsError::ServiceUnavailable(error.to_string()), AwsError::of);
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
