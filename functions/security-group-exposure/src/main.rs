//! The Lambda function of the rule `security-group-exposure`. Generated from the rule catalogue.

use config_rules::rules::security_group_exposure::SecurityGroupExposure;
use config_rules_ec2::Ec2;

fn main() -> Result<(), config_rules_lambda::Error> {
    config_rules_lambda::run::<SecurityGroupExposure, Ec2<SecurityGroupExposure>>()
}
