//! The Lambda function of the rule `key-pair-usage`. Generated from the rule catalogue.

use config_rules::rules::key_pair_usage::KeyPairUsage;
use config_rules_ec2::Ec2;

fn main() -> Result<(), config_rules_lambda::Error> {
    config_rules_lambda::run::<KeyPairUsage, Ec2<KeyPairUsage>>()
}
