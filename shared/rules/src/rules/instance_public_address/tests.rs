//! The cases that users of other tools were bitten by, by number.

use serde_json::{Value, json};

use super::*;
use crate::rules::testing::{Case, parameter_error};

pub(super) fn instance(configuration: &Value) -> Case<InstancePublicAddress> {
    Case::new("AWS::EC2::Instance", &configuration.to_string())
}

/// A running instance, whose primary interface is the first of these.
fn running(interfaces: &[Value]) -> Value {
    json!({"state": {"name": "running"}, "subnetId": "subnet-aaaaaaaa", "networkInterfaces": interfaces})
}

/// The primary interface: `eni-1` in `subnet-aaaaaaaa`, with this association of its primary private address.
fn eni(association: &Value) -> Value {
    json!({"networkInterfaceId": "eni-1", "subnetId": "subnet-aaaaaaaa", "ownerId": "111122223333",
        "association": association, "ipv6Addresses": [],
        "privateIpAddresses": [{"privateIpAddress": "10.0.0.5", "primary": true, "association": association}]})
}

/// An instance whose only interface is the primary one, with this association.
fn has(association: &Value) -> Value {
    running(&[eni(association)])
}

/// An instance without a public address.
fn private() -> Value {
    has(&Value::Null)
}

/// The value with these fields set.
fn with(mut value: Value, more: &Value) -> Value {
    value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    value
}

fn second(more: &Value) -> Value {
    let names = json!({"networkInterfaceId": "eni-2", "subnetId": "subnet-bbbbbbbb"});
    with(with(eni(&Value::Null), &names), more)
}

fn ipv6(addresses: &[&str]) -> Value {
    let addresses: Vec<_> = addresses.iter().map(|address| json!({"ipv6Address": address})).collect();
    json!({ "ipv6Addresses": addresses })
}

fn public(ip: &str, owner: &str) -> Value {
    json!({"publicIp": ip, "ipOwnerId": owner, "publicDnsName": "", "carrierIp": null})
}

fn elastic(ip: &str) -> Value {
    public(ip, "111122223333")
}

fn assigned() -> Value {
    public("198.51.100.7", "amazon")
}

/// An interface whose secondary private addresses have these associations.
fn secondary(associations: &[Value]) -> Value {
    let address =
        |association| json!({"privateIpAddress": "10.0.0.6", "primary": false, "association": association});
    let addresses: Vec<_> = associations.iter().map(address).collect();
    with(eni(&Value::Null), &json!({ "privateIpAddresses": addresses }))
}

fn in_state(state: &str, interfaces: &[Value]) -> Value {
    with(running(interfaces), &json!({"state": {"name": state}}))
}

/// The answer for an instance and parameters: its compliance type, and the words of its annotation.
#[track_caller]
fn answers(configuration: &Value, parameters: &Value, expected: &str) {
    let (compliance_type, annotation) = expected.split_once(' ').unwrap();
    instance(configuration).with_all(parameters).is(compliance_type, annotation);
}

const ELASTIC: &str =
    "NON_COMPLIANT PUBLIC-IPV4: 198.51.100.8 (Elastic IP) on eni-1, subnet-aaaaaaaa; none is allowed";
const PRIVATE: &str = "COMPLIANT private: no public address on 1 interface";
const GLOBAL: &str = "2620:fe::fe";

/// Cases 1 to 9, and 25, 28 and 29: what stands beside the addresses does not matter.
#[test]
fn every_association_of_every_interface_counts() {
    let none = json!({});
    let alone = elastic("198.51.100.8");
    answers(&private(), &none, PRIVATE);
    answers(
        &has(&assigned()),
        &none,
        "NON_COMPLIANT PUBLIC-IPV4: 198.51.100.7 (assigned) on eni-1, subnet-aaaaaaaa; none is allowed",
    );
    answers(&has(&alone), &none, ELASTIC);
    answers(&running(&[secondary(std::slice::from_ref(&alone))]), &none, ELASTIC);
    answers(
        &running(&[eni(&Value::Null), second(&json!({ "association": alone }))]),
        &none,
        "NON_COMPLIANT PUBLIC-IPV4: 198.51.100.8 (Elastic IP) on eni-2, subnet-bbbbbbbb; none is allowed",
    );
    let repeated = with(has(&alone), &json!({"publicIpAddress": "198.51.100.8"}));
    answers(&repeated, &none, ELASTIC);
    let public_range = with(eni(&Value::Null), &json!({"privateIpAddress": "8.8.8.8"}));
    answers(&running(&[public_range]), &none, PRIVATE);
    answers(
        &running(&[eni(&Value::Null), second(&json!({}))]),
        &none,
        "COMPLIANT private: no public address on 2 interfaces",
    );
}

