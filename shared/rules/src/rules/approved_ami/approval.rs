//! What approves an image: its id, its owner, its name, its tags.

use std::fmt;

use super::Subject;
use crate::{
    facts::Image,
    parameters::{Glob, ParameterError, RawParameters, Value, listed, words},
};

/// Everything that approves.
#[derive(Clone, Debug)]
pub(super) struct Approvals {
    ids: Vec<AmiId>,
    owners: Vec<ImageOwner>,
    names: Vec<ImageName>,
    tags: Vec<ImageTag>,
    tag_match: TagMatch,
}

/// Whether an image is approved.
#[derive(Debug)]
pub(super) enum Approval {
    /// This approves it.
    By(String),
    None,
    /// Nothing that is known approves it, and this is not known.
    Unknown(String),
}

/// The parameter `tagMatch`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum TagMatch {
    #[default]
    Any,
    All,
}

words!(TagMatch, "`any` or `all`", "any" => Self::Any, "all" => Self::All);

impl Approvals {
    pub(super) fn read(raw: &RawParameters) -> Result<Self, ParameterError> {
        let approvals = Self {
            ids: raw.list("amiIds")?,
            owners: raw.list("owners")?,
            names: raw.list("amiNamePatterns")?,
            tags: raw.list("amisByTagKeyAndValue")?,
            tag_match: raw.one("tagMatch")?.unwrap_or_default(),
        };
        if approvals.ids.is_empty() && !approvals.need_the_record() {
            let problem =
                "missing, as are owners, amiNamePatterns and amisByTagKeyAndValue: nothing would be approved";
            return Err(ParameterError::new("amiIds", problem));
        }
        Ok(approvals)
    }

    /// Whether anything but ids can approve.
    pub(super) fn need_the_record(&self) -> bool {
        !(self.owners.is_empty() && self.names.is_empty() && self.tags.is_empty())
    }

    pub(super) fn by_id(&self, image_id: &str, region: Option<&str>) -> bool {
        self.ids.iter().any(|approved| approved.is(image_id, region))
    }

    pub(super) fn of(&self, subject: &Subject) -> Approval {
        if self.by_id(subject.image_id, subject.region) {
            return Approval::By("is in amiIds".to_owned());
        }
        if !self.need_the_record() {
            return Approval::None;
        }
        match subject.record() {
            Ok(image) => self.by_record(image, subject),
            Err(why) => Approval::Unknown(why),
        }
    }

    fn by_record(&self, image: &Image, subject: &Subject) -> Approval {
        if let Some(owner) = self.owners.iter().find(|owner| owner.owns(image, subject.account)) {
            return Approval::By(format!("is of owner {owner}"));
        }
        if let Some(name) = self.names.iter().find(|name| name.fits(image, subject.account)) {
            return Approval::By(format!("has a name like {name}"));
        }
        match (&image.tags, self.tags.is_empty()) {
            (_, true) => Approval::None,
            (None, _) => {
                Approval::Unknown(format!("the tags of {} cannot be seen from here", subject.image_id))
            }
            (Some(tags), _) => {
                let mut found = self.tags.iter().filter(|tag| tag.is_in(tags));
                let is_enough = match self.tag_match {
                    TagMatch::Any => found.next().is_some(),
                    TagMatch::All => found.count() == self.tags.len(),
                };
                if is_enough { Approval::By("has the approved tags".to_owned()) } else { Approval::None }
            }
        }
    }
}

/// `amiIds (ami-…, ami-…), owners (amazon)`.
impl fmt::Display for Approvals {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lists = [
            ("amiIds", listed(&self.ids), self.ids.is_empty()),
            ("owners", listed(&self.owners), self.owners.is_empty()),
            ("amiNamePatterns", listed(&self.names), self.names.is_empty()),
            ("amisByTagKeyAndValue", listed(&self.tags), self.tags.is_empty()),
        ];
        let given = lists.iter().filter(|(.., is_empty)| !is_empty);
        let texts: Vec<_> = given.map(|(name, list, _)| format!("{name} ({list})")).collect();
        formatter.write_str(&texts.join(", "))
    }
}

/// An image id, perhaps for one Region only.
#[derive(Clone, Debug)]
pub(super) struct AmiId {
    region: Option<String>,
    id: String,
}

impl AmiId {
    pub(super) fn is(&self, image: &str, region: Option<&str>) -> bool {
        self.id == image && (self.region.is_none() || self.region.as_deref() == region)
    }
}

impl Value for AmiId {
    const FORM: &'static str = "an image id (`ami-` and 8 or 17 of 0-9, a-f), perhaps after a Region: `us-east-1:ami-0123456789abcdef0`";
    const PATTERN: &'static str = "(?:[a-z0-9]+(?:-[a-z0-9]+){2,}:)?ami-(?:[0-9a-f]{8}|[0-9a-f]{17})";

