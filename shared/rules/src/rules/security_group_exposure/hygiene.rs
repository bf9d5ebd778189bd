//! What is asked of a group besides exposure: that the VPC's default one has no rules, that rules have descriptions, and that
//! a network interface has the group at all.

use std::collections::BTreeMap;

use super::{findings::Code, managed::DefaultGroup, parameters::Parameters};
use crate::{
    ec2::{IpPermission, SecurityGroup},
    facts::{Fact, Facts},
    finding::{Compliance, Finding, MissingData, Verdict},
    network::{Direction, Traffic},
    parameters::listed,
};

/// The name of each VPC's default group. It is reserved, and nobody can delete the group.
pub(super) const DEFAULT: &str = "default";

/// Whether this is the default group, and must have no rules.
pub(super) fn must_be_closed(group: &SecurityGroup, parameters: &Parameters) -> bool {
    parameters.default_group == DefaultGroup::Closed && is_default(group)
}

/// The rules of a default group that must have none.
pub(super) fn not_closed(group: &SecurityGroup, parameters: &Parameters) -> Option<Finding> {
    if !must_be_closed(group, parameters) {
        return None;
    }
    let rules: Vec<_> = rules(group, &Direction::ALL).into_iter().map(|rule| rule.text).collect();
    let sentence = format!("the VPC's default group has {}, expected no rules", listed(&rules));
    (!rules.is_empty()).then(|| Finding::new(Code::DefaultNotClosed, sentence).with("rules", rules))
}

/// What is not known of whether a group is the default one and has no rules, if that matters.
pub(super) fn unknown_default_group(group: &SecurityGroup, parameters: &Parameters) -> Option<Finding> {
    let is_recorded = group.ip_permissions.is_some() && group.ip_permissions_egress.is_some();
    let missing = match &group.group_name {
        _ if parameters.default_group != DefaultGroup::Closed => return None,
        None => "name",
        Some(_) if is_default(group) && !is_recorded => "rules",
        Some(_) => return None,
    };
    Some(Finding::missing_data(format!("the configuration item does not hold the group's {missing}")))
}

/// What counts less: what makes an open group worse, and rules that nobody has described.
pub(super) fn minor(group: &SecurityGroup, parameters: &Parameters, is_open: bool) -> Vec<Finding> {
    // That the default group has rules at all says more.
    let aggravation = aggravation(group).filter(|_| is_open && !must_be_closed(group, parameters));
    let undescribed =
        parameters.requires_descriptions.then(|| undescribed(group, parameters.directions.all()));
    aggravation.into_iter().chain(undescribed.flatten()).collect()
}

fn is_default(group: &SecurityGroup) -> bool {
    group.group_name.as_deref() == Some(DEFAULT)
}

/// What makes an open group worse: instances get it without anybody's choice. A finding of its own, so that the codes of
/// the others stay what they are.
fn aggravation(group: &SecurityGroup) -> Option<Finding> {
    let name = group.group_name.as_deref()?;
    let (code, sentence) = match name.strip_prefix("launch-wizard-") {
        _ if is_default(group) => (Code::DefaultGroup, "what is launched without a group gets this one"),
        Some(number) if number.parse::<u32>().is_ok() => {
            (Code::LaunchWizard, "the console's launch wizard made this group")
        }
        _ => return None,
    };
    Some(Finding::new(code, sentence).with("groupName", name))
}

/// The rules of these directions that nobody has described.
fn undescribed(group: &SecurityGroup, directions: &[Direction]) -> Option<Finding> {
    let rules = rules(group, directions).into_iter().filter(|rule| !rule.is_described);
    let rules: Vec<_> = rules.map(|rule| rule.text).collect();
    let sentence = format!("{} without a description", listed(&rules));
    (!rules.is_empty()).then(|| Finding::new(Code::NoDescription, sentence).with("rules", rules))
}

/// The verdict, unless it stands against a group that no network interface has.
pub(super) fn if_attached(verdict: Verdict, group_id: &str, facts: &Facts) -> Verdict {
    let findings = match &verdict {
        Verdict::Unknown { missing_data: Some(MissingData::NotApplicable), .. } => return verdict,
        Verdict::Known(Compliance::NonCompliant(findings)) | Verdict::Unknown { doubts: findings, .. } => {
            findings
        }
        Verdict::Known(_) => return verdict,
    };
    match facts.network_interface_of(group_id) {
        Fact::Known(_) => verdict,
        Fact::Absent => Verdict::not_applicable(format!(
            "no network interface has the group; attached, it would be NON_COMPLIANT: {}",
            Compliance::NonCompliant(findings.clone()).annotation()
        )),
        Fact::Unavailable(why) => {
            let doubt = format!("whether a network interface has the group is not known: {why}");
            let doubts = findings.iter().cloned().chain([Finding::missing_data(doubt)]).collect();
            Verdict::Unknown { doubts, missing_data: None }
        }
    }
}

/// A rule, as EC2 counts them: a permission for one block, prefix list or group.
struct Rule {
    /// `inbound 1 tcp/22 from 10.0.0.0/8`.
    text: String,
    is_described: bool,
}

