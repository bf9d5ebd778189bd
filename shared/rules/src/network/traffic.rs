//! Traffic: protocols, with their ports or their ICMP types and codes, as exact sets.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    ops::RangeInclusive,
    sync::LazyLock,
};

use range_set_blaze::RangeSetBlaze;

/// A set of port numbers.
pub type Ports = RangeSetBlaze<u16>;

/// An IP protocol, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Protocol(u8);

/// Names of protocols. EC2 writes the first four, and numbers. Source: IANA, Assigned Internet Protocol Numbers.
const NAMES: [(&str, Protocol); 11] = [
    ("tcp", Protocol::TCP),
    ("udp", Protocol::UDP),
    ("icmp", Protocol::ICMP),
    ("icmpv6", Protocol::ICMPV6),
    ("igmp", Protocol(2)),
    ("ipip", Protocol(4)),
    ("gre", Protocol(47)),
    ("esp", Protocol(50)),
    ("ah", Protocol(51)),
    ("ospf", Protocol(89)),
    ("sctp", Protocol(132)),
];

/// The protocols that have ports or types, in the order in which people read them.
const DIVIDED: [Protocol; 4] = [Protocol::TCP, Protocol::UDP, Protocol::ICMP, Protocol::ICMPV6];

/// All protocols: first the divided ones, then the others by number.
static ORDER: LazyLock<Vec<Protocol>> = LazyLock::new(|| {
    let mut order: Vec<_> = (0..=u8::MAX).map(Protocol).collect();
    order.sort_by_key(|own| DIVIDED.iter().position(|first| own == first).unwrap_or(DIVIDED.len()));
    order
});

impl Protocol {
    /// 6.
    pub const TCP: Self = Self(6);
    /// 17.
    pub const UDP: Self = Self(17);
    /// 1.
    pub const ICMP: Self = Self(1);
    /// 58.
    pub const ICMPV6: Self = Self(58);

    /// The protocol of this name, in any case, or of this number: `tcp`, `6`, `ESP`.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let named = NAMES.iter().find(|(name, _)| text.eq_ignore_ascii_case(name));
        named.map_or_else(|| byte(text).map(Self), |(_, protocol)| Some(*protocol))
    }

    /// As EC2 writes it: `tcp`, `protocol 47`.
    #[must_use]
    pub fn name(self) -> String {
        let divided = NAMES.iter().find(|(_, protocol)| self == *protocol && DIVIDED.contains(protocol));
        divided.map_or_else(|| format!("protocol {}", self.0), |(name, _)| (*name).to_owned())
    }

    /// Whether it is TCP or UDP.
    #[must_use]
    pub fn has_ports(self) -> bool {
        matches!(self, Self::TCP | Self::UDP)
    }

    /// Whether it is ICMP or ICMP for IPv6.
    #[must_use]
    pub fn has_types(self) -> bool {
        matches!(self, Self::ICMP | Self::ICMPV6)
    }

    /// What a set has of it, behind its name: `/22,80`, ` type 8`. Nothing, if that is all of a protocol without ports.
    fn detail(self, points: &Ports, shown: usize) -> String {
        match self {
            _ if self.has_ports() => format!("/{}", ranges(points, shown)),
            _ if self.has_types() && *points != Ports::from(0..=u16::MAX) => format!(" {}", types(points)),
            _ => String::new(),
        }
    }
}

/// A number of one byte, in at most three digits.
pub(super) fn byte(text: &str) -> Option<u8> {
    // `parse` alone would take a sign.
    let is_plain = text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain)
}

/// A set of traffic: of TCP and UDP ports, of ICMP types with their codes, and of other protocols all or nothing.
///
/// It is a set of numbers: each protocol has 65,536, one behind the other in [`ORDER`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traffic(RangeSetBlaze<u32>);

/// How many numbers a protocol has: its ports, or 256 types of 256 codes.
const POINTS: u32 = 1 << 16;

impl Traffic {
    /// Everything.
    #[must_use]
    pub fn all() -> Self {
        Self((0..=POINTS * 256 - 1).into())
    }

