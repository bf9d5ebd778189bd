//! Network interfaces: `DescribeNetworkInterfaces`. Of those that a filter finds one is enough, and it is kept by nobody, because
//! an interface gets a group, or loses it, without any change of the group.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::{Client, types::Filter};
use config_rules::facts::{DenyAllIgwTraffic, NetworkInterfaceId};
use config_rules_aws::Answer;

use crate::call::{Answers, BATCH, ask};

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

/// Looks up whether these interfaces refuse what comes from an internet gateway. One that is gone is absent.
pub(crate) async fn deny_all_igw_traffic(
    client: &Client,
    ids: &BTreeSet<String>,
) -> BTreeMap<String, Answer<DenyAllIgwTraffic>> {
    let Answers { items, failed } = ask("DescribeNetworkInterfaces", BATCH, ids, async |ids| {
        let call = client.describe_network_interfaces().include_managed_resources(true);
        let call = call.set_network_interface_ids(Some(ids));
        Ok(call.into_paginator().items().send().try_collect().await?)
    })
    .await;
    let denies = |id: &String| {
        let interface = items.iter().find(|interface| interface.network_interface_id() == Some(id))?;
        Some(DenyAllIgwTraffic(interface.deny_all_igw_traffic.unwrap_or_default()))
    };
    ids.iter().map(|id| (id.clone(), Answer::new(denies(id), failed.get(id)))).collect()
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

    #[tokio::test]
    async fn knows_whether_interfaces_deny_gateways_and_keeps_it() {
        let fake = FakeEc2::start(|call| match call.values("NetworkInterfaceId") {
            ids if ids.contains(&"eni-3") => refused("InvalidNetworkInterfaceID.NotFound"),
            ids => {
                let denies =
                    |id: &str| if id == "eni-1" { "<denyAllIgwTraffic>true</denyAllIgwTraffic>" } else { "" };
                let item = |id: &&str| {
                    format!("<item><networkInterfaceId>{id}</networkInterfaceId>{}</item>", denies(id))
                };
                items("networkInterfaceSet", &ids.iter().map(item).collect::<String>())
            }
        })
        .await;
        let requests =
            ["eni-1", "eni-2", "eni-3"].map(|id| FactRequest::DenyAllIgwTraffic(id.to_owned())).into();
        let facts = fake.ec2.look_up(&requests).await;
        assert_eq!(facts.deny_all_igw_traffic("eni-1"), Fact::Known(&DenyAllIgwTraffic(true)));
        assert_eq!(facts.deny_all_igw_traffic("eni-2"), Fact::Known(&DenyAllIgwTraffic(false)));
        assert_eq!(facts.deny_all_igw_traffic("eni-3"), Fact::Absent);
        let calls = fake.calls();
        fake.ec2.look_up(&requests).await;
        assert_eq!(fake.calls(), calls);
    }
}