fn rules(group: &SecurityGroup, directions: &[Direction]) -> Vec<Rule> {
    let of = |direction: &Direction| {
        let permissions = match direction {
            Direction::Inbound => &group.ip_permissions,
            Direction::Outbound => &group.ip_permissions_egress,
        };
        let (name, preposition) = (direction.name(), direction.preposition());
        let permissions = permissions.iter().flatten().zip(1..);
        permissions.flat_map(move |(permission, number)| {
            let peers = peers(permission).into_iter();
            peers.map(move |(peer, is_described)| {
                let text = format!("{name} {number} {} {preposition} {peer}", traffic(permission));
                Rule { text, is_described }
            })
        })
    };
    directions.iter().flat_map(of).collect()
}

/// What a permission is for, and whether that has a description. Newer items repeat IPv4 blocks without it.
fn peers(permission: &IpPermission) -> BTreeMap<&str, bool> {
    let blocks = permission.ranges().map(|range| (Some(range.cidr.as_str()), &range.description));
    let lists =
        permission.prefix_list_ids.iter().map(|list| (list.prefix_list_id.as_deref(), &list.description));
    let groups =
        permission.user_id_group_pairs.iter().map(|pair| (pair.group_id.as_deref(), &pair.description));
    let mut peers = BTreeMap::new();
    for (peer, description) in blocks.chain(lists).chain(groups) {
        let is_described = description.as_ref().is_some_and(|text| !text.trim().is_empty());
        *peers.entry(peer.unwrap_or("?")).or_default() |= is_described;
    }
    peers
}

