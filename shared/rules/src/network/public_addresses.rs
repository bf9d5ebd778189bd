//! The addresses of an instance that may be public: all that its configuration item holds, each once.

use std::{fmt, iter, net::IpAddr};

use super::{Family, INTERNET, IpType};
use crate::{
    ec2::{Association, Instance, NetworkInterface},
    item::ConfigurationItem,
    parameters::{keywords, quoted},
};

/// What kind of address it is: a word of `allowedAddressKinds`, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AddressKind {
    /// An Elastic IP address of the instance's own account.
    Elastic,
    /// From Amazon's pool.
    Assigned,
    /// A global IPv6 address.
    Ipv6,
    /// In the network of a carrier.
    Carrier,
    /// A public IPv4 address of another account or of a service, or of an owner that is not known. No word stands for it.
    Foreign,
    /// In the network of a customer: not public by itself. No word stands for it.
    CustomerOwned,
}

keywords!(
    AddressKind,
    "`elastic`, `assigned`, `ipv6` or `carrier`",
    "elastic" => Self::Elastic,
    "assigned" => Self::Assigned,
    "ipv6" => Self::Ipv6,
    "carrier" => Self::Carrier,
);

impl AddressKind {
    /// What an `ipOwnerId` says, in this account.
    fn of_owner(owner: Option<&str>, account: Option<&str>) -> Self {
        match owner {
            Some("amazon") => Self::Assigned,
            Some(_) if owner == account => Self::Elastic,
            _ => Self::Foreign,
        }
    }

    /// The word of the parameter; for machines, a word for the others as well.
    fn word(self) -> &'static str {
        match self {
            Self::Elastic => "elastic",
            Self::Assigned => "assigned",
            Self::Ipv6 => "ipv6",
            Self::Carrier => "carrier",
            Self::Foreign => "foreign",
            Self::CustomerOwned => "customer-owned",
        }
    }

    pub(crate) fn family(self) -> Family {
        if self == Self::Ipv6 { Family::V6 } else { Family::V4 }
    }
}

impl fmt::Display for AddressKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

/// An address, and where the instance has it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PublicAddress<'a> {
    pub(crate) ip: IpAddr,
    pub(crate) kind: AddressKind,
    /// Whose it is: `ipOwnerId`.
    pub(crate) owner: Option<&'a str>,
    /// The private address that it leads to, if it is IPv4.
    pub(crate) private: Option<&'a str>,
    pub(crate) interface: &'a str,
    pub(crate) subnet: Option<&'a str>,
}

/// The addresses of an instance.
#[derive(Debug)]
pub(crate) struct PublicAddresses<'a> {
    families: IpType,
    /// Public ones, and those of a customer.
    pub(crate) found: Vec<PublicAddress<'a>>,
    /// What is not known, in sentences.
    pub(crate) doubts: Vec<String>,
}

/// Where what stands at the top of an instance is: which of its interfaces is the primary one, is not read.
pub(crate) const PRIMARY: &str = "the primary interface";

/// Where an address stands, until its text is read.
#[derive(Clone, Copy)]
struct Place<'a> {
    interface: &'a str,
    subnet: Option<&'a str>,
    account: Option<&'a str>,
    private: Option<&'a str>,
}

impl<'a> PublicAddresses<'a> {
    /// All of them, of these families. What stands at the top of an instance is its primary interface's, and repeated there
    /// if the interfaces are recorded.
    pub(crate) fn of(item: &'a ConfigurationItem<Instance>, families: IpType) -> Self {
        let instance = &item.configuration;
        let mut all = Self { families, found: Vec::new(), doubts: Vec::new() };
        for interface in instance.network_interfaces.iter().flatten() {
            all.add_interface(interface, item.account_id.as_deref());
        }
        let primary = Place {
            interface: PRIMARY,
            subnet: instance.subnet_id.as_deref(),
            account: None,
            private: instance.private_ip_address.as_deref(),
        };
        all.add(instance.ipv6_address.as_deref(), AddressKind::Ipv6, None, primary);
        all.add(instance.public_ip_address.as_deref(), AddressKind::Foreign, None, primary);
        if instance.network_interfaces.is_none() {
            all.doubts
                .push("the configuration item does not hold the instance's network interfaces".to_owned());
        }
        all
    }

    fn add_interface(&mut self, interface: &'a NetworkInterface, account: Option<&'a str>) {
        let place = Place {
            interface: interface.network_interface_id.as_deref().unwrap_or("an interface"),
            subnet: interface.subnet_id.as_deref(),
            // A listing of EC2's may not say whose the instance is.
            account: account.or(interface.owner_id.as_deref()),
            private: None,
        };
        let first = (&interface.private_ip_address, &interface.association);
        let all = interface.private_ip_addresses.iter().flatten();
        let all = all.map(|address| (&address.private_ip_address, &address.association));
        for (private, association) in iter::once(first).chain(all) {
            let place = Place { private: private.as_deref(), ..place };
            if let Some(association) = association {
                self.add_association(association, place);
            }
        }
        for address in interface.ipv6_addresses.iter().flatten() {
            self.add(address.ipv6_address.as_deref(), AddressKind::Ipv6, None, place);
        }
    }

    /// EC2 may repeat a carrier's address as a public one, so that it comes first.
    fn add_association(&mut self, association: &'a Association, place: Place<'a>) {
        let owner = association.ip_owner_id.as_deref();
        let kind = AddressKind::of_owner(owner, place.account);
        self.add(association.carrier_ip.as_deref(), AddressKind::Carrier, owner, place);
        self.add(association.public_ip.as_deref(), kind, owner, place);
        self.add(association.customer_owned_ip.as_deref(), AddressKind::CustomerOwned, owner, place);
    }

    /// Adds what is public or a customer's, once for each interface.
    fn add(&mut self, text: Option<&'a str>, kind: AddressKind, owner: Option<&'a str>, place: Place<'a>) {
        let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return };
        if !self.families.includes(kind.family()) {
            return;
        }
        let Place { interface, subnet, private, .. } = place;
        match text.parse::<IpAddr>() {
            Ok(ip) if ip.is_ipv6() == (kind.family() == Family::V6) => {
                if kind != AddressKind::Ipv6 || INTERNET.contains(ip) {
                    self.add_once(PublicAddress { ip, kind, owner, private, interface, subnet });
                }
            }
            _ => {
                let family = kind.family().name();
                let text = quoted(text);
                // The top of an instance repeats what stands at its primary interface.
                if !self.doubts.iter().any(|doubt| doubt.starts_with(&text)) {
                    self.doubts.push(format!("{text} on {interface} is not an {family} address"));
                }
            }
        }
    }

    /// The same address may stand at its interface, at the private address and at the top. What names the owner says more.
    fn add_once(&mut self, address: PublicAddress<'a>) {
        let is_same = |other: &&mut PublicAddress| {
            other.ip == address.ip && [other.interface, PRIMARY].contains(&address.interface)
        };
        match self.found.iter_mut().find(is_same) {
            Some(known) if (known.kind, known.owner) == (AddressKind::Foreign, None) => {
                (known.kind, known.owner) = (address.kind, address.owner);
            }
            Some(_) => {}
            None => self.found.push(address),
        }
    }
}
