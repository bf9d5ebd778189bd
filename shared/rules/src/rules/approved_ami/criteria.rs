//! The forms in which approvals are written: image ids, owners, names and tags.

use std::fmt;

use crate::{
    facts::Image,
    item::Tags,
    parameters::{Glob, Regional, Value, glob},
};

/// An image id, perhaps for one Region only.
pub(super) type AmiId = Regional<ImageId>;

/// `ami-` and 8 or 17 hexadecimal digits, small ones.
#[derive(Clone, Debug)]
pub(super) struct ImageId(String);

impl ImageId {
    pub(super) fn is(&self, image_id: &str) -> bool {
        self.0 == image_id
    }

    fn read(text: &str) -> Result<Self, String> {
        let digits = text.strip_prefix("ami-").unwrap_or_default();
        let is_id = matches!(digits.len(), 8 | 17)
            && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_id { Ok(Self(text.to_owned())) } else { Err(String::new()) }
    }
}

impl Value for AmiId {
    const FORM: &'static str = "an image id (`ami-` and 8 or 17 of 0-9, a-f), perhaps after a Region: `us-east-1:ami-0123456789abcdef0`";
    const PATTERN: &'static str = "(?:[a-z]{2,4}(?:-[a-z]+){1,2}-[0-9]+:)?ami-(?:[0-9a-f]{8}|[0-9a-f]{17})";
    // As AWS publishes it under `/aws/service/…/recommended`.
    const STORED_FIELD: Option<&'static str> = Some("image_id");

    fn parse(text: &str) -> Result<Self, String> {
        Self::read(text, ImageId::read)
    }
}

impl fmt::Display for ImageId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
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
    /// `None` where that is not known.
    pub(super) fn fits(&self, image: &Image, account: Option<&str>) -> Option<bool> {
        let is_named = image.name.as_ref().map(|name| self.name.matches(name));
        match (self.owner.owns(image, account), is_named) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (owns, is_named) => Some(owns? && is_named?),
        }
    }
}

impl Value for ImageName {
    const FORM: &'static str = r"`owner/name`: an owner as in `owners`, and a name in which `*` is any text and `?` any character (`\*` and `\?` are themselves)";
    const PATTERN: &'static str =
        concat!("(?:self|amazon|aws-marketplace|aws-backup-vault|[0-9]{12})/", glob!());

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
    pub(super) fn is_in(&self, tags: &Tags) -> bool {
        let found = tags.get(&self.key);
        found.is_some_and(|found| self.value.as_ref().is_none_or(|value| value == found))
    }
}

impl Value for ImageTag {
    const FORM: &'static str = r"`key` or `key:value`; what follows the first colon is the value, and a colon of the key is written `\:`";
    const PATTERN: &'static str = "[^,:][^,]*";
    const FIRST_PATTERN: &'static str = r"[^,:\[\s][^,]*";

    fn parse(text: &str) -> Result<Self, String> {
        let is_end = |(index, _): &(usize, &str)| !text[..*index].ends_with('\\');
        let end = text.match_indices(':').find(is_end).map(|(index, _)| index);
        let (key, value) = end.map_or((text, None), |end| (&text[..end], Some(text[end + 1..].to_owned())));
        if key.is_empty() {
            return Err("the key is missing".to_owned());
        }
        Ok(Self { key: key.replace(r"\:", ":"), value })
    }
}

impl fmt::Display for ImageTag {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.key.replace(':', r"\:"))?;
        self.value.as_ref().map_or(Ok(()), |value| write!(formatter, ":{value}"))
    }
}
