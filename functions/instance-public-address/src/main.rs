//! The Lambda function of the rule `instance-public-address`. Generated from the rule catalogue.

use config_rules::rules::instance_public_address::InstancePublicAddress;
use config_rules_ec2::Ec2;

fn main() -> Result<(), config_rules_lambda::Error> {
    config_rules_lambda::run::<InstancePublicAddress, Ec2<InstancePublicAddress>>()
}
