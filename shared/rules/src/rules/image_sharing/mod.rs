//! `image-sharing`: who may launch the account's own images (AMIs), and read the snapshots behind them.
//!
//! AWS Config records neither images nor snapshots. So a schedule invokes the rule, and it answers once for the account
//! (`AWS::::Account`) in its Region; an image of another Region is evaluated by the rule there.
//!
//! | what EC2 says | answer |
//! | --- | --- |
//! | everybody may launch an image | NON_COMPLIANT `IMAGE-PUBLIC`, unless `publicImages` is `allow` |
//! | somebody who is not in `sharedWith`, and is not the account itself, may launch an image | NON_COMPLIANT `IMAGE-SHARED`, where `sharedWith` is given |
//! | everybody may restore a snapshot behind an image; with `snapshots` = `all`, any snapshot of the account | NON_COMPLIANT `SNAPSHOT-PUBLIC` |
//! | the same, and block public access for snapshots is `block-all-sharing` | COMPLIANT, with the note `SNAPSHOT-PUBLIC-BLOCKED` |
//! | block public access is off, and `blockPublicAccess` is `required` | NON_COMPLIANT `IMAGE-BLOCK-OFF`, `SNAPSHOT-BLOCK-OFF`, even without an image |
//! | there is no image, or none that is shared in a way that counts | COMPLIANT |
//! | one of these cannot be read, of a single image even | `MISSING-DATA`: `onMissingData` decides. Findings stand beside it |
//!
//! The annotation has the gravest findings first, as many as fit. The function's log has a line for each, with the image's
//! name and everybody whom it is shared with.
//!
//! ## Which images count
//!
//! Every image that the account owns: deprecated ones, those in Amazon S3, kernels and RAM disks, and those that AWS Backup
//! or Image Builder has made. A disabled image is private, because disabling takes all permissions away; the snapshots behind
//! it count. A pending one is evaluated as far as EC2 tells. One that failed, or is invalid, cannot be launched by anybody
//! and is not evaluated. The note `IMAGE-PENDING` names both. An image that goes while the rule asks is left out.
//!
//! Block public access for images keeps images from becoming public; those that are public stay so, and stay findings.
//!
//! ## Who is in `sharedWith`
//!
//! | in `sharedWith` | covers |
//! | --- | --- |
//! | `444455556666` | this account, where the image is shared with it by its id |
//! | `o-a1b2c3d4e5` | the organization, and each of its units, whatever account manages it |
//! | `ou-ab12-cd34ef56` | this organizational unit, and not those beneath it |
//! | an ARN | the same as its id, if partition and management account are those of the ARN, too |
//! | `none`, alone | nobody but the account itself |
//!
//! Which accounts and units belong to an organization or a unit is known to AWS Organizations, which the rule does not ask.
//! So an account that an image is shared with by its id has to be listed by its id; and each permission is evaluated, even if
//! another one lets the same account in. AWS Marketplace takes images from an account of AWS's: who sells there lists it.
//!
//! ## What it costs
//!
//! Images and public snapshots are read in pages. `sharedWith` takes a call for each image that is not disabled,
//! `DescribeImageAttribute`. EC2 refills its budget for that call at 20 a second, for all who call it in the account: the
//! rule makes no more, after some at once. 3,000 images take two and a half minutes, and Lambda's 15 minutes are enough for
//! some 17,000. Who has more gets `DeadlineExceeded`, and never an answer from a part of the images. `config-rules invoke` and
//! `local` give an invocation ten seconds, which is enough for some 200: `--timeout 900` is Lambda's.
//!
//! ## What it does not see
//!
//! Copies. Who may launch an image can make another one of the instance, and who may read a snapshot can copy it; both belong
//! to them from then on. With whom snapshots are shared by account is not evaluated, only whether they are public. A snapshot
//! behind an image that is exempt, or that may be public, is a finding of its own: publishers who open snapshots for
//! `CopyImage` set `snapshots` to `ignore`, or exempt them.
//!
//! ## Differences from the managed rules
//!
//! There is none for images. `ebs-snapshot-public-restorable-check` is this rule with `publicImages` = `allow` and `snapshots`
//! = `all`, but for snapshots that block public access keeps private: those it reports. `ebs-snapshot-block-public-access` is
//! `blockPublicAccess` = `required` for snapshots alone.

mod codes;
mod recipient;
mod sharing;

use serde::de::IgnoredAny;

use self::{codes::SharingCode, recipient::Recipient, sharing::Sharing};
use crate::{
    facts::{
        Facts, IMAGE_BLOCK_PUBLIC_ACCESS_ACTIONS, LAUNCH_PERMISSIONS_ACTIONS, OWN_IMAGES_ACTIONS,
        PUBLIC_SNAPSHOTS_ACTIONS, SNAPSHOT_BLOCK_PUBLIC_ACCESS_ACTIONS,
    },
    finding::{Code, Verdict},
    item::ConfigurationItem,
    parameters::{Glob, Parameter, ParameterError, RawParameters, keywords},
    rule::{Metadata, ResourceTypes, Rule, Schedule},
};

/// The rule.
#[derive(Debug)]
pub struct ImageSharing;

