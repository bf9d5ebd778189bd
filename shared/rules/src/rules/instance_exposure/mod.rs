//! `instance-exposure`: the internet reaches no instance on a port that it should not, all along the way.
//!
//! What is evaluated is a way in: a public address of an interface; what the groups of that interface let in, all of them
//! together; what the subnet's network ACL lets in, and of TCP also out; the destinations that the subnet's route table sends to
//! an internet gateway; block public access. What is left is compared with the same limit as in security-group-exposure. A
//! finding names the way, and what stands behind the door: key pair, image, instance profile. COMPLIANT says what keeps it closed.
//!
//! | an interface of the instance | answer |
//! | --- | --- |
//! | is reached on guarded ports, by one source that is more of the internet than the limit | NON_COMPLIANT `INSTANCE-EXPOSED` |
//! | the same, by several sources together | NON_COMPLIANT `INSTANCE-EXPOSED-UNION` |
//! | is reached by ICMP, or a protocol without ports, that is not allowed | NON_COMPLIANT `INSTANCE-PROTOCOL-EXPOSED` |
//! | `path` = `groups`: its groups let the internet in, with or without an address | NON_COMPLIANT `INSTANCE-OPEN-GROUPS` |
//! | has no public address | COMPLIANT, with a note `OPEN-NO-ADDRESS` |
//! | no guarded port is open in its groups | COMPLIANT, with what is open and allowed |
//! | is open, and replies are not sent to an internet gateway | COMPLIANT, with a note `OPEN-NO-ROUTE` |
//! | is open, and the network ACL stops it | COMPLIANT, with a note `OPEN-ACL` |
//! | is open, and block public access stops it | COMPLIANT, with a note `OPEN-BLOCKED` |
//! | is open, by way of a firewall or an appliance | COMPLIANT, with a note `OPEN-INSPECTED`; `inspected` = `deny`: NON_COMPLIANT |
//! | is open, and refuses what comes from an internet gateway, or its IPv6 block is private | COMPLIANT, with a note `OPEN-DENIED-INTERFACE`, `OPEN-PRIVATE-BLOCK` |
//! | a prefix list decides, whose entries could not be read | `INSTANCE-PREFIX-LIST`: `unresolvedPrefixList` decides |
//! | something else decides that is not known | `MISSING-DATA`: `onMissingData` decides |
//!
//! Each interface is evaluated by itself, and IPv4 and IPv6 apart: a closed interface with a public address beside an open one
//! without is not exposed. A stopped instance is evaluated by the addresses that it keeps.
//!
//! **Groups.** As in security-group-exposure, with the same parameters: the union of all sources, prefix lists included, minus the
//! trusted ones and what is not the internet. Other groups are not the internet. **Network ACL.** The first entry that matches
//! decides, exactly for each part of the sources. Replies may leave by any port, because who connects chooses it. **Routes.** The
//! table of the subnet, or else the VPC's main one; the longest prefix decides, for every part of the sources. A route whose target
//! is gone sends nothing. UDP needs the route as well, although a single packet may arrive without. An egress-only internet
//! gateway and a NAT gateway let nobody in. A carrier gateway (AWS Wavelength) counts for a carrier's addresses.
//! **Inspection.** A route, of the subnet or of the internet gateway itself, to the endpoint of a firewall or a Gateway Load
//! Balancer; what the firewall does is not looked at. **Block public access** belongs to the owner of the VPC: of a shared
//! subnet it is not known, and the finding says so.
//!
//! What does not matter is not looked up: of an instance without a public address nothing, of one whose groups are closed its groups,
//! and so on along the way. What is looked up is kept for five minutes, so that a run over many instances asks about each group and
//! subnet once. All of it can change while the instance does not: run the rule on a schedule, `One_Hour` where exposure matters.
//!
//! Not on this way, and not evaluated: load balancers, Global Accelerator, API Gateway, VPC origins (`CloudFront`), peering,
//! transit gateways, VPN, EC2 Instance Connect endpoints, Session Manager, routes by way of an appliance's interface, delegated
//! IPv6 prefixes of an interface, and what a firewall on the host does.

mod annotation;
mod codes;
mod door;
mod parameters;
mod triggers;
mod way;

pub use self::parameters::Parameters;
use self::{
    codes::ExposureCode,
    door::{Door, Doors},
    parameters::{PARAMETERS, PARTS},
    triggers::FURTHER_TRIGGERS,
    way::{Groups, Way, way},
};
use crate::{
    ec2::{Instance, instance_states},
    facts::{
        Facts, NETWORK_INTERFACE_ACTIONS, PREFIX_LIST_ACTIONS, SECURITY_GROUP_ACTIONS, SUBNET_PATH_ACTIONS,
        VPC_BLOCK_PUBLIC_ACCESS_ACTIONS,
    },
    finding::{Code, Compliance, Finding, Verdict},
    item::ConfigurationItem,
    network::{
        Permission,
        routes::Assume,
        wording::{allowed, closed, grouped, tolerated},
    },
    parameters::{Parameter, ParameterError, RawParameters, listed},
    rule::{Metadata, ResourceTypes, Rule, Schedule},
};

/// The rule.
#[derive(Debug)]
pub struct InstanceExposure;

impl Rule for InstanceExposure {
    type Configuration = Instance;
    type Parameters = Parameters;

