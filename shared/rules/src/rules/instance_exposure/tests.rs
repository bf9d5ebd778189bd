//! The cases that users of other tools were bitten by, by number.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::*;
use crate::{
    facts::FactRequest,
    rules::testing::{Case, parameter_error},
};

const SUBNET: &str = "subnet-aaaaaaaa";
const OTHER_SUBNET: &str = "subnet-bbbbbbbb";

/// An interface in the subnet, with the group `sg-1`, and with this public address, or with none.
pub(super) fn interface(id: &str, address: Option<&str>) -> Value {
    let association = address.map(|ip| json!({"publicIp": ip, "ipOwnerId": "amazon"}));
    json!({"networkInterfaceId": id, "subnetId": SUBNET, "groups": [{"groupId": "sg-1"}], "ipv6Addresses": [],
        "privateIpAddresses": [{"privateIpAddress": "10.0.0.5", "primary": true, "association": association}]})
}

/// A permission for these ports, from these blocks.
pub(super) fn permission(protocol: &str, ports: (u16, u16), blocks: &[&str]) -> Value {
    let of = |is_v6: bool| blocks.iter().filter(move |block| block.contains(':') == is_v6);
    let v4: Vec<_> = of(false).map(|block| json!({"cidrIp": block})).collect();
    let v6: Vec<_> = of(true).map(|block| json!({"cidrIpv6": block})).collect();
    json!({"ipProtocol": protocol, "fromPort": ports.0, "toPort": ports.1, "ipv4Ranges": v4, "ipv6Ranges": v6})
}

pub(super) fn group(permissions: &[Value]) -> Value {
    json!({"ipPermissions": permissions, "ipPermissionsEgress": []})
}

/// An entry of a network ACL, for these ports of TCP or UDP, or for everything.
pub(super) fn entry(
    number: u16,
    action: &str,
    protocol: &str,
    ports: Option<(u16, u16)>,
    block: &str,
    egress: bool,
) -> Value {
    let family = if block.contains(':') { "ipv6CidrBlock" } else { "cidrBlock" };
    let ports = ports.map(|(from, to)| json!({"from": from, "to": to}));
    json!({"ruleNumber": number, "protocol": protocol, "ruleAction": action, "egress": egress, family: block, "portRange": ports})
}

/// The entries that an ACL has if nobody changes it, and after these of its inbound ones.
fn acl(inbound: &[Value]) -> Value {
    let default = |egress| {
        ["0.0.0.0/0", "::/0"].into_iter().flat_map(move |block| {
            [entry(1000, "allow", "-1", None, block, egress), entry(32767, "deny", "-1", None, block, egress)]
        })
    };
    let entries: Vec<_> = default(true).chain(default(false)).chain(inbound.iter().cloned()).collect();
    json!({"networkAclId": "acl-1", "entries": entries})
}

fn deny(number: u16, ports: Option<(u16, u16)>, block: &str) -> Value {
    let protocol = if ports.is_some() { "6" } else { "-1" };
    entry(number, "deny", protocol, ports, block, false)
}

pub(super) fn route(destination: &str, target: &str) -> Value {
    let destination_key = match destination {
        list if list.starts_with("pl-") => "destinationPrefixListId",
        block if block.contains(':') => "destinationIpv6CidrBlock",
        _ => "destinationCidrBlock",
    };
    let target_key = match target.split('-').next() {
        Some("eigw") => "egressOnlyInternetGatewayId",
        Some("nat") => "natGatewayId",
        Some("tgw") => "transitGatewayId",
        Some("cagw") => "carrierGatewayId",
        _ => "gatewayId",
    };
    json!({destination_key: destination, target_key: target, "state": "active"})
}

fn routes(routes: &[Value]) -> Value {
    let local = route("10.0.0.0/16", "local");
    let routes = [&[local], routes].concat();
    json!({"routeTableId": "rtb-1", "routes": routes})
}

fn to_internet() -> Value {
    routes(&[route("0.0.0.0/0", "igw-1"), route("::/0", "igw-1")])
}

/// How everything is: one interface with an address, SSH for everybody, a way to an internet gateway, and nothing that stops it.
#[derive(Clone)]
struct World {
    instance: Value,
    facts: Value,
    parameters: Value,
}

