//! The Lambda function of the rule `user-data-secrets`. Generated from the rule catalogue.

use config_rules::rules::user_data_secrets::UserDataSecrets;
use config_rules_ec2::Ec2;

fn main() -> Result<(), config_rules_lambda::Error> {
    config_rules_lambda::run::<UserDataSecrets, Ec2<UserDataSecrets>>()
}
