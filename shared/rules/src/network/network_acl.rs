//! Network ACLs: from whom an ACL lets which traffic into its subnets, and to whom replies out.

use super::{Addresses, Protocol, Traffic, cidr, is_everything};
use crate::ec2::{NetworkAcl, NetworkAclEntry};

/// The entries of a network ACL, of each direction in the order in which they decide.
#[derive(Debug)]
pub(crate) struct AclEntries {
    inbound: Vec<Entry>,
    outbound: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    number: i64,
    is_outbound: bool,
    traffic: Traffic,
    addresses: Addresses,
    is_everybody: bool,
    allows: bool,
}

/// Some traffic, and the addresses between which and the subnet the ACL stops it.
pub(crate) type Stopped = (Traffic, Addresses);

/// Who stops some traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The entry of this number is the first that denies some of it to everybody.
    Entry(i64),
    /// No entry lets it in.
    NoEntry,
    /// It gets in, and no reply gets out.
    NoReply,
}

impl AclEntries {
    /// Reads the entries.
    ///
    /// # Errors
    /// Says which entry cannot be read: any of them may decide.
    pub(crate) fn read(acl: &NetworkAcl) -> Result<Self, String> {
        let id = acl.network_acl_id.as_deref().unwrap_or("the network ACL");
        let recorded = acl.entries.as_ref().ok_or_else(|| format!("the entries of {id} are not known"))?;
        let entries = recorded.iter().map(|entry| {
            let number = entry.rule_number.map_or_else(|| "?".to_owned(), |number| number.to_string());
            Entry::read(entry).ok_or_else(|| format!("rule {number} of {id} cannot be read"))
        });
        let mut entries = entries.collect::<Result<Vec<_>, _>>()?;
        // AWS Config and EC2 promise no order.
        entries.sort_by_key(|entry| entry.number);
        let (outbound, inbound) = entries.into_iter().partition(|entry| entry.is_outbound);
        Ok(Self { inbound, outbound })
    }

    /// This traffic in parts, each with the addresses between which and the subnet the ACL stops all of it: on its way in, or,
    /// because nothing comes of TCP without them, the replies. Who connects chooses the port to which the replies go, so that
    /// one port that lets them out is enough.
    pub(crate) fn stopped(&self, traffic: &Traffic) -> Vec<Stopped> {
        let (tcp, unanswered) = (Traffic::of(Protocol::TCP), Addresses::all().minus(&self.answered()));
        let edges = self.inbound.iter().map(|entry| &entry.traffic).chain([&tcp]);
        let mut parts: Vec<Stopped> = Vec::new();
        for piece in traffic.cut(edges) {
            let mut stopped = Addresses::all().minus(&allowed(&self.inbound, &piece));
            if piece.meets(&tcp) {
                stopped = stopped.plus(&unanswered);
            }
            match parts.iter_mut().find(|(_, addresses)| *addresses == stopped) {
                Some((own, _)) => *own = own.plus(&piece),
                None => parts.push((piece, stopped)),
            }
        }
        parts
    }

    /// Who stops this traffic, of which nothing, or little, comes through.
    pub(crate) fn stop(&self, traffic: &Traffic) -> Stop {
        let of_traffic = || self.inbound.iter().filter(|entry| entry.traffic.meets(traffic));
        // What is allowed before it, to a few, does not make it less the reason.
        let denial = of_traffic().find(|entry| !entry.allows && !entry.is_closing());
        let opening = of_traffic().find(|entry| entry.allows && entry.is_everybody);
        match (denial, opening) {
            (Some(denial), Some(opening)) if opening.number < denial.number => Stop::NoReply,
            (Some(denial), _) => Stop::Entry(denial.number),
            (None, Some(_)) => Stop::NoReply,
            (None, None) => Stop::NoEntry,
        }
    }

    /// The addresses to which replies over TCP get out.
    fn answered(&self) -> Addresses {
        let pieces = Traffic::of(Protocol::TCP).cut(self.outbound.iter().map(|entry| &entry.traffic));
        let of_pieces = pieces.iter().map(|piece| allowed(&self.outbound, piece));
        of_pieces.fold(Addresses::default(), |all, own| all.plus(&own))
    }
}

/// The addresses for which the first entry that matches a piece of traffic allows it.
fn allowed(entries: &[Entry], piece: &Traffic) -> Addresses {
    let (mut allowed, mut decided) = (Addresses::default(), Addresses::default());
    for entry in entries.iter().filter(|entry| piece.is_piece_of(&entry.traffic)) {
        if entry.allows {
            allowed = allowed.plus(&entry.addresses.minus(&decided));
        }
        decided = decided.plus(&entry.addresses);
    }
    allowed
}

impl Entry {
    fn read(entry: &NetworkAclEntry) -> Option<Self> {
        let blocks = [&entry.cidr_block, &entry.ipv6_cidr_block].into_iter().flatten();
        let blocks: Vec<_> = blocks.map(|block| cidr(block)).collect::<Option<_>>()?;
        (!blocks.is_empty()).then_some(())?;
        Some(Self {
            number: entry.rule_number?,
            is_outbound: entry.egress?,
            traffic: traffic(entry)?,
            is_everybody: blocks.iter().any(is_everything),
            addresses: blocks.iter().collect(),
            allows: match entry.rule_action.as_deref()? {
                "allow" => true,
                "deny" => false,
                _ => return None,
            },
        })
    }

    /// Whether it is one of those that close every ACL.
    fn is_closing(&self) -> bool {
        const LAST_OF_PEOPLE: i64 = 32766;
        self.number > LAST_OF_PEOPLE
    }
}

fn traffic(entry: &NetworkAclEntry) -> Option<Traffic> {
    let name = entry.protocol.as_deref()?.trim();
    if name == "-1" {
        return Some(Traffic::all());
    }
    let protocol = Protocol::from_text(name)?;
    if protocol.has_ports() {
        let range = entry.port_range.as_ref()?;
        let (from, to) = (u16::try_from(range.from?).ok()?, u16::try_from(range.to?).ok()?);
        return (from <= to).then(|| Traffic::ports(protocol, from..=to));
    }
    // As in the rules of groups, -1 is every type, and every code.
    let number = |number: Option<i64>| number.and_then(|number| u8::try_from(number).ok());
    let icmp = entry.icmp_type_code.as_ref().filter(|_| protocol.has_types());
    let of_type =
        icmp.and_then(|icmp| Some(Traffic::icmp_type(protocol, number(icmp.icmp_type)?, number(icmp.code))));
    Some(of_type.unwrap_or_else(|| Traffic::of(protocol)))
}