fn world() -> World {
    let path = |id: &str| {
        json!({"subnet": {"subnetId": id, "vpcId": "vpc-1", "ownerId": "111122223333"}, "routeTable": to_internet(),
            "networkAcl": acl(&[])})
    };
    World {
        instance: json!({"instanceId": "i-1", "state": {"name": "running"}, "imageId": "ami-1", "keyName": "ops",
            "iamInstanceProfile": {"arn": "arn:aws:iam::111122223333:instance-profile/team/web"},
            "networkInterfaces": [interface("eni-1", Some("198.51.100.7"))]}),
        facts: json!({
            "securityGroups": {"sg-1": group(&[permission("tcp", (22, 22), &["0.0.0.0/0"])])},
            "subnetPaths": {SUBNET: path(SUBNET), OTHER_SUBNET: path(OTHER_SUBNET)},
            "denyAllIgwTraffic": {"eni-1": false, "eni-2": false},
            "vpcBlockPublicAccess": {"111122223333/us-east-1": {"internetGatewayBlockMode": "off"}},
        }),
        parameters: json!({}),
    }
}

impl World {
    fn facts(mut self, pointer: &str, value: Value) -> Self {
        set(&mut self.facts, pointer, value);
        self
    }

    fn without(mut self, table: &str, key: &str) -> Self {
        self.facts[table].as_object_mut().unwrap().remove(key);
        self
    }

    fn instance(mut self, pointer: &str, value: Value) -> Self {
        set(&mut self.instance, pointer, value);
        self
    }

    fn interfaces(self, interfaces: &[Value]) -> Self {
        self.instance("networkInterfaces", json!(interfaces))
    }

    fn with(mut self, parameter: &str, value: &str) -> Self {
        self.parameters[parameter] = json!(value);
        self
    }

    fn group(self, permissions: &[Value]) -> Self {
        self.facts("securityGroups/sg-1", group(permissions))
    }

    fn acl(self, inbound: &[Value]) -> Self {
        self.facts(&format!("subnetPaths/{SUBNET}/networkAcl"), acl(inbound))
    }

    fn routes(self, all: &[Value]) -> Self {
        self.facts(&format!("subnetPaths/{SUBNET}/routeTable"), routes(all))
    }

    fn block(self, mode: &str, exclusions: &[(&str, &str, &str)]) -> Self {
        let exclusion = |(id, mode, state): &(&str, &str, &str)| {
            let kind = id.split('-').next().unwrap();
            json!({"resourceArn": format!("arn:aws:ec2:us-east-1:111122223333:{kind}/{id}"),
                "internetGatewayExclusionMode": mode, "state": state})
        };
        let exclusions: Vec<_> = exclusions.iter().map(exclusion).collect();
        let block = json!({"internetGatewayBlockMode": mode, "exclusions": exclusions});
        self.facts("vpcBlockPublicAccess/111122223333~1us-east-1", block)
    }

    fn ipv6(self) -> Self {
        let mut six = interface("eni-1", None);
        six["ipv6Addresses"] = json!([{"ipv6Address": "2600:1f18::7"}]);
        self.interfaces(&[six]).group(&[permission("tcp", (22, 22), &["::/0"])])
    }

    fn case(self) -> Case<InstanceExposure> {
        let case = Case::new("AWS::EC2::Instance", &self.instance.to_string());
        case.knowing(&self.facts.to_string()).with_all(&self.parameters)
    }

    #[track_caller]
    fn is(self, compliance_type: &str, annotation: &str) {
        self.case().is(compliance_type, annotation);
    }

    #[track_caller]
    fn exposed(self) {
        let compliance = self.case().compliance();
        assert!(compliance.annotation().starts_with("INSTANCE-"), "{}", compliance.annotation());
    }

    /// Compliant, with this in the annotation.
    #[track_caller]
    fn closed(self, why: &str) {
        let compliance = self.case().compliance();
        let annotation = compliance.annotation();
        assert_eq!(compliance.compliance_type(), "COMPLIANT", "{annotation}");
        assert!(annotation.contains(why), "{annotation}");
    }

    /// `MISSING-DATA`, with this in the annotation.
    #[track_caller]
    fn unknown(self, why: &str) {
        let annotation = self.case().compliance().annotation();
        assert!(annotation.starts_with("MISSING-DATA: ") && annotation.contains(why), "{annotation}");
    }
}

/// Sets what stands at a JSON pointer, without the first slash.
fn set(json: &mut Value, pointer: &str, value: Value) {
    let mut parts = pointer.split('/').map(|part| part.replace("~1", "/")).peekable();
    let mut place = json;
    while let Some(part) = parts.next() {
        place = match part.parse::<usize>() {
            Ok(index) => &mut place[index],
            Err(_) => &mut place[part.as_str()],
        };
        if parts.peek().is_none() {
            *place = value;
            return;
        }
    }
}

