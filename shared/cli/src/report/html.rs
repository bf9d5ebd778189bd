//! `html`: one page to send to colleagues, with all that is NON_COMPLIANT or could not be evaluated.
//!
//! The page asks the network for nothing. What comes from resources is in it as compressed JSON in Base64, which no tag's value
//! can end, and its script shows it as text only. A policy lets the browser run that script and no other.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io::{self, Write},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use config_rules::finding::Severity;
use flate2::{Compression, write::GzEncoder};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{
    Renderer, Stream, Summary,
    summary::{Counts, Group},
};
use crate::result::{COMPLIANCE_TYPES, EvaluationResult, Outcome, ReportedFinding};

const PAGE: &str = include_str!("html/page.html");
const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/page.js");

/// How many rows are packed at once. They are what is held in memory besides what is packed already.
const ROWS_IN_BLOCK: usize = 4096;
/// In a block an ARN has this in place of the resource's id, which makes the ARNs of an account alike.
const ID_IN_ARN: char = '\u{1f}';

pub(crate) struct Html<'a> {
    stream: Stream<'a>,
    block: Block,
    blocks: GzEncoder<Vec<u8>>,
    rows: usize,
    codes: BTreeMap<String, CodeEntry>,
    file: String,
    files: usize,
    /// Hashes of the identities of resources, and of those that are NON_COMPLIANT.
    resources: HashSet<u64>,
    non_compliant: HashSet<u64>,
}

/// What the page says of a code.
#[derive(Debug, Serialize)]
struct CodeEntry {
    severity: Severity,
    remedy: String,
}

/// Some rows, by columns.
#[derive(Debug, Default, Serialize)]
struct Block {
    count: usize,
    columns: BTreeMap<&'static str, Column>,
}

/// Each text once, and which of them stands in which row. Without rows all have the one, or each has its own.
#[derive(Debug, Default, Serialize)]
struct Column {
    texts: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rows: Vec<u32>,
    #[serde(skip)]
    known: HashMap<String, u32>,
}

/// What stands on top of the page.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Head<'a> {
    version: &'static str,
    made: String,
    files: usize,
    resources: usize,
    non_compliant_resources: usize,
    /// Of `COMPLIANCE_TYPES`, as all counts here.
    totals: Counts,
    /// By Config rule and account.
    groups: Vec<(String, String, Counts)>,
    codes: &'a BTreeMap<String, CodeEntry>,
    rows: usize,
    older_versions: usize,
    not_evaluated: usize,
    is_interrupted: bool,
}

impl<'a> Html<'a> {
    pub(crate) fn new(stream: Stream<'a>) -> Self {
        Self {
            stream,
            block: Block::default(),
            blocks: packer(),
            rows: 0,
            codes: BTreeMap::new(),
            file: String::new(),
            files: 0,
            resources: HashSet::new(),
            non_compliant: HashSet::new(),
        }
    }

    /// Files come one after the other, and resources may be in several.
    fn count(&mut self, result: &EvaluationResult) {
        if self.files == 0 || self.file != result.file {
            self.file.clone_from(&result.file);
            self.files += 1;
        }
        let resource = &result.resource;
        if resource.resource_id.is_some() {
            let mut hasher = DefaultHasher::new();
            let identity =
                (&resource.account_id, &resource.aws_region, &resource.resource_type, &resource.resource_id);
            identity.hash(&mut hasher);
            let hash = hasher.finish();
            self.resources.insert(hash);
            if result.is_non_compliant() && !result.is_older {
                self.non_compliant.insert(hash);
            }
        }
    }

    fn end_block(&mut self) -> io::Result<()> {
        for column in self.block.columns.values_mut() {
            if column.texts.len() == 1 || column.texts.len() == self.block.count {
                column.rows.clear();
            }
        }
        serde_json::to_writer(&mut self.blocks, &std::mem::take(&mut self.block))?;
        self.blocks.write_all(b"\n")
    }
}

