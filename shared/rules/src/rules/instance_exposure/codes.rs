//! The codes of `instance-exposure`.

use crate::finding::codes;

codes! {
    /// The codes of `instance-exposure`.
    pub(super) enum ExposureCode {
        Exposed = "INSTANCE-EXPOSED", Critical,
            "The internet reaches the instance on ports that it must not reach, because of one source",
            "Remove the rule that the annotation names, or limit its source to the addresses that need it; where nobody is meant to \
             come in, take the public address away.",
            "aws ec2 revoke-security-group-ingress --group-id sg-0123456789abcdef0 --protocol tcp --port 22 --cidr 0.0.0.0/0";
        Union = "INSTANCE-EXPOSED-UNION", Critical,
            "The internet reaches the instance on ports that it must not reach, because of several sources together",
            "Limit the sources that the annotation names: each is a part of the internet, in one group of the interface or in \
             several.";
        Protocol = "INSTANCE-PROTOCOL-EXPOSED", High,
            "A protocol without ports, or a type of ICMP, that is not allowed reaches the instance from the internet",
            "Remove the rule that the annotation names, or add the protocol or the type to `allowedProtocols`.";
        OpenGroups = "INSTANCE-OPEN-GROUPS", High,
            "With `path` = `groups`: the groups of an interface let the internet in, whether or not it can get there",
            "As for `INSTANCE-EXPOSED`; a public address and a route would be all that is missing.";
        PrefixList = "INSTANCE-PREFIX-LIST", Medium,
            "A prefix list whose entries could not be read may open the instance to the internet",
            "Let the function's role read the list, or name the list in `trustedPrefixLists`; `unresolvedPrefixList` says what \
             is answered until then.",
            "aws ec2 get-managed-prefix-list-entries --prefix-list-id pl-0123456789abcdef0";
        NoAddress = "OPEN-NO-ADDRESS", Informational,
            "An interface has no public address: what its groups let in is not looked at; a note of a COMPLIANT answer",
            "Nothing. `path` = `groups` says what would be open with an address.";
        NoRoute = "OPEN-NO-ROUTE", Informational,
            "The groups let the internet in, and the subnet's route table sends no reply back; a note of a COMPLIANT answer",
            "Consider closing the group: whoever adds a route opens the instance.";
        Acl = "OPEN-ACL", Informational,
            "The groups let the internet in, and the subnet's network ACL does not; a note of a COMPLIANT answer",
            "Consider closing the group: the network ACL is all that keeps the instance closed.";
        Blocked = "OPEN-BLOCKED", Informational,
            "All lets the internet in but VPC block public access; a note of a COMPLIANT answer",
            "Consider closing the group: an exclusion of the VPC or of the subnet would open the instance.";
        Inspected = "OPEN-INSPECTED", Informational,
            "All lets the internet in, by way of a firewall or an appliance, which `inspected` = `allow` trusts; a note of a COMPLIANT \
             answer",
            "Look at the rules of the firewall, or set `inspected` to `deny`.";
        DeniedInterface = "OPEN-DENIED-INTERFACE", Informational,
            "All lets the internet in, and the interface refuses what comes from an internet gateway; a note of a COMPLIANT answer",
            "Nothing, as long as that is meant to be so.";
        PrivateBlock = "OPEN-PRIVATE-BLOCK", Informational,
            "The groups let the internet in, at an IPv6 address of a private block, which is not advertised; a note of a COMPLIANT \
             answer",
            "Nothing.";
    }
}
