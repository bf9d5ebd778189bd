//! Security groups, by id: `DescribeSecurityGroups`.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::{Client, types};
use config_rules::ec2::SecurityGroup;
use config_rules_aws::Answer;

use crate::{
    call::{Answers, BATCH, ask},
    resource,
};

/// Looks up the security groups of the account that have these ids.
pub(crate) async fn look_up(
    client: &Client,
    ids: &BTreeSet<String>,
) -> BTreeMap<String, Answer<SecurityGroup>> {
    let groups = groups(client, ids).await;
    let answer = |id: &String| {
        let group = groups.items.iter().find(|group| group.group_id() == Some(id));
        (id.clone(), Answer::new(group.map(resource::security_group), groups.failed.get(id)))
    };
    ids.iter().map(answer).collect()
}

async fn groups(client: &Client, ids: &BTreeSet<String>) -> Answers<types::SecurityGroup> {
    ask("DescribeSecurityGroups", BATCH, ids, async |ids| {
        let call = client.describe_security_groups().set_group_ids(Some(ids));
        Ok(call.into_paginator().items().send().try_collect().await?)
    })
    .await
}

#[cfg(test)]
mod tests {
    use config_rules::facts::{Fact, FactRequest, FactSource};

    use super::*;
    use crate::fake_ec2::{FakeEc2, items, refused};

    const GROUPS: &str = "<item><groupId>sg-1</groupId><ownerId>111122223333</ownerId><ipPermissions><item>
        <ipProtocol>tcp</ipProtocol><fromPort>443</fromPort><toPort>443</toPort>
        <ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges>
        <groups><item><groupId>sg-2</groupId><userId>111122223333</userId></item></groups>
        </item></ipPermissions></item>";

    fn requests(ids: &[&str]) -> BTreeSet<FactRequest> {
        ids.iter().map(|id| FactRequest::SecurityGroup((*id).to_owned())).collect()
    }

    #[tokio::test]
    async fn knows_what_aws_config_would_record() {
        let fake = FakeEc2::start(|_| items("securityGroupInfo", GROUPS)).await;
        let facts = fake.ec2.look_up(&requests(&["sg-1", "sg-1"])).await;
        let Fact::Known(group) = facts.security_group("sg-1") else { panic!("{facts:?}") };
        assert_eq!(group.owner_id.as_deref(), Some("111122223333"));
        let permission = &group.ip_permissions.as_ref().unwrap()[0];
        assert_eq!(permission.from_port, Some(443));
        assert_eq!(permission.ipv4_ranges[0].cidr, "0.0.0.0/0");
        assert_eq!(permission.user_id_group_pairs[0].group_id.as_deref(), Some("sg-2"));
        assert_eq!(group.ip_permissions_egress, None, "not sent is not none");
        fake.ec2.look_up(&requests(&["sg-1"])).await;
        assert_eq!(fake.calls(), 1, "it is kept");
    }

    #[tokio::test]
    async fn a_missing_group_is_absent_and_the_others_are_known() {
        let fake = FakeEc2::start(|call| match call.values("GroupId") {
            ids if ids.contains(&"sg-2") => refused("InvalidGroup.NotFound"),
            _ => items("securityGroupInfo", GROUPS),
        });
        let facts = fake.await.ec2.look_up(&requests(&["sg-1", "sg-2"])).await;
        assert!(matches!(facts.security_group("sg-1"), Fact::Known(_)));
        assert_eq!(facts.security_group("sg-2"), Fact::Absent);
    }

    #[tokio::test]
    async fn is_asked_for_again_after_a_failure() {
        let fake = FakeEc2::start(|_| refused("UnauthorizedOperation")).await;
        for look_ups in 1..=2 {
            let facts = fake.ec2.look_up(&requests(&["sg-1", "sg-2"])).await;
            let why = "ec2:DescribeSecurityGroups: UnauthorizedOperation".to_owned();
            assert_eq!(facts.security_group("sg-2"), Fact::Unavailable(why));
            assert_eq!(fake.calls(), look_ups);
        }
    }
}
