//! Items that cannot be read.

use std::fmt;

use serde::{Deserialize, Deserializer};

use super::RawItem;

/// Why an item cannot be read, and which resource's it is, as far as that can be read.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DamagedItem {
    /// What is wrong with it.
    #[serde(skip)]
    pub problem: String,
    /// The resource's type.
    #[serde(deserialize_with = "text")]
    pub resource_type: Option<String>,
    /// Its id.
    #[serde(deserialize_with = "text")]
    pub resource_id: Option<String>,
    /// Its ARN.
    #[serde(rename = "ARN", alias = "arn", deserialize_with = "text")]
    pub arn: Option<String>,
    /// The account that holds it.
    #[serde(rename = "awsAccountId", alias = "accountId", deserialize_with = "text")]
    pub account_id: Option<String>,
    /// Where it is.
    #[serde(deserialize_with = "text")]
    pub aws_region: Option<String>,
}

impl DamagedItem {
    /// An item of which only this is known.
    pub(crate) fn new(problem: impl Into<String>) -> Self {
        Self { problem: problem.into(), ..Self::default() }
    }
}

/// What is not text tells nothing.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(serde_json::Value::deserialize(deserializer)?.as_str().map(str::to_owned))
}

impl fmt::Display for DamagedItem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.problem)
    }
}

impl std::error::Error for DamagedItem {}

impl RawItem {
    /// Reads an item as [`RawItem::from_json`] does, and says of one that cannot be read which it is.
    ///
    /// # Errors
    /// When the text is not JSON, or type, id, status or capture time is missing.
    #[allow(clippy::result_large_err, reason = "an item itself is larger")]
    pub fn read(text: &str) -> Result<Self, DamagedItem> {
        Self::from_json(text).map_err(|error| {
            let known: DamagedItem = serde_json::from_str(text).unwrap_or_default();
            DamagedItem { problem: error.to_string(), ..known }
        })
    }
}
