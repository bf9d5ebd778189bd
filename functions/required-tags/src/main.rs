//! The Lambda function of the rule `required-tags`. Generated from the rule catalogue.

use config_rules::rules::required_tags::RequiredTags;
use config_rules_lambda::ConfigInventory;

fn main() -> Result<(), config_rules_lambda::Error> {
    config_rules_lambda::run::<RequiredTags, ConfigInventory>()
}
