//! `approved-ami`: an instance runs an image that somebody approved.
//!
//! | the image | answer |
//! | --- | --- |
//! | is in `deniedAmiIds` | NON_COMPLIANT `AMI-DENIED`, whatever approves it |
//! | has no approval: neither its id, nor owner, name or tags | NON_COMPLIANT `AMI-UNAPPROVED` |
//! | is approved, but older than `maxAgeDays` | NON_COMPLIANT `AMI-TOO-OLD` |
//! | is approved, but deprecated, and `deprecated` does not allow that | NON_COMPLIANT `AMI-DEPRECATED` |
//! | is approved, but everybody may launch it, and `publicImages` is `deny` | NON_COMPLIANT `AMI-PUBLIC` |
//! | is approved otherwise | COMPLIANT, with what approves it |
//! | is not named by the item, or not known well enough | `MISSING-DATA`: `onMissingData` decides |
//!
//! Denial comes first; then any approval approves; then all limits must hold. Ids are compared without asking EC2; the
//! other criteria, and the limits, need the image's record. A deregistered image is judged by what EC2 still tells of it
//! to those who run it; a disabled one, and one that is gone without a trace, by its id only. A copy of an image is another
//! image, with an id, an owner and a date of its own.
//!
//! Where the record was needed, a COMPLIANT answer also notes `AMI-PUBLIC-OWN`, that everybody may launch this image of the
//! instance's own account, and `AMI-DEREGISTERED`.
//!
//! Image ids differ by Region. An id without a Region approves wherever it appears; after a Region, as in
//! `eu-west-1:ami-…`, there only.
//!
//! ## Differences from the managed rules
//!
//! The parameters of `approved-amis-by-id` and `approved-amis-by-tag` work as they are. What is answered differently:
//!
//! | managed rule | it | this rule |
//! | --- | --- | --- |
//! | both | judges running instances only | judges stopped ones too; `instanceStates` `running` is the managed rules' answer |
//! | `approved-amis-by-id` | takes 21 ids | takes what AWS Config holds: 1,024 characters of parameters, room for 46 ids |
//! | | passes images that are deprecated, deregistered or old | passes them by default; `deprecated` and `maxAgeDays` do not |
//! | | knows ids of one Region | knows ids of all Regions in one list |
//! | `approved-amis-by-tag` | takes 10 tags, one of which is enough | takes any number; `tagMatch` `all` wants all of them |
//! | | cannot see the tags of another account's image | cannot either, and says so as `MISSING-DATA`; `owners` approves such images |
//! | `ec2-instance-launched-with-allowed-ami` | passes all images of the account's own | passes what is approved, and own images with `owners` `self` |
//! | | follows the account's Allowed AMIs setting | does not read that setting |

mod approval;
mod criteria;
mod limits;
mod subject;

use self::{
    approval::{Approvals, TagMatch},
    criteria::{AmiId, ImageName, ImageOwner, ImageTag},
    limits::{Deprecated, Limits, PublicImages},
    subject::Subject,
};
use crate::{
    ec2::{
        Instance,
        instance_states::{self, InstanceStates},
    },
    facts::{Facts, IMAGE_ACTIONS},
    finding::Verdict,
    item::ConfigurationItem,
    parameters::{Parameter, ParameterError, RawParameters, Requirement},
    rule::{Metadata, ResourceTypes, Rule, Schedule},
};

/// The rule.
#[derive(Debug)]
pub struct ApprovedAmi;

/// The checked parameters.
#[derive(Clone, Debug)]
pub struct Parameters {
    approvals: Approvals,
    denied: Vec<AmiId>,
    limits: Limits,
    states: InstanceStates,
    exempt: Vec<AmiId>,
}

impl Rule for ApprovedAmi {
    type Configuration = Instance;
    type Parameters = Parameters;

