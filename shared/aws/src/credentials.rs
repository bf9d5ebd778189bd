//! Credentials that are known already when the first call is made.

use std::sync::{Mutex, PoisonError};

use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, SharedCredentialsProvider, future},
};
use aws_smithy_runtime_api::client::identity::SharedIdentityCache;

use crate::Session;

impl Session {
    /// The same with these credentials first, and with the provider's once they expire.
    pub(crate) fn with_credentials(
        &self,
        first: Credentials,
        provider: impl ProvideCredentials + 'static,
        cache: SharedIdentityCache,
    ) -> Self {
        let credentials = SharedCredentialsProvider::new(AtHand { first: Mutex::new(Some(first)), provider });
        let sdk_config = self.sdk_config.to_builder();
        Self::new(sdk_config.credentials_provider(credentials).identity_cache(cache).build())
    }
}

/// Hands out first the credentials that were had when the provider was tried.
#[derive(Debug)]
struct AtHand<P> {
    first: Mutex<Option<Credentials>>,
    provider: P,
}

impl<P: ProvideCredentials> ProvideCredentials for AtHand<P> {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        match self.first.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(credentials) => future::ProvideCredentials::ready(Ok(credentials)),
            None => self.provider.provide_credentials(),
        }
    }
}
