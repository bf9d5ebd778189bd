//! The codes of the rule.

use crate::finding::codes;

codes! {
    /// What a finding, or a note in the annotation of a COMPLIANT group, is about.
    pub(super) enum Code {
        AdminOpen = "SG-ADMIN-OPEN", Critical,
            "One source opens ports that must not be reached to more of the internet than the limit",
            "Remove the rule that the annotation names, or let in only the addresses that need it; Systems Manager's Session \
             Manager and EC2 Instance Connect need no open port.",
            "aws ec2 revoke-security-group-ingress --group-id GROUP --security-group-rule-ids RULE";
        PortOpen = "SG-PORT-OPEN", High,
            "One source opens ports that are not authorized to more of the internet than the limit",
            "Remove the rule that the annotation names, or add its ports to `authorizedTcpPorts` or `authorizedUdpPorts`.",
            "aws ec2 revoke-security-group-ingress --group-id GROUP --security-group-rule-ids RULE";
        Union = "SG-UNION", Critical,
            "Several sources together open ports to more of the internet than the limit, each of them a part of it",
            "Remove the rules that the annotation names, or replace their blocks by the addresses that need it.",
            "aws ec2 revoke-security-group-ingress --group-id GROUP --security-group-rule-ids RULE RULE";
        ProtocolOpen = "SG-PROTOCOL-OPEN", Medium,
            "The internet may send a protocol without ports, or a type of ICMP, that is not allowed",
            "Remove the rule that the annotation names, or add the protocol or the type to `allowedProtocols`.",
            "aws ec2 revoke-security-group-ingress --group-id GROUP --security-group-rule-ids RULE";
        EgressOpen = "SG-EGRESS-OPEN", Medium,
            "One destination opens ports to more of the internet than the limit, outbound",
            "Remove the outbound rule that the annotation names, or let out only to the addresses that need it.",
            "aws ec2 revoke-security-group-egress --group-id GROUP --security-group-rule-ids RULE";
        EgressUnion = "SG-EGRESS-UNION", Medium,
            "Several destinations together open ports to more of the internet than the limit, outbound",
            "Remove the outbound rules that the annotation names, or let out only to the addresses that need it.",
            "aws ec2 revoke-security-group-egress --group-id GROUP --security-group-rule-ids RULE RULE";
        EgressProtocol = "SG-EGRESS-PROTOCOL", Medium,
            "A protocol without ports, or a type of ICMP, that is not allowed may be sent to the internet",
            "Remove the outbound rule that the annotation names, or add the protocol or the type to `allowedProtocols`.",
            "aws ec2 revoke-security-group-egress --group-id GROUP --security-group-rule-ids RULE";
        PrefixList = "SG-PREFIX-LIST", Medium,
            "A prefix list may open ports or protocols to the internet; its entries could not be read",
            "Let the function's role call GetManagedPrefixListEntries, or name the list in `trustedPrefixLists`; \
             `unresolvedPrefixList` says what is answered until then.",
            "aws ec2 get-managed-prefix-list-entries --prefix-list-id LIST";
        EgressPrefixList = "SG-EGRESS-PREFIX-LIST", Medium,
            "A prefix list may open ports or protocols to the internet, outbound; its entries could not be read",
            "Let the function's role call GetManagedPrefixListEntries, or name the list in `trustedPrefixLists`; \
             `unresolvedPrefixList` says what is answered until then.",
            "aws ec2 get-managed-prefix-list-entries --prefix-list-id LIST";
        DefaultNotClosed = "SG-DEFAULT-NOT-CLOSED", High,
            "The VPC's default group has rules, and `defaultGroup` is `closed`",
            "Give what uses the default group a group of its own, and remove all rules of the default group.",
            "aws ec2 revoke-security-group-ingress --group-id GROUP --security-group-rule-ids RULE";
        DefaultGroup = "SG-DEFAULT-GROUP", Informational,
            "The open group is the VPC's default one: what is launched without a group gets it",
            "Give what uses the default group a group of its own, and remove all rules of the default group.";
        LaunchWizard = "SG-LAUNCH-WIZARD", Informational,
            "The console's launch wizard made the open group",
            "Launch with a group that somebody has chosen, and delete what the wizard has made.",
            "aws ec2 delete-security-group --group-id GROUP";
        NoDescription = "SG-NO-DESCRIPTION", Low,
            "Rules have no description, and `requireDescriptions` is `true`",
            "Describe what each rule is for.",
            "aws ec2 update-security-group-rule-descriptions-ingress --group-id GROUP \
             --security-group-rule-descriptions SecurityGroupRuleId=RULE,Description=TEXT";
        ExternalGroup = "SG-EXTERNAL-GROUP", Informational,
            "A rule lets in a group of another account",
            "Ask whoever owns that account what is in the group.";
        StaleGroup = "SG-STALE-GROUP", Informational,
            "A rule lets in a group that is deleted, or whose peering connection is",
            "Remove the rule.",
            "aws ec2 describe-stale-security-groups --vpc-id VPC";
        OpenGroup = "SG-OPEN-GROUP", Informational,
            "A rule lets in a group of the same account that is itself open to the internet",
            "Consider whether what stands in that group may be one step away from the internet.";
        UnknownGroup = "SG-UNKNOWN-GROUP", Informational,
            "A rule lets in a group of the same account whose rules could not be looked up",
            "Let the function's role call DescribeSecurityGroups.",
            "aws ec2 describe-security-groups --group-ids GROUP";
    }
}
