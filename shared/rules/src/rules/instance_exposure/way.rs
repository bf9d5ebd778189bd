//! The way from the internet through a door: past the groups, the routes, the network ACL, what inspects, the interface and
//! block public access. Each is asked for only if everything before it is open.

use super::{
    annotation,
    codes::ExposureCode,
    door::Door,
    parameters::{Inspected, Parameters, Path},
};
use crate::{
    ec2::{Instance, Subnet},
    facts::{Fact, Facts, SubnetPath, VpcBlockPublicAccess},
    finding::{Code, Finding},
    item::ConfigurationItem,
    network::{
        Addresses, Direction, Family, Permission, PublicAddress, Traffic, Zone, cidr, exposures,
        network_acl::AclEntries,
        routes::{Assume, Routes, Target},
    },
};

/// What the groups of an interface let in.
#[derive(Debug)]
pub(super) struct Groups<'a> {
    pub(super) permissions: Vec<Permission<'a>>,
    /// Those that are not known, and why, in sentences.
    unknown: Vec<(&'a str, String)>,
}

/// Where a way ends.
pub(super) enum Way<'a> {
    /// At facts that are not looked up yet.
    Unfinished,
    /// At the groups, which let nobody in that counts.
    Closed,
    /// At something behind the groups, and why.
    Stopped(String),
    /// In the instance, for what is left in these zones.
    Open(Open<'a>),
}

/// What is open all the way.
pub(super) struct Open<'a> {
    pub(super) zones: Vec<Zone>,
    /// The addresses by which.
    pub(super) addresses: Vec<PublicAddress<'a>>,
    /// `None` if it was not looked at, or is not known.
    pub(super) path: Option<&'a SubnetPath>,
    /// What is taken for granted.
    pub(super) doubts: Vec<Finding>,
}

/// A step along the way: the next one follows, unless it ends.
type Step<'a> = Result<(), Way<'a>>;

/// Somebody on the way, who takes one thing for granted of all that is not known.
struct Walk<'a> {
    door: &'a Door<'a>,
    groups: &'a Groups<'a>,
    item: &'a ConfigurationItem<Instance>,
    parameters: &'a Parameters,
    facts: &'a Facts,
    assume: Assume,
    /// What is open so far.
    zones: Vec<Zone>,
    addresses: Vec<PublicAddress<'a>>,
    /// What is taken for granted so far.
    doubts: Vec<Finding>,
}

impl<'a> Groups<'a> {
    /// The groups of a door; `None` if they are not looked up yet.
    pub(super) fn of(door: &'a Door<'a>, parameters: &Parameters, facts: &'a Facts) -> Option<Self> {
        let mut groups = Self { permissions: Vec::new(), unknown: Vec::new() };
        let limit = parameters.limit_of(door.family);
        let ids = door.groups.as_deref().unwrap_or_default();
        for id in ids.iter().copied() {
            let known = match facts.security_group(id) {
                Fact::Known(group) => {
                    Permission::of_group(id, group, &[Direction::Inbound], &parameters.guard, &limit, facts)
                        .ok_or_else(|| format!("the rules of {id} are not known"))
                }
                Fact::Absent => Err(format!("{id} is not there, or is another account's")),
                Fact::Unavailable(why) => Err(format!("nothing is known about {id}: {why}")),
            };
            match known {
                Ok(permissions) => groups.permissions.extend(permissions),
                Err(why) => groups.unknown.push((id, why)),
            }
        }
        if door.groups.is_none() {
            let why = format!("the configuration item does not hold the groups of {}", door.interface);
            groups.unknown.push((door.interface, why));
        }
        let lists = groups.permissions.iter().flat_map(|permission| &permission.unknown_lists);
        let mut asked = lists.map(String::as_str).chain(ids.iter().copied());
        (!asked.any(|key| facts.awaits(key))).then_some(groups)
    }
}

/// Goes all the way through a door.
pub(super) fn way<'a>(
    door: &'a Door<'a>,
    groups: &'a Groups<'a>,
    item: &'a ConfigurationItem<Instance>,
    parameters: &'a Parameters,
    facts: &'a Facts,
    assume: Assume,
) -> Way<'a> {
    let (zones, addresses) = (parameters.zones(door.family, &door.exempt), door.addresses.clone());
    let mut walk =
        Walk { door, groups, item, parameters, facts, assume, zones, addresses, doubts: Vec::new() };
    match walk.steps() {
        Err(end) => end,
        Ok(path) => {
            walk.doubt_groups();
            let Walk { zones, addresses, doubts, .. } = walk;
            Way::Open(Open { zones, addresses, path, doubts })
        }
    }
}