/// The checked parameters.
#[derive(Clone, Debug)]
pub struct Parameters {
    public_images: PublicImages,
    /// `None` if it is not evaluated.
    shared_with: Option<Vec<Recipient>>,
    snapshots: Snapshots,
    block_public_access: BlockPublicAccess,
    exempt_images: Vec<Glob>,
    exempt_snapshots: Vec<Glob>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PublicImages {
    Deny,
    Allow,
}

keywords!(PublicImages, "`deny` or `allow`", "deny" => Self::Deny, "allow" => Self::Allow);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Snapshots {
    Ignore,
    /// Public ones behind images.
    Public,
    /// All public ones.
    All,
}

keywords!(Snapshots, "`ignore`, `public` or `all`", "ignore" => Self::Ignore, "public" => Self::Public, "all" => Self::All);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BlockPublicAccess {
    Ignore,
    Required,
}

keywords!(BlockPublicAccess, "`ignore` or `required`", "ignore" => Self::Ignore, "required" => Self::Required);

const BLOCK_PUBLIC_ACCESS_ACTIONS: &[&str] =
    &[IMAGE_BLOCK_PUBLIC_ACCESS_ACTIONS[0], SNAPSHOT_BLOCK_PUBLIC_ACCESS_ACTIONS[0]];

impl Rule for ImageSharing {
    /// There is none: images are not recorded.
    type Configuration = IgnoredAny;
    type Parameters = Parameters;

    const METADATA: Metadata = Metadata {
        name: "image-sharing",
        description: "Nobody launches the account's own images (AMIs), or reads the snapshots behind them, but those who may: by default, they are not public.",
        resource_types: ResourceTypes::AccountOnly,
        further_triggers: &[],
        schedule: Schedule::Only,
        parameters: &[
            Parameter::one::<PublicImages>(
                "publicImages",
                Some("deny"),
                "Whether images may be such that everybody may launch them.",
            ),
            Parameter::list::<Recipient>(
                "sharedWith",
                None,
                "With whom images may be shared: accounts, organizations, organizational units; `none` is nobody. Without it, only public images are findings. It takes a call for each image.",
            )
            .needs(LAUNCH_PERMISSIONS_ACTIONS),
            Parameter::one::<Snapshots>(
                "snapshots",
                Some("public"),
                "`public`: public snapshots behind own images are findings; `all`: every public snapshot of the account is; `ignore`: none is.",
            ),
            Parameter::one::<BlockPublicAccess>(
                "blockPublicAccess",
                Some("ignore"),
                "`required`: it is a finding if the Region lets images be shared with everybody; and snapshots, unless `snapshots` is `ignore`.",
            )
            .needs(BLOCK_PUBLIC_ACCESS_ACTIONS),
        ],
        requirements: &[],
        fact_actions: &[
            OWN_IMAGES_ACTIONS[0],
            PUBLIC_SNAPSHOTS_ACTIONS[0],
            SNAPSHOT_BLOCK_PUBLIC_ACCESS_ACTIONS[0],
        ],
        inventory_actions: &[],
    };

    const CODES: &'static [&'static Code] = SharingCode::ALL;

    const EXAMPLE: &'static [(&'static str, &'static str)] = &[("sharedWith", "o-a1b2c3d4e5,444455556666")];

    const EXEMPTIBLE: &'static [Parameter] = &[
        Parameter::list::<Glob>("images", None, "Images, by id or name, whoever may launch them."),
        Parameter::list::<Recipient>(
            "accounts",
            None,
            "Accounts, organizations and organizational units, whatever image they may launch.",
        ),
        Parameter::list::<Glob>("snapshots", None, "Snapshots, by id."),
    ];

    fn parameters(raw: &RawParameters) -> Result<Parameters, ParameterError> {
        let shared_with: Vec<Recipient> = raw.list("sharedWith")?;
        if shared_with.len() > 1 && shared_with.contains(&Recipient::Nobody) {
            return Err(ParameterError::new("sharedWith", "`none` stands alone: it is with nobody"));
        }
        Ok(Parameters {
            public_images: raw.one("publicImages")?.unwrap_or(PublicImages::Deny),
            shared_with: Some(shared_with).filter(|shared_with| !shared_with.is_empty()),
            snapshots: raw.one("snapshots")?.unwrap_or(Snapshots::Public),
            block_public_access: raw.one("blockPublicAccess")?.unwrap_or(BlockPublicAccess::Ignore),
            exempt_images: Vec::new(),
            exempt_snapshots: Vec::new(),
        })
    }

    fn exempt(parameters: Parameters, parts: &RawParameters) -> Result<Parameters, ParameterError> {
        let accounts: Vec<Recipient> = parts.list("accounts")?;
        if accounts.contains(&Recipient::Nobody) {
            return Err(ParameterError::new("accounts", "`none` exempts nobody"));
        }
        Ok(Parameters {
            shared_with: parameters.shared_with.map(|shared_with| [shared_with, accounts].concat()),
            exempt_images: [parameters.exempt_images, parts.list("images")?].concat(),
            exempt_snapshots: [parameters.exempt_snapshots, parts.list("snapshots")?].concat(),
            ..parameters
        })
    }

    fn evaluate(_: &ConfigurationItem<IgnoredAny>, _: &Parameters, _: &Facts) -> Verdict {
        Verdict::not_applicable("the rule evaluates the account as a whole")
    }

    fn evaluates_account(_: &Parameters) -> bool {
        true
    }

    fn evaluate_account(parameters: &Parameters, facts: &Facts) -> Verdict {
        Sharing::new(parameters, facts).verdict()
    }
}

#[cfg(test)]
mod tests;
