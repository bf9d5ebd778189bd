//! `instance-public-address`: an instance has no public address, or only such as are allowed.
//!
//! | an address of the instance | answer |
//! | --- | --- |
//! | public IPv4, on any interface: the primary or a secondary private address leads to it | NON_COMPLIANT `PUBLIC-IPV4` |
//! | global IPv6, on any interface | NON_COMPLIANT `PUBLIC-IPV6` |
//! | of a carrier's network (AWS Wavelength) | NON_COMPLIANT `PUBLIC-CARRIER` |
//! | one of these, but of `allowedAddressKinds`, `allowedAddresses` or `allowedSubnets` | COMPLIANT, with a note `ADDRESS-ALLOWED` |
//! | of a customer's network (AWS Outposts) | COMPLIANT, with a note `ADDRESS-CUSTOMER-OWNED` |
//! | cannot be read, or the item does not hold the instance's interfaces | `MISSING-DATA`: `onMissingData` decides |
//! | none of these | COMPLIANT |
//!
//! Each address is evaluated by itself, and any of the three parameters allows it. `elastic` is an Elastic IP address of the
//! instance's own account, `assigned` one of Amazon's pool, given at launch or start. A public IPv4 address that belongs to
//! another account or to a service is neither, and nor is one whose owner the item does not name: only its number or its
//! subnet allows it. Subnets are those of the interface that has the address, not of the instance.
//!
//! An IPv4 address counts because it is associated, whatever its number; a private address never counts, although the range
//! of a VPC may be public by its numbers. An IPv6 address counts if it is not special-purpose (IANA's registry): unique local
//! addresses do not. Public host names do not count either.
//!
//! A stopped instance keeps its Elastic IP and IPv6 addresses, and is evaluated by them. Its assigned address is released, and
//! a new one may come at the next start; that item is evaluated then.
//!
//! The configuration item says everything: no AWS call is made. What it does not say is whether anybody can reach the address.
//! Routes, gateways, network ACLs and security groups do not matter here, and an instance behind a NAT gateway has no public
//! address of its own. Two things cannot be seen in an item: IPv6 prefixes of an interface, and that an IPv6 block of a subnet
//! is private, by which its addresses are not advertised to the internet; `allowedSubnets` or `allowedAddresses` is for those.
//!
//! ## Differences from the managed rule
//!
//! With `mode` `literal` this rule answers as `ec2-instance-no-public-ip`, which has no parameters: those about addresses are
//! refused. What is answered differently:
//!
//! | an instance with | managed rule, and `literal` | by default |
//! | --- | --- | --- |
//! | a global IPv6 address | COMPLIANT | NON_COMPLIANT |
//! | an address that is meant to be public | NON_COMPLIANT | allowed by its kind, number or subnet |
//!
//! What the managed rule says of a carrier's address is not documented. `literal` takes it for an IPv4 address, as AWS's open
//! source rule of that name does, which looks for the field and not for its value.

mod allowed;
mod findings;

use ipnet::IpNet;

use self::{
    allowed::{Allowed, SubnetId},
    findings::AddressCode,
};
use crate::{
    ec2::{
        Instance,
        instance_states::{self, InstanceStates},
    },
    facts::Facts,
    finding::{Code, Verdict},
    item::ConfigurationItem,
    network::{AddressKind, Family, IpType, PublicAddresses},
    parameters::{Parameter, ParameterError, RawParameters, keywords},
    rule::{Metadata, ResourceTypes, Rule, Schedule},
};

/// The rule.
#[derive(Debug)]
pub struct InstancePublicAddress;

/// The checked parameters.
#[derive(Clone, Debug)]
pub struct Parameters {
    allowed: Allowed,
    exempt: Vec<Allowed>,
    families: IpType,
    states: InstanceStates,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Exact,
    Literal,
}

keywords!(Mode, "`exact` or `literal`", "exact" => Self::Exact, "literal" => Self::Literal);

