//! Parameters, and the names that they go by.

use serde_json::{Value, json};

use super::SsmData;
use crate::FunctionArn;

#[derive(Debug)]
pub(super) struct Parameter {
    r#type: &'static str,
    value: String,
    /// What is told without decryption.
    ciphertext: Option<String>,
}

impl Parameter {
    pub(super) fn plain(r#type: &'static str, value: &str) -> Self {
        Self { r#type, value: value.into(), ciphertext: None }
    }

    pub(super) fn secure(value: &str, ciphertext: &str) -> Self {
        Self { r#type: "SecureString", value: value.into(), ciphertext: Some(ciphertext.into()) }
    }
}

impl SsmData {
    /// As Parameter Store tells it, for its name or ARN; none if there is no such parameter here.
    pub(super) fn find(&self, name: &str, decrypt: bool) -> Option<Value> {
        let (name, parameter) = match name.strip_prefix(&self.arn("")) {
            // A name in an ARN has one slash in front, whether or not it is the name's own.
            Some(rest) => self.get(&format!("/{rest}")).or_else(|| self.get(rest)),
            None => self.get(name),
        }?;
        let ciphertext = parameter.ciphertext.as_ref().filter(|_| !decrypt);
        Some(json!({
            "ARN": self.arn(name.trim_start_matches('/')),
            "DataType": "text",
            "LastModifiedDate": 1_767_225_600.0,
            "Name": name,
            "Type": parameter.r#type,
            "Value": ciphertext.unwrap_or(&parameter.value),
            "Version": 1,
        }))
    }

    fn get(&self, name: &str) -> Option<(&str, &Parameter)> {
        self.parameters.get_key_value(name).map(|(name, parameter)| (name.as_str(), parameter))
    }

    fn arn(&self, name: &str) -> String {
        let FunctionArn { partition, region, account, .. } = &self.home;
        format!("arn:{partition}:ssm:{region}:{account}:parameter/{name}")
    }
}
