//! The image that an instance runs, and what is known about it.

use jiff::Timestamp;

use super::{
    Parameters,
    approval::{Approval, Approvals},
};
use crate::{
    ec2::Instance,
    facts::{Fact, Facts, Image},
    finding::Finding,
    item::ConfigurationItem,
};

/// The image in question, and what is known about it.
#[derive(Debug)]
pub(super) struct Subject<'a> {
    pub(super) image_id: &'a str,
    pub(super) region: Option<&'a str>,
    /// The account of the instance.
    pub(super) account: Option<&'a str>,
    record: Fact<&'a Image>,
    pub(super) now: Timestamp,
}

impl<'a> Subject<'a> {
    pub(super) fn new(
        item: &'a ConfigurationItem<Instance>,
        image_id: &'a str,
        parameters: &Parameters,
        facts: &'a Facts,
    ) -> Self {
        let region = item.aws_region.as_deref();
        let is_asked = parameters.need_the_record(image_id, region);
        Self {
            image_id,
            region,
            account: item.account_id.as_deref(),
            record: if is_asked {
                facts.image(image_id, &item.resource_id)
            } else {
                Fact::Unavailable("not asked".to_owned())
            },
            now: item.configuration_item_capture_time,
        }
    }

    pub(super) fn finding(&self, code: &'static str, fact: &str) -> Finding {
        Finding::new(code, format!("{} {fact}", self.image_id)).with("imageId", self.image_id)
    }

    pub(super) fn unapproved(&self, approvals: &Approvals) -> Finding {
        let image = format!("{}{}", self.description(), approvals.elsewhere(self));
        Finding::new("AMI-UNAPPROVED", format!("{image}; not in {approvals}")).with("imageId", self.image_id)
    }

    /// Turns an answer about the image into an approval in these words.
    pub(super) fn approval(&self, holds: Option<bool>, words: impl Fn() -> String) -> Approval {
        let holds = holds.ok_or_else(|| format!("whether {} {} is not known", self.image_id, words()))?;
        Ok(holds.then(words))
    }

    /// The image's record; or why there is none that could be judged by.
    pub(super) fn record(&self) -> Result<&'a Image, String> {
        let id = self.image_id;
        match &self.record {
            Fact::Known(image) => match image.state.as_deref() {
                Some("disabled") => Err(format!("{id} is disabled, and its record does not count")),
                Some(_) => Ok(image),
                None => Err(format!("the state of {id} is not known")),
            },
            Fact::Absent => {
                Err(format!("{id} is deregistered, or no longer shared, and EC2 tells nothing about it"))
            }
            Fact::Unavailable(why) => Err(format!("nothing is known about {id}: {why}")),
        }
    }

    /// `ami-… "ubuntu-22" owner 444455556666 (amazon, public)`, as far as it is known.
    pub(super) fn description(&self) -> String {
        let mut text = self.image_id.to_owned();
        if let Fact::Known(image) = &self.record {
            text.extend(image.name.as_ref().map(|name| format!(" {name:?}")));
            text.extend(image.owner_id.as_ref().map(|owner| format!(" owner {owner}")));
            let public = (image.public == Some(true)).then_some("public");
            let marks: Vec<_> = image.owner_alias.as_deref().into_iter().chain(public).collect();
            text.extend((!marks.is_empty()).then(|| format!(" ({})", marks.join(", "))));
        }
        text
    }

    /// What the owner of an approved image should know all the same.
    pub(super) fn notes(&self) -> String {
        let Ok(image) = self.record() else {
            return String::new();
        };
        let is_own = image.owner_id.is_some() && image.owner_id.as_deref() == self.account;
        let is_public = is_own && image.public == Some(true);
        let is_gone = image.state.as_deref() == Some("deregistered");
        let public = is_public.then_some("; note AMI-PUBLIC-OWN: everybody may launch this account's image");
        let gone = is_gone.then_some("; note AMI-DEREGISTERED: the image is deregistered");
        [public, gone].into_iter().flatten().collect()
    }
}
