//! `approved-ami`: what runs, and what is launched next, has an image that somebody approved.
//!
//! | the image | answer |
//! | --- | --- |
//! | is in `deniedAmiIds` | NON_COMPLIANT `AMI-DENIED`, whatever approves it |
//! | has no approval: neither its id, nor owner, name, tags, product code or parameter | NON_COMPLIANT `AMI-UNAPPROVED` |
//! | is approved, but older than `maxAgeDays` | NON_COMPLIANT `AMI-TOO-OLD` |
//! | is approved, but younger than `minAgeDays` | NON_COMPLIANT `AMI-TOO-NEW` |
//! | is approved, but deprecated, and `deprecated` does not allow that | NON_COMPLIANT `AMI-DEPRECATED` |
//! | is approved, but everybody may launch it, and `publicImages` is `deny` | NON_COMPLIANT `AMI-PUBLIC` |
//! | is approved otherwise | COMPLIANT, with what approves it |
//! | is not named by a launch template: whoever launches from it does | NOT_APPLICABLE |
//! | is not named by another item, or not known well enough | `MISSING-DATA`: `onMissingData` decides |
//!
//! Denial comes first; then any approval approves; then all limits must hold. Ids and the names of parameters are compared
//! without asking EC2; the other criteria, and the limits, need the image's record. A deregistered image is evaluated by what
//! EC2 still tells of it to those who run it; a disabled one, and one that is gone without a trace, by its id only. A copy of
//! an image is another image, with an id, an owner and a date of its own.
//!
//! Where the record was needed, a COMPLIANT answer also notes `AMI-PUBLIC-OWN`, that everybody may launch this image of the
//! instance's own account, and `AMI-DEREGISTERED`.
//!
//! Image ids differ by Region. An id without a Region approves wherever it appears; after a Region, as in
//! `eu-west-1:ami-…`, there only.
//!
//! A limit is for the images of all, or behind an owner for those of that owner. The first that is for an image counts:
//! `"maxAgeDays": "self=90,amazon=365,180"`, or with `"publicImages": "self=deny"` none for the others.
//!
//! ## Before anything is launched
//!
//! | resource | what is evaluated |
//! | --- | --- |
//! | launch template | its default and its latest version, or all with `templateVersions` |
//! | launch configuration | its image |
//! | Auto Scaling group | the version of the launch template that it names, and that of each override, by what it is now |
//! | Auto Scaling group with a launch configuration | nothing: the launch configuration is evaluated itself |
//!
//! The item of a launch template holds one of its versions. Where the default is not the latest, and for groups, EC2 tells the
//! others. A group changes nothing when another version becomes `$Default` or `$Latest`, so that its answer is as old as its
//! item; that of the template is new. A schedule brings both up to date.
//!
//! An image that is named as `resolve:ssm:` and a parameter of Parameter Store is approved by `amiParameterNames`, which asks
//! nobody; or EC2 resolves it, for which the function's role must also be allowed `ssm:GetParameters` for the parameter.
//!
//! ## Differences from the managed rules
//!
//! The parameters of `approved-amis-by-id` and `approved-amis-by-tag` work as they are. What is answered differently:
//!
//! | managed rule | it | this rule |
//! | --- | --- | --- |
//! | all | evaluates instances only | evaluates what launches them, too; a rule whose scope is `AWS::EC2::Instance` does not |
//! | the first two | evaluates running instances only | evaluates stopped ones too; `instanceStates` `running` is the managed rules' answer |
//! | `approved-amis-by-id` | takes 21 ids | takes what AWS Config holds: 1,024 characters of parameters, room for 46 ids |
//! | | passes images that are deprecated, deregistered or old | passes them by default; `deprecated` and `maxAgeDays` do not |
//! | | knows ids of one Region | knows ids of all Regions in one list |
//! | `approved-amis-by-tag` | takes 10 tags, one of which is enough | takes any number; `tagMatch` `all` wants all of them |
//! | | cannot see the tags of another account's image | cannot either, and says so as `MISSING-DATA`; `owners` approves such images |
//! | `ec2-instance-launched-with-allowed-ami` | passes all images of the account's own | passes what is approved, and own images with `owners` `self` |
//! | | follows the account's Allowed AMIs setting | does not read that setting |

