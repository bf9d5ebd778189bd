//! `security-group-exposure`: nobody from the internet reaches a port that they should not.
//!
//! Not the text `0.0.0.0/0` decides, but which part of the internet reaches which port: the sources of a port are the union of
//! all rules that let it through, prefix lists included, without the trusted ones and without what is not the internet, so
//! that `0.0.0.0/1` and `128.0.0.0/1` are what they are: everybody. What the same sources expose is one finding, with every
//! port in its evidence and as many in the annotation as fit.
//!
//! | in the `direction` that is evaluated | answer |
//! | --- | --- |
//! | one source opens ports to more of the internet than the limit | NON_COMPLIANT `SG-ADMIN-OPEN` |
//! | several sources do, each a part of it | NON_COMPLIANT `SG-UNION` |
//! | in allow-list mode: the same for ports that are not authorized | NON_COMPLIANT `SG-PORT-OPEN`, `SG-UNION` |
//! | ICMP, or a protocol without ports, is open and not allowed | NON_COMPLIANT `SG-PROTOCOL-OPEN` |
//! | outbound: the same | NON_COMPLIANT `SG-EGRESS-OPEN`, `SG-EGRESS-UNION`, `SG-EGRESS-PROTOCOL` |
//! | `defaultGroup` = `closed`: the VPC's default group has rules, inbound or outbound | NON_COMPLIANT `SG-DEFAULT-NOT-CLOSED` |
//! | `requireDescriptions`: rules have no description | NON_COMPLIANT `SG-NO-DESCRIPTION` |
//! | a prefix list opens it, whose entries could not be read | `SG-PREFIX-LIST`, `SG-EGRESS-PREFIX-LIST`: `unresolvedPrefixList` decides |
//! | a rule cannot be read | `MISSING-DATA`: `onMissingData` decides |
//! | besides an exposure, if the group is the VPC's default one, or the launch wizard's | `SG-DEFAULT-GROUP`, `SG-LAUNCH-WIZARD` |
//! | `unattached` = `ignore`: any of the above, and no network interface has the group | NOT_APPLICABLE |
//! | the group belongs to another account, which shares its VPC | NOT_APPLICABLE |
//! | `literal` allow-list: nothing at all is open to everybody | NOT_APPLICABLE |
//! | `literal` with `defaultGroup` = `closed`: any group but the default one | NOT_APPLICABLE |
//! | else | COMPLIANT, with what is open all the same |
//!
//! Protocols without ports are evaluated in allow-list mode and with `allowedProtocols`: of ICMP, types and codes. Without
//! either, `allowIcmp` = `false` evaluates ICMP alone. Protocol -1 is all of them, and every port.
//!
//! Other security groups are not the internet. COMPLIANT names those that deserve a look: `SG-EXTERNAL-GROUP` belongs to
//! another account, `SG-STALE-GROUP` is gone, or the peering that led to it is. With `followGroups` the account's own groups
//! are looked up as well: what the internet reaches in one, `SG-OPEN-GROUP`, stands one step away from what lets it in;
//! `SG-UNKNOWN-GROUP` could not be looked up. Prefix lists in the rules of those groups are followed, groups are not. None
//! of this makes a group NON_COMPLIANT.
//!
//! A prefix list counts as its entries. AWS's own (`com.amazonaws.…`, a name that nobody else can give) of the services
//! `s3`, `s3express`, `dynamodb`, `ec2-instance-connect` and `vpc-lattice` are named, but do not count in the exposure
//! `threshold`: no stranger opens a connection through them. `cloudfront.origin-facing` does count, because anybody can
//! put your address behind it, and so does every other.
//!
//! An unattached group exposes nothing until something gets it. That something does is no change of the group, so that AWS
//! Config sends no event: with `unattached` = `ignore`, the next scheduled run notices.
//!
//! ## Differences from the managed rules
//!
//! The managed rules' parameters mean here what they mean there. With `exposure` = `literal` this rule answers as one of
//! the managed rules; its parameters say as which:
//!
//! | given besides `exposure` = `literal` | answers as | evaluates |
//! | --- | --- | --- |
//! | nothing | restricted-ssh | TCP port 22 |
//! | `blockedPort1` to `blockedPort5`, `blockedPorts` | restricted-common-ports | these TCP ports |
//! | `authorizedTcpPorts`, `authorizedUdpPorts` | vpc-sg-open-only-to-authorized-ports | all other TCP and UDP ports |
//! | `restrictPorts`, `protocolType`, `ipType`, `excludeExternalSecurityGroups` | vpc-sg-port-restriction-check | these TCP and UDP ports |
//! | `defaultGroup` = `closed` | vpc-default-security-group-closed | that the default group has no rules |
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

mod annotation;
mod findings;
mod groups;
mod hygiene;
mod managed;
mod parameters;
mod reason;