/// Cases 4, 5 and 8.
#[test]
fn addresses_are_allowed_one_by_one() {
    let kinds = json!({"allowedAddressKinds": "elastic"});
    answers(
        &has(&elastic("198.51.100.8")),
        &kinds,
        "COMPLIANT no other public address on 1 interface; note ADDRESS-ALLOWED: 198.51.100.8 (Elastic IP) on eni-1, \
         subnet-aaaaaaaa by allowedAddressKinds",
    );
    answers(
        &has(&assigned()),
        &kinds,
        "NON_COMPLIANT PUBLIC-IPV4: 198.51.100.7 (assigned) on eni-1, subnet-aaaaaaaa; not in allowedAddressKinds (elastic)",
    );
    let two = running(&[secondary(&[elastic("198.51.100.8"), elastic("203.0.113.9")])]);
    for blocks in ["203.0.113.0/24", "203.0.113.9/32", "::ffff:203.0.113.9/128, 2001:db8::/32"] {
        let compliance = instance(&two).with("allowedAddresses", blocks).compliance();
        let [finding] = compliance.findings() else { panic!("{compliance:?}") };
        assert_eq!(finding.evidence["address"], "198.51.100.8", "{blocks}");
    }
    answers(
        &two,
        &json!({}),
        "NON_COMPLIANT PUBLIC-IPV4: 198.51.100.8 (Elastic IP) on eni-1, subnet-aaaaaaaa; none is allowed; \
         203.0.113.9 (Elastic IP) on eni-1, subnet-aaaaaaaa; none is allowed",
    );
    let of_each = with(
        running(&[with(
            secondary(&[assigned(), elastic("203.0.113.9"), json!({"carrierIp": "203.0.113.10"})]),
            &ipv6(&[GLOBAL]),
        )]),
        &json!({}),
    );
    for (kinds, left) in [
        ("elastic,assigned,ipv6,carrier", vec![]),
        ("elastic,assigned,ipv6", vec!["PUBLIC-CARRIER"]),
        ("elastic, assigned, carrier", vec!["PUBLIC-IPV6"]),
        ("ipv6", vec!["PUBLIC-IPV4", "PUBLIC-IPV4", "PUBLIC-CARRIER"]),
    ] {
        let compliance = instance(&of_each).with("allowedAddressKinds", kinds).compliance();
        let codes: Vec<_> = compliance.findings().iter().map(|finding| finding.code.name).collect();
        assert_eq!(codes, left, "{kinds}");
    }
}

/// Cases 10 to 13, and 30.
#[test]
fn what_is_not_recorded_or_cannot_be_read_is_never_compliant() {
    let none = json!({});
    let no_interfaces = "the configuration item does not hold the instance's network interfaces";
    let top = json!({"state": {"name": "running"}, "subnetId": "subnet-aaaaaaaa", "publicIpAddress": "198.51.100.8"});
    let found = "198.51.100.8 (address of an unknown owner) on the primary interface, subnet-aaaaaaaa";
    answers(
        &top,
        &none,
        &format!("NON_COMPLIANT PUBLIC-IPV4: {found}; none is allowed; MISSING-DATA: {no_interfaces}"),
    );
    for allowed in
        [json!({"allowedAddresses": "198.51.100.0/24"}), json!({"allowedSubnets": "subnet-aaaaaaaa"})]
    {
        answers(&top, &allowed, &format!("NON_COMPLIANT MISSING-DATA: {no_interfaces}"));
    }
    instance(&top).with("allowedAddressKinds", "elastic,assigned").has_type("NON_COMPLIANT");
    for interfaces in [json!({}), json!({"networkInterfaces": null})] {
        answers(&interfaces, &none, &format!("NON_COMPLIANT MISSING-DATA: {no_interfaces}"));
        answers(
            &interfaces,
            &json!({"onMissingData": "NOT_APPLICABLE"}),
            &format!("NOT_APPLICABLE {no_interfaces}"),
        );
        assert!(instance(&interfaces).with("onMissingData", "FAIL").evaluated().is_err());
    }
    for state in ["pending", "stopped"] {
        answers(&in_state(state, &[]), &none, "COMPLIANT private: no interface");
    }
    for names in [
        json!({"publicIpAddress": "", "ipv6Address": " "}),
        json!({"publicIpAddress": null, "publicDnsName": "ec2-198-51-100-8.compute-1.amazonaws.com"}),
    ] {
        answers(&with(private(), &names), &none, PRIVATE);
    }
    let unreadable = with(has(&elastic("198.51.100.300")), &json!({"publicIpAddress": "198.51.100.300"}));
    for parameters in [none, json!({"allowedAddressKinds": "elastic"}), json!({"mode": "literal"})] {
        let doubt = "NON_COMPLIANT MISSING-DATA: \"198.51.100.300\" on eni-1 is not an IPv4 address";
        answers(&unreadable, &parameters, doubt);
    }
    for (interface, family) in
        [(eni(&elastic(GLOBAL)), "IPv4"), (with(eni(&Value::Null), &ipv6(&["198.51.100.8"])), "IPv6")]
    {
        let annotation = instance(&running(&[interface])).compliance().annotation();
        assert!(annotation.ends_with(&format!("is not an {family} address")), "{annotation}");
    }
    let unread = with(eni(&Value::Null), &ipv6(&["fe80::1%eth0"]));
    answers(
        &running(&[unread]),
        &json!({"ipType": "IPv4"}),
        "COMPLIANT private: no public IPv4 address on 1 interface; IPv6 not evaluated",
    );
}

