//! The other groups that a group's permissions let in: which of them deserve a look, and whether the internet reaches what is
//! in them, which then stands one step away.

use super::{findings::Code, parameters::Parameters};
use crate::{
    ec2::{SecurityGroup, UserIdGroupPair},
    facts::{Fact, Facts},
    finding::Code as AnyCode,
    item::ConfigurationItem,
    network::{Direction, Permission, reaches, wording::grouped},
    parameters::listed,
};

/// Another group that a permission lets in (or out to), and that deserves a look.
#[derive(PartialEq)]
struct Note {
    code: Code,
    /// The group, and what is so of it.
    text: String,
}

/// What there is to say of the groups that guarded traffic comes from (or goes to): each once, with the rules that name it.
pub(super) fn notes(
    item: &ConfigurationItem<SecurityGroup>,
    permissions: &[Permission],
    parameters: &Parameters,
    facts: &Facts,
) -> Vec<String> {
    let home = Home::of(item);
    let mut notes = Vec::new();
    for permission in permissions.iter().filter(|own| own.traffic.meets(&parameters.guard.traffic)) {
        let pairs = &permission.recorded.user_id_group_pairs;
        let other = pairs.iter().filter_map(|pair| home.note(pair));
        let follows = parameters.follows_groups && permission.direction == Direction::Inbound;
        let neighbors = pairs.iter().filter(|_| follows).filter_map(|pair| home.neighbor(pair));
        let open = neighbors.filter_map(|id| followed(id, parameters, facts));
        notes.extend(other.chain(open).map(|note| (permission.name(), note)));
    }
    let by_code = grouped(
        grouped(notes)
            .into_iter()
            .map(|(note, rules)| (format!("{} ({})", note.text, listed(&rules)), note.code)),
    );
    by_code
        .iter()
        .map(|(code, texts)| format!("{}: {}", <&AnyCode>::from(*code).name, listed(texts)))
        .collect()
}

/// Whose a group is.
struct Home<'a> {
    group_id: &'a str,
    owner: Option<&'a str>,
    /// Whether it is the account's that recorded it. Only of its own groups does EC2 tell an account anything.
    is_recorders: bool,
}

impl<'a> Home<'a> {
    fn of(item: &'a ConfigurationItem<SecurityGroup>) -> Self {
        let account = item.account_id.as_deref();
        let owner = item.configuration.owner_id.as_deref().or(account);
        Self { group_id: &item.resource_id, owner, is_recorders: owner == account }
    }

    /// The group that a pair names, if it is another one of the same account.
    fn neighbor<'b>(&self, pair: &'b UserIdGroupPair) -> Option<&'b str> {
        let id = pair.group_id.as_deref().filter(|id| *id != self.group_id)?;
        (self.is_recorders && self.note(pair).is_none()).then_some(id)
    }

    /// The group that a pair names, if it is not plainly one of this account's.
    fn note(&self, pair: &UserIdGroupPair) -> Option<Note> {
        let id = pair.group_id.as_deref()?;
        let is_cut = pair.peering_status.as_deref().is_some_and(|status| status != "active");
        match &pair.user_id {
            _ if is_cut => Some(stale(id)),
            // EC2 leaves the account out once the group at the other end of a peering is deleted.
            None => pair.vpc_peering_connection_id.is_some().then(|| stale(id)),
            Some(account) => self
                .owner
                .is_some_and(|owner| owner != account)
                .then(|| Note { code: Code::ExternalGroup, text: format!("{id} of account {account}") }),
        }
    }
}

fn stale(id: &str) -> Note {
    Note { code: Code::StaleGroup, text: format!("{id}, which is gone") }
}

/// What there is to say of a group of the account that is let in, by what is known of it.
fn followed(id: &str, parameters: &Parameters, facts: &Facts) -> Option<Note> {
    let places = match facts.security_group(id) {
        Fact::Known(group) => open_places(id, group, parameters, facts),
        Fact::Absent => return Some(stale(id)),
        Fact::Unavailable(_) => None,
    };
    let Some(places) = places else {
        return Some(Note { code: Code::UnknownGroup, text: format!("{id}, whose rules are not known") });
    };
    let text = format!("{id}, itself open to {} at {}", parameters.limit.internet(), places.join(" + "));
    (!places.is_empty()).then_some(Note { code: Code::OpenGroup, text })
}

