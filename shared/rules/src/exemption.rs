//! Exemptions: somebody answers, until a day, for a resource or a part of it that is not as it should be.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::de::IgnoredAny;

use crate::{
    finding::{Compliance, Exempt, ExemptAnswer, Finding},
    item::{RawItem, Tags},
    parameters::{Glob, Parameter, ParameterError, RawParameters, Value},
};

/// The parameter that holds the exemptions.
pub(crate) const PARAMETER: &str = "exemptions";

/// What an exemption says besides the parts of a finding that its rule lets it name.
pub(crate) const FIELDS: &[Parameter] = &[
    Parameter::list::<Glob>("resource", None, "Ids, ARNs or names of resources."),
    Parameter::list::<Glob>("account", None, "Accounts."),
    Parameter::list::<Glob>("region", None, "Regions."),
    Parameter::list::<TagMatch>("tag", None, "Tags, one of which the resource has."),
    Parameter::one::<Words>("reason", None, "Why."),
    Parameter::one::<Words>("owner", None, "Who answers for it."),
    Parameter::one::<Day>("expires", None, "The last day, in UTC."),
];

/// Those of [`FIELDS`] that no exemption does without.
pub(crate) const REQUIRED: [&str; 3] = ["reason", "owner", "expires"];

/// The checked exemptions of a rule.
#[derive(Clone, Debug, Default)]
pub(crate) struct Exemptions {
    entries: Vec<Exemption>,
    answer: ExemptAnswer,
    max_days: i64,
}

#[derive(Clone, Debug)]
struct Exemption {
    resources: Vec<Glob>,
    accounts: Vec<Glob>,
    regions: Vec<Glob>,
    tags: Vec<TagMatch>,
    /// The parts of a finding that it is for; everything if there is none.
    parts: RawParameters,
    reason: String,
    owner: String,
    expires: Date,
}

/// What exemptions ask about a resource.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    /// Its id, its ARN and its name.
    names: Vec<String>,
    account: Option<String>,
    region: Option<String>,
    tags: Tags,
    today: Date,
}

impl Resource {
    fn of(item: &RawItem) -> Self {
        let names = [Some(item.resource_id.clone()), item.arn.clone(), item.resource_name.clone()];
        Self {
            names: names.into_iter().flatten().collect(),
            account: item.account_id.clone(),
            region: item.aws_region.clone(),
            tags: item.all_tags().into_owned(),
            today: day(item.configuration_item_capture_time),
        }
    }
}

fn day(time: Timestamp) -> Date {
    time.to_zoned(TimeZone::UTC).date()
}

/// What is wrong with one of the exemptions.
pub(crate) fn error(index: usize, problem: &ParameterError) -> ParameterError {
    ParameterError::new(PARAMETER, format!("entry {}: {problem}", index + 1))
}

impl Exemptions {
    /// Reads the parameters. A part that an exemption names must be one of these, which its rule knows.
    pub(crate) fn read(
        raw: &RawParameters,
        parts: &'static [Parameter],
        answer: ExemptAnswer,
        max_days: u64,
    ) -> Result<Self, ParameterError> {
        let entries: Vec<RawParameters> = match raw.get(PARAMETER) {
            None => Vec::new(),
            Some(text) => serde_json::from_str(text).map_err(|error| {
                ParameterError::new(PARAMETER, format!("{error}; expected {}", List::FORM))
            })?,
        };
        let read = |(index, entry)| Exemption::read(entry, parts).map_err(|problem| error(index, &problem));
        Ok(Self {
            entries: entries.into_iter().enumerate().map(read).collect::<Result<_, _>>()?,
            answer,
            max_days: max_days.try_into().unwrap_or(i64::MAX),
        })
    }

    /// What the exemptions ask about a resource, if there are any.
    pub(crate) fn resource(&self, item: &RawItem) -> Option<Resource> {
        (!self.entries.is_empty()).then(|| Resource::of(item))
    }

