//! The Lambda function of the rule `security-group-exposure`.

use config_rules::rules::security_group_exposure::SecurityGroupExposure;

fn main() -> Result<(), config_rules_lambda::Error> {
    config_rules_lambda::run::<SecurityGroupExposure>()
}