const EXPOSED: &str = "INSTANCE-EXPOSED: tcp/22 of 198.51.100.7 from 0.0.0.0/0 (eni-1, sg-1 inbound 1); key \"ops\", ami-1, \
                       profile web";
const OPEN: &str = "tcp/22 of 198.51.100.7 is open to 0.0.0.0/0 (eni-1, sg-1 inbound 1), but ";

/// Cases 1 to 11.
#[test]
fn the_way_needs_an_address_and_a_route() {
    world().is("NON_COMPLIANT", EXPOSED);
    world()
        .interfaces(&[interface("eni-1", None)])
        .is("COMPLIANT", "not reached: note OPEN-NO-ADDRESS: eni-1 has no public address");
    let closed = |routes: &[Value]| {
        world()
            .routes(routes)
            .closed(&format!("note OPEN-NO-ROUTE: {OPEN}rtb-1 sends no reply to an internet gateway"));
    };
    closed(&[]);
    let mut blackhole = route("0.0.0.0/0", "igw-1");
    blackhole["state"] = json!("blackhole");
    closed(&[blackhole.clone()]);
    closed(&[route("0.0.0.0/0", "nat-1")]);
    closed(&[route("::/0", "igw-1")]);
    world().ipv6().routes(&[route("::/0", "eigw-1")]).closed("OPEN-NO-ROUTE");
    world()
        .routes(&[route("0.0.0.0/0", "nat-1"), route("0.0.0.0/1", "igw-1"), route("128.0.0.0/1", "igw-1")])
        .is("NON_COMPLIANT", EXPOSED);
    // What is more specific drops, and does not fall through.
    blackhole["destinationCidrBlock"] = json!("0.0.0.0/1");
    world().routes(&[route("0.0.0.0/0", "igw-1"), blackhole]).is(
        "NON_COMPLIANT",
        "INSTANCE-EXPOSED: tcp/22 of 198.51.100.7 from 0.0.0.0/0, 43% of IPv4 (eni-1, sg-1 inbound 1); key \"ops\", ami-1, profile \
         web",
    );
    let corporate = [route("0.0.0.0/0", "igw-1"), route("8.0.0.0/8", "tgw-1")];
    world().group(&[permission("tcp", (22, 22), &["8.0.0.0/8"])]).routes(&corporate).closed("OPEN-NO-ROUTE");
    world().group(&[permission("tcp", (22, 22), &["9.0.0.0/8"])]).routes(&corporate).exposed();
}

/// Cases 10 and 11.
#[test]
fn a_route_may_lead_by_a_prefix_list_or_an_endpoint() {
    let listed = |target: &str| world().routes(&[route("pl-1", target)]);
    let known = |world: World, name: &str, entries: Value| {
        world.facts("prefixLists", json!({"pl-1": {"name": name, "entries": entries}}))
    };
    known(listed("igw-1"), "all", json!(["0.0.0.0/1", "128.0.0.0/1"])).is("NON_COMPLIANT", EXPOSED);
    known(listed("igw-1"), "few", json!(["10.0.0.0/8"])).closed("OPEN-NO-ROUTE");
    let unknown = "INSTANCE-PREFIX-LIST: pl-1 (a route of rtb-1), whose entries are not known";
    listed("igw-1").is("NON_COMPLIANT", unknown);
    listed("igw-1")
        .with("unresolvedPrefixList", "NOT_APPLICABLE")
        .is("NOT_APPLICABLE", "pl-1 (a route of rtb-1), whose entries are not known");
    listed("tgw-1").closed("OPEN-NO-ROUTE");
    let both = world().routes(&[route("0.0.0.0/0", "igw-1"), route("pl-1", "tgw-1")]);
    both.clone().is("NON_COMPLIANT", unknown);
    known(both, "corporate", json!(["8.0.0.0/8"])).exposed();

    let inspected = || world().routes(&[route("0.0.0.0/0", "vpce-1")]);
    inspected().is(
        "COMPLIANT",
        &format!("not reached: note OPEN-INSPECTED: {OPEN}rtb-1 leads to the internet by way of vpce-1"),
    );
    inspected().with("inspected", "deny").is("NON_COMPLIANT", EXPOSED);
    let service = world().routes(&[route("pl-1", "vpce-1")]);
    known(service, "com.amazonaws.us-east-1.s3", json!(["0.0.0.0/0"])).closed("OPEN-NO-ROUTE");
    let firewall = world().routes(&[route("pl-1", "vpce-1")]);
    known(firewall, "internet", json!(["0.0.0.0/0"])).closed("OPEN-INSPECTED");

    let detour = |destination: &str| {
        let table = json!({"routeTableId": "rtb-2", "routes": [route("10.0.0.0/16", "local"), route(destination, "vpce-1")]});
        world().facts(&format!("subnetPaths/{SUBNET}/gatewayRouteTable"), table)
    };
    detour("10.0.0.0/24")
        .closed(&format!("note OPEN-INSPECTED: {OPEN}rtb-2, of the gateway, sends it to an appliance first"));
    detour("10.0.1.0/24").exposed();
    detour("10.0.0.0/24").with("inspected", "deny").exposed();
}