pub use self::parameters::Parameters;
use self::{
    findings::Code,
    parameters::{PARAMETERS, PARTS, Unattached},
};
use crate::{
    ec2::SecurityGroup,
    facts::{Facts, PREFIX_LIST_ACTIONS},
    finding::{Code as AnyCode, Compliance, Finding, Verdict},
    item::ConfigurationItem,
    network::{Permission, exposures},
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
        further_triggers: &[],
        // A prefix list may change.
        schedule: Schedule::Always,
        parameters: PARAMETERS,
        requirements: &[],
        // A prefix list stands in the item, not in a parameter.
        fact_actions: PREFIX_LIST_ACTIONS,
        inventory_actions: &["ec2:DescribeSecurityGroups"],
    };

    const EXAMPLE: &'static [(&'static str, &'static str)] =
        &[("adminPorts", "22,3389,5432,udp/161"), ("trustedCidrs", "203.0.113.0/24")];

    const CODES: &'static [&'static AnyCode] = Code::ALL;

    const EXEMPTIBLE: &'static [Parameter] = PARTS;

    fn parameters(raw: &RawParameters) -> Result<Parameters, ParameterError> {
        Parameters::read(raw)
    }

    fn exempt(parameters: Parameters, parts: &RawParameters) -> Result<Parameters, ParameterError> {
        parameters.without(parts)
    }

    fn cautions(parameters: &Parameters) -> Vec<String> {
        parameters.cautions()
    }

    fn evaluate(item: &ConfigurationItem<SecurityGroup>, parameters: &Parameters, facts: &Facts) -> Verdict {
        if let Some(owner) = other_owner(item, parameters) {
            return Verdict::not_applicable(format!(
                "the group belongs to account {owner}, which shares its VPC"
            ));
        }
        let name = item.configuration.group_name.as_deref();
        if parameters.is_for_default_group_only() && name.is_some_and(|name| name != hygiene::DEFAULT) {
            return Verdict::not_applicable("the group is not its VPC's default one");
        }
        let verdict = verdict(item, parameters, facts);
        match parameters.unattached {
            Unattached::Evaluate => verdict,
            Unattached::Ignore => hygiene::if_attached(verdict, &item.resource_id, facts),
        }
    }
}

/// The account that a group belongs to, if it is not the one that recorded it, and if that matters.
fn other_owner<'a>(item: &'a ConfigurationItem<SecurityGroup>, parameters: &Parameters) -> Option<&'a str> {
    let (owner, account) = (item.configuration.owner_id.as_deref()?, item.account_id.as_deref()?);
    (owner != account && !parameters.includes_external_groups).then_some(owner)
}

/// The verdict, whether or not the group is attached to something.
fn verdict(item: &ConfigurationItem<SecurityGroup>, parameters: &Parameters, facts: &Facts) -> Verdict {
    let Parameters { guard, limit, .. } = parameters;
    let group = &item.configuration;
    let directions = parameters.directions.all();
    let Some(permissions) = Permission::of_group(&item.resource_id, group, directions, guard, limit, facts)
    else {
        return Verdict::unknown("the configuration item does not hold the group's rules");
    };
    let exposed = exposed(&permissions, parameters);
    let minor = hygiene::minor(group, parameters, !exposed.is_empty());
    let grave: Vec<_> = exposed.into_iter().chain(hygiene::not_closed(group, parameters)).collect();
    let lists: Vec<_> = permissions.iter().flat_map(|own| annotation::unknown_lists(own, guard)).collect();
    let mut unreadable = unreadable(&permissions, parameters);
    unreadable.extend(hygiene::unknown_default_group(group, parameters));
    if !(grave.is_empty() && minor.is_empty()) {
        return Compliance::NonCompliant([grave, lists, unreadable, minor].concat()).into();
    }
    match (unreadable.is_empty(), lists.is_empty()) {
        (true, true) => reason::verdict(item, &permissions, parameters, facts),
        (true, false) => Verdict::Unknown { doubts: lists, missing_data: parameters.unresolved_list },
        (false, _) => Verdict::Unknown { doubts: [unreadable, lists].concat(), missing_data: None },
    }
}

/// Everything that is exposed, the gravest first.
fn exposed(permissions: &[Permission], parameters: &Parameters) -> Vec<Finding> {
    let of = |zone| {
        let exposures = exposures(permissions, &zone);
        let finding = |exposure| annotation::exposed(exposure, &parameters.guard, &zone.limit);
        exposures.iter().map(finding).collect::<Vec<_>>()
    };
    parameters.zones().into_iter().flat_map(of).collect()
}

/// Doubt about what a permission lets in from the internet: its protocol, its ports or its sources are not readable.
fn unreadable(permissions: &[Permission], parameters: &Parameters) -> Vec<Finding> {
    let Parameters { guard, limit, .. } = parameters;
    let could_matter = |permission: &&Permission| {
        permission.traffic.meets(&guard.traffic)
            && (!permission.has_known_sources() || limit.concerns(&permission.sources))
    };
    permissions.iter().filter(could_matter).filter_map(annotation::unreadable).collect()
}

#[cfg(test)]
mod tests;
