//! The Lambda function of the rule `image-sharing`. Generated from the rule catalogue.

use config_rules::rules::image_sharing::ImageSharing;
use config_rules_ec2::Ec2;

fn main() -> Result<(), config_rules_lambda::Error> {
    config_rules_lambda::run::<ImageSharing, Ec2<ImageSharing>>()
}
