//! The image that something is launched from, whose it is, and what is known about it.

use std::fmt;

use jiff::Timestamp;

use super::findings::AmiCode;
use crate::{
    facts::{Fact, Image},
    finding::{Code, Finding},
    item::ConfigurationItem,
    launch::{Launch, LaunchSource},
    parameters::{Value, ValueError},
};

/// The image in question.
#[derive(Debug)]
pub(super) struct LaunchedImage<'a> {
    pub(super) image_id: &'a str,
    /// `resolve:ssm:…`, where a launch template has that in place of the id.
    pub(super) alias: Option<&'a str>,
    /// ` in version 3 (default)`: where a resource that is no instance has it.
    pub(super) place: String,
    /// The instance that was launched from it, if there is one.
    pub(super) instance_id: Option<&'a str>,
    pub(super) region: Option<&'a str>,
    /// The account that launches it.
    pub(super) account: Option<&'a str>,
    /// The Marketplace product codes, where the configuration item has them.
    pub(super) product_codes: Option<Vec<&'a str>>,
    pub(super) record: Record<'a>,
    pub(super) now: Timestamp,
}

/// What EC2 tells of an image.
#[derive(Debug)]
pub(super) enum Record<'a> {
    /// The answer does not depend on it.
    NotNeeded,
    /// This.
    Known(&'a Image),
    /// Nothing to go by: a sentence.
    Unknown(String),
}

impl<'a> Record<'a> {
    /// The record of a disabled image does not count.
    pub(super) fn new(fact: Fact<&'a Image>, id: &str) -> Self {
        match fact {
            Fact::Known(image) => match image.state.as_deref() {
                Some("disabled") => Self::Unknown(format!("{id} is disabled, and its record does not count")),
                Some(_) => Self::Known(image),
                None => Self::Unknown(format!("the state of {id} is not known")),
            },
            Fact::Absent => Self::Unknown(format!(
                "{id} is deregistered, or no longer shared, and EC2 tells nothing about it"
            )),
            Fact::Unavailable(why) => Self::Unknown(format!("nothing is known about {id}: {why}")),
        }
    }
}

impl<'a> LaunchedImage<'a> {
    /// The image of this id, of which nothing is known yet.
    pub(super) fn new(
        item: &'a ConfigurationItem<LaunchSource>,
        launch: &Launch<'a>,
        image_id: &'a str,
    ) -> Self {
        let instance = match &item.configuration {
            LaunchSource::Instance(instance) => Some(instance),
            _ => None,
        };
        Self {
            image_id,
            alias: None,
            place: launch.place(),
            instance_id: instance.map(|_| item.resource_id.as_str()),
            region: item.aws_region.as_deref(),
            account: item.account_id.as_deref(),
            product_codes: instance.and_then(|instance| instance.marketplace_product_codes()),
            record: Record::NotNeeded,
            now: item.configuration_item_capture_time,
        }
    }

    /// What findings call it: its id, and where it stands.
    pub(super) fn name(&self) -> String {
        format!("{}{}", self.id(), self.place)
    }

    fn id(&self) -> String {
        let id = self.image_id;
        self.alias.map_or_else(|| id.to_owned(), |alias| format!("{alias} ({id})"))
    }

    pub(super) fn finding(&self, code: AmiCode, fact: &str) -> Finding {
        Finding::new(code, format!("{} {fact}", self.name())).with("imageId", self.image_id)
    }

    /// `ami-… "ubuntu-22" owner 444455556666 (amazon, public)`, as far as it is known.
    pub(super) fn description(&self) -> String {
        let mut text = self.id();
        if let Record::Known(image) = self.record {
            text.extend(image.name.as_ref().map(|name| format!(" {name:?}")));
            text.extend(image.owner_id.as_ref().map(|owner| format!(" owner {owner}")));
            let public = (image.public == Some(true)).then_some("public");
            let marks: Vec<_> = image.owner_alias.as_deref().into_iter().chain(public).collect();
            text.extend((!marks.is_empty()).then(|| format!(" ({})", marks.join(", "))));
        }
        text + &self.place
    }

    /// What the owner of an approved image should know all the same.
    pub(super) fn notes(&self) -> String {
        let Record::Known(image) = self.record else {
            return String::new();
        };
        let is_public_own =
            ImageOwner::Own.owns(image, self.account) == Some(true) && image.public == Some(true);
        let is_gone = image.state.as_deref() == Some("deregistered");
        let public =
            is_public_own.then(|| note(AmiCode::PublicOwn, "everybody may launch this account's image"));
        let gone = is_gone.then(|| note(AmiCode::Deregistered, "the image is deregistered"));
        public.into_iter().chain(gone).collect()
    }
}

fn note(code: AmiCode, fact: &str) -> String {
    format!("; note {}: {fact}", <&Code>::from(code).name)
}

/// Who publishes an image.
#[derive(Clone, Debug)]
pub(super) enum ImageOwner {
    /// The account that launches it.
    Own,
    /// `amazon`, `aws-marketplace` or `aws-backup-vault`: AWS says which accounts these are, they differ by partition.
    Alias(String),
    Account(String),
}

impl ImageOwner {
    /// `None` where that is not known. EC2 tells an alias wherever there is one, with the owner's id.
    pub(super) fn owns(&self, image: &Image, account: Option<&str>) -> Option<bool> {
        let owner = image.owner_id.as_deref();
        match self {
            Self::Own => Some(owner? == account?),
            Self::Alias(alias) => {
                image.owner_alias.as_ref().map_or(owner.map(|_| false), |is| Some(is == alias))
            }
            Self::Account(account) => Some(owner? == account),
        }
    }
}

/// The pattern of an owner.
macro_rules! owner {
    () => {
        "(?:self|amazon|aws-marketplace|aws-backup-vault|[0-9]{12})"
    };
}
pub(super) use owner;

impl Value for ImageOwner {
    const FORM: &'static str =
        "`self`, `amazon`, `aws-marketplace`, `aws-backup-vault` or an account id of 12 digits";
    const PATTERN: &'static str = owner!();

    fn parse(text: &str) -> Result<Self, ValueError> {
        match text {
            "self" => Ok(Self::Own),
            "amazon" | "aws-marketplace" | "aws-backup-vault" => Ok(Self::Alias(text.to_owned())),
            id if id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit()) => {
                Ok(Self::Account(text.to_owned()))
            }
            _ => Err(ValueError::Form),
        }
    }
}

impl fmt::Display for ImageOwner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Own => "self",
            Self::Alias(name) | Self::Account(name) => name.as_str(),
        })
    }
}
