//! What is wrong with an address, and the words of the answers.

use std::fmt;

use super::{Parameters, allowed::Allowed};
use crate::{
    ec2::Instance,
    finding::{Check, Code, Finding, Verdict, codes},
    item::ConfigurationItem,
    network::{AddressKind, Family, IpType, PublicAddress, PublicAddresses},
};

codes! {
    /// The codes of `instance-public-address`.
    pub(super) enum AddressCode {
        PublicIpv4 = "PUBLIC-IPV4", High,
            "An interface of the instance has a public IPv4 address that is not allowed",
            "Disassociate an Elastic IP address. An assigned address goes when it is switched off at the primary interface; \
             for new instances it is a setting of the subnet and of the launch template.",
            "aws ec2 modify-network-interface-attribute --network-interface-id eni-0123456789abcdef0 --no-associate-public-ip-address";
        PublicIpv6 = "PUBLIC-IPV6", High,
            "An interface of the instance has a global IPv6 address that is not allowed",
            "Unassign the address, and switch off that the subnet assigns one at launch; to connect out, an egress-only \
             internet gateway leaves the address and lets nobody in.",
            "aws ec2 unassign-ipv6-addresses --network-interface-id eni-0123456789abcdef0 --ipv6-addresses 2001:db8::1";
        PublicCarrier = "PUBLIC-CARRIER", Medium,
            "An interface of the instance has an address in the network of a carrier (AWS Wavelength) that is not allowed",
            "Disassociate the carrier's address, or allow the kind `carrier`.",
            "aws ec2 disassociate-address --association-id eipassoc-0123456789abcdef0";
        Allowed = "ADDRESS-ALLOWED", Informational,
            "A public address is allowed by a parameter; a note of a COMPLIANT answer",
            "Nothing, as long as the address is meant to be public.";
        CustomerOwned = "ADDRESS-CUSTOMER-OWNED", Informational,
            "An interface has an address of a customer's network (AWS Outposts); a note of a COMPLIANT answer",
            "Nothing here: whether the internet reaches that network is the customer's to say.";
    }
}

/// The answer, by what is allowed and what is exempt.
pub(super) fn verdict(
    addresses: &PublicAddresses,
    item: &ConfigurationItem<Instance>,
    parameters: &Parameters,
) -> Verdict {
    let region = item.aws_region.as_deref();
    let (mut findings, mut notes) = (Vec::new(), Vec::new());
    for address in &addresses.found {
        if address.kind == AddressKind::CustomerOwned {
            notes.push((AddressCode::CustomerOwned, address.to_string()));
        } else if let Some(parameter) = parameters.allowed.parameter(address, region) {
            notes.push((AddressCode::Allowed, format!("{address} by {parameter}")));
        } else if !parameters.exempt.iter().any(|exempt| exempt.exempts(address, region)) {
            findings.push((address.code(), address.finding(&parameters.allowed)));
        }
    }
    findings.sort_by_key(|(code, _)| *code as usize);
    let findings = findings.into_iter().map(|(_, finding)| Check::Failed(finding));
    let doubts = addresses.doubts.iter().cloned().map(Check::Unknown);
    Verdict::of(findings.chain(doubts), reason(&item.configuration, parameters.families, &notes))
}

/// `private: no public address on 2 interfaces`, and what there is to know all the same.
fn reason(instance: &Instance, families: IpType, notes: &[(AddressCode, String)]) -> String {
    let (family, left_out) = match families {
        IpType::All => ("", ""),
        IpType::One(Family::V4) => ("IPv4 ", "; IPv6 not evaluated"),
        IpType::One(Family::V6) => ("IPv6 ", "; IPv4 not evaluated"),
    };
    let are_allowed = notes.iter().any(|(code, _)| *code == AddressCode::Allowed);
    let begin = if are_allowed { "no other" } else { "private: no" };
    let has = match instance.network_interfaces.as_ref().map_or(0, Vec::len) {
        0 => "interface".to_owned(),
        1 => format!("public {family}address on 1 interface"),
        count => format!("public {family}address on {count} interfaces"),
    };
    let clauses = notes.iter().map(|(code, text)| format!("; note {}: {text}", <&Code>::from(*code).name));
    format!("{begin} {has}{left_out}{}", clauses.collect::<String>())
}

impl PublicAddress<'_> {
    fn code(&self) -> AddressCode {
        match self.kind {
            AddressKind::Carrier => AddressCode::PublicCarrier,
            AddressKind::Ipv6 => AddressCode::PublicIpv6,
            _ => AddressCode::PublicIpv4,
        }
    }

    fn finding(&self, allowed: &Allowed) -> Finding {
        let expected = match allowed.to_string().as_str() {
            "" => "none is allowed".to_owned(),
            allowed => format!("not in {allowed}"),
        };
        let finding = Finding::new(self.code(), format!("{self}; {expected}"))
            .with("address", self.ip.to_string())
            .with("kind", self.kind.to_string())
            .with("interface", self.interface);
        let known = [("owner", self.owner), ("subnet", self.subnet)];
        let known = known.into_iter().filter_map(|(name, fact)| Some((name, fact?)));
        known.fold(finding, |finding, (name, fact)| finding.with(name, fact))
    }
}

/// `198.51.100.7 (Elastic IP) on eni-…, subnet-…`.
impl fmt::Display for PublicAddress<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let owner = self.owner.unwrap_or("an unknown owner");
        let kind = match self.kind {
            AddressKind::Elastic => "Elastic IP".to_owned(),
            AddressKind::Assigned => "assigned".to_owned(),
            AddressKind::Ipv6 => "IPv6".to_owned(),
            AddressKind::Carrier => "carrier IP".to_owned(),
            AddressKind::Foreign => format!("address of {owner}"),
            AddressKind::CustomerOwned => "customer-owned IP".to_owned(),
        };
        write!(formatter, "{} ({kind}) on {}", self.ip, self.interface)?;
        self.subnet.map_or(Ok(()), |subnet| write!(formatter, ", {subnet}"))
    }
}