    /// What they ask about an account as a whole.
    pub(crate) fn account(&self, account_id: &str, at: Timestamp) -> Option<Resource> {
        (!self.entries.is_empty()).then(|| Resource {
            names: vec![account_id.to_owned()],
            account: Some(account_id.to_owned()),
            region: None,
            tags: Tags::default(),
            today: day(at),
        })
    }

    /// The parts that each exemption names, for their rule to check.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &RawParameters> {
        self.entries.iter().map(|entry| &entry.parts)
    }

    /// Takes off what is exempt. `without` judges the resource again, as if these parts of it did not matter.
    pub(crate) fn apply<E>(
        &self,
        compliance: Compliance,
        resource: &Resource,
        without: impl Fn(&[&RawParameters]) -> Result<Compliance, E>,
    ) -> Result<Compliance, E> {
        let Compliance::NonCompliant(findings) = compliance else {
            return Ok(compliance);
        };
        let own: Vec<_> = self.entries.iter().filter(|entry| entry.is_for(resource)).collect();
        let (active, lapsed): (Vec<_>, Vec<_>) =
            own.into_iter().partition(|entry| self.lapse(entry, resource.today).is_none());
        let rest = |entries: &[&Exemption]| rest(entries, &findings, &without);
        // One that is enough alone says more than all together.
        for entry in active.chunks(1).chain([&active[..]]) {
            if !entry.is_empty() && rest(entry)?.is_empty() {
                return Ok(self.exempt(entry, findings));
            }
        }
        let open = rest(&active)?;
        let mut answer = Vec::new();
        for entry in lapsed {
            if rest(&[&active[..], &[entry]].concat())? != open {
                answer.extend(self.lapse(entry, resource.today));
            }
        }
        answer.extend(open);
        Ok(Compliance::NonCompliant(answer))
    }

    fn exempt(&self, entries: &[&Exemption], findings: Vec<Finding>) -> Compliance {
        let until = entries.iter().map(|entry| entry.expires).min().unwrap_or(Date::MAX);
        let why: Vec<_> = entries.iter().map(|entry| entry.why()).collect();
        let words = format!("EXEMPT until {until} ({})", why.join("; "));
        Compliance::Exempt(Exempt { answer: self.answer, words, findings })
    }

    /// Why an exemption does not hold on this day, if it does not.
    fn lapse(&self, entry: &Exemption, today: Date) -> Option<Finding> {
        let days = today.until(entry.expires).map_or(i64::MAX, |span| i64::from(span.get_days()));
        let finding = |code, fact| {
            let finding = Finding::new(code, format!("{} {fact} ({})", entry.expires, entry.why()));
            Some(finding.with("expires", entry.expires.to_string()))
        };
        match days {
            ..0 => finding("EXEMPTION-EXPIRED", "was its last day".to_owned()),
            days if days > self.max_days => {
                finding("EXEMPTION-TOO-LONG", format!("is more than {} days ahead", self.max_days))
            }
            _ => None,
        }
    }
}

/// What remains of the findings if these exemptions hold.
fn rest<E>(
    entries: &[&Exemption],
    findings: &[Finding],
    without: impl Fn(&[&RawParameters]) -> Result<Compliance, E>,
) -> Result<Vec<Finding>, E> {
    if entries.iter().any(|entry| entry.parts.is_empty()) {
        return Ok(Vec::new());
    }
    if entries.is_empty() {
        return Ok(findings.to_vec());
    }
    let parts: Vec<_> = entries.iter().map(|entry| &entry.parts).collect();
    Ok(without(&parts)?.findings().to_vec())
}

fn required<V: Value>(raw: &RawParameters, name: &'static str) -> Result<V, ParameterError> {
    let missing = || ParameterError::new(name, "missing; an exemption has a reason, an owner and a last day");
    raw.one(name)?.ok_or_else(missing)
}

