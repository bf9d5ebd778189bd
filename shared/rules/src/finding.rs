//! Verdicts: what is wrong, the evidence for it, and the sentence that AWS Config shows.

mod code;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

pub(crate) use self::code::EngineCode;
pub use self::code::{Code, Severity};
pub use crate::codes;
use crate::parameters::keywords;

/// The codes that every rule has besides its own.
pub const CODES: &[&Code] = EngineCode::ALL;

/// The answer for one resource.
#[derive(Clone, Debug, PartialEq)]
pub enum Compliance {
    /// The resource is as it should be, and why.
    Compliant(String),
    /// The resource is not as it should be: at least one finding, the gravest first.
    NonCompliant(Vec<Finding>),
    /// The rule has nothing to say about the resource, and why.
    NotApplicable(String),
    /// The resource is not as it should be, and somebody answers for that until a day.
    Exempt(Exempt),
}

/// What an exemption makes of findings.
#[derive(Clone, Debug, PartialEq)]
pub struct Exempt {
    /// What AWS Config is told.
    pub answer: ExemptAnswer,
    /// Until when, why, and who answers for it.
    pub words: String,
    /// What would have been reported: at least one finding.
    pub findings: Vec<Finding>,
}

/// What AWS Config is told of a resource that is exempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExemptAnswer {
    /// Shows up among the compliant resources, with the exemption in its annotation.
    #[default]
    Compliant,
    /// Does not count.
    NotApplicable,
}

keywords!(
    ExemptAnswer,
    "`COMPLIANT` or `NOT_APPLICABLE`",
    "COMPLIANT" => Self::Compliant,
    "NOT_APPLICABLE" => Self::NotApplicable,
);

/// What came of one check of a resource.
#[derive(Clone, Debug, PartialEq)]
pub enum Check {
    /// Nothing is wrong.
    Passed,
    /// This is wrong.
    Failed(Finding),
    /// Something that the check needs is not known: a sentence.
    Unknown(String),
}

/// A check that stops at the first fact that is not known, by `?`: a finding, nothing, or a sentence on what is not known.
pub type Checked = Result<Option<Finding>, String>;

impl From<Checked> for Check {
    fn from(result: Checked) -> Self {
        match result {
            Ok(None) => Self::Passed,
            Ok(Some(finding)) => Self::Failed(finding),
            Err(unknown) => Self::Unknown(unknown),
        }
    }
}

impl Check {
    /// Fails with this finding if something is wrong.
    pub fn fail_if(is_wrong: bool, finding: impl FnOnce() -> Finding) -> Self {
        if is_wrong { Self::Failed(finding()) } else { Self::Passed }
    }
}

/// What a rule makes of an item.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It can tell.
    Known(Compliance),
    /// It cannot tell, and would be COMPLIANT but for these doubts.
    Unknown {
        /// What is not known: at least one finding.
        doubts: Vec<Finding>,
        /// What to answer, where the rule's own parameters say so.
        missing_data: Option<MissingData>,
    },
}

/// What to answer where something that the verdict needs is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MissingData {
    /// Doubt is never COMPLIANT.
    #[default]
    NonCompliant,
    /// The rule has nothing to say.
    NotApplicable,
    /// The evaluation fails, and Lambda tries again.
    Fail,
}

keywords!(
    MissingData,
    "`NON_COMPLIANT`, `NOT_APPLICABLE` or `FAIL`",
    "NON_COMPLIANT" => Self::NonCompliant,
    "NOT_APPLICABLE" => Self::NotApplicable,
    "FAIL" => Self::Fail,
);

impl From<Compliance> for Verdict {
    fn from(compliance: Compliance) -> Self {
        Self::Known(compliance)
    }
}

impl Verdict {
    /// Something that the verdict needs is not known. Doubt is never COMPLIANT.
    #[must_use]
    pub fn unknown(sentence: impl Into<String>) -> Self {
        Self::Unknown { doubts: vec![Finding::missing_data(sentence)], missing_data: None }
    }

    /// What several checks come to: any finding is one; without a finding, any doubt is one. What is not known is said once.
    pub fn of(checks: impl IntoIterator<Item: Into<Check>>, reason: impl Into<String>) -> Self {
        let (mut findings, mut doubts) = (Vec::new(), Vec::new());
        for check in checks {
            match check.into() {
                Check::Passed => {}
                Check::Failed(finding) => findings.push(finding),
                Check::Unknown(sentence) => {
                    let doubt = Finding::missing_data(sentence);
                    if !doubts.contains(&doubt) {
                        doubts.push(doubt);
                    }
                }
            }
        }
        match (findings.is_empty(), doubts.is_empty()) {
            (false, _) => Compliance::NonCompliant([findings, doubts].concat()).into(),
            (true, false) => Self::Unknown { doubts, missing_data: None },
            (true, true) => Self::compliant(reason),
        }
    }

