//! The managed rules, as their documentation describes them, and where this rule differs from them on purpose.

use super::*;

fn open(protocol: &str, from: u16, to: u16) -> Value {
    permission(protocol, from, to, &["0.0.0.0/0"])
}

fn prefix_list() -> Value {
    json!({"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "prefixListIds": [{"prefixListId": "pl-0123abcd"}]})
}

fn answer(case: Case<SecurityGroupExposure>) -> &'static str {
    let facts = json!({"prefixLists": {"pl-0123abcd": {"entries": ["0.0.0.0/0"]}}});
    case.knowing(&facts.to_string()).compliance().compliance_type()
}

/// The columns are restricted-ssh, restricted-common-ports, vpc-sg-port-restriction-check and
/// vpc-sg-open-only-to-authorized-ports, in which TCP 443 and UDP 500 are authorized.
#[test]
fn literal_answers_as_the_managed_rules_do() {
    const C: &str = "COMPLIANT";
    const N: &str = "NON_COMPLIANT";
    const NA: &str = "NOT_APPLICABLE";
    let columns = [
        json!({}),
        json!({"blockedPort1": "20"}),
        json!({"restrictPorts": "22,3389"}),
        json!({"authorizedTcpPorts": "443", "authorizedUdpPorts": "500"}),
    ];
    let table = [
        (vec![], [C, C, C, NA]),
        (vec![open("tcp", 22, 22)], [N, C, N, N]),
        (vec![permission("tcp", 22, 22, &["::/0"])], [N, C, N, N]),
        (vec![open("6", 0, 22)], [N, N, N, N]),
        (vec![open("tcp", 0, 65535)], [N, N, N, N]),
        (vec![open("-1", 0, 0)], [N, N, N, N]),
        (vec![open("tcp", 3389, 3389)], [C, N, N, N]),
        (vec![open("tcp", 20, 20)], [C, N, C, N]),
        (vec![open("tcp", 21, 21)], [C, N, C, N]),
        (vec![open("tcp", 3306, 3306)], [C, N, C, N]),
        (vec![open("tcp", 4333, 4333)], [C, N, C, N]),
        (vec![open("udp", 22, 22)], [C, C, N, N]),
        (vec![open("udp", 3389, 3389)], [C, C, N, N]),
        (vec![open("tcp", 443, 443)], [C, C, C, C]),
        (vec![open("udp", 500, 500)], [C, C, C, C]),
        (vec![open("tcp", 500, 500)], [C, C, C, N]),
        (vec![open("icmp", 8, 0)], [C, C, C, C]),
        (vec![open("47", 0, 0)], [C, C, C, C]),
        (vec![permission("tcp", 0, 65535, &["0.0.0.0/1", "128.0.0.0/1"])], [C, C, C, NA]),
        (vec![permission("tcp", 0, 65535, &["8.0.0.0/8", "::/1"])], [C, C, C, NA]),
        (vec![permission("tcp", 0, 65535, &["10.0.0.0/8"])], [C, C, C, NA]),
        (vec![open("tcp", 443, 443), permission("tcp", 22, 22, &["10.0.0.0/8"])], [C, C, C, C]),
        (vec![prefix_list()], [C, C, C, NA]),
    ];
    for (permissions, expected) in &table {
        let answers = columns
            .each_ref()
            .map(|parameters| answer(group(permissions).with_all(parameters).with("exposure", "literal")));
        assert_eq!(&answers, expected, "{permissions:?}");
    }
}

/// The table of the rule's page, line by line: what `literal` answers, and what the default does.
#[test]
fn the_differences_are_the_documented_ones() {
    let allow_list = json!({"authorizedTcpPorts": "443"});
    let trusted = json!({"adminPorts": "22", "trustedCidrs": "0.0.0.0/1,128.0.0.0/1"});
    for (permission, parameters, literal, default) in [
        (permission("tcp", 22, 22, &["0.0.0.0/1", "128.0.0.0/1"]), json!({}), "COMPLIANT", "NON_COMPLIANT"),
        (permission("tcp", 22, 22, &["8.0.0.0/8"]), json!({}), "COMPLIANT", "NON_COMPLIANT"),
        (prefix_list(), json!({}), "COMPLIANT", "NON_COMPLIANT"),
        (open("tcp", 3389, 3389), json!({}), "COMPLIANT", "NON_COMPLIANT"),
        (open("udp", 3389, 3389), json!({"blockedPort3": "3389"}), "COMPLIANT", "NON_COMPLIANT"),
        (open("-1", 0, 0), json!({"protocolType": "TCP"}), "COMPLIANT", "NON_COMPLIANT"),
        (open("icmp", 8, 0), allow_list.clone(), "COMPLIANT", "NON_COMPLIANT"),
        (open("47", 0, 0), allow_list.clone(), "COMPLIANT", "NON_COMPLIANT"),
        (permission("tcp", 22, 22, &["10.0.0.0/8"]), allow_list, "NOT_APPLICABLE", "COMPLIANT"),
        (open("tcp", 22, 22), trusted, "NON_COMPLIANT", "COMPLIANT"),
    ] {
        let case = || group(std::slice::from_ref(&permission)).with_all(&parameters);
        let answers = (answer(case().with("exposure", "literal")), answer(case()));
        assert_eq!(answers, (literal, default), "{permission} {parameters}");
    }
    group(&[prefix_list()]).with("exposure", "literal").has_type("COMPLIANT");
    group(&[prefix_list()]).with("unresolvedPrefixList", "NOT_APPLICABLE").has_type("NOT_APPLICABLE");
}

#[test]
fn literal_says_what_it_looked_for() {
    let web = || group(&[open("tcp", 443, 443)]).with("exposure", "literal");
    web().is("COMPLIANT", "22 (tcp) not open to 0.0.0.0/0 or ::/0; tcp/443 allowed");
    web()
        .with("blockedPort5", "8080")
        .is("COMPLIANT", "20-21, 3306, 3389, 8080 (tcp) not open to 0.0.0.0/0 or ::/0; tcp/443 allowed");
    web()
        .with("blockedPorts", "5432, 6379")
        .is("COMPLIANT", "5432, 6379 (tcp) not open to 0.0.0.0/0 or ::/0; tcp/443 allowed");
    web().with("ipType", "ipv6").is("COMPLIANT", "22, 3389 not open to ::/0");
    group(&[permission("tcp", 443, 443, &["10.0.0.0/8"])])
        .with("exposure", "literal")
        .with("authorizedTcpPorts", "443")
        .is("NOT_APPLICABLE", "no inbound rule is open to 0.0.0.0/0 or ::/0");
    group(&[open("-1", 0, 0)])
        .with("exposure", "literal")
        .with("protocolType", "udp")
        .is("COMPLIANT", "22, 3389 (udp) not open to 0.0.0.0/0 or ::/0; all traffic allowed");
}

#[test]
fn the_managed_names_mean_what_they_mean_there() {
    for name in ["blockedPort1", "blockedPort5", "blockedPorts", "restrictPorts", "adminPorts"] {
        let redis = group(&[open("tcp", 6379, 6379)]);
        redis.with(name, "6379").has_type("NON_COMPLIANT");
        ssh(&["0.0.0.0/0"]).with(name, "6379").has_type("COMPLIANT");
    }
    ssh(&["0.0.0.0/0"]).with("adminPorts", "rdp,ssh").has_type("NON_COMPLIANT");
    let mysql = || group(&[open("tcp", 3306, 3306)]);
    mysql().with("blockedPort1", "22").has_type("NON_COMPLIANT");
    mysql().with("blockedPort1", "22").with("blockedPort4", "5432").has_type("COMPLIANT");
    mysql().with("blockedPorts", "22").has_type("COMPLIANT");
}

#[test]
fn one_protocol_and_one_family_can_be_evaluated() {
    for (protocol, kind, expected) in [
        ("tcp", "TCP", "NON_COMPLIANT"),
        ("tcp", "udp", "COMPLIANT"),
        ("udp", "UDP", "NON_COMPLIANT"),
        ("udp", "Tcp", "COMPLIANT"),
        ("tcp", "ALL", "NON_COMPLIANT"),
        ("-1", "ALL", "NON_COMPLIANT"),
    ] {
        for exposure in ["threshold", "literal"] {
            let case = group(&[open(protocol, 22, 22)]).with("protocolType", kind);
            assert_eq!(answer(case.with("exposure", exposure)), expected, "{protocol} {kind} {exposure}");
        }
    }
    for (block, kind, expected) in [
        ("0.0.0.0/0", "IPv4", "NON_COMPLIANT"),
        ("0.0.0.0/0", "ipv6", "COMPLIANT"),
        ("::/0", "IPv6", "NON_COMPLIANT"),
        ("::/0", "IPv4", "COMPLIANT"),
        ("::/0", "all", "NON_COMPLIANT"),
    ] {
        for exposure in ["threshold", "anyPublic", "literal"] {
            let case = ssh(&[block]).with("ipType", kind).with("exposure", exposure);
            assert_eq!(answer(case), expected, "{block} {kind} {exposure}");
        }
    }
    ssh(&["::/0"]).with("ipType", "IPv4").is("COMPLIANT", "22, 3389 not open to the IPv4 internet");
}

#[test]
fn groups_of_other_accounts_are_evaluated_if_asked() {
    let configuration =
        json!({"ownerId": "444455556666", "ipPermissions": [open("tcp", 22, 22)]}).to_string();
    let case = || Case::<SecurityGroupExposure>::new("AWS::EC2::SecurityGroup", &configuration);
    case().has_type("NOT_APPLICABLE");
    case().with("excludeExternalSecurityGroups", "true").has_type("NOT_APPLICABLE");
    case().with("excludeExternalSecurityGroups", "false").has_type("NON_COMPLIANT");
}

#[test]
fn literal_reproduces_one_rule_at_a_time() {
    let error = |parameters: Value| {
        let mut parameters = parameters;
        parameters["exposure"] = "literal".into();
        parameter_error::<SecurityGroupExposure>(&parameters.to_string())
    };
    for parameters in [
        json!({"adminPorts": "22", "restrictPorts": "22"}),
        json!({"blockedPort1": "22", "ipType": "IPv4"}),
        json!({"blockedPorts": "22", "authorizedTcpPorts": "443"}),
        json!({"restrictPorts": "22", "defaultGroup": "closed"}),
    ] {
        let error = error(parameters);
        assert!(error.contains("exposure `literal` reproduces one rule, and"), "{error}");
    }
    assert!(
        error(json!({"blockedPorts": "22", "protocols": "udp"}))
            .contains("parameter protocols: leaves nothing to evaluate")
    );
    assert!(
        error(json!({"blockedPorts": "tcp/22,udp/161"}))
            .contains("restricted-common-ports, which does not know udp/161")
    );
    assert!(
        error(json!({"restrictPorts": "udp/161", "protocolType": "TCP"}))
            .contains("leaves nothing to evaluate")
    );
    ssh(&["0.0.0.0/0"]).with("adminPorts", "22").with("restrictPorts", "3389").has_type("NON_COMPLIANT");
    ssh(&["0.0.0.0/0"])
        .with("exposure", "literal")
        .with("defaultGroup", "asOthers")
        .has_type("NON_COMPLIANT");
}
