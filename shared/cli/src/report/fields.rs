//! What several formats say in the same words.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::result::EvaluationResult;

/// What a result of the next run about the same has in common with this one: a SHA-256, in hexadecimal digits, of Config
/// rule, account, Region, type and id of the resource; of the file, where no resource is known.
pub(super) fn fingerprint(result: &EvaluationResult) -> String {
    let identity = result.identity();
    let file = if identity.resource_id.is_empty() { result.file.as_str() } else { "" };
    let mut hash = Sha256::new();
    for part in [
        identity.config_rule_name.as_str(),
        &identity.account_id,
        &identity.aws_region,
        &identity.resource_type,
        &identity.resource_id,
        file,
    ] {
        hash.update(part);
        hash.update([0]);
    }
    hash.finalize().iter().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// What to do, once for each code, if the resource is NON_COMPLIANT; else nothing.
pub(super) fn remedies(result: &EvaluationResult) -> String {
    let mut remedies: Vec<&str> = Vec::new();
    if result.is_non_compliant() {
        for finding in result.findings() {
            if !finding.remedy.is_empty() && !remedies.contains(&finding.remedy.as_str()) {
                remedies.push(&finding.remedy);
            }
        }
    }
    remedies.join(" ")
}

/// The text, or as much of it as fits into so many characters with an ellipsis.
pub(super) fn cut(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let kept: String = text.chars().take(limit - 1).collect();
    format!("{kept}…")
}

/// Results for the tests of formats.
#[cfg(test)]
pub(super) mod samples {
    use std::{
        cell::RefCell,
        io::{self, Write},
        rc::Rc,
    };

    use config_rules::finding::Severity;

    use crate::{
        report::{Renderer, Stream, Summary},
        result::{Evaluated, EvaluationResult, Outcome, Refusal, ReportedFinding, Resource, code},
    };

    /// What breaks a format that is written without care: quotes, line breaks, ends of comments and sections, commands,
    /// characters that XML has not got, and those that turn the direction of text.
    pub(crate) const HOSTILE: &str =
        "=1+1\r\n::error::x%0A,:\"'`</a>]]>&<!--\t\0\u{1b}[31m\u{202e}\u{2028}\u{fffe}é😀;|{}\\";

    pub(crate) fn result(compliance_type: &str, resource_id: &str, codes: &[&str]) -> EvaluationResult {
        let finding = |name: &&str| ReportedFinding {
            code: (*name).to_owned(),
            severity: code(name).map_or(Severity::High, |code| code.severity),
            sentence: format!("{resource_id} is wrong"),
            evidence: [("key".to_owned(), resource_id.into())].into(),
            remedy: code(name).map(|code| code.remedy.to_owned()).unwrap_or_default(),
        };
        EvaluationResult {
            config_rule_name: Some("ssh".to_owned()),
            rule: Some("security-group-exposure".to_owned()),
            resource: Resource {
                account_id: Some("111122223333".to_owned()),
                aws_region: Some("eu-central-1".to_owned()),
                resource_type: Some("AWS::EC2::SecurityGroup".to_owned()),
                resource_id: Some(resource_id.to_owned()),
                resource_name: Some(format!("name of {resource_id}")),
                arn: None,
            },
            ordering_timestamp: "2026-07-20T16:05:27.827Z".parse().ok(),
            outcome: Outcome::Evaluated(Evaluated {
                compliance_type: compliance_type.to_owned(),
                annotation: format!("annotation of {resource_id}"),
                findings: codes.iter().map(finding).collect(),
            }),
            file: "events/a b/#1:é.json".to_owned(),
            ..EvaluationResult::default()
        }
    }

    pub(crate) fn refused(file: &str) -> EvaluationResult {
        let error = Refusal { name: "BadFile".to_owned(), message: format!("not JSON: {file}") };
        EvaluationResult {
            outcome: Outcome::Refused { error },
            file: file.to_owned(),
            ..EvaluationResult::default()
        }
    }

    /// One of each kind, an older version, and one whose every text is [`HOSTILE`] and long.
    pub(crate) fn results() -> Vec<EvaluationResult> {
        let long = HOSTILE.repeat(40);
        let mut hostile = result("NON_COMPLIANT", &long, &["SG-UNION", "SG-UNION", "MISSING-DATA"]);
        hostile.config_rule_name = Some(HOSTILE.to_owned());
        hostile.file = HOSTILE.to_owned();
        let older = EvaluationResult { is_older: true, ..result("NON_COMPLIANT", "sg-old", &["SG-UNION"]) };
        vec![
            result("COMPLIANT", "sg-1", &[]),
            result("NON_COMPLIANT", "sg-2", &["SG-ADMIN-OPEN"]),
            result("NON_COMPLIANT", "sg-3", &[]),
            result("NOT_APPLICABLE", "sg-4", &[]),
            older,
            hostile,
            refused("bad.json"),
            refused(HOSTILE),
        ]
    }

    /// What is written stays here when the renderer is gone.
    #[derive(Clone, Default)]
    pub(crate) struct Written(pub(crate) Rc<RefCell<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What a renderer makes of the results.
    pub(crate) fn rendered<R: Renderer>(
        new: impl FnOnce(Stream<'static>) -> R,
        results: &[EvaluationResult],
    ) -> String {
        let written = Written::default();
        let (mut renderer, mut summary) = (new(Box::new(written.clone())), Summary::default());
        for result in results {
            summary.add(result);
            renderer.add(result, false).unwrap();
        }
        renderer.finish(&summary).unwrap();
        let bytes = written.0.borrow().clone();
        String::from_utf8(bytes).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_that_of_the_resource_and_not_of_its_answer() {
        let [before, after] = ["NON_COMPLIANT", "COMPLIANT"].map(|kind| samples::result(kind, "sg-1", &[]));
        assert_eq!(fingerprint(&before), fingerprint(&after));
        assert_eq!(fingerprint(&before).len(), 64);
        let mut others = vec![before.clone(); 5];
        others[0].config_rule_name = Some("other".to_owned());
        others[1].resource.account_id = None;
        others[2].resource.aws_region = Some("us-east-1".to_owned());
        others[3].resource.resource_type = Some("AWS::EC2::Instance".to_owned());
        others[4].resource.resource_id = Some("sg-2".to_owned());
        for other in &others {
            assert_ne!(fingerprint(other), fingerprint(&before));
        }
        assert_ne!(fingerprint(&samples::refused("a.json")), fingerprint(&samples::refused("b.json")));
    }

    #[test]
    fn what_is_cut_is_marked_and_not_longer_than_it_may_be() {
        assert_eq!(cut("é😀é", 3), "é😀é");
        assert_eq!(cut("é😀é!", 3), "é😀…");
    }

    #[test]
    fn a_remedy_stands_once_and_only_where_something_is_wrong() {
        let twice = samples::result("NON_COMPLIANT", "sg-1", &["SG-UNION", "SG-UNION"]);
        assert_eq!(remedies(&twice), twice.findings()[0].remedy);
        assert_eq!(remedies(&samples::result("COMPLIANT", "sg-1", &["SG-UNION"])), "", "an exempt one");
    }
}
