//! Tags, as EC2 tells them.

use aws_sdk_ec2::types::Tag;
use config_rules::item::Tags;

/// The tags; one without a value has an empty one.
pub(crate) fn tags(tags: &[Tag]) -> Tags {
    let tag = |tag: &Tag| Some((tag.key.clone()?, tag.value.clone().unwrap_or_default()));
    tags.iter().filter_map(tag).collect()
}