    /// All of a protocol.
    #[must_use]
    pub fn of(protocol: Protocol) -> Self {
        Self::points(protocol, 0..=u16::MAX)
    }

    /// These ports of TCP or UDP.
    #[must_use]
    pub fn ports(protocol: Protocol, ports: RangeInclusive<u16>) -> Self {
        if protocol.has_ports() { Self::points(protocol, ports) } else { Self::default() }
    }

    /// A type of ICMP, with this code or with all.
    #[must_use]
    pub fn icmp_type(protocol: Protocol, number: u8, code: Option<u8>) -> Self {
        let point = |code| u16::from_be_bytes([number, code]);
        Self::points(protocol, point(code.unwrap_or(0))..=point(code.unwrap_or(u8::MAX)))
    }

    fn points(protocol: Protocol, points: RangeInclusive<u16>) -> Self {
        let place = ORDER.iter().zip(0..).find_map(|(own, place)| (*own == protocol).then_some(place));
        let first = place.unwrap_or_default() * POINTS;
        Self((first + u32::from(*points.start())..=first + u32::from(*points.end())).into())
    }

    /// TCP and UDP.
    #[must_use]
    pub fn with_ports() -> Self {
        [Protocol::TCP, Protocol::UDP].map(Self::of).into_iter().collect()
    }

    /// ICMP for IPv4 and for IPv6.
    #[must_use]
    pub fn icmp() -> Self {
        [Protocol::ICMP, Protocol::ICMPV6].map(Self::of).into_iter().collect()
    }

    /// What is in this set or in the other.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self(&self.0 | &other.0)
    }

    /// What is in this set, but not in the other.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        Self(&self.0 - &other.0)
    }

    /// What is in both.
    #[must_use]
    pub fn within(&self, other: &Self) -> Self {
        Self(&self.0 & &other.0)
    }

    /// Whether something is in both.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        !self.0.is_disjoint(&other.0)
    }

    /// Whether the other set has this one wholly, which it has wholly or not at all.
    pub(super) fn is_piece_of(&self, other: &Self) -> bool {
        self.0.first().is_some_and(|first| other.0.contains(first))
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Its ports of TCP or UDP.
    #[must_use]
    pub fn ports_of(&self, protocol: Protocol) -> Ports {
        let own = self.within(&Self::ports(protocol, 0..=u16::MAX)).protocols();
        own.into_iter().map(|(_, ports)| ports).next().unwrap_or_default()
    }

    /// The same set in pieces, each of which another of these sets has wholly or not at all.
    pub(super) fn cut<'a>(&self, others: impl IntoIterator<Item = &'a Self>) -> Vec<Self> {
        let others = others.into_iter().flat_map(|other| other.0.ranges());
        let edges: BTreeSet<u32> = others.flat_map(|range| [*range.start(), range.end() + 1]).collect();
        let mut pieces = Vec::new();
        for range in self.0.ranges() {
            let (mut from, to) = (*range.start(), *range.end());
            // An edge at the very beginning cuts nothing off.
            for edge in edges.range(from..=to).copied().filter(|edge| *edge > *range.start()) {
                pieces.push(Self((from..=edge - 1).into()));
                from = edge;
            }
            pieces.push(Self((from..=to).into()));
        }
        pieces
    }

    /// What it has of each protocol, in order.
    fn protocols(&self) -> Vec<(Protocol, Ports)> {
        let mut protocols = BTreeMap::<u32, Ports>::new();
        for range in self.0.ranges() {
            for place in range.start() / POINTS..=range.end() / POINTS {
                let point =
                    |point: u32| u16::try_from(point.saturating_sub(place * POINTS)).unwrap_or(u16::MAX);
                protocols.entry(place).or_default().extend([point(*range.start())..=point(*range.end())]);
            }
        }
        ORDER.iter().zip(0..).filter_map(|(own, place)| Some((*own, protocols.remove(&place)?))).collect()
    }

    /// Of each protocol the name and what of it: `tcp` and `/22`. Many others are not named one by one.
    fn parts(&self, shown: usize) -> Vec<(String, String)> {
        const NAMED: usize = 8;
        let (divided, others): (Vec<_>, Vec<_>) =
            self.protocols().into_iter().partition(|(protocol, _)| DIVIDED.contains(protocol));
        let part = |(protocol, points): &(Protocol, Ports)| (protocol.name(), protocol.detail(points, shown));
        let others = match others.len() {
            0..=NAMED => others.iter().map(part).collect(),
            _ => vec![("other protocols".to_owned(), String::new())],
        };
        divided.iter().map(part).chain(others).collect()
    }

    /// `tcp+udp/22,8000-8080`, `icmp type 8 + protocol 47`; with at most so many ranges of ports.
    #[must_use]
    pub fn text(&self, shown: usize) -> String {
        let parts = self.parts(shown);
        let text = |alike: &[(String, String)]| {
            let names: Vec<_> = alike.iter().map(|(name, _)| name.as_str()).collect();
            names.join("+") + &alike[0].1
        };
        parts.chunk_by(|one, other| one.1 == other.1).map(text).collect::<Vec<_>>().join(" + ")
    }

    /// The same exactly, range by range: `tcp/22`, `tcp/8000-8080`, `icmp type 8`, `protocols 47,50-51`.
    #[must_use]
    pub fn list(&self) -> Vec<String> {
        let (mut list, mut others) = (Vec::new(), Ports::new());
        for (protocol, points) in self.protocols() {
            let name = protocol.name();
            if protocol.has_ports() {
                list.extend(points.into_ranges().map(|range| format!("{name}/{}", range_text(range))));
            } else if protocol.has_types() {
                list.push(name + &protocol.detail(&points, usize::MAX));
            } else {
                others.insert(protocol.0.into());
            }
        }
        list.extend((!others.is_empty()).then(|| counted("protocol", &others)));
        list
    }
}