/// Cases 12 to 20.
#[test]
fn the_first_entry_of_the_network_acl_decides() {
    let ssh = Some((22, 22));
    world()
        .acl(&[deny(100, ssh, "0.0.0.0/0")])
        .is("COMPLIANT", &format!("not reached: note OPEN-ACL: {OPEN}rule 100 of acl-1 denies it"));
    let allow = entry(100, "allow", "6", ssh, "0.0.0.0/0", false);
    world().acl(&[deny(200, ssh, "0.0.0.0/0"), allow.clone()]).is("NON_COMPLIANT", EXPOSED);
    world().acl(&[deny(50, None, "0.0.0.0/1")]).is(
        "NON_COMPLIANT",
        "INSTANCE-EXPOSED: tcp/22 of 198.51.100.7 from 0.0.0.0/0, 43% of IPv4 (eni-1, sg-1 inbound 1); key \"ops\", ami-1, profile \
         web",
    );
    for spared in [
        entry(50, "deny", "17", ssh, "0.0.0.0/0", false),
        deny(50, Some((20, 21)), "0.0.0.0/0"),
        deny(50, None, "::/0"),
    ] {
        world().acl(&[spared]).is("NON_COMPLIANT", EXPOSED);
    }
    let entries =
        |entries: Value| world().facts(&format!("subnetPaths/{SUBNET}/networkAcl/entries"), entries);
    let closing = |egress| entry(32767, "deny", "-1", None, "0.0.0.0/0", egress);
    let all = |egress| entry(100, "allow", "-1", None, "0.0.0.0/0", egress);
    let no_reply = || entries(json!([all(false), closing(false), closing(true)]));
    no_reply().closed(&format!("note OPEN-ACL: {OPEN}no outbound rule of acl-1 allows the replies"));
    let udp = [permission("udp", (22, 22), &["0.0.0.0/0"])];
    no_reply().group(&udp).exposed();
    let ephemeral = entry(100, "allow", "6", Some((1024, 65535)), "0.0.0.0/0", true);
    entries(json!([all(false), closing(false), ephemeral, closing(true)])).is("NON_COMPLIANT", EXPOSED);
    entries(json!([closing(false), closing(true)])).closed("no inbound rule of acl-1 allows it");
    entries(json!([])).closed("no inbound rule of acl-1 allows it");
    entries(json!([closing(true), all(true), closing(false), deny(7, ssh, "0.0.0.0/0"), all(false)]))
        .closed("rule 7 of acl-1");
}

