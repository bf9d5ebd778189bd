//! `security-group-exposure`: nobody from the internet reaches a port that they should not.
//!
//! | per port, in the `direction` that is judged | answer |
//! | --- | --- |
//! | one source opens it to more of the internet than the limit | NON_COMPLIANT `SG-ADMIN-OPEN` |
//! | several sources do, each a part of it | NON_COMPLIANT `SG-UNION` |
//! | in allow-list mode: the same for a port that is not authorized | NON_COMPLIANT `SG-PORT-OPEN`, `SG-UNION` |
//! | ICMP, or in allow-list mode any protocol without ports, is open and not allowed | NON_COMPLIANT `SG-PROTOCOL-OPEN` |
//! | outbound: the same | NON_COMPLIANT `SG-EGRESS-OPEN`, `SG-EGRESS-UNION`, `SG-EGRESS-PROTOCOL` |
//! | a prefix list opens it, whose entries could not be read | `SG-PREFIX-LIST`, `SG-EGRESS-PREFIX-LIST`: `unresolvedPrefixList` decides |
//! | a permission cannot be read | `MISSING-DATA`: `onMissingData` decides |
//! | besides the above, if the group is the VPC's default one, or the launch wizard's | `SG-DEFAULT-GROUP`, `SG-LAUNCH-WIZARD` |
//! | the group belongs to another account, which shares its VPC | NOT_APPLICABLE |
//! | `literal` allow-list: nothing at all is open to everybody | NOT_APPLICABLE |
//! | else | COMPLIANT, with what is open all the same |
//!
//! The sources of a port are the union of all permissions that let it through, prefix lists included, without the trusted
//! ones and without what is not the internet, so that `0.0.0.0/1` and `128.0.0.0/1` are what they are: everybody.
//!
//! Other security groups are not the internet. COMPLIANT names those that deserve a look: `SG-EXTERNAL-GROUP` belongs to
//! another account, `SG-STALE-GROUP` is gone, or the peering that led to it is. With `followGroups` the account's own groups
//! are looked up as well: what the internet reaches in one, `SG-OPEN-GROUP`, stands one step away from what lets it in;
//! `SG-UNKNOWN-GROUP` could not be looked up. Prefix lists and groups in the rules of those groups are not followed. None
//! of this makes a group NON_COMPLIANT.
//!
//! A prefix list counts as its entries. AWS's own (`com.amazonaws.…`, a name that nobody else can give) of the services
//! `s3`, `s3express`, `dynamodb`, `ec2-instance-connect` and `vpc-lattice` are named, but do not count in the exposure
//! `threshold`: no stranger opens a connection through them. `cloudfront.origin-facing` does count, because anybody can
//! put your address behind it, and so does every other.
//!
//! ## Differences from the managed rules
//!
//! The managed rules' parameters mean here what they mean there. With `exposure` = `literal` this rule answers as one of
//! the managed rules; its parameters say as which:
//!
//! | given besides `exposure` = `literal` | answers as | judges |
//! | --- | --- | --- |
//! | nothing | restricted-ssh | TCP port 22 |
//! | `blockedPort1` to `blockedPort5`, `blockedPorts` | restricted-common-ports | these TCP ports |
//! | `authorizedTcpPorts`, `authorizedUdpPorts` | vpc-sg-open-only-to-authorized-ports | all other TCP and UDP ports |
//! | `restrictPorts`, `protocolType`, `ipType`, `excludeExternalSecurityGroups` | vpc-sg-port-restriction-check | these TCP and UDP ports |
//! | `adminPorts` | none of them | these TCP and UDP ports |
//!
//! Parameters of two of these lines are refused. Where AWS documents nothing, `literal` takes protocol -1 for what it is:
//! TCP and UDP on all ports. Only vpc-sg-port-restriction-check does not look at it if `protocolType` is `TCP` or `UDP`.
//! In every exposure, `blockedPorts` alone is the whole list, and once one of the five slots is set, the others have
//! their defaults.
//!
//! The other exposures differ from the managed rules on purpose:
//!
//! | a group that lets in | managed rules, and `literal` | by default |
//! | --- | --- | --- |
//! | `0.0.0.0/1` and `128.0.0.0/1`, or other parts of the internet that add up | COMPLIANT | NON_COMPLIANT |
//! | a block such as `8.0.0.0/8`, larger than `maxPublicAddresses` | COMPLIANT | NON_COMPLIANT |
//! | a prefix list that holds `0.0.0.0/0` | COMPLIANT | NON_COMPLIANT |
//! | a prefix list that cannot be read | COMPLIANT | `unresolvedPrefixList` decides |
//! | everybody on TCP port 3389 | restricted-ssh: COMPLIANT | NON_COMPLIANT |
//! | everybody on UDP port 3389 | restricted-common-ports: COMPLIANT | NON_COMPLIANT |
//! | everybody by all traffic (-1), with `protocolType` = `TCP` | vpc-sg-port-restriction-check: COMPLIANT | NON_COMPLIANT |
//! | everybody by ICMP or GRE, in allow-list mode | vpc-sg-open-only-to-authorized-ports: COMPLIANT | NON_COMPLIANT |
//! | nobody, in allow-list mode | vpc-sg-open-only-to-authorized-ports: NOT_APPLICABLE | COMPLIANT |
//! | everybody, where `trustedCidrs` covers all that is public of it | NON_COMPLIANT | COMPLIANT |

mod closed;
mod evidence;
mod exempt;
mod forms;
mod group;
mod guard;
mod limit;
mod managed;
mod neighbour;
mod parameters;
mod permission;
mod reach;
mod recorded;
mod traffic;
mod words;