impl fmt::Display for Traffic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text(usize::MAX))
    }
}

impl FromIterator<Self> for Traffic {
    fn from_iter<I: IntoIterator<Item = Self>>(sets: I) -> Self {
        Self(sets.into_iter().flat_map(|set| set.0.into_ranges()).collect())
    }
}

/// `22`, or `8000-8080`.
#[must_use]
pub fn range_text(range: RangeInclusive<u16>) -> String {
    match range.into_inner() {
        (from, to) if from == to => from.to_string(),
        (from, to) => format!("{from}-{to}"),
    }
}

/// `20-23,25 and 3 more`.
fn ranges(numbers: &Ports, shown: usize) -> String {
    let first: Vec<_> = numbers.ranges().take(shown).map(range_text).collect();
    match numbers.ranges_len().saturating_sub(first.len()) {
        0 => first.join(","),
        more => format!("{} and {more} more", first.join(",")),
    }
}

/// `type 8`, `types 0-2,8`.
fn counted(what: &str, numbers: &Ports) -> String {
    let plural = if numbers.len() == 1 { "" } else { "s" };
    format!("{what}{plural} {}", ranges(numbers, usize::MAX))
}

/// `types 0-2,8`, `type 3 code 4`.
fn types(points: &Ports) -> String {
    let (mut whole, mut texts) = (Ports::new(), Vec::new());
    for number in 0..=u8::MAX {
        let point = |code| u16::from_be_bytes([number, code]);
        let own = points & &Ports::from(point(0)..=point(u8::MAX));
        let codes: Ports = own.iter().map(|point| point % 256).collect();
        if codes == Ports::from(0..=255) {
            whole.insert(number.into());
        } else if !codes.is_empty() {
            texts.push(format!("type {number} {}", counted("code", &codes)));
        }
    }
    let whole = (!whole.is_empty()).then(|| counted("type", &whole));
    whole.into_iter().chain(texts).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tcp(ports: RangeInclusive<u16>) -> Traffic {
        Traffic::ports(Protocol::TCP, ports)
    }

    fn udp(ports: RangeInclusive<u16>) -> Traffic {
        Traffic::ports(Protocol::UDP, ports)
    }

    #[test]
    fn protocols_are_read_by_name_and_by_number() {
        for (text, expected) in
            [("tcp", Some(6)), ("TCP", Some(6)), ("17", Some(17)), ("ESP", Some(50)), ("047", Some(47))]
        {
            assert_eq!(Protocol::from_text(text), expected.map(Protocol), "{text}");
        }
        for text in ["", "-1", "+6", "256", "0006", "all", "tcp/22"] {
            assert_eq!(Protocol::from_text(text), None, "{text}");
        }
    }

    #[test]
    fn what_two_protocols_share_is_written_once() {
        let is = |sets: &[Traffic], text: &str| {
            assert_eq!(sets.iter().cloned().collect::<Traffic>().to_string(), text);
        };
        is(&[], "");
        is(&[tcp(22..=22), tcp(20..=21), tcp(25..=25)], "tcp/20-22,25");
        is(&[tcp(22..=22), udp(22..=22)], "tcp+udp/22");
        is(&[tcp(22..=22), udp(161..=161)], "tcp/22 + udp/161");
        is(&[Traffic::icmp(), Traffic::of(Protocol(47))], "icmp+icmpv6+protocol 47");
        is(&[Traffic::all()], "tcp+udp/0-65535 + icmp+icmpv6+other protocols");
    }

    #[test]
    fn icmp_is_written_with_types_and_codes() {
        let icmp = |number, code| Traffic::icmp_type(Protocol::ICMP, number, code);
        assert_eq!(icmp(8, None).to_string(), "icmp type 8");
        assert_eq!(icmp(3, Some(4)).to_string(), "icmp type 3 code 4");
        let rest = Traffic::of(Protocol::ICMP).minus(&icmp(3, Some(4)));
        assert_eq!(rest.to_string(), "icmp types 0-2,4-255, type 3 codes 0-3,5-255");
        assert_eq!(
            Traffic::icmp_type(Protocol::ICMPV6, 128, None).plus(&icmp(8, None)).list(),
            ["icmp type 8", "icmpv6 type 128"]
        );
    }

    #[test]
    fn many_ports_are_counted() {
        let odd: Traffic = (0..10).map(|port| tcp(port * 2..=port * 2)).chain([udp(1..=1)]).collect();
        assert_eq!(odd.text(3), "tcp/0,2,4 and 7 more + udp/1");
        assert_eq!(odd.list().len(), 11);
    }

    fn traffic() -> impl Strategy<Value = Traffic> {
        let protocol = prop::sample::select(vec![1, 6, 17, 47, 58, 255]).prop_map(Protocol);
        let one = (protocol, any::<(u16, u16)>()).prop_map(|(protocol, (a, b))| match protocol.0 {
            1 | 58 => {
                Traffic::icmp_type(protocol, a.to_be_bytes()[0], (b % 2 == 0).then_some(b.to_be_bytes()[0]))
            }
            6 | 17 => Traffic::ports(protocol, a.min(b)..=a.max(b)),
            _ => Traffic::of(protocol),
        });
        prop::collection::vec(one, 0..5).prop_map(|sets| sets.into_iter().collect())
    }

    proptest! {
        #[test]
        fn pieces_are_the_whole_and_others_have_them_wholly_or_not_at_all(
            whole in traffic(), others in prop::collection::vec(traffic(), 0..4),
        ) {
            let pieces = whole.cut(&others);
            prop_assert_eq!(pieces.iter().cloned().collect::<Traffic>(), whole);
            for piece in &pieces {
                prop_assert!(!piece.is_empty());
                for other in &others {
                    prop_assert!(!piece.meets(other) || piece.minus(other).is_empty());
                }
            }
        }

        #[test]
        fn the_protocols_of_a_set_are_the_set(set in traffic()) {
            let again: Traffic = set.protocols().into_iter()
                .flat_map(|(protocol, points)| points.into_ranges().map(move |range| Traffic::points(protocol, range)))
                .collect();
            prop_assert_eq!(again, set);
        }
    }
}