/// Cases 14 to 16.
#[test]
fn the_state_decides_whether_an_instance_is_evaluated() {
    let none = json!({});
    answers(&in_state("stopped", &[eni(&Value::Null)]), &none, PRIVATE);
    let stopped = in_state("stopped", &[eni(&elastic("198.51.100.8"))]);
    answers(&stopped, &none, ELASTIC);
    answers(
        &stopped,
        &json!({"instanceStates": "running"}),
        "NOT_APPLICABLE the instance is stopped, which instanceStates leaves out",
    );
    for state in ["terminated", "shutting-down"] {
        let gone = in_state(state, &[eni(&elastic("198.51.100.8"))]);
        answers(&gone, &none, &format!("NOT_APPLICABLE the instance is {state}"));
    }
}

/// Cases 17 to 21.
#[test]
fn every_global_ipv6_address_counts_and_no_other() {
    let on = |place: &str| format!("NON_COMPLIANT PUBLIC-IPV6: {GLOBAL} (IPv6) on {place}; none is allowed");
    let first = with(eni(&Value::Null), &ipv6(&["fd00::5", GLOBAL]));
    let alone = running(std::slice::from_ref(&first));
    answers(&alone, &json!({}), &on("eni-1, subnet-aaaaaaaa"));
    let repeated = with(alone.clone(), &json!({ "ipv6Address": GLOBAL }));
    answers(&repeated, &json!({}), &on("eni-1, subnet-aaaaaaaa"));
    answers(
        &running(&[eni(&Value::Null), second(&ipv6(&[GLOBAL]))]),
        &json!({}),
        &on("eni-2, subnet-bbbbbbbb"),
    );
    let top = with(private(), &json!({ "ipv6Address": GLOBAL }));
    answers(&top, &json!({}), &on("the primary interface, subnet-aaaaaaaa"));
    for special in
        ["fd00::1", "fe80::1", "2001:db8::1", "::1", "64:ff9b::808:808", "::ffff:8.8.8.8", "2002::1"]
    {
        answers(&running(&[with(eni(&Value::Null), &ipv6(&[special]))]), &json!({}), PRIVATE);
    }
    answers(
        &alone,
        &json!({"ipType": "IPv4"}),
        "COMPLIANT private: no public IPv4 address on 1 interface; IPv6 not evaluated",
    );
    let both = with(first, &json!({"association": elastic("198.51.100.8")}));
    answers(&running(&[both]), &json!({"ipType": "ipv6"}), &on("eni-1, subnet-aaaaaaaa"));
    answers(
        &has(&elastic("198.51.100.8")),
        &json!({"ipType": "IPv6"}),
        "COMPLIANT private: no public IPv6 address on 1 interface; IPv4 not evaluated",
    );
}