/// The parameters that say what is allowed: kinds, addresses, subnets.
const ALLOWED: [&str; 3] = ["allowedAddressKinds", "allowedAddresses", "allowedSubnets"];
/// The same parts of an exemption.
const EXEMPT: [&str; 3] = ["addressKinds", "addresses", "subnets"];
const IP_TYPE: &str = "ipType";

impl Rule for InstancePublicAddress {
    type Configuration = Instance;
    type Parameters = Parameters;

    const METADATA: Metadata = Metadata {
        name: "instance-public-address",
        description: "An EC2 instance has no public address, IPv4 or IPv6, on any of its interfaces, or only such as are allowed.",
        resource_types: ResourceTypes::These(&["AWS::EC2::Instance"]),
        further_triggers: &[],
        schedule: Schedule::WithDriftingParameters,
        parameters: &[
            Parameter::list::<AddressKind>(
                ALLOWED[0],
                None,
                "Kinds of addresses that are allowed: Elastic IP addresses of the account, addresses of Amazon's pool, IPv6 \
                 addresses, a carrier's addresses (AWS Wavelength).",
            ),
            Parameter::list::<IpNet>(
                ALLOWED[1],
                None,
                "Addresses that are allowed, such as a block of your own or that of a gateway.",
            ),
            Parameter::list::<SubnetId>(
                ALLOWED[2],
                None,
                "Subnets in whose interfaces public addresses are allowed, in every Region or in one.",
            ),
            Parameter::one::<IpType>(
                IP_TYPE,
                Some("ALL"),
                "Which addresses are evaluated; a carrier's are IPv4.",
            ),
            Parameter::one::<Mode>(
                "mode",
                Some("exact"),
                "`literal`: as ec2-instance-no-public-ip, without the parameters above.",
            ),
            InstanceStates::PARAMETER,
        ],
        requirements: &[],
        fact_actions: &[],
        inventory_actions: instance_states::INVENTORY_ACTIONS,
    };

    const CODES: &'static [&'static Code] = AddressCode::ALL;

    const EXEMPTIBLE: &'static [Parameter] = &[
        Parameter::list::<AddressKind>(EXEMPT[0], None, "Addresses of these kinds."),
        Parameter::list::<IpNet>(
            EXEMPT[1],
            None,
            "These addresses; with `addressKinds`, of those kinds only.",
        ),
        Parameter::list::<SubnetId>(
            EXEMPT[2],
            None,
            "Addresses of interfaces in these subnets; with the others, those of them only.",
        ),
    ];

    fn parameters(raw: &RawParameters) -> Result<Parameters, ParameterError> {
        let is_literal = raw.one("mode")? == Some(Mode::Literal);
        let refused = ALLOWED.into_iter().chain([IP_TYPE]).find(|name| is_literal && raw.get(name).is_some());
        if let Some(name) = refused {
            let problem = "contradicts mode `literal`: ec2-instance-no-public-ip has no parameters";
            return Err(ParameterError::new(name, problem));
        }
        let literal = is_literal.then_some(IpType::One(Family::V4));
        Ok(Parameters {
            allowed: Allowed::read(raw, ALLOWED)?,
            exempt: Vec::new(),
            families: literal.or(raw.one(IP_TYPE)?).unwrap_or(IpType::All),
            states: InstanceStates::read(raw)?,
        })
    }

    fn exempt(parameters: Parameters, parts: &RawParameters) -> Result<Parameters, ParameterError> {
        let exempt = [parameters.exempt, vec![Allowed::read(parts, EXEMPT)?]].concat();
        Ok(Parameters { exempt, ..parameters })
    }

    fn cautions(parameters: &Parameters) -> Vec<String> {
        let left_out = Family::ALL.into_iter().filter(|family| !parameters.families.includes(*family));
        left_out.map(|family| format!("{} addresses are not evaluated", family.name())).collect()
    }

    fn evaluate(item: &ConfigurationItem<Instance>, parameters: &Parameters, _facts: &Facts) -> Verdict {
        if let Some(answer) = parameters.states.not_evaluated(&item.configuration) {
            return answer;
        }
        findings::verdict(&PublicAddresses::of(item, parameters.families), item, parameters)
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
