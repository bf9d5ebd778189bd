//! Whose traffic it is: blocks and their unions, prefix lists, and other groups.

use super::*;
use crate::facts::FactRequest;

#[test]
fn everybody_is_a_finding_in_either_family() {
    ssh(&["0.0.0.0/0"]).is("NON_COMPLIANT", "SG-ADMIN-OPEN: tcp/22 from 0.0.0.0/0 (inbound 1)");
    ssh(&["::/0"]).is("NON_COMPLIANT", "SG-ADMIN-OPEN: tcp/22 from ::/0 (inbound 1)");
    ssh(&["0.0.0.0/0", "::/0", "8.8.8.8/32"])
        .is("NON_COMPLIANT", "SG-ADMIN-OPEN: tcp/22 from 0.0.0.0/0 + ::/0 (inbound 1)");
}

#[test]
fn blocks_are_taken_for_what_they_mean() {
    for everybody in ["1.0.0.0/0", "00.0.0.0/0", "255.255.255.255/0"] {
        ssh(&[everybody]).is("NON_COMPLIANT", "SG-ADMIN-OPEN: tcp/22 from 0.0.0.0/0 (inbound 1)");
    }
    ssh(&["0000:0000::/0"]).is("NON_COMPLIANT", "SG-ADMIN-OPEN: tcp/22 from ::/0 (inbound 1)");
    ssh(&["::FFFF:0:0/96"]).is("NON_COMPLIANT", "SG-ADMIN-OPEN: tcp/22 from 0.0.0.0/0 (inbound 1)");
    ssh(&["::ffff:8.8.8.8/128"])
        .with("exposure", "anyPublic")
        .is("NON_COMPLIANT", "SG-ADMIN-OPEN: tcp/22 from 8.8.8.8/32, 1 public address (inbound 1)");
}

#[test]
fn the_union_counts_however_it_is_split() {
    ssh(&["0.0.0.0/1", "128.0.0.0/1"])
        .is("NON_COMPLIANT", "SG-UNION: tcp/22 open to 100% of IPv4 via 0.0.0.0/1 + 128.0.0.0/1 (inbound 1)");
    let quarters = ["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"];
    group(&quarters.map(|quarter| permission("tcp", 20, 30, &[quarter]))).is(
        "NON_COMPLIANT",
        "SG-UNION: tcp/22 open to 100% of IPv4 via 0.0.0.0/2 + 64.0.0.0/2 + 128.0.0.0/2 + 192.0.0.0/2 (inbound 1, inbound 2, inbound 3 and 1 more)",
    );
    let eighths: Vec<_> =
        (0..=255).map(|first| permission("tcp", 22, 22, &[&format!("{first}.0.0.0/8")])).collect();
    group(&eighths).is(
        "NON_COMPLIANT",
        "SG-UNION: tcp/22 open to 100% of IPv4 via 1.0.0.0/8 + 2.0.0.0/8 + 3.0.0.0/8 + 4.0.0.0/8 and 217 more (inbound 2, inbound 3, inbound 4 and 218 more)",
    );
    ssh(&["::/1", "8000::/1"])
        .is("NON_COMPLIANT", "SG-UNION: tcp/22 open to 100% of IPv6 via ::/1 + 8000::/1 (inbound 1)");
}

#[test]
fn exactly_the_limit_will_do_and_one_more_will_not() {
    ssh(&["8.8.0.0/16"]).is(
        "COMPLIANT",
        "22, 3389 not open to the internet; except tcp/22 to 65536 public addresses, limit 65536",
    );
    ssh(&["8.8.0.0/16", "9.9.9.9/32"]).is(
        "NON_COMPLIANT",
        "SG-UNION: tcp/22 open to 65537 public addresses, limit 65536 via 8.8.0.0/16 + 9.9.9.9/32 (inbound 1)",
    );
    ssh(&["2620:0::/32"]).has_type("COMPLIANT");
    ssh(&["2620:0::/32", "2600::1/128"]).is(
        "NON_COMPLIANT",
        "SG-UNION: tcp/22 open to 65537 public IPv6 sites (/48), limit 65536 via 2600::1/128 + 2620::/32 (inbound 1)",
    );
    ssh(&["8.8.8.0/24"]).with("maxPublicAddresses", "255").has_type("NON_COMPLIANT");
    ssh(&["8.8.8.0/24"]).with("maxPublicAddresses", "256").has_type("COMPLIANT");
    ssh(&["8.0.0.0/8"]).is(
        "NON_COMPLIANT",
        "SG-ADMIN-OPEN: tcp/22 from 8.0.0.0/8, 16777216 public addresses, limit 65536 (inbound 1)",
    );
}