/// Cases 22 to 24.
#[test]
fn kinds_are_of_owners_and_networks() {
    let none = json!({});
    let carrier = json!({"carrierIp": "198.51.100.9", "publicIp": null, "ipOwnerId": "111122223333"});
    // EC2 repeats a carrier's address as the instance's public one.
    let wavelength = with(has(&carrier), &json!({"publicIpAddress": "198.51.100.9"}));
    answers(
        &wavelength,
        &none,
        "NON_COMPLIANT PUBLIC-CARRIER: 198.51.100.9 (carrier IP) on eni-1, subnet-aaaaaaaa; none is allowed",
    );
    instance(&wavelength).with("allowedAddressKinds", "elastic,assigned").has_type("NON_COMPLIANT");
    instance(&wavelength).with("allowedAddressKinds", "carrier").has_type("COMPLIANT");
    answers(
        &has(&json!({"customerOwnedIp": "10.9.8.7", "publicIp": null})),
        &none,
        "COMPLIANT private: no public address on 1 interface; note ADDRESS-CUSTOMER-OWNED: 10.9.8.7 (customer-owned IP) on \
         eni-1, subnet-aaaaaaaa",
    );
    for (owner, words) in [
        (json!("999988887777"), "999988887777"),
        (json!("amazon-elb"), "amazon-elb"),
        (json!("Amazon"), "Amazon"),
        (Value::Null, "an unknown owner"),
    ] {
        let association = json!({"publicIp": "198.51.100.8", "ipOwnerId": owner});
        let parameters = json!({"allowedAddressKinds": "elastic,assigned,carrier"});
        let found = format!("198.51.100.8 (address of {words}) on eni-1, subnet-aaaaaaaa");
        let expected = "not in allowedAddressKinds (elastic, assigned, carrier)";
        answers(&has(&association), &parameters, &format!("NON_COMPLIANT PUBLIC-IPV4: {found}; {expected}"));
    }
    // One of two records of an address names the owner, whichever comes first.
    let nameless = json!({"publicIp": "198.51.100.8"});
    for (first, then) in [(&nameless, &elastic("198.51.100.8")), (&elastic("198.51.100.8"), &nameless)] {
        let interface = with(secondary(std::slice::from_ref(then)), &json!({ "association": first }));
        answers(&running(&[interface]), &none, ELASTIC);
    }
}

/// Cases 26 and 27.
#[test]
fn a_subnet_is_that_of_the_interface_and_of_its_region() {
    let first = has(&elastic("198.51.100.8"));
    for allowed in ["subnet-aaaaaaaa", "us-east-1:subnet-aaaaaaaa", "subnet-cccccccc,subnet-aaaaaaaa"] {
        instance(&first).with("allowedSubnets", allowed).has_type("COMPLIANT");
    }
    answers(
        &first,
        &json!({"allowedSubnets": "eu-west-1:subnet-aaaaaaaa"}),
        "NON_COMPLIANT PUBLIC-IPV4: 198.51.100.8 (Elastic IP) on eni-1, subnet-aaaaaaaa; not in allowedSubnets \
         (eu-west-1:subnet-aaaaaaaa)",
    );
    instance(&first).nowhere().with("allowedSubnets", "us-east-1:subnet-aaaaaaaa").has_type("NON_COMPLIANT");
    let other = running(&[eni(&Value::Null), second(&json!({"association": assigned()}))]);
    instance(&other).with("allowedSubnets", "subnet-aaaaaaaa").has_type("NON_COMPLIANT");
    let nowhere = with(eni(&assigned()), &json!({"subnetId": null}));
    answers(
        &running(&[nowhere]),
        &json!({"allowedSubnets": "subnet-aaaaaaaa"}),
        "NON_COMPLIANT PUBLIC-IPV4: 198.51.100.7 (assigned) on eni-1; not in allowedSubnets (subnet-aaaaaaaa)",
    );
}

/// Cases 31 and 32, and case 22 as AWS's open source rule has it.
#[test]
fn literal_looks_for_ipv4_on_every_interface() {
    let literal = json!({"mode": "literal"});
    let closed = "COMPLIANT private: no public IPv4 address on 1 interface; IPv6 not evaluated";
    answers(&private(), &literal, closed);
    answers(&running(&[with(eni(&Value::Null), &ipv6(&[GLOBAL]))]), &literal, closed);
    answers(&has(&elastic("198.51.100.8")), &literal, ELASTIC);
    for association in [elastic("198.51.100.8"), json!({"carrierIp": "198.51.100.9"})] {
        let other = running(&[eni(&Value::Null), second(&json!({ "association": association }))]);
        instance(&other).with_all(&literal).has_type("NON_COMPLIANT");
    }
}

