//! Whoever runs a command: the SDK's standard chain, in which what is missing is said before anything is asked.

use std::{error::Error, iter::successors, time::Duration};

use aws_config::{
    BehaviorVersion,
    identity::IdentityCache,
    meta::ProviderChainError,
    profile::{self, Profile, ProfileSet},
};
use aws_credential_types::provider::{ProvideCredentials as _, error::CredentialsError};
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_smithy_types::error::ErrorMetadata;
use aws_types::os_shim_internal::{Env, Fs};

use crate::{Session, http_client, retries, timeouts};

/// Processes of profiles may ask people something. By default, the SDK waits 5 seconds.
const LONGEST_RENEWAL: Duration = Duration::from_mins(2);

/// Why nobody can be asked, and what to do.
#[derive(Clone, Debug, thiserror::Error)]
pub enum UserError {
    /// A profile file cannot be parsed.
    #[error("{0}; correct that file")]
    ProfileFile(String),
    /// `AWS_PROFILE` names a profile that nobody has defined.
    #[error("there is no profile `{name}`, which AWS_PROFILE names; the profile files have {known}")]
    UnknownProfile {
        /// What `AWS_PROFILE` says.
        name: String,
        /// The names that it may say.
        known: String,
    },
    /// Neither the environment nor the profile nor the instance says it.
    #[error("which Region? Set AWS_REGION, or AWS_PROFILE to a profile that has one")]
    NoRegion,
    /// No part of the chain has any.
    #[error(
        "no AWS credentials in the environment, in profile `{profile}`, for a web identity, in a container or on an \
         instance{because}; set AWS_PROFILE to a profile that has some, or set AWS_ACCESS_KEY_ID and \
         AWS_SECRET_ACCESS_KEY"
    )]
    NoCredentials {
        /// The profile that was looked at.
        profile: String,
        /// What is to be said of the profile, in parentheses.
        because: String,
    },
    /// A part of the chain is set up, and fails.
    #[error("no AWS credentials: {why}; {advice}")]
    Failed {
        /// What the SDK says.
        why: String,
        /// What to do.
        advice: String,
    },
}

impl Session {
    /// Whoever runs the command, by the SDK's standard chain. Credentials are had once this returns.
    ///
    /// # Errors
    /// A profile that does not exist is one, as it is for the AWS command line: the SDK would go on to the credentials of a
    /// container or an instance, and answer for another account than was meant.
    pub async fn of_user() -> Result<Self, UserError> {
        let profiles = profile::load(&Fs::real(), &Env::real(), &EnvConfigFiles::default(), None).await;
        let profiles = profiles.map_err(|error| UserError::ProfileFile(why(&error)))?;
        is_known(&profiles)?;
        let sdk_config = aws_config::defaults(BehaviorVersion::v2026_01_12())
            .http_client(http_client())
            .retry_config(retries())
            .timeout_config(timeouts());
        let session = Self::new(sdk_config.load().await);
        if session.sdk_config.region().is_none() {
            return Err(UserError::NoRegion);
        }
        let Some(provider) = session.sdk_config.credentials_provider() else {
            return Err(failed(&CredentialsError::not_loaded_no_source(), &profiles));
        };
        let first = provider.provide_credentials().await.map_err(|error| failed(&error, &profiles))?;
        let cache = IdentityCache::lazy().load_timeout(LONGEST_RENEWAL).build();
        Ok(session.with_credentials(first, provider, cache))
    }
}

fn is_known(profiles: &ProfileSet) -> Result<(), UserError> {
    let name = profiles.selected_profile();
    if name == "default" || profiles.get_profile(name).is_some() {
        return Ok(());
    }
    let mut known: Vec<_> = profiles.profiles().collect();
    known.sort_unstable();
    let known = if known.is_empty() { "none".into() } else { known.join(", ") };
    Err(UserError::UnknownProfile { name: name.into(), known })
}

fn failed(error: &CredentialsError, profiles: &ProfileSet) -> UserError {
    let why = error.source().map(why).unwrap_or_default();
    if !matches!(error, CredentialsError::CredentialsNotLoaded(_)) {
        return UserError::Failed { why, advice: advice(profiles) };
    }
    let chain = error.source().and_then(|cause| cause.downcast_ref::<ProviderChainError<CredentialsError>>());
    let attempts = chain.map(ProviderChainError::attempts).unwrap_or_default();
    let profile = attempts.iter().find(|attempt| attempt.name() == "Profile");
    let because = profile.and_then(|attempt| attempt.error().source()).map(self::why);
    UserError::NoCredentials {
        profile: profiles.selected_profile().into(),
        because: because.map(|because| format!(" ({because})")).unwrap_or_default(),
    }
}

/// Signs in again, if it is about people's sessions.
fn advice(profiles: &ProfileSet) -> String {
    let selected = profiles.get_profile(profiles.selected_profile());
    let source = |profile: &&Profile| profiles.get_profile(profile.get("source_profile")?);
    let signs_in = |profile: &Profile| {
        let command = if profile.get("sso_account_id").is_some() {
            "aws sso login"
        } else if profile.get("login_session").is_some() {
            "aws login"
        } else {
            return None;
        };
        Some(format!("sign in: {command} --profile {}", profile.name()))
    };
    // Profiles may name each other in a circle.
    let advice = successors(selected, source).take(profiles.profiles().count()).find_map(signs_in);
    advice.unwrap_or_else(|| {
        "correct that, or choose other credentials with AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
            .into()
    })
}

/// An error and its causes, in one line, without what only says that there is a cause.
fn why(error: &(dyn Error + 'static)) -> String {
    const WRAPPERS: [&str; 4] = [
        "an error occurred while loading",
        "unexpected credentials error",
        "service error",
        "unhandled error",
    ];
    let mut causes: Vec<_> = successors(Some(error), |&error| error.source())
        .map(|cause| match cause.downcast_ref::<ErrorMetadata>() {
            Some(answer) => {
                [answer.code(), answer.message()].into_iter().flatten().collect::<Vec<_>>().join(": ")
            }
            None => cause.to_string(),
        })
        .filter(|cause| !WRAPPERS.iter().any(|wrapper| cause.starts_with(wrapper)))
        .collect();
    causes.dedup();
    causes.join(": ").split_whitespace().collect::<Vec<_>>().join(" ")
}
