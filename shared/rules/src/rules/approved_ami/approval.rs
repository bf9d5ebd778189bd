//! What approves an image: its id, its owner, its name, its tags, its product code, the parameter that names it.

use std::fmt;

use super::image::{ImageOwner, LaunchedImage, Record, owner};
use crate::{
    facts::Image,
    item::Tags,
    parameters::{
        Glob, ParameterError, RawParameters, Regional, Value, ValueError, elsewhere, glob, keywords, listed,
    },
};

/// Everything that approves.
#[derive(Clone, Debug)]
pub(super) struct Approvals {
    ids: Vec<AmiId>,
    owners: Vec<ImageOwner>,
    names: Vec<ImageName>,
    tags: Vec<ImageTag>,
    tag_match: TagMatch,
    product_codes: Vec<ProductCode>,
    parameters: Vec<StoredImage>,
}

/// Whether an image is approved.
#[derive(Debug)]
pub(super) enum Approval {
    /// What approves it: `is in amiIds`.
    By(String),
    /// Nothing does.
    None,
    /// Nothing that is known does, and something might that is not: a sentence.
    Unknown(String),
}

/// The parameter `tagMatch`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum TagMatch {
    #[default]
    Any,
    All,
}

keywords!(TagMatch, "`any` or `all`", "any" => Self::Any, "all" => Self::All);