/// Case 33, and other values that are refused.
#[test]
fn parameters_that_say_nothing_are_refused() {
    let error = |parameters: Value| parameter_error::<InstancePublicAddress>(&parameters.to_string());
    for (name, value) in [
        ("allowedAddressKinds", "elastic"),
        ("allowedAddresses", "198.51.100.0/24"),
        ("allowedSubnets", "subnet-aaaaaaaa"),
        ("ipType", "IPv4"),
    ] {
        let error = error(json!({"mode": "literal", name: value}));
        assert!(error.contains(&format!("parameter {name}: contradicts mode `literal`: ")), "{error}");
    }
    for (name, value, problem) in [
        (
            "allowedAddressKinds",
            "elastic,eip",
            "item 2 \"eip\" is not `elastic`, `assigned`, `ipv6` or `carrier`",
        ),
        ("allowedAddressKinds", "customer-owned", "is not `elastic`"),
        ("allowedAddresses", "198.51.100.7", "is not a CIDR block such as"),
        ("allowedSubnets", "subnet-AAAAAAAA", "is not the id of a subnet (`subnet-` and 8 or 17 of"),
        ("allowedSubnets", "vpc-aaaaaaaa", "is not the id of a subnet"),
        ("allowedSubnets", "subnet-aaaaaaaaa", "is not the id of a subnet"),
        ("mode", "Literal", "is not `exact` or `literal`"),
        ("ipType", "v6", "is not `IPv4`, `IPv6` or `ALL`"),
        ("allowedAddressKind", "elastic", "unknown; did you mean allowedAddressKinds?"),
    ] {
        let error = error(json!({ name: value }));
        assert!(error.contains(problem), "{error}");
    }
}

/// An exemption of these parts, for every instance.
fn exempting(parts: &Value) -> Value {
    let entry = with(json!({"reason": "migration", "owner": "ops", "expires": "2026-12-31"}), parts);
    json!({"exemptions": json!([entry]).to_string()})
}

/// Case 35: what an exemption names must all be so.
#[test]
fn an_exemption_is_for_some_addresses_only() {
    let two = running(&[eni(&elastic("198.51.100.8")), second(&json!({"association": assigned()}))]);
    for (parts, left) in [
        (json!({"addresses": "198.51.100.8/32"}), vec!["198.51.100.7"]),
        (json!({"subnets": "us-east-1:subnet-bbbbbbbb"}), vec!["198.51.100.8"]),
        (json!({"addressKinds": "elastic"}), vec!["198.51.100.7"]),
        (
            json!({"addressKinds": "elastic", "subnets": "subnet-bbbbbbbb"}),
            vec!["198.51.100.8", "198.51.100.7"],
        ),
        (json!({"addressKinds": "assigned", "subnets": "subnet-bbbbbbbb"}), vec!["198.51.100.8"]),
        (json!({"addressKinds": "elastic,assigned"}), vec![]),
        (json!({"resource": "id"}), vec![]),
        (json!({"resource": "another"}), vec!["198.51.100.8", "198.51.100.7"]),
    ] {
        let compliance = instance(&two).with_all(&exempting(&parts)).compliance();
        let is_exempt = left.is_empty();
        assert_eq!(compliance.compliance_type() == "COMPLIANT", is_exempt, "{parts}");
        assert_eq!(compliance.annotation().starts_with("EXEMPT until 2026-12-31"), is_exempt, "{parts}");
        let findings = if is_exempt { &[] } else { compliance.findings() };
        let addresses: Vec<_> = findings.iter().map(|finding| &finding.evidence["address"]).collect();
        assert_eq!(addresses, left, "{parts}");
    }
    let error = parameter_error::<InstancePublicAddress>(&exempting(&json!({"subnets": "x"})).to_string());
    assert!(error.contains("entry 1: parameter subnets: item 1 \"x\" is not the id of a subnet"), "{error}");
}

#[test]
fn people_are_told_what_is_left_out() {
    let cautions = |parameters: Value| {
        let raw = RawParameters::from_json(&parameters.to_string()).unwrap();
        InstancePublicAddress::cautions(&InstancePublicAddress::parameters(&raw).unwrap())
    };
    assert!(cautions(json!({})).is_empty());
    for ipv4 in [json!({"mode": "literal"}), json!({"ipType": "IPv4"})] {
        assert_eq!(cautions(ipv4), ["IPv6 addresses are not evaluated"]);
    }
}

/// What does not fit is counted, and the gravest comes first.
#[test]
fn many_addresses_make_one_short_line() {
    let associations: Vec<_> = (1..=9).map(|number| elastic(&format!("198.51.100.{number}"))).collect();
    let interface = with(secondary(&associations), &ipv6(&[GLOBAL]));
    answers(
        &running(&[interface]),
        &json!({}),
        "NON_COMPLIANT PUBLIC-IPV4: 198.51.100.1 (Elastic IP) on eni-1, subnet-aaaaaaaa; none is allowed; \
         198.51.100.2 (Elastic IP) on eni-1, subnet-aaaaaaaa; none is allowed; \
         198.51.100.3 (Elastic IP) on eni-1, subnet-aaaaaaaa; none is allowed; +7 more",
    );
}
