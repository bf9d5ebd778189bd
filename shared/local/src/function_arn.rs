//! The name under which AWS knows a function.

use std::fmt;

/// The ARN of a function; by default `config-rules` of account 111122223333 in us-east-1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionArn {
    /// `aws`, `aws-cn`, `aws-us-gov`.
    pub partition: String,
    /// The function's region, such as `us-east-1`.
    pub region: String,
    /// The function's own account: twelve digits.
    pub account: String,
    /// The function's name, without version or alias.
    pub name: String,
}

impl FunctionArn {
    /// A function of this account and region, in the partition `aws`.
    pub fn new(account: impl Into<String>, region: impl Into<String>, name: impl Into<String>) -> Self {
        Self { partition: "aws".into(), region: region.into(), account: account.into(), name: name.into() }
    }
}

impl Default for FunctionArn {
    fn default() -> Self {
        Self::new("111122223333", "us-east-1", "config-rules")
    }
}

impl fmt::Display for FunctionArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { partition, region, account, name } = self;
        write!(f, "arn:{partition}:lambda:{region}:{account}:function:{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_lambda_writes_it() {
        assert_eq!(
            FunctionArn::default().to_string(),
            "arn:aws:lambda:us-east-1:111122223333:function:config-rules"
        );
        let other = FunctionArn::new("444455556666", "eu-west-1", "required-tags");
        assert_eq!(other.to_string(), "arn:aws:lambda:eu-west-1:444455556666:function:required-tags");
    }
}