impl Approvals {
    /// The parameters of which one is required.
    pub(super) const ONE_OF: &'static [&'static str] = &[
        "amiIds",
        "owners",
        "amiNamePatterns",
        "amisByTagKeyAndValue",
        "marketplaceProductCodes",
        "amiParameterNames",
    ];

    pub(super) fn read(raw: &RawParameters) -> Result<Self, ParameterError> {
        let approvals = Self {
            ids: raw.list("amiIds")?,
            owners: raw.list("owners")?,
            names: raw.list("amiNamePatterns")?,
            tags: raw.list("amisByTagKeyAndValue")?,
            tag_match: raw.one("tagMatch")?.unwrap_or_default(),
            product_codes: raw.list("marketplaceProductCodes")?,
            parameters: raw.list("amiParameterNames")?,
        };
        if approvals.lists().iter().all(|(_, list)| list.is_empty()) {
            let others = Self::ONE_OF[1..].join(", ");
            let problem = format!("missing, as are {others}: nothing would be approved");
            return Err(ParameterError::new("amiIds", problem));
        }
        Ok(approvals)
    }

    /// Where something approves more, or less, than one might think.
    pub(super) fn cautions(&self) -> Vec<String> {
        let mut cautions = Vec::new();
        if !self.product_codes.is_empty() {
            cautions.push(
                "marketplaceProductCodes: an image that somebody makes of a product's instance keeps its product code, and is \
                 approved, too",
            );
        }
        if !self.parameters.is_empty() {
            cautions.push(
                "amiParameterNames: whoever may write such a parameter approves images for launch templates",
            );
            if self.lists().iter().filter(|(_, list)| !list.is_empty()).count() == 1 {
                cautions.push(
                    "amiParameterNames: nothing approves an instance, nor an image that is named by its id",
                );
            }
        }
        cautions.into_iter().map(str::to_owned).collect()
    }

    /// What approves an image by the parameter that names it, `resolve:ssm:…`, whichever image that is.
    pub(super) fn by_alias(&self, alias: &str) -> Option<String> {
        let name = alias.strip_prefix(ALIAS)?;
        let by = self.parameters.iter().find(|parameter| parameter.0.matches(name))?;
        Some(format!("matches {by}"))
    }

    /// What approves an image whatever EC2 tells of it.
    pub(super) fn without_record(&self, image: &LaunchedImage) -> Option<String> {
        let has_id = |id: &AmiId| id.value.is(image.image_id) && id.is_for(image.region);
        if self.ids.iter().any(has_id) {
            return Some("is in amiIds".to_owned());
        }
        let by_alias = image.alias.and_then(|alias| self.by_alias(alias));
        by_alias.or_else(|| self.product_code(image.product_codes.as_deref()?))
    }

    /// Whether what EC2 tells of the image may approve it.
    pub(super) fn need_record(&self, image: &LaunchedImage) -> bool {
        let needs_product_codes = image.product_codes.is_none() && !self.product_codes.is_empty();
        needs_product_codes || !(self.owners.is_empty() && self.names.is_empty() && self.tags.is_empty())
    }

    /// Whether what EC2 tells of the image approves it. Any approval approves.
    pub(super) fn by_record(&self, image: &LaunchedImage) -> Approval {
        let record = match &image.record {
            Record::NotNeeded => return Approval::None,
            Record::Unknown(why) => return Approval::Unknown(why.clone()),
            Record::Known(record) => *record,
        };
        let owners = self.owners.iter().map(|owner| {
            Approval::of(
                owner.owns(record, image.account),
                || format!("is owned by {owner}"),
                || format!("whether {} is owned by {owner} is not known", image.name()),
            )
        });
        let names = self.names.iter().map(|name| {
            Approval::of(
                name.fits(record, image.account),
                || format!("name matches {name}"),
                || format!("whether the name of {} matches {name} is not known", image.name()),
            )
        });
        let others = [self.by_product_codes(record, image), self.by_tags(record, image)];
        Approval::any(owners.chain(names).chain(others))
    }

    fn product_code(&self, codes: &[&str]) -> Option<String> {
        let code = self.product_codes.iter().find(|code| codes.contains(&code.0.as_str()))?;
        Some(format!("has the Marketplace product code {}", code.0))
    }

    fn by_product_codes(&self, record: &Image, image: &LaunchedImage) -> Approval {
        if self.product_codes.is_empty() || image.product_codes.is_some() {
            return Approval::None;
        }
        let Some(codes) = &record.product_codes else {
            return Approval::Unknown(format!("the product codes of {} are not known", image.name()));
        };
        let codes: Vec<_> = codes.iter().map(String::as_str).collect();
        self.product_code(&codes).map_or(Approval::None, Approval::By)
    }

    fn by_tags(&self, record: &Image, image: &LaunchedImage) -> Approval {
        if self.tags.is_empty() {
            return Approval::None;
        }
        let Some(tags) = &record.tags else {
            return Approval::Unknown(format!(
                "the tags of {} cannot be seen from here",
                image.description()
            ));
        };
        let found: Vec<_> = self.tags.iter().filter(|tag| tag.is_in(tags)).collect();
        match (self.tag_match, found.as_slice()) {
            (TagMatch::Any, [first, ..]) => Approval::By(format!("has the tag {first}")),
            (TagMatch::All, all) if all.len() == self.tags.len() => {
                Approval::By(format!("has all of the tags {}", listed(&self.tags)))
            }
            _ => Approval::None,
        }
    }

    /// ` (approved in eu-west-1, not in us-east-1)`, if that is so.
    pub(super) fn elsewhere(&self, image: &LaunchedImage) -> String {
        elsewhere(self.ids.iter().filter(|approved| approved.value.is(image.image_id)), image.region)
    }

    /// The names of the lists and what they hold, in words; `""` of an empty one.
    fn lists(&self) -> [(&'static str, String); 6] {
        let tags = match self.tag_match {
            TagMatch::All if !self.tags.is_empty() => format!("all of {}", listed(&self.tags)),
            _ => listed(&self.tags),
        };
        [
            ("amiIds", listed(&self.ids)),
            ("owners", listed(&self.owners)),
            ("amiNamePatterns", listed(&self.names)),
            ("amisByTagKeyAndValue", tags),
            ("marketplaceProductCodes", listed(&self.product_codes)),
            ("amiParameterNames", listed(&self.parameters)),
        ]
    }
}

/// `amiIds (ami-…, ami-…), owners (amazon), amisByTagKeyAndValue (all of approved, team)`.
impl fmt::Display for Approvals {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lists = self.lists();
        let given = lists.iter().filter(|(_, list)| !list.is_empty());
        let texts: Vec<_> = given.map(|(name, list)| format!("{name} ({list})")).collect();
        formatter.write_str(&texts.join(", "))
    }
}

impl Approval {
    /// What comes of something that approves if it is so.
    fn of(is_so: Option<bool>, by: impl Fn() -> String, unknown: impl Fn() -> String) -> Self {
        match is_so {
            Some(true) => Self::By(by()),
            Some(false) => Self::None,
            None => Self::Unknown(unknown()),
        }
    }

