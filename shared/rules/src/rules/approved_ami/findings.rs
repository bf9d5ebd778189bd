//! What can be wrong with an image.

use crate::finding::codes;

codes! {
    /// The codes of `approved-ami`.
    pub(crate) enum AmiCode {
        Denied = "AMI-DENIED", High,
            "The image is in `deniedAmiIds`",
            "Replace what runs it by an instance of an approved image, and take it out of launch templates.",
            "aws ec2 terminate-instances --instance-ids i-0123456789abcdef0";
        Unapproved = "AMI-UNAPPROVED", High,
            "Nothing approves the image: neither its id, nor its owner, name, tags, product code or parameter",
            "Launch from an approved image, or have the image approved: by one of the rule's parameters, or by its tags.",
            "aws ec2 create-tags --resources ami-0123456789abcdef0 --tags Key=Approved,Value=yes";
        TooOld = "AMI-TOO-OLD", Medium,
            "The image is older than `maxAgeDays`",
            "Build the image anew, and launch from the new one; a copy counts from the day of its copying.";
        TooNew = "AMI-TOO-NEW", Medium,
            "The image is younger than `minAgeDays`",
            "Launch from an image that has been out for longer, or wait.";
        Deprecated = "AMI-DEPRECATED", Medium,
            "The image's deprecation time is over, and `deprecated` does not allow that",
            "Launch from the image that has taken its place; the owner of an image may set a later time.",
            "aws ec2 enable-image-deprecation --image-id ami-0123456789abcdef0 --deprecate-at 2027-06-30T00:00:00Z";
        Public = "AMI-PUBLIC", High,
            "Everybody may launch the image, and `publicImages` is `deny`",
            "Take the permission away, if the image is the account's own; else launch from a private copy.",
            "aws ec2 modify-image-attribute --image-id ami-0123456789abcdef0 --launch-permission \"Remove=[{Group=all}]\"";
        PublicOwn = "AMI-PUBLIC-OWN", Informational,
            "Everybody may launch this image of the account's own; a note of a COMPLIANT answer",
            "Take the permission away, or block public images in the Region.",
            "aws ec2 enable-image-block-public-access --image-block-public-access-state block-new-sharing";
        Deregistered = "AMI-DEREGISTERED", Informational,
            "The image is deregistered; a note of a COMPLIANT answer",
            "Launch from another image next time: nobody can launch from this one again.";
    }
}
