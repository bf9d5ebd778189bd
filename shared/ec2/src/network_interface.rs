//! A network interface that a filter finds: `DescribeNetworkInterfaces`. One is enough, and it is kept by nobody, because an
//! interface gets a group, or loses it, without any change of the group.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::{Client, types::Filter};
use config_rules::facts::NetworkInterfaceId;
use config_rules_aws::Answer;

use crate::call::{Answers, ask};

/// The smallest page that EC2 gives.
const PAGE: i32 = 5;

/// Looks up an interface for each of these filters: `group-id=sg-…`. Where there is none, it is absent.
pub(crate) async fn look_up(
    client: &Client,
    filters: &BTreeSet<String>,
) -> BTreeMap<String, Answer<NetworkInterfaceId>> {
    let Answers { items, failed } = ask("DescribeNetworkInterfaces", 1, filters, async |filters| {
        let mut found = Vec::new();
        for filter in filters {
            let (name, value) = filter.split_once('=').unwrap_or((&filter, ""));
            let call = client.describe_network_interfaces().include_managed_resources(true);
            let call = call.filters(Filter::builder().name(name).values(value).build());
            // A page may be empty, and not be the last.
            let mut interfaces = call.into_paginator().page_size(PAGE).items().send();
            let id = interfaces.try_next().await?.and_then(|interface| interface.network_interface_id);
            found.extend(id.map(|id| (filter.clone(), NetworkInterfaceId(id))));
        }
        Ok(found)
    })
    .await;
    let mut items: BTreeMap<_, _> = items.into_iter().collect();
    let answer = |filter: &String| (filter.clone(), Answer::new(items.remove(filter), failed.get(filter)));
    filters.iter().map(answer).collect()
}

#[cfg(test)]
mod tests {
    use config_rules::facts::{Fact, FactRequest, FactSource};

    use super::*;
    use crate::fake_ec2::{FakeEc2, items, refused};

    fn requests(groups: &[&str]) -> BTreeSet<FactRequest> {
        groups.iter().map(|id| FactRequest::NetworkInterface(format!("group-id={id}"))).collect()
    }

    #[tokio::test]
    async fn one_is_enough_and_it_is_asked_for_each_time() {
        let fake = FakeEc2::start(|call| match (call.value("Filter.1.Value.1"), call.value("NextToken")) {
            (Some("sg-1"), None) => {
                items("networkInterfaceSet", "").map(|xml| xml + "<nextToken>2</nextToken>")
            }
            (Some("sg-1"), Some(_)) => {
                let one = "<item><networkInterfaceId>eni-1</networkInterfaceId></item>";
                items("networkInterfaceSet", one).map(|xml| xml + "<nextToken>3</nextToken>")
            }
            _ => items("networkInterfaceSet", ""),
        })
        .await;
        for look_ups in 1..=2 {
            let facts = fake.ec2.look_up(&requests(&["sg-1", "sg-2"])).await;
            let expected = NetworkInterfaceId("eni-1".to_owned());
            assert_eq!(facts.network_interface_of("sg-1"), Fact::Known(&expected));
            assert_eq!(facts.network_interface_of("sg-2"), Fact::Absent);
            assert_eq!(fake.calls(), 3 * look_ups);
        }
    }

    #[tokio::test]
    async fn a_role_that_may_not_ask_leaves_it_unavailable() {
        let fake = FakeEc2::start(|_| refused("UnauthorizedOperation")).await;
        let facts = fake.ec2.look_up(&requests(&["sg-1"])).await;
        let why = "ec2:DescribeNetworkInterfaces: UnauthorizedOperation".to_owned();
        assert_eq!(facts.network_interface_of("sg-1"), Fact::Unavailable(why));
    }
}
