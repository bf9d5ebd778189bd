//! All security groups: `DescribeSecurityGroups`.

use aws_sdk_ec2::{Client, types};
use config_rules::item::RawItem;
use config_rules_aws::Trouble;

use super::{Described, Listed, PAGE, Recorder};
use crate::security_group::Configuration;

pub(super) const TYPE: &str = "AWS::EC2::SecurityGroup";

/// A page of the groups; those that another account shares are among them, with its id.
pub(super) async fn page(client: &Client, recorder: &Recorder<'_>, token: Option<String>) -> Listed {
    let call = client.describe_security_groups();
    let answer = call.max_results(PAGE).set_next_token(token).send().await;
    let answer = answer.map_err(|error| Trouble::of(&error).during("ec2:DescribeSecurityGroups"))?;
    let groups = answer.security_groups().iter().map(|group| item(recorder, group));
    Ok((groups.collect::<Result<_, _>>()?, answer.next_token))
}

fn item(recorder: &Recorder, group: &types::SecurityGroup) -> Result<RawItem, Trouble> {
    let described = Described {
        resource_type: TYPE,
        id: group.group_id(),
        name: group.group_name(),
        kind: "security-group",
        account: group.owner_id(),
        tags: group.tags(),
    };
    recorder.item(&described, &Configuration::of(group))
}
