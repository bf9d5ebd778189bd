//! Codes: the kinds of findings, how severe each is, and what to do about it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A kind of finding. Its name is stable: people search for it, and reports group by it.
///
/// In JSON it is its name and its severity, beside what else a finding says; the rest is for pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Code {
    /// Such as `SG-ADMIN-OPEN`.
    #[serde(rename = "code")]
    pub name: &'static str,
    /// How severe it is.
    pub severity: Severity,
    /// What is so, in one sentence without a full stop.
    #[serde(skip)]
    pub description: &'static str,
    /// What to do about it, in one sentence or two.
    #[serde(skip)]
    pub remedy: &'static str,
    /// A command of the AWS CLI, or a piece of Terraform, that does it.
    #[serde(skip)]
    pub example: Option<&'static str>,
}

/// How severe a finding is, in the terms of AWS Security Hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Severity {
    /// Something to know. It makes no resource NON_COMPLIANT by itself.
    Informational,
    /// A matter of order, such as a tag.
    Low,
    /// Something that weakens a resource.
    Medium,
    /// Something that may be used against a resource.
    High,
    /// Something that anybody may use, now.
    Critical,
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Informational => "INFORMATIONAL",
            Self::Low => "LOW",
            Self::Medium => "MEDIUM",
            Self::High => "HIGH",
            Self::Critical => "CRITICAL",
        })
    }
}

/// Makes an enum of the codes of one rule: of each its name, its severity, its description, its remedy and, if it has one,
/// its example.
#[macro_export]
macro_rules! codes {
    (
        $(#[$attribute:meta])*
        $visibility:vis enum $codes:ident {
            $(
                $variant:ident = $name:literal, $severity:ident,
                $description:literal,
                $remedy:literal
                $(, $example:literal)?;
            )+
        }
    ) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $visibility enum $codes {
            $(#[doc = $description] $variant,)+
        }

        impl $codes {
            /// All of them, in the order in which they were declared.
            $visibility const ALL: &'static [&'static $crate::finding::Code] = &[
                $(&$crate::finding::Code {
                    name: $name,
                    severity: $crate::finding::Severity::$severity,
                    description: $description,
                    remedy: $remedy,
                    example: [$(Some($example),)? None][0],
                },)+
            ];
        }

        impl From<$codes> for &'static $crate::finding::Code {
            fn from(code: $codes) -> Self {
                $codes::ALL[code as usize]
            }
        }
    };
}

codes! {
    /// The codes of every rule.
    pub(crate) enum EngineCode {
        MissingData = "MISSING-DATA", Medium,
            "Something that the answer depends on is not known",
            "Let the function's role make the call that the annotation names, or record what is missing; the parameter \
             `onMissingData` says what is answered until then.";
        ExemptionExpired = "EXEMPTION-EXPIRED", Low,
            "The last day of an exemption is over, and its findings are back",
            "Mend the resource, or have the owner of the exemption set a new last day.";
        ExemptionTooLong = "EXEMPTION-TOO-LONG", Low,
            "The last day of an exemption is further ahead than `maxExemptionDays`",
            "Set an earlier last day.";
    }
}

/// Tests make up codes of their own.
#[cfg(test)]
impl From<&'static str> for &'static Code {
    fn from(name: &'static str) -> Self {
        Box::leak(Box::new(Code {
            name,
            severity: Severity::Medium,
            description: "",
            remedy: "",
            example: None,
        }))
    }
}
