//! How packets get into subnets and out of them, for many subnets together: `DescribeSubnets`, `DescribeRouteTables`,
//! `DescribeNetworkAcls`.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::{
    Client,
    types::{self, Filter, Subnet},
};
use config_rules::{
    ec2::{NetworkAcl, RouteTable},
    facts::{Fact, MissingPart, SubnetPath},
};
use config_rules_aws::{Answer, Failure};

use crate::{
    call::{Answers, BATCH, ask},
    resource,
};

/// Looks up the paths of these subnets, by three calls for a hundred of them. A subnet that is gone, or of another account that
/// does not share it, is absent.
///
/// Route tables are listed by their VPCs: EC2 finds none for a subnet that has the main one, and so they are all in one call,
/// those of gateways among them. A VPC has a few, and 200 at most.
pub(crate) async fn look_up(client: &Client, ids: &BTreeSet<String>) -> BTreeMap<String, Answer<SubnetPath>> {
    let subnets = subnets(client, ids).await;
    let of_subnets =
        |id: fn(&Subnet) -> Option<&str>| subnets.items.iter().filter_map(id).map(str::to_owned).collect();
    let (found, vpcs) = (of_subnets(Subnet::subnet_id), of_subnets(Subnet::vpc_id));
    let (tables, acls) = tokio::join!(route_tables(client, &vpcs), network_acls(client, &found));
    Network { subnets, tables, acls }.paths(ids)
}

/// What EC2 has told.
struct Network {
    subnets: Answers<Subnet>,
    tables: Answers<types::RouteTable>,
    acls: Answers<types::NetworkAcl>,
}

impl Network {
    /// The path of each of these subnets.
    fn paths(&self, ids: &BTreeSet<String>) -> BTreeMap<String, Answer<SubnetPath>> {
        let tables: Vec<_> = self.tables.items.iter().map(resource::route_table).collect();
        let acls: Vec<_> = self.acls.items.iter().map(resource::network_acl).collect();
        ids.iter().map(|id| (id.clone(), self.path(id, &tables, &acls))).collect()
    }

    fn path(&self, id: &str, tables: &[RouteTable], acls: &[NetworkAcl]) -> Answer<SubnetPath> {
        let Some(subnet) = self.subnets.items.iter().find(|subnet| subnet.subnet_id() == Some(id)) else {
            return Answer::new(None, self.subnets.failed.get(id));
        };
        let vpc = subnet.vpc_id().unwrap_or_default();
        let failures = [self.tables.failed.get(vpc), self.acls.failed.get(id)];
        let failures: Vec<&Failure> = failures.into_iter().flatten().collect();
        if !failures.is_empty() {
            return Answer::new(None, failures);
        }
        match SubnetPath::of(resource::subnet(subnet), tables, acls) {
            Ok(path) => Answer::new(Some(path), []),
            // EC2 may only be behind.
            Err(missing) => {
                let action = match missing {
                    MissingPart::RouteTable => "DescribeRouteTables",
                    MissingPart::NetworkAcl => "DescribeNetworkAcls",
                };
                let why = format!("ec2:{action}: none of {id}");
                Answer { fact: Ok(Fact::Unavailable(why)), lasting: false }
            }
        }
    }
}

async fn subnets(client: &Client, ids: &BTreeSet<String>) -> Answers<Subnet> {
    ask("DescribeSubnets", BATCH, ids, async |ids| {
        let call = client.describe_subnets().set_subnet_ids(Some(ids));
        Ok(call.into_paginator().items().send().try_collect().await?)
    })
    .await
}

async fn route_tables(client: &Client, vpcs: &BTreeSet<String>) -> Answers<types::RouteTable> {
    ask("DescribeRouteTables", BATCH, vpcs, async |vpcs| {
        let call = client.describe_route_tables().filters(filter("vpc-id", vpcs));
        Ok(call.into_paginator().items().send().try_collect().await?)
    })
    .await
}

async fn network_acls(client: &Client, subnets: &BTreeSet<String>) -> Answers<types::NetworkAcl> {
    ask("DescribeNetworkAcls", BATCH, subnets, async |subnets| {
        let call = client.describe_network_acls().filters(filter("association.subnet-id", subnets));
        Ok(call.into_paginator().items().send().try_collect().await?)
    })
    .await
}

fn filter(name: &str, values: Vec<String>) -> Filter {
    Filter::builder().name(name).set_values(Some(values)).build()
}

#[cfg(test)]
mod tests {
    use config_rules::facts::{FactRequest, FactSource};

