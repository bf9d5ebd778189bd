//! What can be wrong with the sharing of images, the gravest first.

use crate::finding::{Code, codes};

codes! {
    /// The codes of `image-sharing`.
    pub(crate) enum SharingCode {
        ImagePublic = "IMAGE-PUBLIC", Critical,
            "Everybody may launch the image, and read what is in it",
            "Take the permission back. Copies that others have made stay theirs: replace the secrets that were in the image.",
            "aws ec2 modify-image-attribute --image-id ami-0123456789abcdef0 --launch-permission 'Remove=[{Group=all}]'";
        SnapshotPublic = "SNAPSHOT-PUBLIC", Critical,
            "Everybody may restore the snapshot, and read what is on it, whether or not the image in front of it is private",
            "Take the permission back. Copies that others have made stay theirs: replace the secrets that were on the volume.",
            "aws ec2 modify-snapshot-attribute --snapshot-id snap-0123456789abcdef0 --attribute createVolumePermission --operation-type remove --group-names all";
        ImageShared = "IMAGE-SHARED", High,
            "Somebody who is not in `sharedWith` may launch the image",
            "Take the permission back, or add whom it is for to `sharedWith`. An account that has the image through its \
             organization, too, keeps it until that permission is taken back.",
            "aws ec2 modify-image-attribute --image-id ami-0123456789abcdef0 --launch-permission 'Remove=[{UserId=444455556666}]'";
        ImageBlockOff = "IMAGE-BLOCK-OFF", Medium,
            "Block public access for images is off in the Region, and `blockPublicAccess` is `required`",
            "Switch it on; where a declarative policy manages it, only the organization can. Images that are public stay public.",
            "aws ec2 enable-image-block-public-access --image-block-public-access-state block-new-sharing";
        SnapshotBlockOff = "SNAPSHOT-BLOCK-OFF", Medium,
            "Block public access for snapshots is off in the Region, and `blockPublicAccess` is `required`",
            "Switch it on; where a declarative policy manages it, only the organization can.",
            "aws ec2 enable-snapshot-block-public-access --state block-all-sharing";
        SnapshotPublicBlocked = "SNAPSHOT-PUBLIC-BLOCKED", Informational,
            "A snapshot is public, but block public access keeps everybody out; a note of a COMPLIANT answer",
            "Take the permission back before block public access is switched off.";
        ImagePending = "IMAGE-PENDING", Informational,
            "An image is being made, and evaluated as far as EC2 tells; or it was never finished, and not evaluated; a note of a \
             COMPLIANT answer",
            "The next run evaluates what is finished by then. Deregister images that failed.";
    }
}

impl SharingCode {
    /// How many codes are graver.
    pub(super) fn rank(code: &Code) -> usize {
        Self::ALL.iter().take_while(|own| **own != code).count()
    }

    /// A note of a COMPLIANT answer.
    pub(super) fn note(self, fact: &str) -> String {
        format!("note {}: {fact}", <&Code>::from(self).name)
    }
}