impl Renderer for Html<'_> {
    fn add(&mut self, result: &EvaluationResult, is_unexpected: bool) -> io::Result<()> {
        self.count(result);
        if !result.is_non_compliant() && !result.is_refused() {
            return Ok(());
        }
        for finding in result.findings() {
            if !self.codes.contains_key(&finding.code) {
                let entry = CodeEntry { severity: finding.severity, remedy: finding.remedy.clone() };
                self.codes.insert(finding.code.clone(), entry);
            }
        }
        for (name, text) in row(result, is_unexpected) {
            self.block.columns.entry(name).or_default().add(text);
        }
        self.rows += 1;
        self.block.count += 1;
        if self.block.count == ROWS_IN_BLOCK { self.end_block() } else { Ok(()) }
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        self.end_block()?;
        let by_rule_and_account = |group: &Group| {
            let rule = if group.config_rule_name.is_empty() { &group.rule } else { &group.config_rule_name };
            (rule.clone(), group.account_id.clone())
        };
        let groups = summary.by(by_rule_and_account).into_iter();
        let head = Head {
            version: env!("CARGO_PKG_VERSION"),
            made: Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            files: self.files,
            resources: self.resources.len(),
            non_compliant_resources: self.non_compliant.len(),
            totals: summary.totals(),
            groups: groups.map(|((rule, account), counts)| (rule, account, counts)).collect(),
            codes: &self.codes,
            rows: self.rows,
            older_versions: summary.older_versions,
            not_evaluated: summary.not_evaluated,
            is_interrupted: summary.is_interrupted,
        };
        let mut packed = packer();
        serde_json::to_writer(&mut packed, &head)?;
        let rows = std::mem::replace(&mut self.blocks, packer()).finish()?;

        let page = page(&totals(&head));
        let (start, rest) = page.split_once("{{head}}").unwrap_or((&page, ""));
        let (middle, end) = rest.split_once("{{rows}}").unwrap_or((rest, ""));
        self.stream.write_all(start.as_bytes())?;
        write_base64(&mut self.stream, &packed.finish()?)?;
        self.stream.write_all(middle.as_bytes())?;
        write_base64(&mut self.stream, &rows)?;
        self.stream.write_all(end.as_bytes())?;
        self.stream.flush()
    }
}

impl Column {
    fn add(&mut self, text: String) {
        let Self { texts, rows, known } = self;
        let next = u32::try_from(texts.len()).unwrap_or(u32::MAX);
        rows.push(*known.entry(text).or_insert_with_key(|text| {
            texts.push(text.clone());
            next
        }));
    }
}

/// What stands in the columns of a row. All are texts; an empty one is what is not known.
fn row(result: &EvaluationResult, is_unexpected: bool) -> [(&'static str, String); 15] {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let resource = &result.resource;
    let (codes, reason, findings) = match &result.outcome {
        Outcome::Evaluated(evaluated) if evaluated.findings.is_empty() => {
            (String::new(), evaluated.annotation.clone(), String::new())
        }
        Outcome::Evaluated(evaluated) => {
            let reason = evaluated.findings[0].sentence.clone();
            (result.codes().join(" "), reason, findings(&evaluated.findings))
        }
        Outcome::Refused { error } => (error.name.clone(), error.message.clone(), String::new()),
    };
    let notes = [(result.is_older, "older"), (is_unexpected, "unexpected")];
    let notes: Vec<_> = notes.into_iter().filter(|(is_so, _)| *is_so).map(|(_, note)| note).collect();
    let id = text(&resource.resource_id);
    let arn = text(&resource.arn);
    let arn = if id.is_empty() || arn.contains(ID_IN_ARN) {
        arn
    } else {
        arn.replacen(&id, &ID_IN_ARN.to_string(), 1)
    };
    [
        ("severity", result.severity().map_or_else(|| "ERROR".to_owned(), |severity| severity.to_string())),
        ("account", text(&resource.account_id)),
        ("region", text(&resource.aws_region)),
        ("type", text(&resource.resource_type)),
        ("rule", result.config_rule_name.clone().or_else(|| result.rule.clone()).unwrap_or_default()),
        ("catalogueRule", text(&result.rule)),
        ("codes", codes),
        ("reason", reason),
        ("findings", findings),
        ("id", id),
        ("name", text(&resource.resource_name)),
        ("arn", arn),
        ("file", result.file.clone()),
        ("time", result.ordering_timestamp.map(|at| at.to_string()).unwrap_or_default()),
        ("notes", notes.join(" ")),
    ]
}

/// As JSON in the row, because few are ever looked at. The first one's sentence is the row's reason.
fn findings(findings: &[ReportedFinding]) -> String {
    let finding = |(index, finding): (usize, &ReportedFinding)| {
        let sentence = if index == 0 { "" } else { &finding.sentence };
        json!([finding.code, finding.severity, sentence, finding.evidence])
    };
    Value::Array(findings.iter().enumerate().map(finding).collect()).to_string()
}

/// What is to be read where no script runs: numbers only.
fn totals(head: &Head) -> String {
    let totals: Vec<_> =
        head.totals.iter().zip(COMPLIANCE_TYPES).map(|(total, kind)| format!("{total} {kind}")).collect();
    let interrupted = if head.is_interrupted { ". The evaluation was interrupted" } else { "" };
    format!("Made at {} by config-rules {}: {}{interrupted}.", head.made, head.version, totals.join(", "))
}

/// The page without what was evaluated.
fn page(totals: &str) -> String {
    // A browser drops carriage returns, which Git may have put there, before it takes the hash.
    let [style, script] = [STYLE, SCRIPT].map(|text| text.replace('\r', ""));
    let hash = |text: &str| format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text)));
    let policy = format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
        hash(&style),
        hash(&script)
    );
    PAGE.replace("{{policy}}", &policy)
        .replace("{{totals}}", totals)
        .replace("{{style}}", &style)
        .replace("{{script}}", &script)
}

fn packer() -> GzEncoder<Vec<u8>> {
    GzEncoder::new(Vec::new(), Compression::best())
}

