//! What an approved image must not be: too old, too new, deprecated, or everybody's.

use super::{
    findings::AmiCode,
    image::{ImageOwner, LaunchedImage, Record, owner},
};
use crate::{
    facts::Image,
    finding::Check,
    parameters::{ParameterError, RawParameters, Value, ValueError, keywords},
    time::{Age, day, timestamp},
};

/// What an approved image must not be.
#[derive(Clone, Debug)]
pub(super) struct Limits {
    max_age_days: Vec<PerOwner<u64>>,
    min_age_days: Vec<PerOwner<u64>>,
    deprecated: Vec<PerOwner<Deprecated>>,
    public: Vec<PerOwner<PublicImages>>,
}

/// The parameter `deprecated`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deprecated {
    Allow,
    /// Denied after so many days.
    AfterDays(u64),
}

impl Deprecated {
    fn parse(text: &str) -> Result<Self, ValueError> {
        match text {
            "allow" => Ok(Self::Allow),
            "deny" => Ok(Self::AfterDays(0)),
            days => u64::parse(days).map(Self::AfterDays),
        }
    }
}

/// The parameter `publicImages`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PublicImages {
    Allow,
    Deny,
}

keywords!(PublicImages, "`allow` or `deny`", "allow" => Self::Allow, "deny" => Self::Deny);

/// A limit for the images of one owner, or of all.
#[derive(Clone, Debug)]
pub(super) struct PerOwner<T> {
    owner: Option<ImageOwner>,
    limit: T,
}

/// Makes a limit a form of values: by itself, or behind an owner.
macro_rules! per_owner {
    ($limit:ty, $form:literal, $pattern:literal) => {
        impl Value for PerOwner<$limit> {
            const FORM: &'static str =
                concat!($form, "; behind an owner as in `owners`, and `=`, for the images of that owner");
            const PATTERN: &'static str = concat!("(?:", owner!(), "=)?(?:", $pattern, ")");

            fn parse(text: &str) -> Result<Self, ValueError> {
                let (owner, limit) = match text.split_once('=') {
                    Some((owner, limit)) => (Some(ImageOwner::parse(owner)?), limit),
                    None => (None, text),
                };
                Ok(Self { owner, limit: <$limit>::parse(limit)? })
            }
        }
    };
}

per_owner!(u64, "a whole number of days, 0 or more", r"\+?0*[0-9]{1,20}");
per_owner!(Deprecated, "`allow`, `deny`, or a whole number of days of grace", r"allow|deny|\+?0*[0-9]{1,20}");
per_owner!(PublicImages, "`allow` or `deny`", "allow|deny");

impl<T> PerOwner<T> {
    /// Reads a parameter. The first limit that is for an image counts, so that one for all images stands last. Where none
    /// limits anything, there are none.
    fn read(
        raw: &RawParameters,
        name: &'static str,
        is_limit: impl Fn(&T) -> bool,
    ) -> Result<Vec<Self>, ParameterError>
    where
        Self: Value,
    {
        let limits: Vec<Self> = raw.list(name)?;
        if limits.iter().rev().skip(1).any(|limit| limit.owner.is_none()) {
            let problem = "what stands without an owner is for the images of all, and must be the last";
            return Err(ParameterError::new(name, problem));
        }
        Ok(if limits.iter().any(|own| is_limit(&own.limit)) { limits } else { Vec::new() })
    }

    /// Checks an image against the limit that is for it.
    fn check(
        limits: &[Self],
        record: &Image,
        image: &LaunchedImage,
        check: impl FnOnce(&T) -> Check,
    ) -> Check {
        for Self { owner, limit } in limits {
            match owner.as_ref().map_or(Some(true), |owner| owner.owns(record, image.account)) {
                Some(true) => return check(limit),
                Some(false) => {}
                None => return Check::Unknown(format!("who owns {} is not known", image.name())),
            }
        }
        Check::Passed
    }
}

