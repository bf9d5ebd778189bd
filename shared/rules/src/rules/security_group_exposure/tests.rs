use serde_json::{Value, json};

use super::*;
use crate::rules::testing::{Case, parameter_error};

pub(super) fn group(permissions: &[Value]) -> Case<SecurityGroupExposure> {
    let configuration = json!({"ownerId": "111122223333", "ipPermissions": permissions});
    Case::new("AWS::EC2::SecurityGroup", &configuration.to_string())
}

pub(super) fn permission(protocol: &str, from: u16, to: u16, blocks: &[&str]) -> Value {
    let (v6, v4): (Vec<&str>, Vec<&str>) = blocks.iter().partition(|block| block.contains(':'));
    json!({
        "ipProtocol": protocol, "fromPort": from, "toPort": to,
        "ipv4Ranges": v4.iter().map(|block| json!({"cidrIp": block})).collect::<Vec<_>>(),
        "ipv6Ranges": v6.iter().map(|block| json!({"cidrIpv6": block})).collect::<Vec<_>>(),
        "ipRanges": v4,
    })
}

pub(super) fn ssh(blocks: &[&str]) -> Case<SecurityGroupExposure> {
    group(&[permission("tcp", 22, 22, blocks)])
}

/// Cases 1 and 36.
#[test]
fn everybody_is_a_finding_in_either_family() {
    ssh(&["0.0.0.0/0"]).is("NON_COMPLIANT", "SG-ADMIN-OPEN: tcp/22 from 0.0.0.0/0 (inbound 1)");
    ssh(&["::/0"]).is("NON_COMPLIANT", "SG-ADMIN-OPEN: tcp/22 from ::/0 (inbound 1)");
    ssh(&["0.0.0.0/0", "::/0", "8.8.8.8/32"])
        .is("NON_COMPLIANT", "SG-ADMIN-OPEN: tcp/22 from 0.0.0.0/0 + ::/0 (inbound 1)");
}

/// Cases 10 and 23.
#[test]
fn the_description_of_the_rule_is_named() {
    let range = json!({"cidrIp": "0.0.0.0/0", "description": "temp \"debug\""});
    let entry = json!({"ipProtocol": "6", "fromPort": 0, "toPort": 65535, "ipv4Ranges": [range], "ipRanges": ["0.0.0.0/0"]});
    group(&[permission("tcp", 443, 443, &["0.0.0.0/0"]), entry]).is(
        "NON_COMPLIANT",
        r#"SG-ADMIN-OPEN: tcp/22 from 0.0.0.0/0 (inbound 2 "temp \"debug\""); tcp/3389 from 0.0.0.0/0 (inbound 2 "temp \"debug\"")"#,
    );
}

/// Case 2.
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

/// Case 3.
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

/// Case 34.
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

/// Cases 6 and 7.
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

/// Case 5.
#[test]
fn any_public_address_counts_if_asked() {
    ssh(&["8.8.8.8/32"])
        .is("COMPLIANT", "22, 3389 not open to the internet; except tcp/22 to 1 public address, limit 65536");
    ssh(&["8.8.8.8/32"])
        .with("exposure", "anyPublic")
        .is("NON_COMPLIANT", "SG-ADMIN-OPEN: tcp/22 from 8.8.8.8/32, 1 public address (inbound 1)");
    ssh(&["8.8.8.8/32", "2600::1/128"]).with("exposure", "anyPublic").has_type("NON_COMPLIANT");
}

/// Case 8.
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

/// Case 10.
#[test]
fn ports_count_inside_a_range_and_at_either_end() {
    for (from, to) in [(22, 22), (0, 22), (22, 65535), (21, 23), (0, 65535)] {
        group(&[permission("tcp", from, to, &["0.0.0.0/0"])]).has_type("NON_COMPLIANT");
    }
    for (from, to) in [(0, 21), (23, 3388), (3390, 65535)] {
        group(&[permission("tcp", from, to, &["0.0.0.0/0"])]).has_type("COMPLIANT");
    }
}