impl<'a> Walk<'a> {
    fn steps(&mut self) -> Result<Option<&'a SubnetPath>, Way<'a>> {
        if !self.is_open(&self.zones) {
            return Err(Way::Closed);
        }
        if self.parameters.path != Path::Full {
            return Ok(None);
        }
        let Some(path) = self.subnet_path()? else { return Ok(None) };
        self.pass_private_blocks(&path.subnet)?;
        self.pass_routes(path)?;
        self.pass_acl(path)?;
        self.pass_gateway(path)?;
        self.pass_interface()?;
        self.pass_block_public_access(path)?;
        Ok(Some(path))
    }

    fn subnet_path(&mut self) -> Result<Option<&'a SubnetPath>, Way<'a>> {
        let Some(subnet) = self.door.subnet else {
            self.unknown(format!(
                "the configuration item does not hold the subnet of {}",
                self.door.interface
            ))?;
            return Ok(None);
        };
        let why = match self.facts.subnet_path(subnet) {
            Fact::Known(path) => return Ok(Some(path)),
            _ if self.facts.awaits(subnet) => return Err(Way::Unfinished),
            Fact::Absent => format!("{subnet} is not there, or is another account's"),
            Fact::Unavailable(why) => {
                format!("nothing is known about the routes and the network ACL of {subnet}: {why}")
            }
        };
        self.unknown(why).map(|()| None)
    }

