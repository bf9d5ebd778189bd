//! The Lambda function of the rule `approved-ami`. Generated from the rule catalogue.

use config_rules::rules::approved_ami::ApprovedAmi;
use config_rules_ec2::Ec2;

fn main() -> Result<(), config_rules_lambda::Error> {
    config_rules_lambda::run::<ApprovedAmi, Ec2<ApprovedAmi>>()
}
