//! The Lambda function of the rule `approved-ami`.

use config_rules::rules::approved_ami::ApprovedAmi;

fn main() -> Result<(), config_rules_lambda::Error> {
    config_rules_lambda::run::<ApprovedAmi>()
}
