//! The Lambda function of the rule `instance-profile`. Generated from the rule catalogue.

use config_rules::rules::instance_profile::InstanceProfile;
use config_rules_iam::Iam;

fn main() -> Result<(), config_rules_lambda::Error> {
    config_rules_lambda::run::<InstanceProfile, Iam<InstanceProfile>>()
}