/// Cases 21 to 26.
#[test]
fn every_interface_is_evaluated_by_itself_with_all_its_groups() {
    let closed = || group(&[]);
    let groups = |world: World| {
        world
            .instance(
                "networkInterfaces/0/groups",
                json!([{"groupId": "sg-2"}, {"groupId": "sg-1"}, {"groupId": "sg-3"}]),
            )
            .facts("securityGroups/sg-2", closed())
            .facts("securityGroups/sg-3", closed())
    };
    groups(world()).is("NON_COMPLIANT", EXPOSED);
    let half = |block: &str| group(&[permission("tcp", (22, 22), &[block])]);
    groups(world())
        .facts("securityGroups/sg-1", half("8.8.0.0/16"))
        .closed("except tcp/22 to 65536 public addresses");
    groups(world())
        .facts("securityGroups/sg-1", half("8.8.0.0/16"))
        .facts("securityGroups/sg-3", half("9.9.0.0/16"))
        .is(
            "NON_COMPLIANT",
            "INSTANCE-EXPOSED-UNION: tcp/22 of 198.51.100.7 open to 131072 public addresses, limit 65536 via 8.8.0.0/16 + 9.9.0.0/16 (eni-1, \
             sg-1 inbound 1, sg-3 inbound 1); key \"ops\", ami-1, profile web",
        );
    let second = |address: Option<&str>, group: &str| {
        let mut second = interface("eni-2", address);
        second["groups"] = json!([{ "groupId": group }]);
        second["subnetId"] = json!(OTHER_SUBNET);
        second
    };
    world()
        .interfaces(&[interface("eni-1", Some("198.51.100.7")), second(Some("198.51.100.8"), "sg-2")])
        .facts("securityGroups/sg-1", half("8.8.0.0/16"))
        .facts("securityGroups/sg-2", half("9.9.0.0/16"))
        .closed("22, 3389 not open to the IPv4 internet at 198.51.100.7, 198.51.100.8; except tcp/22 to 65536 public addresses");
    world()
        .interfaces(&[interface("eni-1", Some("198.51.100.7")), second(None, "sg-2")])
        .facts("securityGroups/sg-2", half("0.0.0.0/0"))
        .facts("securityGroups/sg-1", closed())
        .is(
            "COMPLIANT",
            "not reached: 22, 3389 not open to the IPv4 internet at 198.51.100.7; note OPEN-NO-ADDRESS: eni-2 has no public address",
        );
    let elastic = || {
        world()
            .interfaces(&[interface("eni-1", None), second(Some("198.51.100.8"), "sg-2")])
            .instance("securityGroups", json!([{"groupId": "sg-3"}]))
            .facts("securityGroups/sg-2", half("0.0.0.0/0"))
    };
    elastic().exposed();
    elastic().facts(&format!("subnetPaths/{OTHER_SUBNET}/routeTable"), routes(&[])).closed("OPEN-NO-ROUTE");
    elastic().routes(&[]).exposed();
}

