//! The codes of the rule.

use crate::finding::codes;

codes! {
    /// What a finding, or a note in the annotation of a COMPLIANT group, is about.
    pub(super) enum Code {
        AdminOpen = "SG-ADMIN-OPEN", Critical,
            "One source opens ports that must not be reached to more of the internet than the limit",
            "Remove the rule that the annotation names, or let in only the addresses that need it; Session Manager and EC2 \
             Instance Connect need no open port.",
            "aws ec2 describe-security-group-rules --filters Name=group-id,Values=sg-0123456789abcdef0\n\
             aws ec2 revoke-security-group-ingress --group-id sg-0123456789abcdef0 \
             --security-group-rule-ids sgr-0123456789abcdef0";
        PortOpen = "SG-PORT-OPEN", High,
            "One source opens ports that are not authorized to more of the internet than the limit",
            "Remove the rule that the annotation names, or add its ports to `authorizedTcpPorts` or `authorizedUdpPorts`.";
        Union = "SG-UNION", Critical,
            "Several sources together open ports to more of the internet than the limit, each of them to a part of it",
            "Remove the rules that the annotation names, or replace their blocks by the addresses that need it.";
        ProtocolOpen = "SG-PROTOCOL-OPEN", Medium,
            "The internet may send a protocol without ports, or a type of ICMP, that is not allowed",
            "Remove the rule that the annotation names, or add the protocol or the type to `allowedProtocols`.";
        EgressOpen = "SG-EGRESS-OPEN", Medium,
            "One outbound rule opens ports to more of the internet than the limit",
            "Remove the rule that the annotation names, or let out only to the addresses that need it.",
            "aws ec2 revoke-security-group-egress --group-id sg-0123456789abcdef0 \
             --security-group-rule-ids sgr-0123456789abcdef0";
        EgressUnion = "SG-EGRESS-UNION", Medium,
            "Several outbound rules or blocks together open ports to more of the internet than the limit",
            "Remove the rules that the annotation names, or let out only to the addresses that need it.";
        EgressProtocol = "SG-EGRESS-PROTOCOL", Medium,
            "A protocol without ports, or a type of ICMP, that is not allowed may be sent to the internet",
            "Remove the rule that the annotation names, or add the protocol or the type to `allowedProtocols`.";
        PrefixList = "SG-PREFIX-LIST", Medium,
            "A prefix list whose entries could not be read may open ports or protocols to the internet",
            "Let the function's role read the list, or name the list in `trustedPrefixLists`; `unresolvedPrefixList` says what \
             is answered until then.",
            "aws ec2 get-managed-prefix-list-entries --prefix-list-id pl-0123456789abcdef0";
        EgressPrefixList = "SG-EGRESS-PREFIX-LIST", Medium,
            "A prefix list whose entries could not be read may open ports or protocols to the internet, outbound",
            "As for `SG-PREFIX-LIST`.";
        DefaultNotClosed = "SG-DEFAULT-NOT-CLOSED", High,
            "The VPC's default group has rules, and `defaultGroup` is `closed`",
            "Give what uses the default group a group of its own, then remove all rules of the default group, inbound and \
             outbound.";
        DefaultGroup = "SG-DEFAULT-GROUP", Informational,
            "The open group is the VPC's default one: what is launched without a group gets it",
            "As for `SG-DEFAULT-NOT-CLOSED`.";
        LaunchWizard = "SG-LAUNCH-WIZARD", Informational,
            "The console's launch wizard made the open group",
            "Launch with a group that somebody has chosen, and delete what the wizard has made.";
        NoDescription = "SG-NO-DESCRIPTION", Low,
            "Rules have no description, and `requireDescriptions` is `true`",
            "Describe what each rule is for.",
            "aws ec2 update-security-group-rule-descriptions-ingress --group-id sg-0123456789abcdef0 \
             --security-group-rule-descriptions SecurityGroupRuleId=sgr-0123456789abcdef0,Description=customers";
        ExternalGroup = "SG-EXTERNAL-GROUP", Informational,
            "A rule lets in a group of another account; a note of a COMPLIANT answer",
            "Ask whoever owns that account what is in the group.";
        StaleGroup = "SG-STALE-GROUP", Informational,
            "A rule lets in a group that is deleted, or whose peering connection is; a note of a COMPLIANT answer",
            "Remove the rule.",
            "aws ec2 describe-stale-security-groups --vpc-id vpc-0123456789abcdef0";
        OpenGroup = "SG-OPEN-GROUP", Informational,
            "A rule lets in a group of the account that is itself open to the internet; a note of a COMPLIANT answer",
            "Consider whether what is in that group may be one step away from the internet.";
        UnknownGroup = "SG-UNKNOWN-GROUP", Informational,
            "A rule lets in a group of the account whose rules could not be looked up; a note of a COMPLIANT answer",
            "Let the function's role call `ec2:DescribeSecurityGroups`.";
    }
}
