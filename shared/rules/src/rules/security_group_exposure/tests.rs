//! Ports, protocols, directions, annotations and parameters.

mod literal;
mod properties;
mod sources;

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

#[test]
fn the_description_of_the_rule_is_named() {
    let range = json!({"cidrIp": "0.0.0.0/0", "description": "temp \"debug\""});
    let entry = json!({"ipProtocol": "6", "fromPort": 0, "toPort": 65535, "ipv4Ranges": [range], "ipRanges": ["0.0.0.0/0"]});
    group(&[permission("tcp", 443, 443, &["0.0.0.0/0"]), entry])
        .is("NON_COMPLIANT", r#"SG-ADMIN-OPEN: tcp/22,3389 from 0.0.0.0/0 (inbound 2 "temp \"debug\"")"#);
}

#[test]
fn ports_count_inside_a_range_and_at_either_end() {
    for (from, to) in [(22, 22), (0, 22), (22, 65535), (21, 23), (0, 65535)] {
        group(&[permission("tcp", from, to, &["0.0.0.0/0"])]).has_type("NON_COMPLIANT");
    }
    for (from, to) in [(0, 21), (23, 3388), (3390, 65535)] {
        group(&[permission("tcp", from, to, &["0.0.0.0/0"])]).has_type("COMPLIANT");
    }
}

/// Ranges that cover together.
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

#[test]
fn one_wide_rule_is_one_finding() {
    const LISTED: &str =
        "20-23,25,110,135,143,445,1433-1434,3000,3306,3389,4333,5000,5432,5500,5601,8080,8088,8888,9200-9300";
    let wide = permission("tcp", 0, 65535, &["0.0.0.0/0", "::/0"]);
    let narrow = permission("tcp", 443, 3389, &["10.0.0.0/8", "8.8.8.8/32"]);
    group(&[narrow, wide])
        .with("adminPorts", LISTED)
        .is("NON_COMPLIANT", &format!("SG-ADMIN-OPEN: tcp/{LISTED} from 0.0.0.0/0 + ::/0 (inbound 2)"));
    let halves = ["0.0.0.0/1", "128.0.0.0/1"].map(|half| permission("tcp", 20, 30, &[half]));
    group(&halves).with("adminPorts", "22,24-25,29").is(
        "NON_COMPLIANT",
        "SG-UNION: tcp/22,24-25,29 open to 100% of IPv4 via 0.0.0.0/1 + 128.0.0.0/1 (inbound 1, inbound 2)",
    );
}

#[test]
fn a_family_that_is_open_on_fewer_ports_is_a_finding_of_its_own() {
    let both = [permission("tcp", 0, 65535, &["0.0.0.0/0"]), permission("tcp", 22, 22, &["::/0"])];
    for rules in [both.clone(), [both[1].clone(), both[0].clone()]] {
        let [first, second] = if rules == both { [1, 2] } else { [2, 1] };
        group(&rules).is(
            "NON_COMPLIANT",
            &format!(
                "SG-ADMIN-OPEN: tcp/22,3389 from 0.0.0.0/0 (inbound {first}); tcp/22 from ::/0 (inbound {second})"
            ),
        );
    }
}

#[test]
fn as_many_ports_are_named_as_fit() {
    let many: Vec<_> = (1000..1100).step_by(2).map(|port: u16| port.to_string()).collect();
    let wide = || group(&[permission("-1", 0, 0, &["0.0.0.0/0"])]).with("adminPorts", &many.join(","));
    let compliance = wide().compliance();
    let annotation = compliance.annotation();
    assert!(annotation.starts_with("SG-ADMIN-OPEN: tcp+udp/1000,1002,1004,"), "{annotation}");
    assert!(annotation.ends_with(" and 16 more from 0.0.0.0/0 (inbound 1 all traffic)"), "{annotation}");
    assert_eq!(compliance.findings()[0].evidence["traffic"].as_array().unwrap().len(), 100);
}

#[test]
fn ports_may_be_of_one_protocol() {
    let open = |protocol, port| group(&[permission(protocol, port, port, &["0.0.0.0/0"])]);
    for name in ["adminPorts", "blockedPorts", "restrictPorts"] {
        let listed = |protocol, port| open(protocol, port).with(name, "tcp/22, udp/161, tcp/8000-8080");
        listed("udp", 161).is("NON_COMPLIANT", "SG-ADMIN-OPEN: udp/161 from 0.0.0.0/0 (inbound 1)");
        listed("tcp", 8001).has_type("NON_COMPLIANT");
        for (protocol, port) in [("tcp", 161), ("udp", 22), ("udp", 8001), ("tcp", 3389)] {
            listed(protocol, port).has_type("COMPLIANT");
        }
    }
    open("udp", 53).with("blockedPort1", "udp/53").has_type("NON_COMPLIANT");
    open("tcp", 53).with("blockedPort1", "udp/53").has_type("COMPLIANT");
    open("-1", 0)
        .with("adminPorts", "tcp/22,udp/161")
        .is("NON_COMPLIANT", "SG-ADMIN-OPEN: tcp/22 + udp/161 from 0.0.0.0/0 (inbound 1 all traffic)");
    open("tcp", 161)
        .with("adminPorts", "ssh,udp/161")
        .is("COMPLIANT", "tcp/22 + udp/22,161 not open to the internet; tcp/161 allowed");
    open("tcp", 53).with("authorizedTcpPorts", "53").with("adminPorts", "udp/53").has_type("COMPLIANT");
}

#[test]
fn protocols_without_ports_may_be_allowed() {
    let open = |protocol| group(&[permission(protocol, 0, 0, &["0.0.0.0/0"])]);
    for allowed in ["esp,ah", "ESP, 51", "50,51,gre"] {
        let vpn = |protocol| {
            open(protocol).with("authorizedUdpPorts", "500,4500").with("allowedProtocols", allowed)
        };
        vpn("50").is("COMPLIANT", "no unauthorized port open to the internet; protocol 50 allowed");
        vpn("51").has_type("COMPLIANT");
        vpn("132").is("NON_COMPLIANT", "SG-PROTOCOL-OPEN: protocol 132 from 0.0.0.0/0 (inbound 1)");
        vpn("icmp").has_type("NON_COMPLIANT");
    }
    open("47").with("authorizedTcpPorts", "443").with("allowedProtocols", "esp").has_type("NON_COMPLIANT");
    let any = || open("-1").with("adminPorts", "22").with("allowedProtocols", "icmp,icmpv6,esp");
    any().is(
        "NON_COMPLIANT",
        "SG-ADMIN-OPEN: tcp+udp/22 from 0.0.0.0/0 (inbound 1 all traffic); \
         SG-PROTOCOL-OPEN: other protocols from 0.0.0.0/0 (inbound 1 all traffic)",
    );
    assert_eq!(any().with("protocols", "tcp,udp,icmp").compliance().findings().len(), 1);
}

#[test]
fn types_of_icmp_may_be_allowed() {
    let icmp = |protocol: &str, kind: i32, code: i32| {
        let mut permission = permission(protocol, 0, 0, &["0.0.0.0/0"]);
        (permission["fromPort"], permission["toPort"]) = (json!(kind), json!(code));
        group(&[permission])
            .with("authorizedTcpPorts", "443")
            .with("allowedProtocols", "icmp/3, icmpv6/packet-too-big, icmp/8/0")
    };
    icmp("icmp", 3, 4)
        .is("COMPLIANT", "no unauthorized port open to the internet; icmp type 3 code 4 allowed");
    icmp("1", 3, -1).has_type("COMPLIANT");
    icmp("icmpv6", 2, -1).has_type("COMPLIANT");
    icmp("icmp", 8, 0).has_type("COMPLIANT");
    icmp("icmp", 8, -1)
        .is("NON_COMPLIANT", "SG-PROTOCOL-OPEN: icmp type 8 codes 1-255 from 0.0.0.0/0 (inbound 1)");
    icmp("icmpv6", 3, -1).has_type("NON_COMPLIANT");
    icmp("icmp", 13, -1).is("NON_COMPLIANT", "SG-PROTOCOL-OPEN: icmp type 13 from 0.0.0.0/0 (inbound 1)");
    icmp("icmp", -1, -1).is(
        "NON_COMPLIANT",
        "SG-PROTOCOL-OPEN: icmp types 0-2,4-7,9-255, type 8 codes 1-255 from 0.0.0.0/0 (inbound 1)",
    );
    icmp("icmp", 300, 0).has_type("NON_COMPLIANT");
    let ping = group(&[permission("icmp", 8, 0, &["0.0.0.0/0"])]).with("allowIcmp", "false");
    ping.with("allowedProtocols", "icmp/echo-reply,icmp/3").has_type("NON_COMPLIANT");
}

#[test]
fn all_traffic_reaches_every_port() {
    let all = json!({"ipProtocol": "-1", "fromPort": null, "toPort": null, "ipRanges": ["0.0.0.0/0"]});
    group(&[all])
        .is("NON_COMPLIANT", "SG-ADMIN-OPEN: tcp+udp/22,3389 from 0.0.0.0/0 (inbound 1 all traffic)");
}

#[test]
fn udp_counts_as_well() {
    group(&[permission("17", 3389, 3389, &["0.0.0.0/0"])])
        .is("NON_COMPLIANT", "SG-ADMIN-OPEN: udp/3389 from 0.0.0.0/0 (inbound 1)");
}

#[test]
fn protocols_without_ports_open_no_port() {
    for (protocol, name) in [
        ("icmp", "icmp type 22 code 22"),
        ("1", "icmp type 22 code 22"),
        ("icmpv6", "icmpv6 type 22 code 22"),
        ("58", "icmpv6 type 22 code 22"),
        ("47", "protocol 47"),
        ("50", "protocol 50"),
        ("gre", "protocol 47"),
    ] {
        group(&[permission(protocol, 22, 22, &["0.0.0.0/0"])])
            .is("COMPLIANT", &format!("22, 3389 not open to the internet; {name} allowed"));
    }
}

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

#[test]
fn outbound_rules_are_evaluated_only_if_asked() {
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

#[test]
fn compliant_groups_say_what_is_open() {
    group(&[]).is("COMPLIANT", "no inbound rules");
    group(&[permission("tcp", 80, 80, &["0.0.0.0/0"]), permission("tcp", 443, 443, &["0.0.0.0/0"])])
        .is("COMPLIANT", "22, 3389 not open to the internet; tcp/80, tcp/443 allowed");
}

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
            "SG-PROTOCOL-OPEN: icmp type 8 code 0 from 0.0.0.0/0 (inbound 1); protocol 47 open to 100% of IPv4 \
             via 0.0.0.0/1 + 128.0.0.0/1 (inbound 2)",
        );
    ssh(&["0.0.0.0/0"]).with("authorizedTcpPorts", "22").has_type("COMPLIANT");
}