impl Exemption {
    fn read(raw: RawParameters, parts: &'static [Parameter]) -> Result<Self, ParameterError> {
        raw.only(FIELDS.iter().chain(parts))?;
        let exemption = Self {
            resources: raw.list("resource")?,
            accounts: raw.list("account")?,
            regions: raw.list("region")?,
            tags: raw.list("tag")?,
            reason: required::<Words>(&raw, "reason")?.0,
            owner: required::<Words>(&raw, "owner")?.0,
            expires: required::<Day>(&raw, "expires")?.0,
            parts: raw.without(FIELDS.iter().map(|field| field.name)),
        };
        if exemption.is_for_everything() {
            let names: Vec<_> = FIELDS[..4].iter().chain(parts).map(|field| field.name).collect();
            let problem =
                format!("missing, as are the others of {}: everything would be exempt", names.join(", "));
            return Err(ParameterError::new("resource", problem));
        }
        Ok(exemption)
    }

    fn is_for_everything(&self) -> bool {
        let Self { resources, accounts, regions, tags, parts, .. } = self;
        [resources, accounts, regions].iter().all(|globs| globs.is_empty())
            && tags.is_empty()
            && parts.is_empty()
    }

    fn is_for(&self, resource: &Resource) -> bool {
        let matches = |globs: &[Glob], names: &[String]| {
            globs.is_empty() || globs.iter().any(|glob| names.iter().any(|name| glob.matches(name)))
        };
        matches(&self.resources, &resource.names)
            && matches(&self.accounts, resource.account.as_slice())
            && matches(&self.regions, resource.region.as_slice())
            && (self.tags.is_empty() || self.tags.iter().any(|tag| tag.is_in(&resource.tags)))
    }

    fn why(&self) -> String {
        format!("{}; {}", self.reason, self.owner)
    }
}

/// The parameter's value as a whole; its entries are read as parameters are.
pub(crate) struct List;

impl Value for List {
    const FORM: &'static str =
        "a JSON array of objects with `reason`, `owner`, `expires` and what they are for";
    const PATTERN: &'static str = r"\[[\s\S]*\]";

    fn parse(text: &str) -> Result<Self, String> {
        serde_json::from_str::<Vec<IgnoredAny>>(text).map(|_| Self).map_err(|error| error.to_string())
    }
}

/// A tag with any value, or with one like this.
#[derive(Clone, Debug)]
struct TagMatch {
    key: String,
    value: Option<Glob>,
}

impl TagMatch {
    fn is_in(&self, tags: &Tags) -> bool {
        let found = tags.get(&self.key);
        found.is_some_and(|found| self.value.as_ref().is_none_or(|value| value.matches(found)))
    }
}

impl Value for TagMatch {
    const FORM: &'static str = "`Key` or `Key=value`, in whose value `*` is any text and `?` any character";
    const PATTERN: &'static str = "[^,=][^,]*";
    const FIRST_PATTERN: &'static str = r"[^,=\[\s][^,]*";

    fn parse(text: &str) -> Result<Self, String> {
        let (key, value) = text.split_once('=').map_or((text, None), |(key, value)| (key, Some(value)));
        if key.is_empty() {
            return Err("the key is missing".to_owned());
        }
        Ok(Self { key: key.to_owned(), value: value.map(Glob::parse).transpose()? })
    }
}

/// Words that stand in an annotation, between what else must stand there.
struct Words(String);

impl Value for Words {
    const FORM: &'static str = "text of at most 80 characters";
    const PATTERN: &'static str = r"[\s\S]{1,80}";

    fn parse(text: &str) -> Result<Self, String> {
        if text.chars().count() > 80 { Err(String::new()) } else { Ok(Self(text.to_owned())) }
    }
}

/// A day of the calendar.
struct Day(Date);

impl Value for Day {
    const FORM: &'static str = "a day such as 2026-12-31";
    const PATTERN: &'static str = "[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])";

    fn parse(text: &str) -> Result<Self, String> {
        // The library reads 20261231 as well, and times, which would not say when the day ends.
        let day = text.parse().ok().filter(|day: &Date| day.to_string() == text);
        day.map(Self).ok_or_else(String::new)
    }
}

#[cfg(test)]
mod tests;