pub use self::parameters::Parameters;
use self::{
    exempt::Zone,
    forms::Directions,
    group::Home,
    parameters::PARAMETERS,
    permission::Permission,
    reach::{Reach, reaches},
    traffic::Direction,
};
use crate::{
    ec2::{IpPermission, SecurityGroup},
    facts::{Facts, PREFIX_LIST_ACTIONS},
    finding::{Compliance, Finding, Verdict},
    item::ConfigurationItem,
    network::Family,
    parameters::{Parameter, ParameterError, RawParameters},
    rule::{Metadata, ResourceTypes, Rule, Schedule},
};

/// The rule.
#[derive(Debug)]
pub struct SecurityGroupExposure;

impl Rule for SecurityGroupExposure {
    type Configuration = SecurityGroup;
    type Parameters = Parameters;

    const METADATA: Metadata = Metadata {
        name: "security-group-exposure",
        description: "A security group lets nobody from the internet reach a port that they should not.",
        resource_types: ResourceTypes::These(&["AWS::EC2::SecurityGroup"]),
        // A prefix list may change.
        schedule: Schedule::Always,
        parameters: PARAMETERS,
        requirements: &[],
        // A prefix list stands in the item, not in a parameter.
        fact_actions: PREFIX_LIST_ACTIONS,
        inventory_actions: &["ec2:DescribeSecurityGroups"],
    };

    const EXEMPTIBLE: &'static [Parameter] = exempt::PARTS;

    fn parameters(raw: &RawParameters) -> Result<Parameters, ParameterError> {
        Parameters::read(raw)
    }

    fn exempt(parameters: Parameters, parts: &RawParameters) -> Result<Parameters, ParameterError> {
        parameters.without(parts)
    }

    fn evaluate(item: &ConfigurationItem<SecurityGroup>, parameters: &Parameters, facts: &Facts) -> Verdict {
        if let Some(owner) = other_owner(item, parameters) {
            return Verdict::not_applicable(format!(
                "the group belongs to account {owner}, which shares its VPC"
            ));
        }
        let Some(permissions) = permissions(&item.configuration, Home::of(item), parameters, facts) else {
            return Verdict::unknown("the configuration item does not hold the group's rules");
        };
        let reaches = reaches(&permissions, &parameters.guard);
        let mut findings = Vec::new();
        for zone in parameters.zones() {
            findings.extend(exposures(&self::reaches(&permissions, &zone.guard), &zone));
        }
        let lists: Vec<_> = reaches.iter().flat_map(words::unknown_lists).collect();
        let unreadable = unreadable(&permissions, parameters);
        if !findings.is_empty() {
            findings
                .extend(lists.into_iter().chain(unreadable).chain(group::aggravation(&item.configuration)));
            return Compliance::NonCompliant(findings).into();
        }
        match (unreadable.is_empty(), lists.is_empty()) {
            (true, true) => closed::verdict(&permissions, parameters),
            (true, false) => Verdict::Unknown { doubts: lists, missing_data: parameters.unresolved_list },
            (false, _) => Verdict::Unknown { doubts: [unreadable, lists].concat(), missing_data: None },
        }
    }
}

/// The account that a group belongs to, if it is not the one that recorded it, and if that matters.
fn other_owner<'a>(item: &'a ConfigurationItem<SecurityGroup>, parameters: &Parameters) -> Option<&'a str> {
    let (owner, account) = (item.configuration.owner_id.as_deref()?, item.account_id.as_deref()?);
    (owner != account && !parameters.judges_external_groups).then_some(owner)
}

/// The permissions of the directions that are judged; none if the configuration does not hold them.
fn permissions(
    group: &SecurityGroup,
    home: Home,
    parameters: &Parameters,
    facts: &Facts,
) -> Option<Vec<Permission>> {
    let of = |direction, permissions: &Option<Vec<IpPermission>>| {
        let permissions = permissions.as_ref()?.iter().enumerate();
        let permission =
            |(index, permission)| Permission::new((direction, index), permission, home, parameters, facts);
        Some(permissions.map(permission).collect::<Vec<_>>())
    };
    let mut permissions = Vec::new();
    if parameters.directions != Directions::Egress {
        permissions.extend(of(Direction::Inbound, &group.ip_permissions)?);
    }
    if parameters.directions != Directions::Ingress {
        permissions.extend(of(Direction::Outbound, &group.ip_permissions_egress)?);
    }
    Some(permissions)
}

/// Everything that is wrong, the gravest first: what one source opens, then what all open together.
fn exposures(reaches: &[Reach], Zone { guard, limit }: &Zone) -> Vec<Finding> {
    let (mut alone, mut together) = (Vec::new(), Vec::new());
    for reach in reaches {
        let says_everything = |family: &Family| !limit.dominant(&reach.permissions, *family).is_empty();
        let (one, several): (Vec<_>, Vec<_>) = reach.exposed(limit).into_iter().partition(says_everything);
        if !one.is_empty() {
            alone.push(words::alone(guard.is_allow_list, reach, &one, limit));
        }
        together.extend(several.into_iter().map(|family| words::together(reach, family, limit)));
    }
    [alone, together].concat()
}

/// Doubt about what a permission lets in from the internet: its protocol, its ports or its sources are not readable.
fn unreadable(permissions: &[Permission], parameters: &Parameters) -> Vec<Finding> {
    let Parameters { guard, limit, .. } = parameters;
    let could_matter = |permission: &&Permission| {
        let is_known = permission.unknown_lists.is_empty() && permission.unreadable.is_empty();
        guard.is_reached_by(permission) && (!is_known || limit.concerns(&permission.sources))
    };
    permissions.iter().filter(could_matter).filter_map(words::unreadable).collect()
}

#[cfg(test)]
mod literal;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod sources;
#[cfg(test)]
mod tests;