/// In lines, for the sake of editors. Of whole groups of three bytes, or each line would end with padding.
fn write_base64(stream: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    bytes.chunks(3 * 19 * 1024).try_for_each(|chunk| writeln!(stream, "{}", BASE64_STANDARD.encode(chunk)))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::*;
    use crate::{
        report::fields::samples::Written,
        result::{Evaluated, Refusal, Resource},
    };

    const HOSTILE: &str = "</script><svg onload=alert(1)>{{rows}}";

    fn non_compliant(id: &str, annotation: &str) -> EvaluationResult {
        let (compliance_type, annotation) = ("NON_COMPLIANT".to_owned(), annotation.to_owned());
        EvaluationResult {
            config_rule_name: Some("rule".to_owned()),
            resource: Resource {
                resource_id: Some(id.to_owned()),
                arn: Some(format!("arn:aws:ec2:{id}/{id}")),
                ..Resource::default()
            },
            outcome: Outcome::Evaluated(Evaluated { compliance_type, annotation, findings: Vec::new() }),
            ..EvaluationResult::default()
        }
    }

    fn page_of(results: &[EvaluationResult], summary: &mut Summary) -> String {
        let written = Written::default();
        let mut html = Html::new(Box::new(written.clone()));
        for result in results {
            summary.add(result);
            html.add(result, false).unwrap();
        }
        html.finish(summary).unwrap();
        let bytes = written.0.borrow().clone();
        String::from_utf8(bytes).unwrap()
    }

    /// The lines of JSON in an element of the page.
    fn unpacked(page: &str, id: &str) -> Vec<Value> {
        let (_, rest) = page.split_once(&format!("<script type=\"text/plain\" id=\"{id}\">")).unwrap();
        let (packed, _) = rest.split_once("</script>").unwrap();
        let packed: String = packed.split_whitespace().collect();
        let mut text = String::new();
        GzDecoder::new(&*BASE64_STANDARD.decode(packed).unwrap()).read_to_string(&mut text).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn nothing_of_the_data_is_markup() {
        let results = [non_compliant(HOSTILE, HOSTILE), EvaluationResult::default()];
        let page = page_of(&results, &mut Summary::default());
        assert!(!page.contains("onload") && !page.contains("{{"), "what came from resources is packed");
        let rows = unpacked(&page, "data");
        assert_eq!(rows[0]["columns"]["id"]["texts"], json!([HOSTILE, ""]));
        assert_eq!(rows[0]["columns"]["severity"]["texts"], json!(["MEDIUM", "ERROR"]));
    }

    #[test]
    fn the_policy_lets_nothing_but_the_pages_own_script_run() {
        assert!(!SCRIPT.contains("</") && !SCRIPT.contains("<!--"), "it would end itself");
        for way_to_markup in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
            assert!(!SCRIPT.contains(way_to_markup), "{way_to_markup}");
        }
        let page = page("");
        assert!(page.contains("content=\"default-src 'none'; style-src 'sha256-"));
        assert!(!page.contains("unsafe-") && !page.contains("url(") && !page.contains("src="));
    }

    #[test]
    fn each_text_of_a_block_is_there_once() {
        let results: Vec<_> = (0..=ROWS_IN_BLOCK)
            .map(|number| non_compliant(&format!("i-{number}"), ["one", "two"][number % 2]))
            .collect();
        let rows = unpacked(&page_of(&results, &mut Summary::default()), "data");
        assert_eq!([&rows[0]["count"], &rows[1]["count"]], [ROWS_IN_BLOCK, 1]);
        let columns = &rows[0]["columns"];
        assert_eq!(columns["rule"], json!({"texts": ["rule"]}));
        assert_eq!(columns["reason"]["texts"], json!(["one", "two"]));
        assert_eq!(columns["reason"]["rows"][3], 1);
        assert_eq!(columns["id"]["rows"], Value::Null, "each has its own");
        assert_eq!(columns["arn"]["texts"][7], "arn:aws:ec2:\u{1f}/i-7");
    }

    #[test]
    fn the_head_says_what_is_missing() {
        let error = Refusal::bad_file("cut off");
        let refused = EvaluationResult { outcome: Outcome::Refused { error }, ..EvaluationResult::default() };
        let twice = [non_compliant("i-1", "why"), non_compliant("i-1", "why"), refused];
        let mut summary =
            Summary { older_versions: 3, not_evaluated: 4, is_interrupted: true, ..Summary::default() };
        let page = page_of(&twice, &mut summary);
        assert!(page.contains(
            "0 COMPLIANT, 2 NON_COMPLIANT, 0 NOT_APPLICABLE, 1 ERROR. The evaluation was interrupted."
        ));
        let head = &unpacked(&page, "head")[0];
        assert_eq!(head["totals"], json!([0, 2, 0, 1]));
        assert_eq!([&head["resources"], &head["nonCompliantResources"], &head["rows"]], [1, 1, 3]);
        assert_eq!([&head["olderVersions"], &head["notEvaluated"]], [3, 4]);
        assert_eq!(head["isInterrupted"], true);
    }
}