    use super::*;
    use crate::fake_ec2::{Call, FakeEc2, Reply, items, refused};

    fn requests<'a>(ids: impl IntoIterator<Item = &'a str>) -> BTreeSet<FactRequest> {
        ids.into_iter().map(|id| FactRequest::SubnetPath(id.to_owned())).collect()
    }

    fn subnet(id: &str) -> String {
        format!(
            "<item><subnetId>{id}</subnetId><vpcId>vpc-1</vpcId><ownerId>111122223333</ownerId>
            <ipv6CidrBlockAssociationSet><item><ipv6CidrBlock>2001:db8::/64</ipv6CidrBlock>
            <ipv6CidrBlockState><state>associated</state></ipv6CidrBlockState>
            <ipv6AddressAttribute>private</ipv6AddressAttribute></item></ipv6CidrBlockAssociationSet></item>"
        )
    }

    fn table(id: &str, association: &str) -> String {
        format!(
            "<item><routeTableId>{id}</routeTableId><vpcId>vpc-1</vpcId><routeSet>
            <item><destinationCidrBlock>0.0.0.0/0</destinationCidrBlock><gatewayId>igw-1</gatewayId>
            <state>active</state><origin>CreateRoute</origin></item>
            <item><destinationPrefixListId>pl-1</destinationPrefixListId><gatewayId>vpce-1</gatewayId></item></routeSet>
            <associationSet><item>{association}</item></associationSet></item>"
        )
    }

    fn acl(subnets: &[&str]) -> String {
        let association = |id: &&str| format!("<item><subnetId>{id}</subnetId></item>");
        let associations: String = subnets.iter().map(association).collect();
        format!(
            "<item><networkAclId>acl-1</networkAclId><vpcId>vpc-1</vpcId><entrySet>
            <item><ruleNumber>100</ruleNumber><protocol>6</protocol><ruleAction>allow</ruleAction><egress>false</egress>
            <cidrBlock>0.0.0.0/0</cidrBlock><portRange><from>22</from><to>23</to></portRange></item>
            <item><ruleNumber>110</ruleNumber><protocol>1</protocol><ruleAction>deny</ruleAction><egress>true</egress>
            <ipv6CidrBlock>::/0</ipv6CidrBlock><icmpTypeCode><type>-1</type><code>-1</code></icmpTypeCode></item>
            </entrySet><associationSet>{associations}</associationSet></item>"
        )
    }

    /// `subnet-1` has a table of its own, `subnet-2` the main one, and `subnet-3` is not there.
    fn reply(call: &Call) -> Reply {
        let subnets = call.values("SubnetId");
        match call.action() {
            "DescribeSubnets" if subnets.contains(&"subnet-3") => refused("InvalidSubnetID.NotFound"),
            "DescribeSubnets" => items("subnetSet", &subnets.into_iter().map(subnet).collect::<String>()),
            "DescribeNetworkAcls" => items("networkAclSet", &acl(&["subnet-1", "subnet-2"])),
            _ => {
                assert_eq!(
                    (call.value("Filter.1.Name"), call.value("Filter.1.Value.1")),
                    (Some("vpc-id"), Some("vpc-1"))
                );
                let going = "<subnetId>subnet-2</subnetId><associationState><state>disassociating</state></associationState>";
                let tables = [
                    table("rtb-2", "<main>true</main>"),
                    table("rtb-0", going),
                    table("rtb-1", "<subnetId>subnet-1</subnetId>"),
                    table("rtb-3", "<gatewayId>igw-1</gatewayId>"),
                ];
                items("routeTableSet", &tables.concat())
            }
        }
    }

    #[tokio::test]
    async fn knows_what_aws_config_would_record_and_keeps_it() {
        let fake = FakeEc2::start(reply).await;
        for _ in 0..2 {
            let facts = fake.ec2.look_up(&requests(["subnet-1"])).await;
            let Fact::Known(path) = facts.subnet_path("subnet-1") else { panic!("{facts:?}") };
            let expected = serde_json::json!({
                "subnet": {"subnetId": "subnet-1", "vpcId": "vpc-1", "ownerId": "111122223333",
                    "ipv6CidrBlockAssociationSet": [{"ipv6CidrBlock": "2001:db8::/64",
                        "ipv6CidrBlockState": {"state": "associated"}, "ipv6AddressAttribute": "private"}]},
                "routeTable": {"routeTableId": "rtb-1", "vpcId": "vpc-1", "associations": [{"subnetId": "subnet-1"}],
                    "routes": [{"destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-1", "state": "active",
                        "origin": "CreateRoute"}, {"destinationPrefixListId": "pl-1", "gatewayId": "vpce-1"}]},
                "gatewayRouteTable": {"routeTableId": "rtb-3", "vpcId": "vpc-1", "associations": [{"gatewayId": "igw-1"}],
                    "routes": [{"destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-1", "state": "active",
                        "origin": "CreateRoute"}, {"destinationPrefixListId": "pl-1", "gatewayId": "vpce-1"}]},
                "networkAcl": {"networkAclId": "acl-1", "vpcId": "vpc-1",
                    "associations": [{"subnetId": "subnet-1"}, {"subnetId": "subnet-2"}],
                    "entries": [{"ruleNumber": 100, "protocol": "6", "ruleAction": "allow", "egress": false,
                        "cidrBlock": "0.0.0.0/0", "portRange": {"from": 22, "to": 23}},
                        {"ruleNumber": 110, "protocol": "1", "ruleAction": "deny", "egress": true, "ipv6CidrBlock": "::/0",
                            "icmpTypeCode": {"type": -1, "code": -1}}]},
            });
            assert_eq!(*path, serde_json::from_value::<SubnetPath>(expected).unwrap());
            assert_eq!(fake.calls(), 3, "it is kept");
        }
    }

    #[tokio::test]
    async fn a_subnet_without_a_table_of_its_own_has_the_main_one_and_one_that_is_gone_spoils_no_other() {
        let fake = FakeEc2::start(reply).await;
        let facts = fake.ec2.look_up(&requests(["subnet-1", "subnet-2", "subnet-3"])).await;
        let table = |id: &str| match facts.subnet_path(id) {
            Fact::Known(path) => path.route_table.route_table_id.clone().unwrap(),
            other => panic!("{other:?}"),
        };
        assert_eq!((table("subnet-1").as_str(), table("subnet-2").as_str()), ("rtb-1", "rtb-2"));
        assert_eq!(facts.subnet_path("subnet-3"), Fact::Absent);
    }

    #[tokio::test]
    async fn many_subnets_take_few_calls() {
        let ids: Vec<_> = (0..40).map(|number| format!("subnet-{number:02}")).collect();
        let all = ids.clone();
        let fake = FakeEc2::start(move |call| match call.action() {
            "DescribeSubnets" => {
                items("subnetSet", &call.values("SubnetId").into_iter().map(subnet).collect::<String>())
            }
            "DescribeNetworkAcls" => {
                items("networkAclSet", &acl(&all.iter().map(String::as_str).collect::<Vec<_>>()))
            }
            _ => items("routeTableSet", &table("rtb-2", "<main>true</main>")),
        })
        .await;
        let facts = fake.ec2.look_up(&requests(ids.iter().map(String::as_str))).await;
        assert!(ids.iter().all(|id| matches!(facts.subnet_path(id), Fact::Known(_))));
        assert_eq!(fake.calls(), 3);
    }

    #[tokio::test]
    async fn what_one_call_does_not_tell_leaves_it_unknown_and_is_asked_again() {
        for (action, code) in [
            ("DescribeSubnets", "UnauthorizedOperation"),
            ("DescribeRouteTables", "UnauthorizedOperation"),
            ("DescribeNetworkAcls", "UnauthorizedOperation"),
            ("DescribeNetworkAcls", "RequestLimitExceeded"),
        ] {
            let fake =
                FakeEc2::start(move |call| if call.action() == action { refused(code) } else { reply(call) })
                    .await;
            let facts = fake.ec2.look_up(&requests(["subnet-1"])).await;
            assert!(matches!(facts.subnet_path("subnet-1"), Fact::Unavailable(_)), "{action}");
            assert_eq!(facts.unavailable()["subnet-1"], format!("ec2:{action}: {code}"));
            let calls = fake.calls();
            fake.ec2.look_up(&requests(["subnet-1"])).await;
            assert!(fake.calls() > calls, "{action}");
        }
    }

    #[tokio::test]
    async fn a_subnet_that_no_table_or_acl_is_told_of_does_not_look_closed() {
        for action in ["DescribeRouteTables", "DescribeNetworkAcls"] {
            let set = if action == "DescribeNetworkAcls" { "networkAclSet" } else { "routeTableSet" };
            let fake = FakeEc2::start(
                move |call| if call.action() == action { items(set, "") } else { reply(call) },
            )
            .await;
            let facts = fake.ec2.look_up(&requests(["subnet-1"])).await;
            assert_eq!(facts.unavailable()["subnet-1"], format!("ec2:{action}: none of subnet-1"));
        }
    }
}
