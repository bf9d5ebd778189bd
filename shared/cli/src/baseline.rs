//! Earlier results: what `--format json` or `jsonl` has written, to be compared with later ones.

use std::{collections::BTreeMap, path::Path};

use serde::{Deserialize, Serialize};

use crate::{
    Error, files,
    result::{EvaluationResult, Identity},
};

/// By Config rule and resource, what was said of it.
pub(crate) type States = BTreeMap<Identity, State>;

/// What was said of a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct State {
    pub(crate) compliance_type: String,
    pub(crate) reason: String,
}

impl From<&EvaluationResult> for State {
    fn from(result: &EvaluationResult) -> Self {
        Self { compliance_type: result.compliance_type().to_owned(), reason: result.reason() }
    }
}

impl State {
    pub(crate) fn is_non_compliant(&self) -> bool {
        self.compliance_type == "NON_COMPLIANT"
    }
}

/// Reads a file of results.
pub(crate) fn read(path: &Path) -> Result<States, Error> {
    let name = path.display();
    let text =
        files::open(path).and_then(files::text).map_err(|refusal| format!("{name}: {}", refusal.message))?;
    let results = results(&text).map_err(|error| {
        format!("{name}: {error}; expected results, as `replay --format json` or `jsonl` writes them")
    })?;
    Ok(states(results.iter()))
}

/// Whether a file holds results, and not resources: by its beginning.
pub(crate) fn is_of_results(path: &Path) -> bool {
    let head = || {
        let mut head = Vec::new();
        std::io::Read::read_to_end(&mut std::io::Read::take(files::open(path).ok()?, 4096), &mut head)
            .ok()?;
        Some(String::from_utf8_lossy(&head).into_owned())
    };
    path.is_file() && head().is_some_and(|head| BEGINNINGS.iter().any(|begin| head.starts_with(begin)))
}

/// What the two formats begin with.
const BEGINNINGS: [&str; 2] = [r#"{"formatVersion""#, r#"{"configRuleName""#];

/// The newest versions.
pub(crate) fn states<'a>(results: impl Iterator<Item = &'a EvaluationResult>) -> States {
    let newest = results.filter(|result| !result.is_older);
    newest.map(|result| (result.identity(), State::from(result))).collect()
}

fn results(text: &str) -> serde_json::Result<Vec<EvaluationResult>> {
    #[derive(Deserialize)]
    struct Report {
        results: Vec<EvaluationResult>,
    }
    if text.starts_with(BEGINNINGS[0]) {
        return serde_json::from_str::<Report>(text).map(|report| report.results);
    }
    serde_json::Deserializer::from_str(text).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESULT: &str = r#"{"configRuleName":"tags","rule":"required-tags","accountId":"111122223333","resourceType":"T",
        "resourceId":"i-1","complianceType":"NON_COMPLIANT","annotation":"TAG-MISSING: Owner","file":"a.json"}"#;

    #[test]
    fn both_formats_are_read() {
        let older = RESULT.replace("\"file\"", "\"olderVersion\":true,\"file\"").replace("Owner", "Team");
        let refused =
            r#"{"configRuleName":"tags","rule":null,"error":{"name":"BadFile","message":"x"},"file":"b"}"#;
        let report =
            format!(r#"{{"formatVersion":"1","results":[{RESULT},{older},{refused}],"summary":{{}}}}"#);
        for text in [report, format!("{RESULT}\n{older}\n{refused}\n")] {
            let states = states(results(&text).unwrap().iter());
            let states: Vec<_> =
                states.iter().map(|(of, state)| (of.resource_id.as_str(), state.reason.as_str())).collect();
            assert_eq!(states, [("", "BadFile: x"), ("i-1", "TAG-MISSING: Owner")]);
        }
        assert!(results(r#"{"configRuleName":"tags"}"#).is_err(), "neither an evaluation nor an error");
        assert!(results("[]").is_err());
    }
}