#[test]
fn only_the_public_part_of_a_block_counts() {
    for private in [
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "127.0.0.0/8",
        "192.0.2.0/24",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "fc00::/7",
        "fe80::/10",
        "64:ff9b::/96",
        "2002::/16",
        "2001:db8::/32",
    ] {
        ssh(&[private]).with("exposure", "anyPublic").is("COMPLIANT", "22, 3389 not open to the internet");
    }
    ssh(&["10.0.0.0/7"]).is(
        "NON_COMPLIANT",
        "SG-ADMIN-OPEN: tcp/22 from 10.0.0.0/7, 16777216 public addresses, limit 65536 (inbound 1)",
    );
    ssh(&["172.0.0.0/8"]).has_type("NON_COMPLIANT");
    ssh(&["192.0.0.0/2"])
        .is("NON_COMPLIANT", "SG-ADMIN-OPEN: tcp/22 from 192.0.0.0/2, 14% of IPv4 (inbound 1)");
}

#[test]
fn any_public_address_counts_if_asked() {
    ssh(&["8.8.8.8/32"])
        .is("COMPLIANT", "22, 3389 not open to the internet; except tcp/22 to 1 public address, limit 65536");
    ssh(&["8.8.8.8/32"])
        .with("exposure", "anyPublic")
        .is("NON_COMPLIANT", "SG-ADMIN-OPEN: tcp/22 from 8.8.8.8/32, 1 public address (inbound 1)");
    ssh(&["8.8.8.8/32", "2600::1/128"]).with("exposure", "anyPublic").has_type("NON_COMPLIANT");
}

#[test]
fn ports_that_are_open_to_the_same_few_are_named_together() {
    let office = |from, to| group(&[permission("tcp", from, to, &["8.8.8.0/24"])]);
    office(0, 65535).with("adminPorts", "22,3389,5432,6379").is(
        "COMPLIANT",
        "22, 3389, 5432, 6379 not open to the internet; \
         except tcp/22,3389,5432,6379 to 256 public addresses, limit 65536",
    );
    group(&[
        permission("tcp", 22, 22, &["8.8.8.0/24", "2600::1/128"]),
        permission("tcp", 3389, 3389, &["8.8.8.0/24"]),
    ])
    .is(
        "COMPLIANT",
        "22, 3389 not open to the internet; except tcp/22, tcp/3389 to 256 public addresses, limit 65536, \
         tcp/22 to 1 public IPv6 site (/48), limit 65536",
    );
    office(22, 22).with("adminPorts", "1,3,5,7,9,11,13,15,17,19,22").is(
        "COMPLIANT",
        "1, 3, 5, 7, 9, 11, 13, 15 and 3 more not open to the internet; except tcp/22 to 256 public addresses, limit 65536",
    );
}

#[test]
fn trusted_sources_are_taken_off_the_union() {
    ssh(&["8.8.8.0/24"])
        .with("exposure", "anyPublic")
        .with("trustedCidrs", "8.8.8.0/25, 8.8.8.128/25")
        .has_type("COMPLIANT");
    ssh(&["8.8.8.0/24"])
        .with("exposure", "anyPublic")
        .with("trustedCidrs", "8.8.8.0/25")
        .is("NON_COMPLIANT", "SG-ADMIN-OPEN: tcp/22 from 8.8.8.0/24, 128 public addresses (inbound 1)");
    ssh(&["0.0.0.0/0"]).with("trustedCidrs", "8.8.8.0/24").has_type("NON_COMPLIANT");
}