/// Case 10: ranges that cover together.
#[test]
fn a_port_is_reached_by_the_sources_of_all_ranges_over_it() {
    let low = permission("tcp", 20, 25, &["0.0.0.0/1"]);
    let high = permission("tcp", 23, 30, &["128.0.0.0/1"]);
    group(&[low, high]).with("adminPorts", "21-29").is(
        "NON_COMPLIANT",
        "SG-ADMIN-OPEN: tcp/21-22 from 0.0.0.0/1, 56% of IPv4 (inbound 1); tcp/26-29 from 128.0.0.0/1, 43% of IPv4 (inbound 2); \
         SG-UNION: tcp/23-25 open to 100% of IPv4 via 0.0.0.0/1 + 128.0.0.0/1 (inbound 1, inbound 2)",
    );
}

/// Case 9.
#[test]
fn all_traffic_reaches_every_port() {
    let all = json!({"ipProtocol": "-1", "fromPort": null, "toPort": null, "ipRanges": ["0.0.0.0/0"]});
    group(&[all]).is(
        "NON_COMPLIANT",
        "SG-ADMIN-OPEN: tcp+udp/22 from 0.0.0.0/0 (inbound 1 all traffic); tcp+udp/3389 from 0.0.0.0/0 (inbound 1 all traffic)",
    );
}

/// Case 12.
#[test]
fn udp_counts_as_well() {
    group(&[permission("17", 3389, 3389, &["0.0.0.0/0"])])
        .is("NON_COMPLIANT", "SG-ADMIN-OPEN: udp/3389 from 0.0.0.0/0 (inbound 1)");
}

/// Cases 13 and 14.
#[test]
fn protocols_without_ports_open_no_port() {
    for (protocol, name) in [
        ("icmp", "icmp"),
        ("1", "icmp"),
        ("icmpv6", "icmpv6"),
        ("58", "icmpv6"),
        ("47", "protocol 47"),
        ("50", "protocol 50"),
        ("gre", "gre"),
    ] {
        group(&[permission(protocol, 22, 22, &["0.0.0.0/0"])])
            .is("COMPLIANT", &format!("22, 3389 not open to the internet; {name} allowed"));
    }
}

