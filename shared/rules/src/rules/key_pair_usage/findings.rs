//! What can be wrong with a key pair.

use crate::finding::codes;

codes! {
    /// The codes of `key-pair-usage`.
    pub(crate) enum KeyCode {
        Denied = "KEY-DENIED", High,
            "The key pair is denied, by its name or by the fingerprint of its key",
            "Launch again with another key pair, or take its public key out of `authorized_keys`; then delete the key pair.",
            "aws ec2 delete-key-pair --key-name old-laptop";
        Unapproved = "KEY-UNAPPROVED", High,
            "The key pair is not among `approvedKeyNames`",
            "Launch with an approved key pair, or have this one approved.";
        Present = "KEY-PRESENT", Medium,
            "There is a key pair, and `mode` is `none`",
            "Launch without a key pair, and give access by Session Manager or EC2 Instance Connect.",
            "aws ssm start-session --target i-0123456789abcdef0";
        Missing = "KEY-MISSING", Low,
            "There is no key pair, and one is required",
            "Launch with a key pair.";
        Dangling = "KEY-DANGLING", Medium,
            "The key pair was deleted, and what names it has not changed",
            "Take the public key out of the instance's `authorized_keys` or launch it again; name another key pair in what launches.";
        ReusedName = "KEY-REUSED-NAME", High,
            "The key pair was made again under its name after the launch: the instance trusts an older key",
            "Take the older public key out of the instance's `authorized_keys`, or launch it again.";
        TooOld = "KEY-TOO-OLD", Medium,
            "The key pair was created or imported longer ago than `maxKeyAgeDays`",
            "Make a new key pair, launch with it, and delete the old one.",
            "aws ec2 create-key-pair --key-name ops-2027 --key-type ed25519 --query KeyMaterial --output text";
        Type = "KEY-TYPE", Medium,
            "The key pair is not of `allowedKeyTypes`",
            "Make a key pair of an allowed type, and launch with it.",
            "aws ec2 create-key-pair --key-name ops-2027 --key-type ed25519 --query KeyMaterial --output text";
        Origin = "KEY-ORIGIN", Medium,
            "The key pair was made by EC2 or imported, and `allowedOrigins` does not have that",
            "Launch with a key pair of an allowed origin.",
            "aws ec2 import-key-pair --key-name ops-2027 --public-key-material fileb://ops-2027.pub";
        Unused = "KEY-UNUSED", Low,
            "Nothing refers to the key pair",
            "Delete it, if nobody keeps it for the worst case.",
            "aws ec2 delete-key-pair --key-name old-laptop";
    }
}
