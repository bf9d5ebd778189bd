//! What an approved image must not be: too old, deprecated, or everybody's.

use super::subject::Subject;
use crate::{
    facts::Image,
    finding::{Check, Verdict},
    parameters::{ParameterError, RawParameters, Value, words},
    time::{Age, day, timestamp},
};

/// What an approved image must not be.
#[derive(Clone, Debug)]
pub(super) struct Limits {
    max_age_days: Option<u64>,
    deprecated: Deprecated,
    public: PublicImages,
}

/// The parameter `deprecated`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deprecated {
    Allow,
    /// Denied after so many days.
    AfterDays(u64),
}

impl Value for Deprecated {
    const FORM: &'static str = "`allow`, `deny`, or a whole number of days of grace";
    const PATTERN: &'static str = r"allow|deny|\+?0*[0-9]{1,20}";

    fn parse(text: &str) -> Result<Self, String> {
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

words!(PublicImages, "`allow` or `deny`", "allow" => Self::Allow, "deny" => Self::Deny);

impl Limits {
    pub(super) fn read(raw: &RawParameters) -> Result<Self, ParameterError> {
        Ok(Self {
            max_age_days: raw.one("maxAgeDays")?,
            deprecated: raw.one("deprecated")?.unwrap_or(Deprecated::Allow),
            public: raw.one("publicImages")?.unwrap_or(PublicImages::Allow),
        })
    }

    /// Whether nothing is limited.
    pub(super) fn is_none(&self) -> bool {
        self.max_age_days.is_none()
            && self.deprecated == Deprecated::Allow
            && self.public == PublicImages::Allow
    }

    /// The verdict about an image that this approves, or that something might which is not known.
    pub(super) fn hold(&self, subject: &Subject, approval: Result<String, String>) -> Verdict {
        let (approval, doubt) = approval.map_or_else(|why| (String::new(), Err(why)), |by| (by, Ok(None)));
        let mut checks = vec![doubt];
        checks.extend(self.checks(subject));
        // Where nothing is known of the image, approval and limits say the same of it.
        checks.dedup();
        Verdict::of(checks, format!("{} {approval}{}", subject.image_id, subject.notes()))
    }

    fn checks(&self, subject: &Subject) -> Vec<Check> {
        match subject.record() {
            _ if self.is_none() => Vec::new(),
            Ok(image) => {
                vec![
                    self.age(image, subject),
                    self.deprecation(image, subject),
                    self.publicity(image, subject),
                ]
            }
            Err(why) => vec![Err(why)],
        }
    }

    fn age(&self, image: &Image, subject: &Subject) -> Check {
        let Some(limit) = self.max_age_days else {
            return Ok(None);
        };
        let made = timestamp(image.creation_date.as_deref());
        let made = made.ok_or_else(|| format!("the creation date of {} is not known", subject.image_id))?;
        let age = Age::since(made, subject.now);
        let finding = || subject.finding("AMI-TOO-OLD", &age.fact(limit)).with("ageDays", age.days());
        Ok(age.exceeds(limit).then(finding))
    }

    /// EC2 leaves the time out where there is none.
    fn deprecation(&self, image: &Image, subject: &Subject) -> Check {
        let (Deprecated::AfterDays(grace), Some(date)) = (self.deprecated, &image.deprecation_time) else {
            return Ok(None);
        };
        let unreadable = || format!("the deprecation time of {} cannot be read", subject.image_id);
        let date = timestamp(Some(date)).ok_or_else(unreadable)?;
        let is_over = date <= subject.now && (grace == 0 || Age::since(date, subject.now).exceeds(grace));
        let grace = if grace == 0 { String::new() } else { format!("; grace {grace} days") };
        let fact = || format!("was deprecated on {}{grace}", day(date));
        Ok(is_over.then(|| subject.finding("AMI-DEPRECATED", &fact())))
    }

    fn publicity(&self, image: &Image, subject: &Subject) -> Check {
        match (self.public, image.public) {
            (PublicImages::Allow, _) | (_, Some(false)) => Ok(None),
            (_, Some(true)) => {
                Ok(Some(subject.finding("AMI-PUBLIC", "may be launched by everybody; publicImages is deny")))
            }
            (_, None) => Err(format!("whether {} is public is not known", subject.image_id)),
        }
    }
}