mod approval;
mod findings;
mod image;
mod limits;

use self::{
    approval::{ALIAS, AmiId, Approval, Approvals, ImageName, ImageTag, ProductCode, StoredImage, TagMatch},
    findings::AmiCode,
    image::{ImageOwner, LaunchedImage, Record},
    limits::{Deprecated, Limits, PerOwner, PublicImages},
};
use crate::{
    ec2::instance_states::InstanceStates,
    facts::{Fact, Facts, IMAGE_ACTIONS},
    finding::{Check, Code, Finding, Verdict},
    item::ConfigurationItem,
    launch::{self, Asked, Launch, LaunchSource, TemplateVersions},
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
    template_versions: TemplateVersions,
    exempt: Vec<AmiId>,
}

impl Rule for ApprovedAmi {
    type Configuration = LaunchSource;
    type Parameters = Parameters;

    const METADATA: Metadata = Metadata {
        name: "approved-ami",
        description: "An EC2 instance, and what launches instances, has an image (AMI) that is approved: by id, owner, name or tags, and within limits of age.",
        resource_types: ResourceTypes::These(launch::RESOURCE_TYPES),
        further_triggers: &[],
        schedule: Schedule::WithDriftingParameters,
        parameters: &[
            Parameter::list::<AmiId>(
                "amiIds",
                None,
                "Approves by id, in every Region or in one. At least one of the parameters that approve is required.",
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
            Parameter::list::<ProductCode>(
                "marketplaceProductCodes",
                None,
                "Approves by product code of AWS Marketplace: the product's images in all Regions, and images that were made \
                 of its instances.",
            )
            .needs(IMAGE_ACTIONS),
            Parameter::list::<StoredImage>(
                "amiParameterNames",
                None,
                "Approves what launch templates name as `resolve:ssm:` and such a parameter, whichever image that is.",
            ),
            Parameter::list::<AmiId>(
                "deniedAmiIds",
                None,
                "Images that are never approved, whatever approves them.",
            ),
            Parameter::list::<PerOwner<u64>>(
                "maxAgeDays",
                None,
                "Approved images that are older than this are findings; exactly so many days is not. `self=90,180` is for own \
                 images 90 days, for others 180.",
            )
            .needs(IMAGE_ACTIONS),
            Parameter::list::<PerOwner<u64>>(
                "minAgeDays",
                None,
                "Approved images that are younger than this are findings, so that others find their faults first; exactly so \
                 many days is not.",
            )
            .needs(IMAGE_ACTIONS),
            Parameter::list::<PerOwner<Deprecated>>(
                "deprecated",
                Some("allow"),
                "Whether approved images may be deprecated: always, never, or for some days.",
            )
            .needs(IMAGE_ACTIONS),
            Parameter::list::<PerOwner<PublicImages>>(
                "publicImages",
                Some("allow"),
                "Whether approved images may be such that everybody may launch them. `self=deny` is about own images only.",
            )
            .needs(IMAGE_ACTIONS),
            InstanceStates::PARAMETER,
            TemplateVersions::PARAMETER,
        ],
        requirements: &[Requirement::always(Approvals::ONE_OF)],
        fact_actions: launch::FACT_ACTIONS,
        inventory_actions: launch::INVENTORY_ACTIONS,
    };

    const CODES: &'static [&'static Code] = AmiCode::ALL;

    const EXAMPLE: &'static [(&'static str, &'static str)] =
        &[("owners", "self, amazon"), ("maxAgeDays", "180")];
    const EXEMPTIBLE: &'static [Parameter] =
        &[Parameter::list::<AmiId>("amiIds", None, "Instances of these images, and what launches them.")];

    fn parameters(raw: &RawParameters) -> Result<Parameters, ParameterError> {
        Ok(Parameters {
            approvals: Approvals::read(raw)?,
            denied: raw.list("deniedAmiIds")?,
            limits: Limits::read(raw)?,
            states: InstanceStates::read(raw)?,
            template_versions: TemplateVersions::read(raw)?,
            exempt: Vec::new(),
        })
    }

    fn exempt(parameters: Parameters, parts: &RawParameters) -> Result<Parameters, ParameterError> {
        Ok(Parameters { exempt: [parameters.exempt, parts.list("amiIds")?].concat(), ..parameters })
    }