    /// What verdicts about all parts of a resource come to: any finding is one; without a finding, any doubt is one. A part
    /// about which there is nothing to say does not count beside others.
    pub(crate) fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let (mut findings, mut doubts) = (Vec::new(), Vec::new());
        let (mut compliant, mut not_applicable) = (Vec::new(), Vec::new());
        for part in parts {
            match part {
                Self::Known(Compliance::Compliant(reason)) => compliant.push(reason),
                Self::Known(Compliance::NotApplicable(reason)) => not_applicable.push(reason),
                Self::Known(
                    Compliance::NonCompliant(found) | Compliance::Exempt(Exempt { findings: found, .. }),
                ) => {
                    findings.extend(found);
                }
                Self::Unknown { doubts: found, .. } => doubts.extend(found),
            }
        }
        match (findings.is_empty(), doubts.is_empty(), compliant.is_empty()) {
            (false, ..) => Compliance::NonCompliant([findings, doubts].concat()).into(),
            (true, false, _) => Self::Unknown { doubts, missing_data: None },
            (true, true, false) => Self::compliant(compliant.join(BETWEEN)),
            (true, true, true) => Self::not_applicable(not_applicable.join(BETWEEN)),
        }
    }

    /// The resource is as it should be, and why.
    #[must_use]
    pub fn compliant(reason: impl Into<String>) -> Self {
        Self::Known(Compliance::Compliant(reason.into()))
    }

    /// The rule has nothing to say about the resource, and why.
    #[must_use]
    pub fn not_applicable(reason: impl Into<String>) -> Self {
        Self::Known(Compliance::NotApplicable(reason.into()))
    }

    /// One finding makes a resource non-compliant.
    #[must_use]
    pub fn non_compliant(finding: Finding) -> Self {
        Self::Known(Compliance::NonCompliant(vec![finding]))
    }
}

/// One thing that is wrong with a resource.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// What kind of finding it is.
    #[serde(flatten)]
    pub code: &'static Code,
    /// What is wrong and what was expected, without the code.
    pub sentence: String,
    /// The facts behind the sentence, for machines.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub evidence: BTreeMap<&'static str, Value>,
}

impl Finding {
    /// A finding without evidence.
    #[must_use]
    pub fn new(code: impl Into<&'static Code>, sentence: impl Into<String>) -> Self {
        Self { code: code.into(), sentence: sentence.into(), evidence: BTreeMap::new() }
    }

    /// Something that the verdict needs is not known.
    #[must_use]
    pub fn missing_data(sentence: impl Into<String>) -> Self {
        Self::new(EngineCode::MissingData, sentence)
    }

    /// Whether it has this code.
    pub(crate) fn is_of(&self, code: impl Into<&'static Code>) -> bool {
        self.code == code.into()
    }

    /// Whether this is the evidence's `key`.
    pub(crate) fn is_about(&self, key: &str) -> bool {
        self.evidence.get("key").is_some_and(|own| own == key)
    }

    /// The same finding with one more fact.
    #[must_use]
    pub fn with(mut self, name: &'static str, fact: impl Into<Value>) -> Self {
        self.evidence.insert(name, fact.into());
        self
    }
}

impl Compliance {
    /// AWS Config's `ComplianceType`.
    #[must_use]
    pub fn compliance_type(&self) -> &'static str {
        match self {
            Self::Compliant(_) => "COMPLIANT",
            Self::NonCompliant(_) => "NON_COMPLIANT",
            Self::NotApplicable(_) => "NOT_APPLICABLE",
            Self::Exempt(exempt) => match exempt.answer {
                ExemptAnswer::Compliant => "COMPLIANT",
                ExemptAnswer::NotApplicable => "NOT_APPLICABLE",
            },
        }
    }

    /// What is wrong; empty unless the resource is non-compliant, or would be but for an exemption.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        match self {
            Self::NonCompliant(findings) | Self::Exempt(Exempt { findings, .. }) => findings,
            Self::Compliant(_) | Self::NotApplicable(_) => &[],
        }
    }

    /// AWS Config's `Annotation`: never empty, one line, at most [`ANNOTATION_LIMIT`] UTF-16 units, and made of whole
    /// reasons; what does not fit is counted as `+N more`.
    #[must_use]
    pub fn annotation(&self) -> String {
        match self {
            Self::Compliant(reason) | Self::NotApplicable(reason) => {
                let clauses: Vec<_> = one_line(reason).split(BETWEEN).map(str::to_owned).collect();
                fitting("", &clauses)
            }
            Self::NonCompliant(findings) => fitting("", &reasons(findings)),
            Self::Exempt(exempt) => {
                fitting(&format!("{}: ", one_line(&exempt.words)), &reasons(&exempt.findings))
            }
        }
    }
}