#[test]
fn groups_are_not_the_internet() {
    let entry = json!({"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "userIdGroupPairs": [{"groupId": "sg-1", "userId": "111122223333"}]});
    group(&[entry]).is("COMPLIANT", "22, 3389 not open to the internet");
}

#[test]
fn the_entries_of_a_prefix_list_are_part_of_the_union() {
    const LIST: &str = "pl-0123456789abcdef0";
    let listed = |port: u16| json!({"ipProtocol": "tcp", "fromPort": port, "toPort": port, "prefixListIds": [{"prefixListId": LIST}]});
    let knowing = |entries: Value| {
        let facts = json!({"prefixLists": {LIST: {"entries": entries}}}).to_string();
        group(&[listed(22), permission("tcp", 22, 22, &["128.0.0.0/1"])]).knowing(&facts)
    };
    knowing(json!(["0.0.0.0/0"]))
        .is("NON_COMPLIANT", "SG-ADMIN-OPEN: tcp/22 from 0.0.0.0/0 (inbound 1 pl-0123456789abcdef0)");
    knowing(json!(["0.0.0.0/2", "64.0.0.0/2"])).is(
        "NON_COMPLIANT",
        "SG-UNION: tcp/22 open to 100% of IPv4 via 0.0.0.0/2 + 64.0.0.0/2 + 128.0.0.0/1 \
         (inbound 1 pl-0123456789abcdef0, inbound 2)",
    );
    let alone = |facts: Value| group(&[listed(22)]).knowing(&facts.to_string());
    alone(json!({"prefixLists": {LIST: {"entries": ["10.0.0.0/8"]}}})).has_type("COMPLIANT");
    alone(json!({"prefixLists": {LIST: {"entries": ["::/0"]}}})).has_type("NON_COMPLIANT");
    for unknown in
        [json!({}), json!({"prefixLists": {LIST: null}}), json!({"prefixLists": {LIST: {"entries": ["x"]}}})]
    {
        alone(unknown).is(
            "NON_COMPLIANT",
            "SG-PREFIX-LIST: tcp/22 from pl-0123456789abcdef0 (inbound 1), whose entries are not known",
        );
    }
    let unknown = || alone(json!({}));
    unknown().with("trustedPrefixLists", LIST).is("COMPLIANT", "22, 3389 not open to the internet");
    unknown().with("unresolvedPrefixList", "NOT_APPLICABLE").has_type("NOT_APPLICABLE");
    unknown().with("onMissingData", "NOT_APPLICABLE").has_type("NOT_APPLICABLE");
    assert_eq!(
        unknown().with("unresolvedPrefixList", "FAIL").evaluated().unwrap_err().name(),
        "MissingFacts"
    );
}

#[test]
fn ec2_is_asked_only_if_the_answer_depends_on_it() {
    let listed = |port: u16| {
        let list = json!([{"prefixListId": "pl-01234567"}]);
        group(&[json!({"ipProtocol": "tcp", "fromPort": port, "toPort": port, "prefixListIds": list})])
    };
    assert_eq!(listed(22).requests(), [FactRequest::PrefixList("pl-01234567".to_owned())].into());
    assert!(listed(443).requests().is_empty());
    assert!(listed(22).with("exposure", "literal").requests().is_empty());
    assert!(listed(22).with("trustedPrefixLists", "pl-01234567").requests().is_empty());
    assert!(ssh(&["0.0.0.0/0"]).requests().is_empty());
}

/// What stands in the objects and in the old strings is one.
#[test]
fn the_same_block_counts_once_however_often_it_stands_there() {
    let strings =
        json!({"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipRanges": ["8.8.8.0/24", "8.8.8.0/25"]});
    let objects =
        json!({"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipv4Ranges": [{"cidrIp": "8.8.8.0/24"}]});
    let both = || group(&[strings.clone(), objects.clone(), permission("tcp", 22, 22, &["8.8.8.0/24"])]);
    both().with("maxPublicAddresses", "256").has_type("COMPLIANT");
    both().with("maxPublicAddresses", "255").is(
        "NON_COMPLIANT",
        "SG-ADMIN-OPEN: tcp/22 from 8.8.8.0/24, 256 public addresses, limit 255 (inbound 1, inbound 2, inbound 3)",
    );
}

#[test]
fn groups_that_deserve_a_look_are_named() {
    let pair = |pair: Value| {
        let configuration = json!({"ownerId": "111122223333", "ipPermissions": [
            {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "userIdGroupPairs": [pair]},
            {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "userIdGroupPairs": [pair]},
        ]});
        Case::<SecurityGroupExposure>::new("AWS::EC2::SecurityGroup", &configuration.to_string())
    };
    pair(json!({"groupId": "sg-1", "userId": "111122223333", "vpcPeeringConnectionId": "pcx-1", "peeringStatus": "active"}))
        .is("COMPLIANT", "22, 3389 not open to the internet");
    pair(json!({"groupId": "sg-1"})).is("COMPLIANT", "22, 3389 not open to the internet");
    pair(json!({"groupId": "sg-1", "userId": "444455556666", "vpcPeeringConnectionId": "pcx-1", "peeringStatus": "active"})).is(
        "COMPLIANT",
        "22, 3389 not open to the internet; SG-EXTERNAL-GROUP: sg-1 of account 444455556666 (inbound 1)",
    );
    for gone in [
        json!({"groupId": "sg-1", "userId": "444455556666", "vpcPeeringConnectionId": "pcx-1", "peeringStatus": "deleted"}),
        json!({"groupId": "sg-1", "userId": null, "vpcPeeringConnectionId": "pcx-1", "peeringStatus": "active"}),
    ] {
        pair(gone).is(
            "COMPLIANT",
            "22, 3389 not open to the internet; SG-STALE-GROUP: sg-1, which is gone (inbound 1)",
        );
    }
}

/// AWS's own lists, by their names.
#[test]
fn no_stranger_comes_through_some_services_of_aws() {
    const LIST: &str = "pl-0123456789abcdef0";
    let list =
        json!({"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "prefixListIds": [{"prefixListId": LIST}]});
    let named = |name: &str| {
        let facts = json!({"prefixLists": {LIST: {"name": name, "entries": ["8.8.0.0/15", "2600::/24"]}}});
        group(std::slice::from_ref(&list)).knowing(&facts.to_string())
    };
    for service in [
        "us-east-1.ec2-instance-connect",
        "us-east-1.ipv6.ec2-instance-connect",
        "us-east-1.s3",
        "cn-north-1.s3",
        "us-east-1.s3express",
        "eu-west-1.dynamodb",
        "us-east-1.ipv6.vpc-lattice",
    ] {
        let name = format!("com.amazonaws.{service}");
        named(&name).is("COMPLIANT", &format!("22, 3389 not open to the internet; except tcp/22 to {name}"));
        named(&name).with("exposure", "anyPublic").has_type("NON_COMPLIANT");
    }
    for name in [
        "com.amazonaws.global.cloudfront.origin-facing",
        "com.amazonaws.us-east-1.route53-healthchecks",
        "com.amazonaws.us-east-1.a-service-to-come",
        "com.amazonaws",
        "com.amazonaws.us-east-1.s3.example",
        "example.us-east-1.s3",
        "s3",
    ] {
        named(name).has_type("NON_COMPLIANT");
    }
}

/// Doubt is doubt for protocols without ports as well, and where ports cannot be read.
#[test]
fn unknown_lists_matter_wherever_something_is_guarded() {
    let lists = json!([{"prefixListId": "pl-01234567"}]);
    let listed = |protocol: &str| group(&[json!({"ipProtocol": protocol, "prefixListIds": lists})]);
    listed("icmp").has_type("COMPLIANT");
    let ping = || listed("icmp").with("allowIcmp", "false");
    ping().is(
        "NON_COMPLIANT",
        "SG-PREFIX-LIST: icmp from pl-01234567 (inbound 1), whose entries are not known",
    );
    assert_eq!(ping().requests(), [FactRequest::PrefixList("pl-01234567".to_owned())].into());
    listed("-1").with("adminPorts", "22").is(
        "NON_COMPLIANT",
        "SG-PREFIX-LIST: tcp+udp/22 from pl-01234567 (inbound 1), whose entries are not known",
    );
    listed("tcp").is("NON_COMPLIANT", "MISSING-DATA: inbound 1 is tcp without a range of ports");
    listed("tcp").with("protocols", "udp").has_type("COMPLIANT");
}

/// Neither family hides the other.
#[test]
fn both_families_are_reported() {
    ssh(&["0.0.0.0/0", "::/1", "8000::/1"]).is(
        "NON_COMPLIANT",
        "SG-ADMIN-OPEN: tcp/22 from 0.0.0.0/0 (inbound 1); \
         SG-UNION: tcp/22 open to 100% of IPv6 via ::/1 + 8000::/1 (inbound 1)",
    );
    ssh(&["8.0.0.0/8", "::/0"]).is(
        "NON_COMPLIANT",
        "SG-ADMIN-OPEN: tcp/22 from 8.0.0.0/8, 16777216 public addresses, limit 65536 + ::/0 (inbound 1)",
    );
}
