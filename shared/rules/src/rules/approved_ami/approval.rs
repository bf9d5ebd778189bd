//! What approves an image: its id, its owner, its name, its tags.

use std::fmt;

use super::{
    criteria::{AmiId, ImageName, ImageOwner, ImageTag},
    subject::Subject,
};
use crate::{
    facts::Image,
    parameters::{ParameterError, RawParameters, elsewhere, listed, words},
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

/// What approves an image, in words; or, where nothing is known to, what is not known that might.
pub(super) type Approval = Result<Option<String>, String>;

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
        self.ids.iter().any(|approved| approved.value.is(image_id) && approved.is_for(region))
    }

    pub(super) fn of(&self, subject: &Subject) -> Approval {
        if self.by_id(subject.image_id, subject.region) {
            return Ok(Some("is in amiIds".to_owned()));
        }
        if !self.need_the_record() {
            return Ok(None);
        }
        let image = subject.record()?;
        let owners = self.owners.iter().map(|owner| {
            subject.approval(owner.owns(image, subject.account), || format!("is of owner {owner}"))
        });
        let names = self.names.iter().map(|name| {
            subject.approval(name.fits(image, subject.account), || format!("has a name like {name}"))
        });
        first(owners.chain(names).chain([self.by_tags(image, subject)]))
    }

    fn by_tags(&self, image: &Image, subject: &Subject) -> Approval {
        if self.tags.is_empty() {
            return Ok(None);
        }
        let unseen = || format!("the tags of {} cannot be seen from here", subject.description());
        let tags = image.tags.as_ref().ok_or_else(unseen)?;
        let found: Vec<_> = self.tags.iter().filter(|tag| tag.is_in(tags)).collect();
        Ok(match (self.tag_match, found.as_slice()) {
            (TagMatch::Any, [first, ..]) => Some(format!("has the tag {first}")),
            (TagMatch::All, all) if all.len() == self.tags.len() => {
                Some(format!("has all of the tags {}", listed(&self.tags)))
            }
            _ => None,
        })
    }

    /// ` (approved in eu-west-1, not in us-east-1)`, if that is so.
    pub(super) fn elsewhere(&self, subject: &Subject) -> String {
        elsewhere(self.ids.iter().filter(|approved| approved.value.is(subject.image_id)), subject.region)
    }
}

/// Any approval approves; without one, anything that is not known might.
fn first(approvals: impl Iterator<Item = Approval>) -> Approval {
    let mut unknown = Ok(None);
    for approval in approvals {
        match approval {
            Ok(Some(_)) => return approval,
            Err(_) if unknown.is_ok() => unknown = approval,
            Ok(None) | Err(_) => {}
        }
    }
    unknown
}

/// `amiIds (ami-…, ami-…), owners (amazon), amisByTagKeyAndValue (all of approved, team)`.
impl fmt::Display for Approvals {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tags = match self.tag_match {
            TagMatch::Any => listed(&self.tags),
            TagMatch::All => format!("all of {}", listed(&self.tags)),
        };
        let lists = [
            ("amiIds", listed(&self.ids), self.ids.is_empty()),
            ("owners", listed(&self.owners), self.owners.is_empty()),
            ("amiNamePatterns", listed(&self.names), self.names.is_empty()),
            ("amisByTagKeyAndValue", tags, self.tags.is_empty()),
        ];
        let given = lists.iter().filter(|(.., is_empty)| !is_empty);
        let texts: Vec<_> = given.map(|(name, list, _)| format!("{name} ({list})")).collect();
        formatter.write_str(&texts.join(", "))
    }
}