    fn parse(text: &str) -> Result<Self, String> {
        let (region, id) = text.rsplit_once(':').map_or((None, text), |(region, id)| (Some(region), id));
        let digits = id.strip_prefix("ami-").unwrap_or_default();
        let is_id = matches!(digits.len(), 8 | 17)
            && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !is_id || region.is_some_and(|region| !is_region(region)) {
            return Err(String::new());
        }
        Ok(Self { region: region.map(str::to_owned), id: id.to_owned() })
    }
}

/// Such as `eu-west-1` or `us-gov-east-1`.
fn is_region(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let is_part = |part: &&str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    parts.len() >= 3 && parts.iter().all(is_part)
}

impl fmt::Display for AmiId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.region {
            Some(region) => write!(formatter, "{region}:{}", self.id),
            None => formatter.write_str(&self.id),
        }
    }
}

/// Who publishes an image.
#[derive(Clone, Debug)]
pub(super) enum ImageOwner {
    /// The account that runs the instance.
    Own,
    /// `amazon`, `aws-marketplace` or `aws-backup-vault`: AWS says which accounts these are, they differ by partition.
    Alias(String),
    Account(String),
}

impl ImageOwner {
    fn owns(&self, image: &Image, account: Option<&str>) -> bool {
        let owner = image.owner_id.as_deref();
        match self {
            Self::Own => owner.is_some() && owner == account,
            Self::Alias(alias) => image.owner_alias.as_ref() == Some(alias),
            Self::Account(account) => owner == Some(account),
        }
    }
}

impl Value for ImageOwner {
    const FORM: &'static str =
        "`self`, `amazon`, `aws-marketplace`, `aws-backup-vault` or an account id of 12 digits";
    const PATTERN: &'static str = "self|amazon|aws-marketplace|aws-backup-vault|[0-9]{12}";

    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "self" => Ok(Self::Own),
            "amazon" | "aws-marketplace" | "aws-backup-vault" => Ok(Self::Alias(text.to_owned())),
            id if id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit()) => {
                Ok(Self::Account(text.to_owned()))
            }
            _ => Err(String::new()),
        }
    }
}

impl fmt::Display for ImageOwner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own => formatter.write_str("self"),
            Self::Alias(owner) | Self::Account(owner) => formatter.write_str(owner),
        }
    }
}

/// A name of one owner's images. A name alone approves nothing: anybody can give an image any name.
#[derive(Clone, Debug)]
pub(super) struct ImageName {
    owner: ImageOwner,
    name: Glob,
}

impl ImageName {
    fn fits(&self, image: &Image, account: Option<&str>) -> bool {
        self.owner.owns(image, account) && image.name.as_ref().is_some_and(|name| self.name.matches(name))
    }
}

impl Value for ImageName {
    const FORM: &'static str =
        "`owner/name`: an owner as in `owners`, and a name in which `*` is any text and `?` any character";
    const PATTERN: &'static str = r"(?:self|amazon|aws-marketplace|aws-backup-vault|[0-9]{12})/[^,]+";

    fn parse(text: &str) -> Result<Self, String> {
        let (owner, name) =
            text.split_once('/').ok_or("without an owner, anybody's image of that name would do")?;
        let owner = ImageOwner::parse(owner).map_err(|_| format!("the owner is not {}", ImageOwner::FORM))?;
        if name.is_empty() {
            return Err("the name is missing".to_owned());
        }
        Ok(Self { owner, name: Glob::parse(name)? })
    }
}

impl fmt::Display for ImageName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.owner, self.name)
    }
}

/// A tag of an image, with any value or with this one.
#[derive(Clone, Debug)]
pub(super) struct ImageTag {
    key: String,
    value: Option<String>,
}

impl ImageTag {
    fn is_in(&self, tags: &crate::item::Tags) -> bool {
        let found = tags.get(&self.key);
        found.is_some_and(|found| self.value.as_ref().is_none_or(|value| value == found))
    }
}

impl Value for ImageTag {
    const FORM: &'static str = "`key` or `key:value`; what follows the first colon is the value";
    const PATTERN: &'static str = "[^,]+";

    fn parse(text: &str) -> Result<Self, String> {
        let (key, value) = text.split_once(':').map_or((text, None), |(key, value)| (key, Some(value)));
        if key.is_empty() {
            return Err("the key is missing".to_owned());
        }
        Ok(Self { key: key.to_owned(), value: value.map(str::to_owned) })
    }
}

impl fmt::Display for ImageTag {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.key)?;
        self.value.as_ref().map_or(Ok(()), |value| write!(formatter, ":{value}"))
    }
}