    /// Any approval approves; without one, anything that is not known might.
    fn any(approvals: impl Iterator<Item = Self>) -> Self {
        let mut first_unknown = Self::None;
        for approval in approvals {
            match approval {
                Self::By(_) => return approval,
                Self::Unknown(_) if matches!(first_unknown, Self::None) => first_unknown = approval,
                Self::Unknown(_) | Self::None => {}
            }
        }
        first_unknown
    }
}

/// An image id, perhaps for one Region only.
pub(super) type AmiId = Regional<ImageId>;

/// `ami-` and 8 or 17 hexadecimal digits, small ones.
#[derive(Clone, Debug)]
pub(super) struct ImageId(String);

impl ImageId {
    pub(super) fn is(&self, image_id: &str) -> bool {
        self.0 == image_id
    }

    fn read(text: &str) -> Result<Self, ValueError> {
        let digits = text.strip_prefix("ami-").unwrap_or_default();
        let is_id = matches!(digits.len(), 8 | 17)
            && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_id { Ok(Self(text.to_owned())) } else { Err(ValueError::Form) }
    }
}

impl Value for AmiId {
    const FORM: &'static str = "an image id (`ami-` and 8 or 17 of 0-9, a-f), perhaps after a Region: `us-east-1:ami-0123456789abcdef0`";
    const PATTERN: &'static str = "(?:[a-z]{2,4}(?:-[a-z]+){1,2}-[0-9]+:)?ami-(?:[0-9a-f]{8}|[0-9a-f]{17})";
    // As AWS publishes it under `/aws/service/…/recommended`.
    const STORED_FIELD: Option<&'static str> = Some("image_id");

    fn parse(text: &str) -> Result<Self, ValueError> {
        Self::read(text, ImageId::read)
    }
}

impl fmt::Display for ImageId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
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
    const PATTERN: &'static str = concat!(owner!(), "/", glob!());

    fn parse(text: &str) -> Result<Self, ValueError> {
        let (owner, name) =
            text.split_once('/').ok_or("without an owner, anybody's image of that name would do")?;
        let owner = ImageOwner::parse(owner).map_err(|_| format!("the owner is not {}", ImageOwner::FORM))?;
        if name.is_empty() {
            return Err("the name is missing".into());
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

    fn parse(text: &str) -> Result<Self, ValueError> {
        let is_end = |(index, _): &(usize, &str)| !text[..*index].ends_with('\\');
        let end = text.match_indices(':').find(is_end).map(|(index, _)| index);
        let (key, value) = end.map_or((text, None), |end| (&text[..end], Some(text[end + 1..].to_owned())));
        if key.is_empty() {
            return Err("the key is missing".into());
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

/// A product code of AWS Marketplace. Whoever makes an image of an instance cannot take it off.
#[derive(Clone, Debug)]
pub(super) struct ProductCode(String);

impl Value for ProductCode {
    const FORM: &'static str =
        "a product code of AWS Marketplace, of letters and digits, as EC2 shows it at the image";
    const PATTERN: &'static str = "[A-Za-z0-9]{1,64}";

    fn parse(text: &str) -> Result<Self, ValueError> {
        let is_code = text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if is_code { Ok(Self(text.to_owned())) } else { Err(ValueError::Form) }
    }
}

impl fmt::Display for ProductCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// What an image id in a launch template begins with, where it is a parameter of Parameter Store.
pub(super) const ALIAS: &str = "resolve:ssm:";

/// The name of a parameter of Parameter Store that holds an image's id, with wildcards.
#[derive(Clone, Debug)]
pub(super) struct StoredImage(Glob);

impl Value for StoredImage {
    const FORM: &'static str = r"the name of a parameter in Parameter Store, as it stands behind `resolve:ssm:`, in which `*` is any text and `?` any character (`\*` and `\?` are themselves)";
    const PATTERN: &'static str = Glob::PATTERN;
    const FIRST_PATTERN: &'static str = Glob::FIRST_PATTERN;

    fn parse(text: &str) -> Result<Self, ValueError> {
        Glob::parse(text.strip_prefix(ALIAS).unwrap_or(text)).map(Self)
    }
}

impl fmt::Display for StoredImage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}
