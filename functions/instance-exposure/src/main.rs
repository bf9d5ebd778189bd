//! The Lambda function of the rule `instance-exposure`. Generated from the rule catalogue.

use config_rules::rules::instance_exposure::InstanceExposure;
use config_rules_ec2::Ec2;

fn main() -> Result<(), config_rules_lambda::Error> {
    config_rules_lambda::run::<InstanceExposure, Ec2<InstanceExposure>>()
}
