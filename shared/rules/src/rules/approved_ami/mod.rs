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
//! other criteria, and the limits, need the image's record.

mod approval;
mod limits;

use jiff::Timestamp;
use serde::Deserialize;

use self::{
    approval::{AmiId, Approval, Approvals, ImageName, ImageOwner, ImageTag, TagMatch},
    limits::{Deprecated, Limits, PublicImages},
};
use crate::{
    facts::{Fact, FactRequest, Facts, Image},
    finding::{Finding, Verdict},
    instance::{InstanceStates, State},
    item::ConfigurationItem,
    parameters::{Parameter, ParameterError, RawParameters},
    rule::{Metadata, Rule},
};

/// The rule.
#[derive(Debug)]
pub struct ApprovedAmi;

/// What the rule reads of an instance.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Instance {
    image_id: Option<String>,
    state: Option<State>,
}

/// The checked parameters.
#[derive(Clone, Debug)]
pub struct Parameters {
    approvals: Approvals,
    denied: Vec<AmiId>,
    limits: Limits,
    states: InstanceStates,
}

/// The image in question, and what is known about it.
#[derive(Debug)]
struct Subject<'a> {
    image_id: &'a str,
    region: Option<&'a str>,
    /// The account of the instance.
    account: Option<&'a str>,
    record: Fact<&'a Image>,
    now: Timestamp,
}

impl Rule for ApprovedAmi {
    type Configuration = Instance;
    type Parameters = Parameters;

    const METADATA: Metadata = Metadata {
        name: "approved-ami",
        description: "An EC2 instance runs an image (AMI) that is approved: by id, owner, name or tags, and within limits of age.",
        resource_types: &["AWS::EC2::Instance"],
        parameters: &[
            Parameter::list::<AmiId>(
                "amiIds",
                None,
                "Approves by id. At least one of the first four is required.",
            ),
            Parameter::list::<ImageOwner>(
                "owners",
                None,
                "Approves by who publishes the image; `self` is the instance's account.",
            )
            .needs_facts(),
            Parameter::list::<ImageName>("amiNamePatterns", None, "Approves by name, of this owner only.")
                .needs_facts(),
            Parameter::list::<ImageTag>("amisByTagKeyAndValue", None, "Approves by tags of the image.")
                .needs_facts(),
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
                "Approved images that are older than this are findings.",
            )
            .needs_facts(),
            Parameter::one::<Deprecated>(
                "deprecated",
                Some("allow"),
                "Whether approved images may be deprecated: always, never, or for some days.",
            )
            .needs_facts(),
            Parameter::one::<PublicImages>(
                "publicImages",
                Some("allow"),
                "Whether approved images may be such that everybody may launch them.",
            )
            .needs_facts(),
            InstanceStates::PARAMETER,
        ],
        iam_actions: &["config:PutEvaluations"],
        fact_actions: &["ec2:DescribeImages", "ec2:DescribeInstanceImageMetadata"],
        facts_by_default: false,
    };

    fn parameters(raw: &RawParameters) -> Result<Parameters, ParameterError> {
        Ok(Parameters {
            approvals: Approvals::read(raw)?,
            denied: raw.list("deniedAmiIds")?,
            limits: Limits::read(raw)?,
            states: InstanceStates::read(raw)?,
        })
    }

    fn facts(item: &ConfigurationItem<Instance>, parameters: &Parameters) -> Vec<FactRequest> {
        let Some(image_id) = item.configuration.image() else {
            return Vec::new();
        };
        let region = item.aws_region.as_deref();
        let depends_on_record = if parameters.approvals.by_id(image_id, region) {
            !parameters.limits.is_none()
        } else {
            parameters.approvals.need_the_record()
        };
        let is_denied = parameters.denied.iter().any(|denied| denied.is(image_id, region));
        if !depends_on_record
            || is_denied
            || parameters.states.not_judged(item.configuration.state.as_ref()).is_some()
        {
            return Vec::new();
        }
        vec![FactRequest::Image { image_id: image_id.to_owned(), instance_id: item.resource_id.clone() }]
    }

    fn evaluate(item: &ConfigurationItem<Instance>, parameters: &Parameters, facts: &Facts) -> Verdict {
        let instance = &item.configuration;
        if let Some(answer) = parameters.states.not_judged(instance.state.as_ref()) {
            return answer;
        }
        let Some(image_id) = instance.image() else {
            return Verdict::unknown("the configuration item does not name the instance's image");
        };
        let subject = Subject {
            image_id,
            region: item.aws_region.as_deref(),
            account: item.account_id.as_deref(),
            record: facts.image(image_id),
            now: item.configuration_item_capture_time,
        };
        if parameters.denied.iter().any(|denied| denied.is(image_id, subject.region)) {
            return Verdict::because(subject.finding("AMI-DENIED", "is in deniedAmiIds"));
        }
        match parameters.approvals.of(&subject) {
            Approval::By(reason) => parameters.limits.hold(&subject, &reason),
            Approval::None => {
                let expected = format!("{}; not in {}", subject.description(), parameters.approvals);
                Verdict::because(Finding::new("AMI-UNAPPROVED", expected).with("imageId", image_id))
            }
            Approval::Unknown(why) => Verdict::unknown(why),
        }
    }
}

impl Instance {
    fn image(&self) -> Option<&str> {
        self.image_id.as_deref().filter(|id| !id.is_empty())
    }
}

impl<'a> Subject<'a> {
    fn finding(&self, code: &'static str, fact: &str) -> Finding {
        Finding::new(code, format!("{} {fact}", self.image_id)).with("imageId", self.image_id)
    }

    /// The image's record; or why there is none that could be judged by.
    fn record(&self) -> Result<&'a Image, String> {
        let id = self.image_id;
        match &self.record {
            Fact::Known(image) if image.state.as_deref() == Some("disabled") => {
                Err(format!("{id} is disabled"))
            }
            Fact::Known(image) => Ok(image),
            Fact::Absent => Err(format!("{id} is deregistered, or no longer shared")),
            Fact::Unavailable(why) => Err(format!("nothing is known about {id}: {why}")),
        }
    }

    /// `ami-… "ubuntu-22" owner 444455556666 (public)`, as far as it is known.
    fn description(&self) -> String {
        let mut text = self.image_id.to_owned();
        if let Fact::Known(image) = &self.record {
            text.extend(image.name.as_ref().map(|name| format!(" {name:?}")));
            text.extend(image.owner_id.as_ref().map(|owner| format!(" owner {owner}")));
            text.extend((image.public == Some(true)).then_some(" (public)"));
        }
        text
    }
}

#[cfg(test)]
mod tests;