    /// An IPv6 address of a private block is not advertised.
    fn pass_private_blocks(&mut self, subnet: &Subnet) -> Step<'a> {
        let blocks = subnet.ipv6_cidr_block_association_set.iter().flatten();
        let private = blocks.filter(|block| block.ipv6_address_attribute.as_deref() == Some("private"));
        let private: Vec<_> = private.filter_map(|block| cidr(block.ipv6_cidr_block.as_deref()?)).collect();
        let why = format!("its block of {} is private", name(subnet.subnet_id.as_ref(), "the subnet"));
        let is_public = |address: &PublicAddress| !private.iter().any(|block| block.contains(&address.ip));
        self.keep(is_public, ExposureCode::PrivateBlock, &why)
    }

    fn pass_routes(&mut self, path: &'a SubnetPath) -> Step<'a> {
        let table = &path.route_table;
        let id = name(table.route_table_id.as_ref(), "the route table");
        let routes = match Routes::read(table, self.facts) {
            Ok(routes) => routes,
            Err(why) => return self.unknown(why),
        };
        if routes.unknown_lists().any(|list| self.facts.awaits(list)) {
            return Err(Way::Unfinished);
        }
        let both = [self.door.gateway, Target::Inspection];
        let targets = if self.inspects() { &both[..1] } else { &both[..] };
        let open = |zones: &[Zone], targets: &[Target]| {
            let unsent = Addresses::all().minus(&routes.sent_to(targets, self.assume));
            zones.iter().map(|zone| zone.trusting(&unsent)).collect::<Vec<_>>()
        };
        let zones = open(&self.zones, targets);
        if self.is_open(&zones) {
            self.doubt_lists(&routes, id);
            self.zones = zones;
            return Ok(());
        }
        if self.is_open(&open(&self.zones, &both)) {
            let why = format!("{id} leads to the internet by way of {}", routes.inspectors().join(", "));
            return Err(self.stopped(ExposureCode::Inspected, &why));
        }
        let gateway = if self.door.gateway == Target::CarrierGateway {
            "a carrier gateway"
        } else {
            "an internet gateway"
        };
        Err(self.stopped(ExposureCode::NoRoute, &format!("{id} sends no reply to {gateway}")))
    }

    fn pass_acl(&mut self, path: &SubnetPath) -> Step<'a> {
        let entries = match AclEntries::read(&path.network_acl) {
            Ok(entries) => entries,
            Err(why) => return self.unknown(why),
        };
        let of = |zone: &Zone| {
            let parts = entries.stopped(&zone.traffic).into_iter();
            let within = parts.map(|(traffic, stopped)| Zone { traffic, ..zone.trusting(&stopped) });
            within.collect::<Vec<_>>()
        };
        let zones: Vec<_> = self.zones.iter().flat_map(of).collect();
        if self.is_open(&zones) {
            self.zones = zones;
            return Ok(());
        }
        let acl = name(path.network_acl.network_acl_id.as_ref(), "the network ACL");
        let traffic = exposed_traffic(&self.groups.permissions, &self.zones);
        Err(self.stopped(ExposureCode::Acl, &annotation::acl_stops(acl, entries.stop(&traffic))))
    }

    /// The route table of the gateway itself may send what comes in to a firewall first.
    fn pass_gateway(&mut self, path: &SubnetPath) -> Step<'a> {
        let Some(table) = path.gateway_route_table.as_ref().filter(|_| self.inspects()) else {
            return Ok(());
        };
        let routes = match Routes::read(table, self.facts) {
            Ok(routes) => routes,
            Err(why) => return self.unknown(why),
        };
        let id = name(table.route_table_id.as_ref(), "its route table");
        let is_direct = |address: &PublicAddress| {
            let inside = address.private.and_then(|private| private.parse().ok()).unwrap_or(address.ip);
            routes.to(inside).is_none_or(|route| route.gateway_id.as_deref() == Some("local"))
        };
        self.keep(
            is_direct,
            ExposureCode::Inspected,
            &format!("{id}, of the gateway, sends it to an appliance first"),
        )
    }

    /// An interface that refuses what comes from an internet gateway has no public IPv4 address.
    fn pass_interface(&mut self) -> Step<'a> {
        let id = self.door.interface;
        if self.door.family == Family::V4 {
            return Ok(());
        }
        match self.facts.deny_all_igw_traffic(id) {
            Fact::Known(denies) if denies.0 => Err(self.stopped(
                ExposureCode::DeniedInterface,
                "the interface refuses what comes from an internet gateway",
            )),
            Fact::Known(_) => Ok(()),
            _ if self.facts.awaits(id) => Err(Way::Unfinished),
            Fact::Absent => self.unknown(format!("{id} is not there")),
            Fact::Unavailable(why) => self.unknown(format!(
                "whether {id} refuses what comes from an internet gateway is not known: {why}"
            )),
        }
    }

    /// It is for internet gateways, and the owner's of the VPC: who shares the VPC cannot read it.
    fn pass_block_public_access(&mut self, path: &SubnetPath) -> Step<'a> {
        if self.door.gateway == Target::CarrierGateway
            || annotation::other_owner(&path.subnet, self.item).is_some()
        {
            return Ok(());
        }
        let account = self.item.account_id.as_deref().unwrap_or("the account");
        let region = self.item.aws_region.as_deref().unwrap_or("the Region");
        match self.facts.vpc_block_public_access(account, region) {
            Fact::Known(block) if stops(block, &path.subnet) => {
                let why = format!("VPC block public access is {}", block.internet_gateway_block_mode);
                Err(self.stopped(ExposureCode::Blocked, &why))
            }
            Fact::Known(_) | Fact::Absent => Ok(()),
            Fact::Unavailable(_) if self.facts.awaits(&format!("{account}/{region}")) => Err(Way::Unfinished),
            Fact::Unavailable(why) => {
                self.unknown(format!("whether VPC block public access stops it is not known: {why}"))
            }
        }
    }

    /// Goes on with the addresses of which this is so.
    fn keep(&mut self, of: impl Fn(&PublicAddress) -> bool, code: ExposureCode, why: &str) -> Step<'a> {
        let kept: Vec<_> = self.addresses.iter().filter(|address| of(address)).copied().collect();
        if kept.is_empty() {
            return Err(self.stopped(code, why));
        }
        self.addresses = kept;
        Ok(())
    }

    fn inspects(&self) -> bool {
        self.parameters.inspected == Inspected::Allow
    }

    /// Something is not known: it is taken for open, and doubted, or for closed.
    fn unknown(&mut self, why: String) -> Step<'a> {
        if self.assume == Assume::Closed {
            return Err(Way::Stopped(why));
        }
        let open = annotation::open(self.door, &self.groups.permissions, &self.zones);
        self.doubts.push(Finding::missing_data(format!("{open}, and {why}")));
        Ok(())
    }

    fn is_open(&self, zones: &[Zone]) -> bool {
        let is_exposed = |zone: &Zone| !exposures(&self.groups.permissions, zone).is_empty();
        zones.iter().any(|zone| is_exposed(zone) || self.may_be_open(zone))
    }

    fn may_be_open(&self, zone: &Zone) -> bool {
        let is_unknown = || {
            let groups =
                self.groups.unknown.iter().any(|(id, _)| !zone.ignored_groups.iter().any(|own| own == id));
            groups || self.groups.permissions.iter().any(|permission| is_doubtful(permission, zone))
        };
        self.assume == Assume::Open && zone.can_be_exposed() && is_unknown()
    }

    /// What is not known of the groups, if it may open what is left.
    fn doubt_groups(&mut self) {
        let can_be_exposed = self.zones.iter().any(Zone::can_be_exposed);
        let unknown = self.groups.unknown.iter().filter(|_| can_be_exposed);
        let mut doubts: Vec<_> = unknown.map(|(_, why)| Finding::missing_data(why.clone())).collect();
        for permission in &self.groups.permissions {
            let mut zones = self.zones.iter().filter(|zone| zone.can_be_exposed());
            if zones.any(|zone| is_doubtful(permission, zone)) {
                doubts.extend(annotation::doubts(permission, self.parameters));
            }
        }
        self.doubts.extend(doubts);
    }

    fn doubt_lists(&mut self, routes: &Routes, table: &str) {
        let lists = routes.unknown_lists();
        let doubt = |list: &str| {
            let sentence = format!("{list} (a route of {table}), whose entries are not known");
            Finding::new(ExposureCode::PrefixList, sentence).with("prefixListId", list)
        };
        self.doubts.extend(lists.map(doubt));
    }

    /// The end: what is open, but for this reason.
    fn stopped(&self, code: ExposureCode, why: &str) -> Way<'a> {
        let open = annotation::open(self.door, &self.groups.permissions, &self.zones);
        Way::Stopped(format!("note {}: {open}, but {why}", <&Code>::from(code).name))
    }
}