    const METADATA: Metadata = Metadata {
        name: "approved-ami",
        description: "An EC2 instance runs an image (AMI) that is approved: by id, owner, name or tags, and within limits of age.",
        resource_types: ResourceTypes::These(&["AWS::EC2::Instance"]),
        schedule: Schedule::WithDriftingParameters,
        parameters: &[
            Parameter::list::<AmiId>(
                "amiIds",
                None,
                "Approves by id, in every Region or in one. At least one of the first four is required.",
            ),
            Parameter::list::<ImageOwner>(
                "owners",
                None,
                "Approves by who publishes the image; `self` is the instance's account, and EC2 tells who the other words are.",
            )
            .needs(IMAGE_ACTIONS),
            Parameter::list::<ImageName>("amiNamePatterns", None, "Approves by name, of this owner only.")
                .needs(IMAGE_ACTIONS),
            Parameter::list::<ImageTag>("amisByTagKeyAndValue", None, "Approves by tags of the image.")
                .needs(IMAGE_ACTIONS),
            Parameter::one::<TagMatch>(
                "tagMatch",
                Some("any"),
                "Whether one of the tags is enough, as for the managed rule.",
            ),
            Parameter::list::<AmiId>(
                "deniedAmiIds",
                None,
                "Images that are never approved, whatever approves them.",
            ),
            Parameter::one::<u64>(
                "maxAgeDays",
                None,
                "Approved images that are older than this are findings; exactly so many days is not.",
            )
            .needs(IMAGE_ACTIONS),
            Parameter::one::<Deprecated>(
                "deprecated",
                Some("allow"),
                "Whether approved images may be deprecated: always, never, or for some days.",
            )
            .needs(IMAGE_ACTIONS),
            Parameter::one::<PublicImages>(
                "publicImages",
                Some("allow"),
                "Whether approved images may be such that everybody may launch them.",
            )
            .needs(IMAGE_ACTIONS),
            InstanceStates::PARAMETER,
        ],
        requirements: &[Requirement::always(&["amiIds", "owners", "amiNamePatterns", "amisByTagKeyAndValue"])],
        fact_actions: &[],
        inventory_actions: instance_states::INVENTORY_ACTIONS,
    };

    const EXEMPTIBLE: &'static [Parameter] =
        &[Parameter::list::<AmiId>("amiIds", None, "Instances of these images.")];

    fn parameters(raw: &RawParameters) -> Result<Parameters, ParameterError> {
        Ok(Parameters {
            approvals: Approvals::read(raw)?,
            denied: raw.list("deniedAmiIds")?,
            limits: Limits::read(raw)?,
            states: InstanceStates::read(raw)?,
            exempt: Vec::new(),
        })
    }

    fn exempt(parameters: Parameters, parts: &RawParameters) -> Result<Parameters, ParameterError> {
        Ok(Parameters { exempt: [parameters.exempt, parts.list("amiIds")?].concat(), ..parameters })
    }

    fn evaluate(item: &ConfigurationItem<Instance>, parameters: &Parameters, facts: &Facts) -> Verdict {
        let instance = &item.configuration;
        if let Some(answer) = parameters.states.not_judged(instance) {
            return answer;
        }
        let Some(image_id) = instance.image() else {
            return Verdict::unknown("the configuration item does not name the instance's image");
        };
        let subject = Subject::new(item, image_id, parameters, facts);
        if parameters.exempt.iter().any(|exempt| exempt.value.is(image_id) && exempt.is_for(subject.region)) {
            return Verdict::compliant("the image is exempt");
        }
        if parameters.deny(image_id, subject.region) {
            return Verdict::because(subject.finding("AMI-DENIED", "is in deniedAmiIds"));
        }
        match parameters.approvals.of(&subject).transpose() {
            Some(approval) => parameters.limits.hold(&subject, approval),
            None => Verdict::because(subject.unapproved(&parameters.approvals)),
        }
    }
}

impl Parameters {
    /// What is denied in one Region is denied where the Region is not known.
    fn deny(&self, image_id: &str, region: Option<&str>) -> bool {
        self.denied.iter().any(|denied| denied.value.is(image_id) && denied.may_be_for(region))
    }

    /// Whether the answer depends on the image's record. Where it does not, EC2 is not asked, and what a file says of the
    /// image changes nothing: a replay gives the function's own words.
    fn need_the_record(&self, image_id: &str, region: Option<&str>) -> bool {
        let is_approved = self.approvals.by_id(image_id, region);
        let depends = if is_approved { !self.limits.is_none() } else { self.approvals.need_the_record() };
        depends && !self.deny(image_id, region)
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