impl Limits {
    pub(super) fn read(raw: &RawParameters) -> Result<Self, ParameterError> {
        Ok(Self {
            max_age_days: PerOwner::read(raw, "maxAgeDays", |_| true)?,
            min_age_days: PerOwner::read(raw, "minAgeDays", |_| true)?,
            deprecated: PerOwner::read(raw, "deprecated", |limit| *limit != Deprecated::Allow)?,
            public: PerOwner::read(raw, "publicImages", |limit| *limit != PublicImages::Allow)?,
        })
    }

    /// Whether nothing is limited.
    pub(super) fn is_none(&self) -> bool {
        self.max_age_days.is_empty()
            && self.min_age_days.is_empty()
            && self.deprecated.is_empty()
            && self.public.is_empty()
    }

    /// What comes of checking an image that is approved, or might be.
    pub(super) fn checks(&self, image: &LaunchedImage) -> Vec<Check> {
        let record = match &image.record {
            Record::NotNeeded => return Vec::new(),
            Record::Unknown(_) if self.is_none() => return Vec::new(),
            Record::Unknown(why) => return vec![Check::Unknown(why.clone())],
            Record::Known(record) => *record,
        };
        vec![
            PerOwner::check(&self.max_age_days, record, image, |limit| too_old(record, image, *limit)),
            PerOwner::check(&self.min_age_days, record, image, |limit| too_new(record, image, *limit)),
            PerOwner::check(&self.deprecated, record, image, |limit| deprecated(record, image, *limit)),
            PerOwner::check(&self.public, record, image, |limit| public(record, image, *limit)),
        ]
    }
}

fn too_old(record: &Image, image: &LaunchedImage, limit: u64) -> Check {
    let Some(age) = age(record, image) else {
        return age_unknown(image);
    };
    let finding = || image.finding(AmiCode::TooOld, &age.fact(limit)).with("ageDays", age.days());
    Check::fail_if(age.exceeds(limit), finding)
}

fn too_new(record: &Image, image: &LaunchedImage, limit: u64) -> Check {
    let Some(age) = age(record, image) else {
        return age_unknown(image);
    };
    let fact = || format!("is {} days old; at least {limit}", age.days());
    Check::fail_if(age.falls_short_of(limit), || {
        image.finding(AmiCode::TooNew, &fact()).with("ageDays", age.days())
    })
}

fn age(record: &Image, image: &LaunchedImage) -> Option<Age> {
    Some(Age::since(timestamp(record.creation_date.as_deref())?, image.now))
}

fn age_unknown(image: &LaunchedImage) -> Check {
    Check::Unknown(format!("the creation date of {} is not known", image.name()))
}

/// EC2 leaves the time out where there is none.
fn deprecated(record: &Image, image: &LaunchedImage, limit: Deprecated) -> Check {
    let (Deprecated::AfterDays(grace), Some(date)) = (limit, &record.deprecation_time) else {
        return Check::Passed;
    };
    let Some(date) = timestamp(Some(date)) else {
        return Check::Unknown(format!("the deprecation time of {} cannot be read", image.name()));
    };
    let is_over = date <= image.now && (grace == 0 || Age::since(date, image.now).exceeds(grace));
    let grace = if grace == 0 { String::new() } else { format!("; grace {grace} days") };
    let fact = || format!("was deprecated on {}{grace}", day(date));
    Check::fail_if(is_over, || image.finding(AmiCode::Deprecated, &fact()))
}

fn public(record: &Image, image: &LaunchedImage, limit: PublicImages) -> Check {
    match (limit, record.public) {
        (PublicImages::Allow, _) | (_, Some(false)) => Check::Passed,
        (PublicImages::Deny, Some(true)) => Check::Failed(
            image.finding(AmiCode::Public, "may be launched by everybody; publicImages is deny"),
        ),
        (PublicImages::Deny, None) => {
            Check::Unknown(format!("whether {} is public is not known", image.name()))
        }
    }
}