fn traffic(permission: &IpPermission) -> String {
    match Traffic::try_from(permission) {
        _ if permission.is_all_traffic() => "all traffic".to_owned(),
        Ok(traffic) => traffic.to_string(),
        Err(_) => permission.ip_protocol.clone().unwrap_or_else(|| "?".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::{
        SecurityGroupExposure,
        tests::{group, permission, ssh},
    };
    use crate::{facts::FactRequest, rules::testing::Case};

    fn named(name: &Value, inbound: &Value, outbound: &Value) -> Case<SecurityGroupExposure> {
        let group = json!({
            "groupName": name, "ownerId": "111122223333", "ipPermissions": inbound, "ipPermissionsEgress": outbound,
        });
        Case::new("AWS::EC2::SecurityGroup", &group.to_string()).with("defaultGroup", "closed")
    }

    fn default(inbound: &Value, outbound: &Value) -> Case<SecurityGroupExposure> {
        named(&json!("default"), inbound, outbound)
    }

    fn literal(name: &str, inbound: &Value, outbound: &Value) -> Case<SecurityGroupExposure> {
        named(&json!(name), inbound, outbound).with("exposure", "literal")
    }

    fn itself() -> Value {
        json!({"ipProtocol": "-1", "userIdGroupPairs": [{"groupId": "id", "userId": "111122223333"}]})
    }

    fn anywhere() -> Value {
        json!({"ipProtocol": "-1", "ipv4Ranges": [{"cidrIp": "0.0.0.0/0"}], "ipRanges": ["0.0.0.0/0"]})
    }

    #[test]
    fn a_default_group_that_must_be_closed_has_no_rules() {
        default(&json!([]), &json!([])).is("COMPLIANT", "no inbound or outbound rules");
        default(&json!([itself()]), &json!([anywhere()])).is(
            "NON_COMPLIANT",
            "SG-DEFAULT-NOT-CLOSED: the VPC's default group has inbound 1 all traffic from id, \
             outbound 1 all traffic to 0.0.0.0/0, expected no rules",
        );
        default(&json!([]), &json!([anywhere()])).has_type("NON_COMPLIANT");
        default(&json!([permission("tcp", 22, 22, &["0.0.0.0/0"])]), &json!([])).is(
            "NON_COMPLIANT",
            "SG-ADMIN-OPEN: tcp/22 from 0.0.0.0/0 (inbound 1); \
             SG-DEFAULT-NOT-CLOSED: the VPC's default group has inbound 1 tcp/22 from 0.0.0.0/0, expected no rules",
        );
        default(&json!([itself()]), &json!([])).with("defaultGroup", "asOthers").has_type("COMPLIANT");
    }

    #[test]
    fn other_groups_are_evaluated_as_always() {
        for name in ["Default", "default-web", "web"] {
            named(&json!(name), &json!([itself()]), &json!([anywhere()]))
                .is("COMPLIANT", "22, 3389 not open to the internet");
        }
    }

    #[test]
    fn what_is_not_recorded_of_a_default_group_is_doubt() {
        let missing = |case: Case<SecurityGroupExposure>, what| {
            case.is(
                "NON_COMPLIANT",
                &format!("MISSING-DATA: the configuration item does not hold the group's {what}"),
            );
        };
        missing(named(&json!("default"), &json!([]), &Value::Null), "rules");
        missing(named(&json!("default"), &Value::Null, &json!([])), "rules");
        missing(named(&Value::Null, &json!([]), &json!([])), "name");
        missing(named(&Value::Null, &json!([]), &json!([])).with("exposure", "literal"), "name");
        named(&json!("web"), &json!([]), &Value::Null).has_type("COMPLIANT");
    }

    #[test]
    fn literal_answers_as_vpc_default_security_group_closed() {
        literal("default", &json!([]), &json!([])).is("COMPLIANT", "no inbound or outbound rules");
        literal("default", &json!([]), &json!([anywhere()])).is(
            "NON_COMPLIANT",
            "SG-DEFAULT-NOT-CLOSED: the VPC's default group has outbound 1 all traffic to 0.0.0.0/0, expected no rules",
        );
        literal("default", &json!([permission("tcp", 22, 22, &["0.0.0.0/0"])]), &json!([])).is(
            "NON_COMPLIANT",
            "SG-DEFAULT-NOT-CLOSED: the VPC's default group has inbound 1 tcp/22 from 0.0.0.0/0, expected no rules",
        );
        let open = json!([permission("tcp", 22, 22, &["0.0.0.0/0"])]);
        literal("web", &open, &open).is("NOT_APPLICABLE", "the group is not its VPC's default one");
    }

    #[test]
    fn rules_without_a_description_are_a_finding_if_asked() {
        let range = |description: Value| json!({"cidrIp": "10.0.0.0/8", "description": description});
        let rules = |ranges: Value, more: Value| {
            let mut permission = json!({"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "ipv4Ranges": ranges, "ipRanges": ["10.0.0.0/8"]});
            permission.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            group(&[permission]).with("requireDescriptions", "true")
        };
        rules(json!([range(json!("office"))]), json!({})).has_type("COMPLIANT");
        for nothing in [Value::Null, json!(""), json!("  ")] {
            rules(json!([range(nothing)]), json!({})).is(
                "NON_COMPLIANT",
                "SG-NO-DESCRIPTION: inbound 1 tcp/443 from 10.0.0.0/8 without a description",
            );
        }
        rules(
            json!([range(json!("office"))]),
            json!({"userIdGroupPairs": [{"groupId": "sg-1"}], "prefixListIds": [{"prefixListId": "pl-1", "description": "x"}]}),
        )
        .is("NON_COMPLIANT", "SG-NO-DESCRIPTION: inbound 1 tcp/443 from sg-1 without a description");
        rules(json!([range(Value::Null)]), json!({})).with("direction", "egress").has_type("NON_COMPLIANT");
        ssh(&["10.0.0.0/8"]).has_type("COMPLIANT");
        ssh(&["0.0.0.0/0"]).with("requireDescriptions", "true").is(
            "NON_COMPLIANT",
            "SG-ADMIN-OPEN: tcp/22 from 0.0.0.0/0 (inbound 1); \
             SG-NO-DESCRIPTION: inbound 1 tcp/22 from 0.0.0.0/0 without a description",
        );
    }

    #[test]
    fn a_group_that_no_network_interface_has_is_ignored_if_asked() {
        let open =
            |facts: Value| ssh(&["0.0.0.0/0"]).with("unattached", "ignore").knowing(&facts.to_string());
        let interface = |fact: Value| open(json!({"networkInterfaces": {"group-id=id": fact}}));
        interface(json!("eni-1")).is("NON_COMPLIANT", "SG-ADMIN-OPEN: tcp/22 from 0.0.0.0/0 (inbound 1)");
        interface(Value::Null).is(
            "NOT_APPLICABLE",
            "no network interface has the group; attached, it would be NON_COMPLIANT: SG-ADMIN-OPEN: tcp/22 from 0.0.0.0/0 (inbound 1)",
        );
        let unknown = || open(json!({"unavailable": {"group-id=id": "denied"}}));
        unknown().is(
            "NON_COMPLIANT",
            "SG-ADMIN-OPEN: tcp/22 from 0.0.0.0/0 (inbound 1); \
             MISSING-DATA: whether a network interface has the group is not known: denied",
        );
        unknown().with("onMissingData", "NOT_APPLICABLE").has_type("NOT_APPLICABLE");
        unknown()
            .with("unattached", "evaluate")
            .with("onMissingData", "NOT_APPLICABLE")
            .has_type("NON_COMPLIANT");
    }

    #[test]
    fn only_a_group_that_would_not_be_compliant_is_looked_up_and_only_if_asked() {
        let requests = |block, unattached| ssh(&[block]).with("unattached", unattached).requests();
        let wanted = FactRequest::NetworkInterface("group-id=id".to_owned());
        assert_eq!(requests("0.0.0.0/0", "ignore"), [wanted].into());
        assert!(requests("0.0.0.0/0", "evaluate").is_empty());
        assert!(requests("10.0.0.0/8", "ignore").is_empty());
        let listed = json!({"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "prefixListIds": [{"prefixListId": "pl-1"}]});
        let unresolved = |answer| {
            let unknown =
                group(std::slice::from_ref(&listed)).knowing(r#"{"unavailable": {"pl-1": "denied"}}"#);
            unknown.with("unattached", "ignore").with("unresolvedPrefixList", answer).requests().len()
        };
        assert_eq!((unresolved("NON_COMPLIANT"), unresolved("NOT_APPLICABLE")), (1, 0));
    }
}