    fn cautions(parameters: &Parameters) -> Vec<String> {
        parameters.approvals.cautions()
    }

    fn evaluate(item: &ConfigurationItem<LaunchSource>, parameters: &Parameters, facts: &Facts) -> Verdict {
        if let LaunchSource::Instance(instance) = &item.configuration
            && let Some(answer) = parameters.states.not_evaluated(instance)
        {
            return answer;
        }
        launch::evaluate(item, parameters.template_versions, facts, Asked::Image, |launch| {
            parameters.evaluate_launch(item, launch, facts)
        })
    }
}

impl Parameters {
    fn evaluate_launch<'a>(
        &self,
        item: &'a ConfigurationItem<LaunchSource>,
        launch: &Launch<'a>,
        facts: &'a Facts,
    ) -> Verdict {
        let Some(name) = launch.name else {
            return without_image(item, launch);
        };
        if !name.starts_with(ALIAS) {
            return self.evaluate_image(LaunchedImage::new(item, launch, name), facts);
        }
        let needs_id = !(self.limits.is_none() && self.denied.is_empty());
        if let Some(by) = self.approvals.by_alias(name).filter(|_| !needs_id) {
            return Verdict::compliant(format!("{name}{} {by}", launch.place()));
        }
        match launch.resolve(facts) {
            Fact::Known(id) => {
                let image = LaunchedImage { alias: Some(name), ..LaunchedImage::new(item, launch, id) };
                self.evaluate_image(image, facts)
            }
            Fact::Absent => Verdict::unknown(format!("{name}{} leads to no image", launch.place())),
            Fact::Unavailable(why) => {
                Verdict::unknown(format!("which image {name}{} leads to is not known: {why}", launch.place()))
            }
        }
    }

    /// EC2 is not asked for the image's record where the answer does not depend on it.
    fn evaluate_image<'a>(&self, mut image: LaunchedImage<'a>, facts: &'a Facts) -> Verdict {
        if self.exempt.iter().any(|exempt| exempt.value.is(image.image_id) && exempt.is_for(image.region)) {
            return Verdict::compliant("the image is exempt");
        }
        if self.deny(&image) {
            return Verdict::non_compliant(image.finding(AmiCode::Denied, "is in deniedAmiIds"));
        }
        let by = self.approvals.without_record(&image);
        let needs_record =
            if by.is_some() { !self.limits.is_none() } else { self.approvals.need_record(&image) };
        if needs_record {
            image.record = Record::new(facts.image(image.image_id, image.instance_id), image.image_id);
        }
        match by.map_or_else(|| self.approvals.by_record(&image), Approval::By) {
            Approval::None => Verdict::non_compliant(self.unapproved(&image)),
            Approval::Unknown(why) => {
                Verdict::of([vec![Check::Unknown(why)], self.limits.checks(&image)].concat(), "")
            }
            Approval::By(by) => {
                Verdict::of(self.limits.checks(&image), format!("{} {by}{}", image.name(), image.notes()))
            }
        }
    }

    /// What is denied in one Region is denied where the Region is not known.
    fn deny(&self, image: &LaunchedImage) -> bool {
        self.denied.iter().any(|denied| denied.value.is(image.image_id) && denied.may_be_for(image.region))
    }

    fn unapproved(&self, image: &LaunchedImage) -> Finding {
        let subject = format!("{}{}", image.description(), self.approvals.elsewhere(image));
        let sentence = format!("{subject}; not in {}", self.approvals);
        Finding::new(AmiCode::Unapproved, sentence).with("imageId", image.image_id)
    }
}

/// Who launches from a template that names no image names one then.
fn without_image(item: &ConfigurationItem<LaunchSource>, launch: &Launch) -> Verdict {
    match &item.configuration {
        LaunchSource::Instance(_) => {
            Verdict::unknown("the configuration item does not name the instance's image")
        }
        LaunchSource::LaunchConfiguration(_) => {
            Verdict::unknown("the configuration item does not name the launch configuration's image")
        }
        LaunchSource::LaunchTemplate(_) | LaunchSource::AutoScalingGroup(_) => {
            let subject = launch.subject();
            Verdict::not_applicable(format!("{subject} names no image: whoever launches from it does"))
        }
    }
}

#[cfg(test)]
mod launch_sources;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