/// Cases 27 to 30, 34 and 39.
#[test]
fn families_gateways_and_sources_do_not_mix() {
    world().ipv6().is(
        "NON_COMPLIANT",
        "INSTANCE-EXPOSED: tcp/22 of 2600:1f18::7 from ::/0 (eni-1, sg-1 inbound 1); key \"ops\", ami-1, profile web",
    );
    world()
        .group(&[permission("tcp", (22, 22), &["::/0"])])
        .closed("not open to the IPv4 internet at 198.51.100.7");
    let attribute = |attribute: &str, block: &str| {
        world().ipv6().facts(
            &format!("subnetPaths/{SUBNET}/subnet/ipv6CidrBlockAssociationSet"),
            json!([{"ipv6CidrBlock": block, "ipv6AddressAttribute": attribute}]),
        )
    };
    attribute("private", "2600:1f18::/64")
        .closed("note OPEN-PRIVATE-BLOCK: tcp/22 of 2600:1f18::7 is open to ::/0");
    attribute("public", "2600:1f18::/64").exposed();
    attribute("private", "2600:1f19::/64").exposed();
    world().ipv6().facts("denyAllIgwTraffic/eni-1", json!(true)).closed("OPEN-DENIED-INTERFACE");
    world().ipv6().without("denyAllIgwTraffic", "eni-1").unknown("whether eni-1 refuses");
    let sources =
        |source: Value| world().group(&[json!({"ipProtocol": "tcp", "fromPort": 22, "toPort": 22}), source]);
    let ssh =
        |key: &str, value: Value| json!({"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, key: value});
    sources(ssh("userIdGroupPairs", json!([{"groupId": "sg-9"}]))).closed("not open");
    let listed = || sources(ssh("prefixListIds", json!([{"prefixListId": "pl-1"}])));
    listed().facts("prefixLists", json!({"pl-1": {"entries": ["0.0.0.0/0"]}})).exposed();
    listed().is(
        "NON_COMPLIANT",
        "INSTANCE-PREFIX-LIST: tcp/22 from pl-1 (sg-1 inbound 2), whose entries are not known",
    );
    listed().routes(&[]).closed("what the groups of eni-1 let in to 198.51.100.7 is not known, but rtb-1");

    let association = json!({"carrierIp": "198.51.100.9", "ipOwnerId": "amazon"});
    let carrier =
        || world().instance("networkInterfaces/0/privateIpAddresses/0/association", association.clone());
    carrier().closed("sends no reply to a carrier gateway");
    carrier().routes(&[route("0.0.0.0/0", "cagw-1")]).block("block-ingress", &[]).is(
        "NON_COMPLIANT",
        "INSTANCE-EXPOSED: tcp/22 of 198.51.100.9 (carrier) from 0.0.0.0/0 (eni-1, sg-1 inbound 1); key \"ops\", ami-1, profile \
         web",
    );
    world().routes(&[route("0.0.0.0/0", "cagw-1")]).closed("OPEN-NO-ROUTE");
}

/// Cases 31 to 33.
#[test]
fn block_public_access_stops_what_is_not_excluded() {
    let blocked = format!("note OPEN-BLOCKED: {OPEN}VPC block public access is block-ingress");
    world().block("block-ingress", &[]).closed(&blocked);
    world().block("block-bidirectional", &[]).closed("OPEN-BLOCKED");
    for id in ["vpc-1", SUBNET] {
        let excluded = |mode, state| {
            world().block("block-ingress", &[(id, "allow-egress", "create-complete"), (id, mode, state)])
        };
        for state in ["create-complete", "update-in-progress", "update-complete", "delete-in-progress"] {
            excluded("allow-bidirectional", state).is("NON_COMPLIANT", EXPOSED);
            excluded("allow-egress", state).closed(&blocked);
        }
        for state in ["create-in-progress", "create-failed", "delete-complete", "disable-complete"] {
            excluded("allow-bidirectional", state).closed(&blocked);
        }
    }
    world().block("block-ingress", &[("vpc-2", "allow-bidirectional", "create-complete")]).closed(&blocked);
    let unknown = || world().without("vpcBlockPublicAccess", "111122223333/us-east-1");
    unknown().unknown("whether VPC block public access stops it is not known");
    unknown().routes(&[]).closed("OPEN-NO-ROUTE");
    unknown().facts(&format!("subnetPaths/{SUBNET}/subnet/ownerId"), json!("444455556666")).is(
        "NON_COMPLIANT",
        "INSTANCE-EXPOSED: tcp/22 of 198.51.100.7 from 0.0.0.0/0 (eni-1, sg-1 inbound 1); block public access of 444455556666, whose subnet it \
         is, is not known; key \"ops\", ami-1, profile web",
    );
}

/// Cases 35, 36 and 44.
#[test]
fn what_is_not_known_counts_only_if_the_answer_depends_on_it() {
    let gone = || world().facts("securityGroups/sg-1", Value::Null);
    gone().unknown("sg-1 is not there, or is another account's");
    let unknown = || world().without("securityGroups", "sg-1");
    unknown().unknown("nothing is known about sg-1");
    for world in [gone(), unknown()] {
        world
            .clone()
            .routes(&[])
            .closed("what the groups of eni-1 let in to 198.51.100.7 is not known, but rtb-1");
        world.clone().acl(&[deny(1, None, "0.0.0.0/0")]).closed("OPEN-ACL");
        world.clone().block("block-ingress", &[]).closed("OPEN-BLOCKED");
        // A finding stands whatever else is not known.
        let two = json!([{"groupId": "sg-1"}, {"groupId": "sg-2"}]);
        let open = group(&[permission("tcp", (22, 22), &["0.0.0.0/0"])]);
        let both = world.instance("networkInterfaces/0/groups", two).facts("securityGroups/sg-2", open);
        let annotation = both.case().compliance().annotation();
        assert!(
            annotation.starts_with("INSTANCE-EXPOSED: ") && annotation.contains("; MISSING-DATA: "),
            "{annotation}"
        );
    }
    let no_path = || world().without("subnetPaths", SUBNET);
    no_path().unknown(&format!("nothing is known about the routes and the network ACL of {SUBNET}"));
    no_path().group(&[]).closed("not open");
    no_path().with("path", "address").is("NON_COMPLIANT", EXPOSED);
    world()
        .facts(&format!("subnetPaths/{SUBNET}/networkAcl/entries/0/protocol"), json!("x"))
        .unknown("rule 1000 of acl-1 cannot be read");
    world()
        .facts(&format!("subnetPaths/{SUBNET}/routeTable/routes/0"), json!({}))
        .unknown("route 1 of rtb-1 cannot be read");
    world()
        .group(&[json!({"ipProtocol": "tcp", "ipv4Ranges": [{"cidrIp": "0.0.0.0/0"}]})])
        .unknown("sg-1 inbound 1 is tcp without");
    world().instance("networkInterfaces/0/groups", Value::Null).unknown("does not hold the groups of eni-1");
    world()
        .instance("networkInterfaces", Value::Null)
        .unknown("does not hold the instance's network interfaces");
}

/// Cases 37 and 38.
#[test]
fn an_instance_is_evaluated_in_every_state_that_it_can_come_back_from() {
    let stopped = || world().instance("state/name", json!("stopped"));
    stopped().is("NON_COMPLIANT", EXPOSED);
    stopped().interfaces(&[interface("eni-1", None)]).closed("OPEN-NO-ADDRESS");
    world().instance("state/name", json!("terminated")).is("NOT_APPLICABLE", "the instance is terminated");
}

/// Cases 40 to 42.
#[test]
fn the_parameters_say_what_is_guarded_from_whom() {
    let https = || world().group(&[permission("tcp", (443, 443), &["0.0.0.0/0"])]);
    https().is(
        "COMPLIANT",
        "not reached: 22, 3389 not open to the IPv4 internet at 198.51.100.7; tcp/443 allowed",
    );
    https().with("authorizedTcpPorts", "80").exposed();
    let groups = || world().interfaces(&[interface("eni-1", None)]).with("path", "groups");
    groups().is(
        "NON_COMPLIANT",
        "INSTANCE-OPEN-GROUPS: tcp/22 of eni-1 from 0.0.0.0/0 (sg-1 inbound 1); key \"ops\", ami-1, profile web",
    );
    groups().group(&[]).is("COMPLIANT", "not reached: 22, 3389 not open to the IPv4 internet at eni-1; 22, 3389 not open to the IPv6 internet at eni-1");
    world()
        .group(&[permission("tcp", (22, 22), &["8.0.0.0/8"])])
        .with("trustedCidrs", "8.0.0.0/8")
        .closed("not open");
    world().acl(&[deny(1, None, "0.0.0.0/1")]).with("trustedCidrs", "128.0.0.0/1").closed("OPEN-ACL");
    let few = || world().group(&[permission("tcp", (22, 22), &["8.8.8.0/24"])]);
    few().closed("except tcp/22 to 256 public addresses, limit 65536");
    few().with("maxPublicAddresses", "255").exposed();
    few().with("exposure", "anyPublic").exposed();
    let all = || world().group(&[permission("-1", (0, 0), &["0.0.0.0/0"])]);
    all().with("authorizedTcpPorts", "0-65535").with("authorizedUdpPorts", "0-65535").is(
        "NON_COMPLIANT",
        "INSTANCE-PROTOCOL-EXPOSED: icmp+icmpv6+other protocols of 198.51.100.7 from 0.0.0.0/0 (eni-1, sg-1 inbound 1 all traffic); key \
         \"ops\", ami-1, profile web",
    );
    all()
        .acl(&[deny(1, Some((22, 22)), "0.0.0.0/0"), deny(2, Some((3389, 3389)), "0.0.0.0/0")])
        .with("protocols", "tcp")
        .closed("OPEN-ACL");
}

/// Case 45.
#[test]
fn an_exemption_is_for_what_it_names() {
    let exempt = |parts: Value| {
        let mut entry = json!({"reason": "pilot", "owner": "ops", "expires": "2026-12-31"});
        entry.as_object_mut().unwrap().extend(parts.as_object().unwrap().clone());
        let two = json!({"privateIpAddress": "10.0.0.6", "association": {"publicIp": "198.51.100.8", "ipOwnerId": "amazon"}});
        let one = interface("eni-1", Some("198.51.100.7"))["privateIpAddresses"][0].clone();
        world()
            .instance("networkInterfaces/0/privateIpAddresses", json!([one, two]))
            .group(&[permission("tcp", (22, 23), &["0.0.0.0/0"])])
            .with("adminPorts", "22,23")
            .with("exemptions", &json!([entry]).to_string())
    };
    let leaves = |parts: Value, ways: &[&str]| {
        let compliance = exempt(parts).case().compliance();
        let findings: Vec<_> = compliance.findings().iter().map(|finding| finding.sentence.clone()).collect();
        let is_exempt = compliance.compliance_type() == "COMPLIANT";
        assert_eq!(is_exempt, ways.is_empty(), "{findings:?}");
        let are_there = ways.iter().all(|way| findings.iter().any(|finding| finding.starts_with(way)));
        assert!(is_exempt || (are_there && findings.len() == ways.len()), "{findings:?}");
    };
    leaves(json!({"ports": "22"}), &["tcp/23 of 198.51.100.7, 198.51.100.8 "]);
    leaves(json!({"addresses": "198.51.100.7"}), &["tcp/22-23 of 198.51.100.8 "]);
    leaves(
        json!({"addresses": "198.51.100.7", "ports": "23"}),
        &["tcp/22 of 198.51.100.7 ", "tcp/22-23 of 198.51.100.8 "],
    );
    leaves(json!({"addresses": "198.51.100.0/24"}), &[]);
    leaves(json!({"ports": "22-23"}), &[]);
    leaves(json!({"cidrs": "0.0.0.0/0"}), &[]);
    leaves(
        json!({"cidrs": "0.0.0.0/1", "ports": "22"}),
        &["tcp/22 of 198.51.100.7, 198.51.100.8 ", "tcp/23 of 198.51.100.7, 198.51.100.8 "],
    );
    leaves(json!({"groups": "sg-00000001"}), &["tcp/22-23 of 198.51.100.7, 198.51.100.8 "]);
    let error = exempt(json!({"groups": "sg-00000001", "cidrs": "0.0.0.0/0"}))
        .case()
        .evaluated()
        .unwrap_err()
        .to_string();
    assert!(error.contains("cannot be named together with `groups`"), "{error}");
}

#[test]
fn parameters_that_mean_nothing_are_refused() {
    let error = |parameters: Value| parameter_error::<InstanceExposure>(&parameters.to_string());
    for (parameters, expected) in [
        (json!({"exposure": "literal"}), "`threshold` or `anyPublic`"),
        (json!({"path": "route"}), "`full`, `address` or `groups`"),
        (json!({"inspected": "maybe"}), "`allow` or `deny`"),
        (json!({"protocols": "icmp"}), "leaves nothing to evaluate"),
        (json!({"blockedPort1": "22"}), "blockedPort1"),
    ] {
        let message = error(parameters);
        assert!(message.contains(expected), "{message}");
    }
    let raw = RawParameters::from_json(r#"{"ipType": "IPv4"}"#).unwrap();
    let cautions = InstanceExposure::cautions(&InstanceExposure::parameters(&raw).unwrap());
    assert_eq!(cautions, ["IPv6 addresses are not evaluated"]);
}

/// Case 43, and what is asked for at all.
#[test]
fn only_what_can_matter_is_asked_for() {
    let asked = |world: World| world.case().requests();
    let nothing = |mut world: World| {
        world.facts = json!({});
        world
    };
    assert_eq!(asked(nothing(world().interfaces(&[interface("eni-1", None)]))), BTreeSet::new());
    let group = BTreeSet::from([FactRequest::SecurityGroup("sg-1".to_owned())]);
    assert_eq!(asked(nothing(world())), group);
    assert_eq!(asked(nothing(world()).with("path", "groups")), group);
    let ignorant =
        |world: World| world.facts("subnetPaths", json!({})).facts("vpcBlockPublicAccess", json!({}));
    assert_eq!(asked(ignorant(world()).group(&[])), BTreeSet::new());
    assert_eq!(asked(ignorant(world()).with("path", "address")), BTreeSet::new());
    let path = BTreeSet::from([FactRequest::SubnetPath(SUBNET.to_owned())]);
    assert_eq!(asked(ignorant(world())), path);
    let block = BTreeSet::from([FactRequest::VpcBlockPublicAccess("111122223333/us-east-1".to_owned())]);
    assert_eq!(asked(world().facts("vpcBlockPublicAccess", json!({}))), block);
    assert_eq!(asked(world().facts("vpcBlockPublicAccess", json!({})).routes(&[])), BTreeSet::new());
    let deny = BTreeSet::from([FactRequest::DenyAllIgwTraffic("eni-1".to_owned())]);
    assert_eq!(asked(world().ipv6().facts("denyAllIgwTraffic", json!({}))), deny);
    // Interfaces do not wait for each other.
    let mut other = interface("eni-2", Some("198.51.100.8"));
    other["subnetId"] = json!(OTHER_SUBNET);
    let two = world().interfaces(&[interface("eni-1", Some("198.51.100.7")), other]);
    let paths = [SUBNET, OTHER_SUBNET].map(|id| FactRequest::SubnetPath(id.to_owned()));
    assert_eq!(asked(ignorant(two)), paths.into());
}
