//! What is looked for, and what is left out.

use std::collections::BTreeMap;

use regex::Regex;

use super::detectors::{Detector, Kind};
use crate::{
    ec2::instance_states::InstanceStates,
    launch::TemplateVersions,
    parameters::{Glob, ParameterError, RawParameters, Value, ValueError, regular_expression},
};

/// The checked parameters.
#[derive(Clone, Debug)]
pub struct Parameters {
    pub(super) detectors: Vec<Detector>,
    /// Detectors of the account's own, by name.
    pub(super) patterns: BTreeMap<String, Regex>,
    pub(super) ignored: Vec<Regex>,
    pub(super) states: InstanceStates,
    pub(super) versions: TemplateVersions,
    pub(super) exempt: Vec<Exempt>,
}

/// The secrets of one exemption.
#[derive(Clone, Debug)]
pub(super) struct Exempt {
    detectors: Vec<Detector>,
    names: Vec<Glob>,
}

impl Parameters {
    pub(super) fn read(raw: &RawParameters) -> Result<Self, ParameterError> {
        let detectors: Vec<_> = raw.list("detectors")?;
        let patterns: Option<OwnPatterns> = raw.one("patterns")?;
        Ok(Self {
            detectors: if detectors.is_empty() { Detector::DEFAULT.to_vec() } else { detectors },
            patterns: patterns.map(|own| own.0).unwrap_or_default(),
            ignored: raw.list::<Pattern>("ignorePatterns")?.into_iter().map(|pattern| pattern.0).collect(),
            states: InstanceStates::read(raw)?,
            versions: TemplateVersions::read(raw)?,
            exempt: Vec::new(),
        })
    }
}

impl Exempt {
    pub(super) fn read(parts: &RawParameters) -> Result<Self, ParameterError> {
        Ok(Self { detectors: parts.list("detectors")?, names: parts.list("names")? })
    }

    /// Whether this is all that the exemption names; one without parts is for the whole resource.
    pub(super) fn includes(&self, kind: Kind, name: Option<&str>) -> bool {
        let has_detector = self.detectors.is_empty()
            || matches!(kind, Kind::Known(detector) if self.detectors.contains(&detector));
        let has_name = self.names.is_empty()
            || name.is_some_and(|name| self.names.iter().any(|glob| glob.matches(name)));
        has_detector && has_name
    }
}

/// A regular expression that may match any part of a line.
pub(super) struct Pattern(Regex);

impl Value for Pattern {
    const FORM: &'static str = "a regular expression";
    const PATTERN: &'static str = r"[\s\S]+";
    const ITEM_PATTERN: &'static str = r"[^,]+";
    const FIRST_PATTERN: &'static str = r"[^,\[][^,]*";

    fn parse(text: &str) -> Result<Self, ValueError> {
        Ok(Self(regular_expression(text, false, false)?))
    }
}

/// Regular expressions by name.
pub(super) struct OwnPatterns(BTreeMap<String, Regex>);

impl Value for OwnPatterns {
    const FORM: &'static str =
        "a JSON object of names (letters, digits and hyphens, at most 40) and regular expressions";
    const PATTERN: &'static str = r"\{[\s\S]*\}";

    fn parse(text: &str) -> Result<Self, ValueError> {
        let patterns: BTreeMap<String, String> =
            serde_json::from_str(text).map_err(|error| ValueError::Detail(error.to_string()))?;
        let is_name = |name: &str| {
            (1..=40).contains(&name.len())
                && name.bytes().all(|byte| byte == b'-' || byte.is_ascii_alphanumeric())
        };
        let read = |(name, pattern): (String, String)| {
            if !is_name(&name) {
                return Err(ValueError::Form);
            }
            match regular_expression(&pattern, false, false) {
                Ok(regex) if regex.is_match("") => Err(format!("{name}: it matches the empty text").into()),
                Ok(regex) => Ok((name, regex)),
                Err(problem) => Err(format!("{name}: {problem}").into()),
            }
        };
        patterns.into_iter().map(read).collect::<Result<_, _>>().map(Self)
    }
}