/// What is exposed in these zones; all of them, if that is not known.
fn exposed_traffic(permissions: &[Permission], zones: &[Zone]) -> Traffic {
    let exposed: Traffic =
        zones.iter().flat_map(|zone| exposures(permissions, zone)).map(|exposure| exposure.traffic).collect();
    let all = || zones.iter().map(|zone| zone.traffic.clone()).collect();
    if exposed.is_empty() { all() } else { exposed }
}

/// Whether more of a permission than is known may be let in, and count.
fn is_doubtful(permission: &Permission, zone: &Zone) -> bool {
    let is_ignored = zone.ignored_groups.iter().any(|group| group == permission.group_id);
    let is_unread = permission.problem.is_some() && zone.limit.concerns(&permission.sources);
    !is_ignored && permission.traffic.meets(&zone.traffic) && (!permission.has_known_sources() || is_unread)
}

/// Whether block public access stops what comes in from an internet gateway. Of exclusions, the one that lets more in decides.
fn stops(block: &VpcBlockPublicAccess, subnet: &Subnet) -> bool {
    let is_for =
        |arn: &str, id: &Option<String>| id.as_ref().is_some_and(|id| arn.rsplit('/').next() == Some(id));
    // One that is being made does not count yet, and one that is being changed or deleted still does.
    let is_valid = |state: &str| {
        ["create-complete", "update-", "delete-in-progress", "disable-in-progress"]
            .iter()
            .any(|own| state.starts_with(own))
    };
    let is_excluded = block.exclusions.iter().any(|exclusion| {
        let arn = &exclusion.resource_arn;
        exclusion.internet_gateway_exclusion_mode == "allow-bidirectional"
            && is_valid(&exclusion.state)
            && (is_for(arn, &subnet.subnet_id) || is_for(arn, &subnet.vpc_id))
    });
    block.internet_gateway_block_mode != "off" && !is_excluded
}

fn name<'a>(id: Option<&'a String>, otherwise: &'a str) -> &'a str {
    id.map_or(otherwise, String::as_str)
}