/// Where the internet comes in, as the parameters understand that; `None` if that is not known: its rules, or, where
/// nothing else lets anybody in, a prefix list in them. Every port is a way in, authorized or not; ICMP is none. Further
/// groups are not looked up.
fn open_places(
    id: &str,
    group: &SecurityGroup,
    parameters: &Parameters,
    facts: &Facts,
) -> Option<Vec<String>> {
    let (guard, limit) = (parameters.guard.every_way_in(), &parameters.limit);
    let permissions = Permission::of_group(id, group, &[Direction::Inbound], &guard, limit, facts)?;
    let reaches = reaches(&permissions, &guard.traffic);
    let open = reaches.iter().filter(|reach| !reach.exposed(limit).is_empty());
    let places: Vec<_> = open.map(|reach| reach.traffic.to_string()).collect();
    let is_known = permissions.iter().all(|permission| permission.unknown_lists.is_empty());
    (is_known || !places.is_empty()).then_some(places)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::{SecurityGroupExposure, tests::permission};
    use crate::{facts::FactRequest, rules::testing::Case};

    /// A group that lets these others in by SSH.
    fn letting_in(pairs: &Value) -> Case<SecurityGroupExposure> {
        let ssh = json!({"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "userIdGroupPairs": pairs});
        let https = json!({"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "userIdGroupPairs": [{"groupId": "sg-web"}]});
        let configuration =
            json!({"ownerId": "111122223333", "ipPermissions": [ssh, https], "ipPermissionsEgress": [ssh]});
        Case::new("AWS::EC2::SecurityGroup", &configuration.to_string()).with("followGroups", "true")
    }

    fn own(id: &str) -> Value {
        json!({"groupId": id, "userId": "111122223333"})
    }

    /// The answer where this is known of the one group that is let in.
    fn knowing(group: &Value) -> Case<SecurityGroupExposure> {
        letting_in(&json!([own("sg-1")])).knowing(&json!({"securityGroups": {"sg-1": group}}).to_string())
    }

    fn with_rules(permissions: &[Value]) -> Case<SecurityGroupExposure> {
        knowing(&json!({"ipPermissions": permissions, "ipPermissionsEgress": null}))
    }

    const CLOSED: &str = "22, 3389 not open to the internet";

    #[track_caller]
    fn adds(case: Case<SecurityGroupExposure>, note: &str) {
        case.is("COMPLIANT", &format!("{CLOSED}; {note}"));
    }

    #[test]
    fn a_group_that_is_let_in_and_open_is_named() {
        adds(
            with_rules(&[permission("tcp", 443, 443, &["0.0.0.0/0"]), permission("tcp", 80, 80, &["::/0"])]),
            "SG-OPEN-GROUP: sg-1, itself open to the internet at tcp/80 + tcp/443 (inbound 1)",
        );
        adds(
            with_rules(&[permission("-1", 0, 0, &["0.0.0.0/1", "128.0.0.0/1"])]),
            "SG-OPEN-GROUP: sg-1, itself open to the internet at tcp+udp/0-65535 + other protocols (inbound 1)",
        );
        with_rules(&[permission("tcp", 22, 22, &["::/0"])]).with("ipType", "IPv6").is(
            "COMPLIANT",
            "22, 3389 not open to the IPv6 internet; \
             SG-OPEN-GROUP: sg-1, itself open to the IPv6 internet at tcp/22 (inbound 1)",
        );
    }

    #[test]
    fn what_nobody_reaches_is_not() {
        for closed in [
            vec![],
            vec![permission("tcp", 443, 443, &["10.0.0.0/8", "8.8.8.0/24"])],
            vec![permission("icmp", 8, 0, &["0.0.0.0/0"])],
            vec![json!({"ipProtocol": "-1", "userIdGroupPairs": [own("sg-2")]})],
        ] {
            with_rules(&closed).is("COMPLIANT", CLOSED);
        }
        let office = || with_rules(&[permission("tcp", 443, 443, &["8.8.8.0/24"])]);
        office().with("exposure", "anyPublic").is(
            "COMPLIANT",
            "22, 3389 not open to the internet; SG-OPEN-GROUP: sg-1, itself open to the internet at tcp/443 (inbound 1)",
        );
        office().with("exposure", "anyPublic").with("trustedCidrs", "8.8.8.0/24").is("COMPLIANT", CLOSED);
    }

    #[test]
    fn its_prefix_lists_are_looked_into() {
        let listed = json!({"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "prefixListIds": [{"prefixListId": "pl-01234567"}]});
        let facts = |lists: Value| json!({"securityGroups": {"sg-1": {"ipPermissions": [listed]}}, "prefixLists": lists});
        let knowing = |lists: Value| letting_in(&json!([own("sg-1")])).knowing(&facts(lists).to_string());
        let holding = |cidr: &str| knowing(json!({"pl-01234567": {"entries": [cidr]}}));
        holding("10.0.0.0/8").is("COMPLIANT", CLOSED);
        adds(holding("0.0.0.0/0"), "SG-OPEN-GROUP: sg-1, itself open to the internet at tcp/443 (inbound 1)");
        adds(knowing(json!({})), "SG-UNKNOWN-GROUP: sg-1, whose rules are not known (inbound 1)");
        let wanted = [FactRequest::PrefixList("pl-01234567".to_owned())];
        assert_eq!(knowing(json!({})).requests(), wanted.into(), "once the group is known");
    }

    #[test]
    fn a_group_that_is_gone_or_unknown_is_named_as_that() {
        const UNKNOWN: &str = "SG-UNKNOWN-GROUP: sg-1, whose rules are not known (inbound 1)";
        adds(knowing(&Value::Null), "SG-STALE-GROUP: sg-1, which is gone (inbound 1)");
        adds(letting_in(&json!([own("sg-1")])), UNKNOWN);
        adds(knowing(&json!({"ipPermissions": null})), UNKNOWN);
    }

    #[test]
    fn a_group_that_several_rules_let_in_is_named_once() {
        let pairs = json!([own("sg-web"), own("sg-1")]);
        let open = json!({"ipPermissions": [permission("tcp", 443, 443, &["0.0.0.0/0"])]});
        let facts = json!({"securityGroups": {"sg-1": open, "sg-web": open}}).to_string();
        letting_in(&pairs).knowing(&facts).with("adminPorts", "22,443").is(
            "COMPLIANT",
            "22, 443 not open to the internet; SG-OPEN-GROUP: sg-web, itself open to the internet at tcp/443 \
             (inbound 1, inbound 2), sg-1, itself open to the internet at tcp/443 (inbound 1)",
        );
    }

    #[test]
    fn only_the_accounts_other_groups_are_looked_up_and_only_if_asked() {
        let asked = |case: Case<SecurityGroupExposure>| case.requests();
        let two = json!([own("sg-2"), {"groupId": "sg-1"}, own("sg-2"), own("id")]);
        let expected = ["sg-1", "sg-2"].map(|id| FactRequest::SecurityGroup(id.to_owned()));
        assert_eq!(asked(letting_in(&two)), expected.into(), "each once, and not itself");
        assert!(asked(letting_in(&two).with("followGroups", "false")).is_empty());
        assert!(asked(letting_in(&two).with("direction", "egress")).is_empty());
        assert!(asked(letting_in(&two).with("adminPorts", "3389")).is_empty());
        for other in [
            json!({"groupId": "sg-1", "userId": "444455556666"}),
            json!({"groupId": "sg-1", "userId": "111122223333", "peeringStatus": "deleted"}),
            json!({"groupId": "sg-1", "vpcPeeringConnectionId": "pcx-1"}),
        ] {
            assert!(asked(letting_in(&json!([other]))).is_empty(), "{other}");
        }
        let shared = json!({"ownerId": "444455556666", "ipPermissions": [
            {"ipProtocol": "-1", "userIdGroupPairs": [{"groupId": "sg-1", "userId": "444455556666"}]},
        ]});
        let shared = Case::<SecurityGroupExposure>::new("AWS::EC2::SecurityGroup", &shared.to_string());
        let shared = shared.with("followGroups", "true").with("excludeExternalSecurityGroups", "false");
        assert!(asked(shared).is_empty(), "of another account's groups EC2 tells nothing");
    }
}