    const METADATA: Metadata = Metadata {
        name: "instance-exposure",
        description: "The internet reaches no EC2 instance on a port that it should not: by address, security groups, network ACL and routes.",
        resource_types: ResourceTypes::These(&["AWS::EC2::Instance"]),
        further_triggers: FURTHER_TRIGGERS,
        // Groups, ACLs and routes change while the instance does not.
        schedule: Schedule::Always,
        parameters: PARAMETERS,
        requirements: &[],
        fact_actions: &[
            SECURITY_GROUP_ACTIONS[0],
            PREFIX_LIST_ACTIONS[0],
            PREFIX_LIST_ACTIONS[1],
            SUBNET_PATH_ACTIONS[0],
            SUBNET_PATH_ACTIONS[1],
            SUBNET_PATH_ACTIONS[2],
            NETWORK_INTERFACE_ACTIONS[0],
            VPC_BLOCK_PUBLIC_ACCESS_ACTIONS[0],
            VPC_BLOCK_PUBLIC_ACCESS_ACTIONS[1],
        ],
        inventory_actions: instance_states::INVENTORY_ACTIONS,
    };

    const EXAMPLE: &'static [(&'static str, &'static str)] =
        &[("adminPorts", "22,3389,5432,udp/161"), ("trustedCidrs", "203.0.113.0/24")];

    const CODES: &'static [&'static Code] = ExposureCode::ALL;

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

    fn evaluate(item: &ConfigurationItem<Instance>, parameters: &Parameters, facts: &Facts) -> Verdict {
        if let Some(answer) = parameters.states.not_evaluated(&item.configuration) {
            return answer;
        }
        let doors = Doors::of(item, parameters);
        let mut sum = Sum::default();
        sum.doubts.extend(doors.doubts.iter().map(Finding::missing_data));
        for door in &doors.all {
            sum.add(door, item, parameters, facts);
        }
        sum.verdict(&doors, item, parameters)
    }
}

/// What came of all doors.
#[derive(Default)]
struct Sum {
    findings: Vec<Finding>,
    doubts: Vec<Finding>,
    /// The doors that the groups keep closed: what is not open there, and what is all the same.
    closed: Vec<(String, [String; 2])>,
    notes: Vec<String>,
}

impl Sum {
    fn add(
        &mut self,
        door: &Door,
        item: &ConfigurationItem<Instance>,
        parameters: &Parameters,
        facts: &Facts,
    ) {
        let Some(groups) = Groups::of(door, parameters, facts) else { return self.wait() };
        let way = |assume| way(door, &groups, item, parameters, facts, assume);
        match way(Assume::Open) {
            Way::Unfinished => self.wait(),
            Way::Closed => {
                self.closed.push((door.place(), closed_groups(&groups.permissions, door, parameters)));
            }
            Way::Stopped(why) => self.notes.push(why),
            Way::Open(open) => {
                let is_certain = open.doubts.is_empty();
                self.doubt(&open.doubts);
                let certain = if is_certain { Way::Open(open) } else { way(Assume::Closed) };
                if let Way::Open(open) = certain {
                    let permissions = &groups.permissions;
                    self.findings.extend(annotation::findings(door, &open, permissions, item, parameters));
                }
            }
        }
    }

    /// The evaluation comes again, with what is looked up until then.
    fn wait(&mut self) {
        self.doubt(&[Finding::missing_data("not everything is looked up")]);
    }

    /// What is not known is said once.
    fn doubt(&mut self, doubts: &[Finding]) {
        for doubt in doubts {
            if !self.doubts.contains(doubt) {
                self.doubts.push(doubt.clone());
            }
        }
    }

    fn verdict(
        mut self,
        doors: &Doors,
        item: &ConfigurationItem<Instance>,
        parameters: &Parameters,
    ) -> Verdict {
        if !self.findings.is_empty() {
            self.findings
                .sort_by_key(|finding| ExposureCode::ALL.iter().position(|code| finding.is_of(*code)));
            let findings = annotation::with_what_is_behind(self.findings, &item.configuration);
            return Compliance::NonCompliant([findings, self.doubts].concat()).into();
        }
        if self.doubts.is_empty() {
            return Verdict::compliant(self.reason(doors));
        }
        let is_list = |doubt: &Finding| doubt.is_of(ExposureCode::PrefixList);
        let missing_data = parameters.unresolved_list.filter(|_| self.doubts.iter().all(is_list));
        Verdict::Unknown { doubts: self.doubts, missing_data }
    }

    /// What keeps the instance closed.
    fn reason(self, doors: &Doors) -> String {
        let mut clauses = self.notes;
        for ([closed, open], places) in grouped(self.closed) {
            clauses.push(format!("{closed} at {}{open}", listed(&places)));
        }
        if !doors.without_address.is_empty() {
            let interfaces = listed(&doors.without_address);
            let has = if doors.without_address.len() == 1 { "has" } else { "have" };
            let code = <&Code>::from(ExposureCode::NoAddress).name;
            clauses.push(format!("note {code}: {interfaces} {has} no public address"));
        }
        if clauses.is_empty() {
            "not reached: no interface".to_owned()
        } else {
            format!("not reached: {}", clauses.join("; "))
        }
    }
}

/// `22, 3389 not open to the internet`, and what is open all the same.
fn closed_groups(permissions: &[Permission], door: &Door, parameters: &Parameters) -> [String; 2] {
    let (guard, limit) = (&parameters.guard, parameters.limit_of(door.family));
    let open = [tolerated(permissions, guard, &limit), allowed(permissions, guard, &limit)];
    let open = open.into_iter().flatten().map(|clause| format!("; {clause}"));
    [closed(guard, &limit), open.collect()]
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
