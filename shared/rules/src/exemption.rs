//! Exemptions: somebody answers, until a day, for a resource or a part of it that is not as it should be.

use jiff::civil::Date;
use serde::de::IgnoredAny;

use crate::{
    finding::{Compliance, EngineCode, Exempt, ExemptAnswer, Finding},
    parameters::{Glob, Parameter, ParameterError, RawParameters, Value, ValueError},
    resource_scope::{Resource, ResourceScope, TagMatch},
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
    scope: ResourceScope,
    /// The parts of a finding that it is for; everything if there is none.
    parts: RawParameters,
    reason: String,
    owner: String,
    expires: Date,
}

/// What is wrong with one of the exemptions.
pub(crate) fn error(index: usize, problem: &ParameterError) -> ParameterError {
    in_entry(PARAMETER, index, problem)
}

fn in_entry(parameter: &str, index: usize, problem: &ParameterError) -> ParameterError {
    ParameterError::new(parameter, format!("entry {}: {problem}", index + 1))
}

/// Reads a parameter that is a JSON array of objects, each of which is read as parameters are.
pub(crate) fn entries<T>(
    raw: &RawParameters,
    parameter: &str,
    form: &str,
    read: impl Fn(&RawParameters) -> Result<T, ParameterError>,
) -> Result<Vec<T>, ParameterError> {
    let Some(text) = raw.get(parameter) else {
        return Ok(Vec::new());
    };
    let entries: Vec<RawParameters> = serde_json::from_str(text)
        .map_err(|error| ParameterError::new(parameter, format!("{error}; expected {form}")))?;
    let read = |(index, entry)| read(&entry).map_err(|problem| in_entry(parameter, index, &problem));
    entries.into_iter().enumerate().map(read).collect()
}

impl Exemptions {
    /// Reads the parameters. A part that an exemption names must be one of these, which its rule knows.
    pub(crate) fn read(
        raw: &RawParameters,
        parts: &'static [Parameter],
        answer: ExemptAnswer,
        max_days: u64,
    ) -> Result<Self, ParameterError> {
        Ok(Self {
            entries: entries(raw, PARAMETER, List::FORM, |entry| Exemption::read(entry, parts))?,
            answer,
            max_days: max_days.try_into().unwrap_or(i64::MAX),
        })
    }

    /// Those that do not hold on this day, and why.
    pub(crate) fn lapses(&self, today: Date) -> Vec<String> {
        let lapses = self.entries.iter().filter_map(|entry| self.lapse(entry, today));
        lapses.map(|finding| format!("{}: {}", finding.code.name, finding.sentence)).collect()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The parts that each exemption names, for their rule to check.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &RawParameters> {
        self.entries.iter().map(|entry| &entry.parts)
    }

    /// Takes off what is exempt. `without` evaluates the resource again, as if these parts of it did not matter.
    pub(crate) fn apply<E>(
        &self,
        compliance: Compliance,
        resource: &Resource,
        without: impl Fn(&[&RawParameters]) -> Result<Compliance, E>,
    ) -> Result<Compliance, E> {
        let Compliance::NonCompliant(findings) = compliance else {
            return Ok(compliance);
        };
        let own: Vec<_> = self.entries.iter().filter(|entry| entry.scope.includes(resource)).collect();
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
            ..0 => finding(EngineCode::ExemptionExpired, "was its last day".to_owned()),
            days if days > self.max_days => {
                finding(EngineCode::ExemptionTooLong, format!("is more than {} days ahead", self.max_days))
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

/// What no entry does without.
pub(crate) fn required<V: Value>(
    raw: &RawParameters,
    name: &'static str,
    what: &str,
) -> Result<V, ParameterError> {
    raw.one(name)?.ok_or_else(|| ParameterError::new(name, format!("missing; {what}")))
}

/// An entry that does not say what it is for.
pub(crate) fn too_wide(parts: &[Parameter], done: &str) -> ParameterError {
    let parts = parts.iter().map(|part| part.name);
    let names: Vec<_> = ResourceScope::FIELDS.into_iter().chain(parts).collect();
    let problem = format!(
        "none of {} narrows it: everything would be {done} (ARNs, which begin with `arn:`, are compared as well as names)",
        names.join(", ")
    );
    ParameterError::new(ResourceScope::FIELDS[0], problem)
}

impl Exemption {
    fn read(raw: &RawParameters, parts: &'static [Parameter]) -> Result<Self, ParameterError> {
        const WHAT: &str = "an exemption has a reason, an owner and a last day";
        raw.only(FIELDS.iter().chain(parts))?;
        let exemption = Self {
            scope: ResourceScope::read(raw)?,
            reason: required::<Words>(raw, "reason", WHAT)?.0,
            owner: required::<Words>(raw, "owner", WHAT)?.0,
            expires: required::<Day>(raw, "expires", WHAT)?.0,
            parts: raw.clone().without(FIELDS.iter().map(|field| field.name)),
        };
        if exemption.scope.is_everything() && exemption.parts.is_empty() {
            return Err(too_wide(parts, "exempt"));
        }
        Ok(exemption)
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

    fn parse(text: &str) -> Result<Self, ValueError> {
        serde_json::from_str::<Vec<IgnoredAny>>(text).map(|_| Self).map_err(|error| error.to_string().into())
    }
}

/// Words that stand in an annotation, between what else must stand there.
pub(crate) struct Words(pub(crate) String);

impl Value for Words {
    const FORM: &'static str = "text of at most 80 characters";
    const PATTERN: &'static str = r"[\s\S]{1,80}";

    fn parse(text: &str) -> Result<Self, ValueError> {
        if text.chars().count() > 80 { Err(ValueError::Form) } else { Ok(Self(text.to_owned())) }
    }
}

/// A day of the calendar.
struct Day(Date);

impl Value for Day {
    const FORM: &'static str = "a day such as 2026-12-31";
    const PATTERN: &'static str = "[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])";

    fn parse(text: &str) -> Result<Self, ValueError> {
        // The library reads 20261231 as well, and times, which would not say when the day ends.
        let day = text.parse().ok().filter(|day: &Date| day.to_string() == text);
        day.map(Self).ok_or(ValueError::Form)
    }
}

#[cfg(test)]
pub(crate) mod tests;