#[test]
fn a_group_of_another_account_is_not_evaluated() {
    let configuration = r#"{"ownerId":"444455556666","ipPermissions":[]}"#;
    Case::<SecurityGroupExposure>::new("AWS::EC2::SecurityGroup", configuration)
        .is("NOT_APPLICABLE", "the group belongs to account 444455556666, which shares its VPC");
}

#[test]
fn wrong_parameters_are_refused() {
    let error = |json: &str| parameter_error::<SecurityGroupExposure>(json);
    for ports in ["70000", "-1", "+22", "22-", "30-20", "https", "1-2-3"] {
        assert!(error(&json!({"adminPorts": ports}).to_string()).contains("adminPorts: item 1"), "{ports}");
    }
    assert!(
        error(r#"{"adminPorts":"20-30","authorizedTcpPorts":"22"}"#).contains("tcp/22 is authorized as well")
    );
    assert!(error(r#"{"protocols":"icmp"}"#).contains("parameter protocols: leaves nothing to evaluate"));
    for protocol in [
        "tcp",
        "17",
        "ftp",
        "esp/1",
        "icmp/destination",
        "icmp/256",
        "icmp/3/256",
        "icmp/3/4/5",
        "icmpv6/-1",
        "-1",
    ] {
        let error = error(&json!({"allowedProtocols": protocol}).to_string());
        assert!(error.contains("allowedProtocols: item 1"), "{protocol}: {error}");
    }
    for ports in ["icmp/8", "tcp/", "tcp/70000", "tcp/22-udp/23", "TCP/22", "/22"] {
        assert!(error(&json!({"adminPorts": ports}).to_string()).contains("adminPorts: item 1"), "{ports}");
    }
    assert!(error(r#"{"authorizedTcpPorts":"tcp/22"}"#).contains("authorizedTcpPorts: item 1"));
    assert!(error(r#"{"allowIcmp":"true","allowedProtocols":"icmp/3"}"#).contains(
        "parameter allowedProtocols: names types of ICMP, and `allowIcmp` = `true` allows them all"
    ));
    assert!(
        error(r#"{"protocols":"tcp","authorizedTcpPorts":"0-65535"}"#).contains("leaves nothing to evaluate")
    );
    assert!(error(r#"{"defaultGroup":"open"}"#).contains("`asOthers` or `closed`"));
    assert!(error(r#"{"unattached":"skip"}"#).contains("`evaluate` or `ignore`"));
    assert!(error(r#"{"protocolType":"sctp"}"#).contains("`TCP`, `UDP` or `ALL`"));
    assert!(error(r#"{"ipType":"4"}"#).contains("`IPv4`, `IPv6` or `ALL`"));
    assert!(error(r#"{"trustedCidrs":"8.8.8.8"}"#).contains("is not a CIDR block"));
    assert!(error(r#"{"exposure":"any"}"#).contains("`threshold`, `anyPublic` or `literal`"));
    assert!(error(r#"{"maxPublicAddresses":"-1"}"#).contains("a whole number"));
}

/// All traffic is ICMP and every other protocol, too; and sources add up for them as for ports.
#[test]
fn protocols_without_ports_are_evaluated_as_ports_are() {
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
        "SG-PROTOCOL-OPEN: icmp type 8 code 0 open to 100% of IPv4 via 0.0.0.0/1 + 128.0.0.0/1 (inbound 1, inbound 2)",
    );
    let outbound = json!({"ipPermissionsEgress": [permission("47", 0, 0, &["0.0.0.0/0"])]}).to_string();
    Case::<SecurityGroupExposure>::new("AWS::EC2::SecurityGroup", &outbound)
        .with("direction", "egress")
        .with("authorizedTcpPorts", "443")
        .is("NON_COMPLIANT", "SG-EGRESS-PROTOCOL: protocol 47 to 0.0.0.0/0 (outbound 1)");
}

/// Neither code nor sentence of an outbound rule is that of an inbound one.
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

/// EC2 takes 255 characters.
#[test]
fn a_long_description_leaves_room_for_what_is_wrong() {
    let open = |port: u16, length| {
        let range = json!({"cidrIp": "0.0.0.0/0", "description": "ä".repeat(length)});
        json!({"ipProtocol": "tcp", "fromPort": port, "toPort": port, "ipv4Ranges": [range]})
    };
    let (short, cut) = ("ä".repeat(40), format!("{}…", "ä".repeat(40)));
    group(&[open(22, 40), open(3389, 255)]).is(
        "NON_COMPLIANT",
        &format!(
            "SG-ADMIN-OPEN: tcp/22 from 0.0.0.0/0 (inbound 1 \"{short}\"); tcp/3389 from 0.0.0.0/0 (inbound 2 \"{cut}\")"
        ),
    );
}

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

/// Many rules, no VPC, one family only; the verdict is the same.
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
    unreadable("x", 443).is("NON_COMPLIANT", "MISSING-DATA: inbound 1: \"x\" is not a protocol");
    group(&[json!({"fromPort": 443, "toPort": 443, "ipRanges": ["0.0.0.0/0"]})])
        .is("NON_COMPLIANT", "MISSING-DATA: inbound 1 names no protocol");
}
