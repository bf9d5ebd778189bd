//! Doors: by which addresses of which interface the internet may come in.

use std::net::IpAddr;

use super::parameters::{Parameters, Path};
use crate::{
    ec2::{GroupIdentifier, Instance, NetworkInterface},
    item::ConfigurationItem,
    network::{AddressKind, Family, PRIMARY, PublicAddress, PublicAddresses, routes::Target},
    parameters::first_of,
};

/// Addresses of one interface that are reached in the same way: of one family, through one kind of gateway, and with the same
/// exemptions.
#[derive(Debug)]
pub(super) struct Door<'a> {
    /// `eni-…`.
    pub(super) interface: &'a str,
    pub(super) subnet: Option<&'a str>,
    /// The interface's groups; `None` where they are not recorded.
    pub(super) groups: Option<Vec<&'a str>>,
    pub(super) family: Family,
    /// The gateway behind which the internet is.
    pub(super) gateway: Target,
    /// None, if the groups are evaluated whether or not there is one.
    pub(super) addresses: Vec<PublicAddress<'a>>,
    /// Which exemptions are for it.
    pub(super) exempt: Vec<usize>,
}

/// The doors of an instance.
#[derive(Debug)]
pub(super) struct Doors<'a> {
    pub(super) all: Vec<Door<'a>>,
    /// The interfaces without a public address.
    pub(super) without_address: Vec<&'a str>,
    /// What is not known, in sentences.
    pub(super) doubts: Vec<String>,
}

impl<'a> Doors<'a> {
    pub(super) fn of(item: &'a ConfigurationItem<Instance>, parameters: &Parameters) -> Self {
        let found = PublicAddresses::of(item, parameters.limit.families);
        let interfaces = item.configuration.network_interfaces.as_deref().unwrap_or_default();
        if parameters.path == Path::Groups {
            let is_recorded = item.configuration.network_interfaces.is_some();
            let doubts = found.doubts.into_iter().filter(|_| !is_recorded).collect();
            return Self { all: of_groups(interfaces, parameters), without_address: Vec::new(), doubts };
        }
        let mut doors: Vec<Door> = Vec::new();
        for address in found.found {
            let Some(gateway) = gateway(address.kind) else { continue };
            let exempt = parameters.exempt(Some(address.ip));
            let is_door = |door: &&mut Door| {
                let own = (door.interface, door.family, door.gateway);
                own == (address.interface, address.kind.family(), gateway) && door.exempt == exempt
            };
            match doors.iter_mut().find(is_door) {
                Some(door) => door.addresses.push(address),
                None => doors.push(Door {
                    interface: address.interface,
                    subnet: address.subnet,
                    groups: groups(address.interface, &item.configuration),
                    family: address.kind.family(),
                    gateway,
                    addresses: vec![address],
                    exempt,
                }),
            }
        }
        let has_door =
            |interface: &str| doors.iter().any(|door| [interface, PRIMARY].contains(&door.interface));
        let without_address = interfaces.iter().map(id).filter(|interface| !has_door(interface)).collect();
        Self { all: doors, without_address, doubts: found.doubts }
    }
}

/// A door at every interface, for each family.
fn of_groups<'a>(interfaces: &'a [NetworkInterface], parameters: &Parameters) -> Vec<Door<'a>> {
    let families = Family::ALL.into_iter().filter(|family| parameters.limit.families.includes(*family));
    let of_family = |family| {
        interfaces.iter().map(move |interface| Door {
            interface: id(interface),
            subnet: interface.subnet_id.as_deref(),
            groups: ids(interface.groups.as_deref()),
            family,
            gateway: Target::InternetGateway,
            addresses: Vec::new(),
            exempt: parameters.exempt(None),
        })
    };
    families.flat_map(of_family).collect()
}

fn id(interface: &NetworkInterface) -> &str {
    interface.network_interface_id.as_deref().unwrap_or("an interface")
}

/// The groups of an interface; what stands at the top of an instance is its primary interface's.
fn groups<'a>(interface: &str, instance: &'a Instance) -> Option<Vec<&'a str>> {
    let mut interfaces = instance.network_interfaces.iter().flatten();
    let own = interfaces.find(|own| id(own) == interface);
    ids(own.map_or(&instance.security_groups, |own| &own.groups).as_deref())
}

fn ids(groups: Option<&[GroupIdentifier]>) -> Option<Vec<&str>> {
    groups?.iter().map(|group| group.group_id.as_deref()).collect()
}

/// Behind which gateway an address is reached; none for a customer's, which the internet does not know.
fn gateway(kind: AddressKind) -> Option<Target> {
    match kind {
        AddressKind::Carrier => Some(Target::CarrierGateway),
        AddressKind::CustomerOwned => None,
        _ => Some(Target::InternetGateway),
    }
}

impl Door<'_> {
    /// Where somebody knocks.
    pub(super) fn place(&self) -> String {
        self.place_of(&self.addresses)
    }

    /// `198.51.100.7`, `198.51.100.7 (carrier)`, or the interface.
    pub(super) fn place_of(&self, addresses: &[PublicAddress]) -> String {
        const SHOWN: usize = 2;
        let addresses: Vec<IpAddr> = addresses.iter().map(|address| address.ip).collect();
        match self.gateway {
            _ if addresses.is_empty() => self.interface.to_owned(),
            Target::CarrierGateway => format!("{} (carrier)", first_of(&addresses, SHOWN)),
            _ => first_of(&addresses, SHOWN),
        }
    }

    /// Whether an address of the interface leads there.
    pub(super) fn has_address(&self) -> bool {
        !self.addresses.is_empty()
    }
}