/// What stands between reasons, and between the clauses of one.
const BETWEEN: &str = "; ";

/// As many whole reasons as fit behind the beginning.
fn fitting(beginning: &str, reasons: &[String]) -> String {
    // More of them never fit, and there may be thousands.
    (1..=reasons.len().min(ANNOTATION_LIMIT))
        .rev()
        .map(|count| format!("{beginning}{}", first(reasons, count)))
        .find(|text| units(text) <= ANNOTATION_LIMIT)
        .unwrap_or_else(|| cut(&format!("{beginning}{}", first(reasons, 1))))
}

/// The longest annotation that `PutEvaluations` takes. AWS says "characters"; UTF-16 units are the strictest reading.
pub const ANNOTATION_LIMIT: usize = 256;

/// Each finding's text; the code stands where it first appears.
fn reasons(findings: &[Finding]) -> Vec<String> {
    let mut code = "";
    findings
        .iter()
        .map(|finding| {
            let sentence = one_line(&finding.sentence);
            if finding.code.name == code {
                return sentence;
            }
            code = finding.code.name;
            format!("{code}: {sentence}")
        })
        .collect()
}

fn first(reasons: &[String], count: usize) -> String {
    let text = reasons[..count].join(BETWEEN);
    match reasons.len() - count {
        0 => text,
        more => format!("{text}{BETWEEN}+{more} more"),
    }
}

/// Names, tags and descriptions are other people's text: none of it may break the line.
fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

fn cut(text: &str) -> String {
    let mut length = 0;
    let kept: String = text
        .chars()
        .take_while(|character| {
            length += character.len_utf16();
            length < ANNOTATION_LIMIT
        })
        .collect();
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn annotation(sentences: &[&str]) -> String {
        let findings = sentences.iter().map(|sentence| Finding::new("X-CODE", *sentence));
        Compliance::NonCompliant(findings.collect()).annotation()
    }

    #[test]
    fn a_code_stands_once_for_its_reasons() {
        assert_eq!(annotation(&["one", "two"]), "X-CODE: one; two");
        let two_codes = vec![Finding::new("A", "one"), Finding::new("B", "two")];
        assert_eq!(Compliance::NonCompliant(two_codes).annotation(), "A: one; B: two");
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let long = "x".repeat(100);
        assert_eq!(annotation(&[&long, &long, &long, &long]), format!("X-CODE: {long}; {long}; +2 more"));
    }

    #[test]
    fn what_is_in_order_is_cut_between_clauses() {
        let long = "x".repeat(120);
        let compliant = |reason: String| Compliance::Compliant(reason).annotation();
        assert_eq!(compliant(format!("{long}; {long}; y; z")), format!("{long}; {long}; y; z"));
        assert_eq!(compliant(format!("{long}; {long}; {long}; z")), format!("{long}; {long}; +2 more"));
        assert!(compliant("é".repeat(300)).ends_with("é…"));
    }

    #[test]
    fn exactly_the_limit_fits_whole() {
        let sentence = "x".repeat(ANNOTATION_LIMIT - "X-CODE: ".len());
        assert_eq!(annotation(&[&sentence]), format!("X-CODE: {sentence}"));
        assert!(annotation(&[&format!("{sentence}x")]).ends_with("x…"));
    }

    proptest! {
        #[test]
        fn an_annotation_is_one_short_line(sentences in prop::collection::vec("\\PC{0,300}|.{0,40}|\\s{0,9}", 1..6)) {
            let sentences: Vec<&str> = sentences.iter().map(String::as_str).collect();
            let annotation = annotation(&sentences);
            prop_assert!((1..=ANNOTATION_LIMIT).contains(&units(&annotation)));
            prop_assert!(!annotation.contains(char::is_control));
        }
    }
}
