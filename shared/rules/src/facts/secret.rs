//! A fact that must stay inside the evaluation that reads it.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

/// Text that shows in no `Debug` output and no JSON, and is wiped from memory when it is dropped.
///
/// Who exposes it answers for where it goes: a finding, an error or a log line may hold none of it, nor its length or hash.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes the text over.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text.into())
    }

    /// The text itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// The user data of versions of a launch template, by number, as EC2 has it: Base64, empty where a version has none.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct TemplateUserData(pub BTreeMap<u64, Secret>);

impl TemplateUserData {
    /// The texts themselves.
    pub(super) fn expose(&self) -> BTreeMap<u64, &str> {
        self.0.iter().map(|(number, secret)| (*number, secret.expose())).collect()
    }
}