/// Case 15.
#[test]
fn groups_are_not_the_internet() {
    let entry = json!({"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "userIdGroupPairs": [{"groupId": "sg-1", "userId": "111122223333"}]});
    group(&[entry]).is("COMPLIANT", "22, 3389 not open to the internet");
}

/// Cases 11 and 16.
#[test]
fn what_cannot_be_known_is_never_compliant() {
    let list = |port| json!({"ipProtocol": "tcp", "fromPort": port, "toPort": port, "prefixListIds": [{"prefixListId": "pl-1"}]});
    group(&[list(22)])
        .is("NON_COMPLIANT", "SG-PREFIX-LIST: tcp/22 from pl-1 (inbound 1), whose entries are not known");
    group(&[list(443)]).has_type("COMPLIANT");
    for (from, to) in
        [(json!(null), json!(null)), (json!(30), json!(20)), (json!(-1), json!(-1)), (json!(1), json!(70000))]
    {
        let entry = json!({"ipProtocol": "tcp", "fromPort": from, "toPort": to, "ipRanges": ["0.0.0.0/0"]});
        group(&[entry]).is("NON_COMPLIANT", "MISSING-DATA: inbound 1 is tcp without a range of ports");
    }
    let private = json!({"ipProtocol": "tcp", "ipRanges": ["10.0.0.0/8"]});
    group(&[private]).has_type("COMPLIANT");
    ssh(&["10.0.0.0"]).is("NON_COMPLIANT", r#"MISSING-DATA: inbound 1: "10.0.0.0" is not a CIDR block"#);
    let case = |configuration| Case::<SecurityGroupExposure>::new("AWS::EC2::SecurityGroup", configuration);
    case("{}").has_type("NON_COMPLIANT");
    case("null").has_type("NON_COMPLIANT");
    case(r#"{"ipPermissions":[{"ipProtocol":7}]}"#).has_type("NON_COMPLIANT");
}

/// Case 16.
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
    assert_eq!(unknown().with("unresolvedPrefixList", "FAIL").judged().unwrap_err().name(), "MissingFacts");
}

#[test]
fn ec2_is_asked_only_if_the_answer_depends_on_it() {
    let listed = |port: u16| {
        let list = json!([{"prefixListId": "pl-01234567"}]);
        group(&[json!({"ipProtocol": "tcp", "fromPort": port, "toPort": port, "prefixListIds": list})])
    };
    assert_eq!(listed(22).requests(), [FactRequest::PrefixList("pl-01234567".to_owned())]);
    assert!(listed(443).requests().is_empty());
    assert!(listed(22).with("exposure", "literal").requests().is_empty());
    assert!(listed(22).with("trustedPrefixLists", "pl-01234567").requests().is_empty());
    assert!(ssh(&["0.0.0.0/0"]).requests().is_empty());
}

/// Cases 12 and 14.
#[test]
fn protocols_can_be_chosen() {
    let open = |protocol| group(&[permission(protocol, 22, 22, &["0.0.0.0/0"])]);
    open("udp")
        .with("protocols", "tcp")
        .is("COMPLIANT", "22, 3389 (tcp) not open to the internet; udp/22 allowed");
    open("tcp")
        .with("protocols", "udp, icmp")
        .is("COMPLIANT", "22, 3389 (udp) not open to the internet; tcp/22 allowed");
    open("tcp").with("protocols", "tcp").has_type("NON_COMPLIANT");
    open("udp").with("protocols", "tcp,all").has_type("NON_COMPLIANT");
    open("-1")
        .with("protocols", "tcp")
        .with("adminPorts", "22")
        .is("NON_COMPLIANT", "SG-ADMIN-OPEN: tcp/22 from 0.0.0.0/0 (inbound 1 all traffic)");
}

/// Case 13.
#[test]
fn icmp_can_be_denied_and_in_allow_list_mode_allowed() {
    for protocol in ["icmp", "1", "icmpv6", "58"] {
        let icmp = || group(&[permission(protocol, 8, 0, &["0.0.0.0/0"])]);
        icmp().with("allowIcmp", "false").has_type("NON_COMPLIANT");
        icmp().with("allowIcmp", "false").with("protocols", "tcp").has_type("COMPLIANT");
        icmp().with("authorizedTcpPorts", "443").has_type("NON_COMPLIANT");
        icmp().with("authorizedTcpPorts", "443").with("allowIcmp", "true").has_type("COMPLIANT");
    }
    group(&[permission("47", 0, 0, &["0.0.0.0/0"])]).with("allowIcmp", "false").has_type("COMPLIANT");
}

/// Cases 18 and 21.
#[test]
fn outbound_rules_are_judged_only_if_asked() {
    let group = |inbound: &[Value], outbound: &[Value]| {
        let configuration = json!({"ipPermissions": inbound, "ipPermissionsEgress": outbound});
        Case::<SecurityGroupExposure>::new("AWS::EC2::SecurityGroup", &configuration.to_string())
            .with("adminPorts", "22")
    };
    let all = [json!({"ipProtocol": "-1", "ipRanges": ["0.0.0.0/0"]})];
    let words = "SG-EGRESS-OPEN: tcp+udp/22 to 0.0.0.0/0 (outbound 1 all traffic)";
    group(&[], &all).is("COMPLIANT", "no inbound rules");
    group(&[], &all).with("direction", "egress").is("NON_COMPLIANT", words);
    group(&all, &[]).with("direction", "egress").is("COMPLIANT", "no outbound rules");
    group(&[], &[]).with("direction", "both").is("COMPLIANT", "no inbound or outbound rules");
    group(&all, &all).with("direction", "both").is(
        "NON_COMPLIANT",
        &format!("SG-ADMIN-OPEN: tcp+udp/22 from 0.0.0.0/0 (inbound 1 all traffic); {words}"),
    );
    let half = |block| [permission("tcp", 22, 22, &[block])];
    group(&half("0.0.0.0/1"), &half("128.0.0.0/1"))
        .with("direction", "both")
        .with("maxPublicAddresses", "2500000000")
        .has_type("COMPLIANT");
}

/// Cases 18 and 19.
#[test]
fn compliant_groups_say_what_is_open() {
    group(&[]).is("COMPLIANT", "no inbound rules");
    group(&[permission("tcp", 80, 80, &["0.0.0.0/0"]), permission("tcp", 443, 443, &["0.0.0.0/0"])])
        .is("COMPLIANT", "22, 3389 not open to the internet; tcp/80, tcp/443 allowed");
}

/// Case 19.
#[test]
fn allow_list_mode_reports_everything_else() {
    let web = [permission("tcp", 443, 443, &["0.0.0.0/0"]), permission("tcp", 8080, 8081, &["0.0.0.0/0"])];
    group(&web)
        .with("authorizedTcpPorts", "443")
        .is("NON_COMPLIANT", "SG-PORT-OPEN: tcp/8080-8081 from 0.0.0.0/0 (inbound 2)");
    group(&web)
        .with("authorizedTcpPorts", "443,8080-8090")
        .is("COMPLIANT", "no unauthorized port open to the internet; tcp/443, tcp/8080-8081 allowed");
    group(&[permission("udp", 53, 53, &["0.0.0.0/0"])])
        .with("authorizedTcpPorts", "53")
        .has_type("NON_COMPLIANT");
    group(&[permission("icmp", 8, 0, &["0.0.0.0/0"]), permission("47", 0, 0, &["0.0.0.0/1", "128.0.0.0/1"])])
        .with("authorizedTcpPorts", "443")
        .is(
            "NON_COMPLIANT",
            "SG-PROTOCOL-OPEN: icmp from 0.0.0.0/0 (inbound 1); protocol 47 open to 100% of IPv4 \
             via 0.0.0.0/1 + 128.0.0.0/1 (inbound 2)",
        );
    ssh(&["0.0.0.0/0"]).with("authorizedTcpPorts", "22").has_type("COMPLIANT");
}

/// Case 29.
#[test]
fn a_group_of_another_account_is_not_ours_to_judge() {
    let configuration = r#"{"ownerId":"444455556666","ipPermissions":[]}"#;
    Case::<SecurityGroupExposure>::new("AWS::EC2::SecurityGroup", configuration)
        .is("NOT_APPLICABLE", "the group belongs to account 444455556666, which shares its VPC");
}

/// Case 20, and others.
#[test]
fn wrong_parameters_are_refused() {
    let error = |json: &str| parameter_error::<SecurityGroupExposure>(json);
    for ports in ["70000", "-1", "+22", "22-", "30-20", "https", "1-2-3"] {
        assert!(error(&json!({"adminPorts": ports}).to_string()).contains("adminPorts: item 1"), "{ports}");
    }
    assert!(
        error(r#"{"adminPorts":"20-30","authorizedTcpPorts":"22"}"#)
            .contains("port 22 is authorized as well")
    );
    assert!(error(r#"{"protocols":"icmp"}"#).contains("parameter protocols: leaves nothing to judge"));
    assert!(error(r#"{"protocolType":"sctp"}"#).contains("`TCP`, `UDP` or `ALL`"));
    assert!(error(r#"{"ipType":"4"}"#).contains("`IPv4`, `IPv6` or `ALL`"));
    assert!(error(r#"{"trustedCidrs":"8.8.8.8"}"#).contains("is not a CIDR block"));
    assert!(error(r#"{"exposure":"any"}"#).contains("`threshold`, `anyPublic` or `literal`"));
    assert!(error(r#"{"maxPublicAddresses":"-1"}"#).contains("a whole number"));
}

/// Case 4: what stands in the objects and in the old strings is one.
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

/// Case 15.
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

/// Case 16: AWS's own lists, by their names.
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

/// Case 16: doubt is doubt for protocols without ports as well, and where ports cannot be read.
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
    assert_eq!(ping().requests(), [FactRequest::PrefixList("pl-01234567".to_owned())]);
    listed("-1").with("adminPorts", "22").is(
        "NON_COMPLIANT",
        "SG-PREFIX-LIST: tcp+udp/22 from pl-01234567 (inbound 1), whose entries are not known",
    );
    listed("tcp").is("NON_COMPLIANT", "MISSING-DATA: inbound 1 is tcp without a range of ports");
    listed("tcp").with("protocols", "udp").has_type("COMPLIANT");
}

/// Cases 9, 13 and 14: all traffic is ICMP and every other protocol, too; and sources add up for them as for ports.
#[test]
fn protocols_without_ports_are_judged_as_ports_are() {
    let all = || group(&[permission("-1", 0, 0, &["0.0.0.0/0"])]);
    all()
        .with("protocols", "icmp")
        .with("allowIcmp", "false")
        .is("NON_COMPLIANT", "SG-PROTOCOL-OPEN: icmp+icmpv6 from 0.0.0.0/0 (inbound 1 all traffic)");
    all().with("authorizedTcpPorts", "0-65535").with("authorizedUdpPorts", "0-65535").is(
        "NON_COMPLIANT",
        "SG-PROTOCOL-OPEN: icmp+icmpv6+other protocols from 0.0.0.0/0 (inbound 1 all traffic)",
    );
    let halves = [permission("icmp", 8, 0, &["0.0.0.0/1"]), permission("1", 8, 0, &["128.0.0.0/1"])];
    group(&halves).with("allowIcmp", "false").is(
        "NON_COMPLIANT",
        "SG-PROTOCOL-OPEN: icmp open to 100% of IPv4 via 0.0.0.0/1 + 128.0.0.0/1 (inbound 1, inbound 2)",
    );
    let outbound = json!({"ipPermissionsEgress": [permission("47", 0, 0, &["0.0.0.0/0"])]}).to_string();
    Case::<SecurityGroupExposure>::new("AWS::EC2::SecurityGroup", &outbound)
        .with("direction", "egress")
        .with("authorizedTcpPorts", "443")
        .is("NON_COMPLIANT", "SG-EGRESS-PROTOCOL: protocol 47 to 0.0.0.0/0 (outbound 1)");
}

/// Case 21: neither code nor sentence of an outbound rule is that of an inbound one.
#[test]
fn outbound_answers_speak_of_going_out() {
    let outbound = |permissions: Value| {
        let configuration = json!({"ipPermissions": [], "ipPermissionsEgress": permissions}).to_string();
        Case::<SecurityGroupExposure>::new("AWS::EC2::SecurityGroup", &configuration)
            .with("direction", "both")
    };
    outbound(json!([permission("tcp", 443, 443, &["0.0.0.0/0"])]))
        .is("COMPLIANT", "inbound and outbound: 22, 3389 not open to the internet; outbound tcp/443 allowed");
    outbound(json!([permission("tcp", 22, 22, &["0.0.0.0/1", "128.0.0.0/1"])])).is(
        "NON_COMPLIANT",
        "SG-EGRESS-UNION: tcp/22 reaches 100% of IPv4 via 0.0.0.0/1 + 128.0.0.0/1 (outbound 1)",
    );
    let list = json!([{"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "prefixListIds": [{"prefixListId": "pl-01234567"}]}]);
    outbound(list).is(
        "NON_COMPLIANT",
        "SG-EGRESS-PREFIX-LIST: tcp/22 to pl-01234567 (outbound 1), whose entries are not known",
    );
}

/// Case 22.
#[test]
fn groups_that_nobody_chose_are_named_besides() {
    const OPEN: &str = "SG-ADMIN-OPEN: tcp/22 from 0.0.0.0/0 (inbound 1)";
    let named = |name: &str, block: &str| {
        let configuration =
            json!({"groupName": name, "ipPermissions": [permission("tcp", 22, 22, &[block])]});
        Case::<SecurityGroupExposure>::new("AWS::EC2::SecurityGroup", &configuration.to_string())
    };
    named("default", "0.0.0.0/0").is(
        "NON_COMPLIANT",
        &format!("{OPEN}; SG-DEFAULT-GROUP: what is launched without a group gets this one"),
    );
    named("launch-wizard-12", "0.0.0.0/0").is(
        "NON_COMPLIANT",
        &format!("{OPEN}; SG-LAUNCH-WIZARD: the console's launch wizard made this group"),
    );
    for name in ["web", "default-web", "launch-wizard-", "launch-wizard-web"] {
        named(name, "0.0.0.0/0").is("NON_COMPLIANT", OPEN);
    }
    named("default", "10.0.0.0/8").is("COMPLIANT", "22, 3389 not open to the internet");
}

/// Case 23.
#[test]
fn all_matching_rules_are_counted_and_the_first_named() {
    let rules: Vec<_> = (1..=5)
        .map(|number| {
            json!({"ipProtocol": "tcp", "fromPort": 22, "toPort": 22,
                "ipv4Ranges": [{"cidrIp": "0.0.0.0/0", "description": format!("no {number}")}]})
        })
        .collect();
    let case = group(&rules);
    let compliance = case.compliance();
    assert_eq!(
        compliance.annotation(),
        r#"SG-ADMIN-OPEN: tcp/22 from 0.0.0.0/0 (inbound 1 "no 1", inbound 2 "no 2", inbound 3 "no 3" and 2 more)"#
    );
    assert_eq!(compliance.findings()[0].evidence["rules"].as_array().unwrap().len(), 5);
}

/// Case 23: neither family hides the other.
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

/// Cases 30, 31 and 33: many rules, no VPC, one family only; the verdict is the same.
#[test]
fn the_size_and_the_place_of_a_group_do_not_matter() {
    let mut rules: Vec<_> =
        (0..250).map(|host| permission("tcp", 22, 22, &[&format!("10.0.0.{host}/32")])).collect();
    group(&rules).has_type("COMPLIANT");
    rules.push(permission("tcp", 22, 22, &["0.0.0.0/0"]));
    group(&rules).is("NON_COMPLIANT", "SG-ADMIN-OPEN: tcp/22 from 0.0.0.0/0 (inbound 251)");
}

#[test]
fn what_cannot_reach_a_guarded_port_is_no_doubt() {
    let unreadable = |protocol: &str, port: u16| {
        group(&[json!({"ipProtocol": protocol, "fromPort": port, "toPort": port, "ipRanges": ["somewhere"]})])
    };
    unreadable("tcp", 443).has_type("COMPLIANT");
    unreadable("47", 22).has_type("COMPLIANT");
    unreadable("udp", 22).with("protocols", "tcp").has_type("COMPLIANT");
    unreadable("udp", 22).has_type("NON_COMPLIANT");
    unreadable("", 443).is("NON_COMPLIANT", "MISSING-DATA: inbound 1 names no protocol");
    group(&[json!({"fromPort": 443, "toPort": 443, "ipRanges": ["0.0.0.0/0"]})])
        .is("NON_COMPLIANT", "MISSING-DATA: inbound 1 names no protocol");
}
