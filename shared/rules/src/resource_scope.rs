//! Which resources an exemption or an exclusion is for.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    item::{RawItem, Tags},
    parameters::{Glob, ParameterError, RawParameters, Value, ValueError},
};

/// What is asked about a resource.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    /// Its id, its ARN and its name.
    names: Vec<String>,
    account: Option<String>,
    region: Option<String>,
    tags: Tags,
    /// The day on which AWS Config recorded it.
    pub(crate) today: Date,
}

impl Resource {
    pub(crate) fn of(item: &RawItem) -> Self {
        let names = [Some(item.resource_id.clone()), item.arn.clone(), item.resource_name.clone()];
        Self {
            names: names.into_iter().flatten().collect(),
            account: item.account_id.clone(),
            region: item.aws_region.clone(),
            tags: item.all_tags().into_owned(),
            today: day(item.configuration_item_capture_time),
        }
    }

    /// An account as a whole.
    pub(crate) fn account(account_id: &str, at: Timestamp) -> Self {
        Self {
            names: vec![account_id.to_owned()],
            account: Some(account_id.to_owned()),
            region: None,
            tags: Tags::default(),
            today: day(at),
        }
    }
}

/// The day in UTC.
pub(crate) fn day(time: Timestamp) -> Date {
    time.to_zoned(TimeZone::UTC).date()
}

/// The resources for which all that it names is so.
#[derive(Clone, Debug)]
pub(crate) struct ResourceScope {
    resources: Vec<Glob>,
    accounts: Vec<Glob>,
    regions: Vec<Glob>,
    tags: Vec<TagMatch>,
}

impl ResourceScope {
    /// The names of what [`ResourceScope::read`] reads.
    pub(crate) const FIELDS: [&str; 4] = ["resource", "account", "region", "tag"];

    pub(crate) fn read(raw: &RawParameters) -> Result<Self, ParameterError> {
        let [resources, accounts, regions, tags] = Self::FIELDS;
        Ok(Self {
            resources: raw.list(resources)?,
            accounts: raw.list(accounts)?,
            regions: raw.list(regions)?,
            tags: raw.list(tags)?,
        })
    }

    pub(crate) fn includes(&self, resource: &Resource) -> bool {
        let matches = |globs: &[Glob], names: &[String]| {
            globs.is_empty() || globs.iter().any(|glob| names.iter().any(|name| glob.matches(name)))
        };
        matches(&self.resources, &resource.names)
            && matches(&self.accounts, resource.account.as_slice())
            && matches(&self.regions, resource.region.as_slice())
            && (self.tags.is_empty() || self.tags.iter().any(|tag| tag.is_in(&resource.tags)))
    }

    /// Whether it names nothing, or only what everything is: `*`, `arn:aws:*`.
    pub(crate) fn is_everything(&self) -> bool {
        const ARNS: [&str; 3] = [
            "arn:aws:s3:::bucket",
            "arn:aws:iam::444455556666:role/admin",
            "arn:aws:ec2:us-east-1:111122223333:volume/vol-0",
        ];
        let takes = |globs: &[Glob], names: &[&str]| {
            globs.is_empty() || globs.iter().any(|glob| names.iter().all(|name| glob.matches(name)))
        };
        takes(&self.resources, &ARNS)
            && takes(&self.accounts, &["111122223333", "444455556666"])
            && takes(&self.regions, &["us-east-1", "eu-central-2"])
            && self.tags.is_empty()
    }
}

/// A tag with any value, or with one like this.
#[derive(Clone, Debug)]
pub(crate) struct TagMatch {
    key: Glob,
    value: Option<Glob>,
}

impl TagMatch {
    fn is_in(&self, tags: &Tags) -> bool {
        tags.iter().any(|(key, value)| {
            self.key.matches(key) && self.value.as_ref().is_none_or(|wanted| wanted.matches(value))
        })
    }
}

impl Value for TagMatch {
    const FORM: &'static str = "`Key` or `Key=value`, in which `*` is any text and `?` any character";
    const PATTERN: &'static str = "[^,=][^,]*";
    const FIRST_PATTERN: &'static str = r"[^,=\[\s][^,]*";

    fn parse(text: &str) -> Result<Self, ValueError> {
        let (key, value) = text.split_once('=').map_or((text, None), |(key, value)| (key, Some(value)));
        if key.is_empty() {
            return Err("the key is missing".into());
        }
        Ok(Self { key: Glob::parse(key)?, value: value.map(Glob::parse).transpose()? })
    }
}
