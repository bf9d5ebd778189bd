//! `csv`: a row for each result, for spreadsheets and databases (RFC 4180, UTF-8, with a header).
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula, and names and tags are other people's
//! text: such a cell begins with an apostrophe instead, as OWASP advises. Control characters, line breaks included, are
//! escaped as they are at a terminal, so that a row is a line. Who needs every text as it was takes `jsonl`.

use std::io;

use csv::Writer;

use super::{
    Renderer, Stream, Summary,
    fields::{fingerprint, remedies},
};
use crate::result::{EvaluationResult, printable};

/// The names of the columns: those of `jsonl`, where it has them. A new one is added at the end.
const HEADER: [&str; 17] = [
    "configRuleName",
    "rule",
    "accountId",
    "awsRegion",
    "resourceType",
    "resourceId",
    "resourceName",
    "ARN",
    "complianceType",
    "severity",
    "codes",
    "reason",
    "remedy",
    "orderingTimestamp",
    "olderVersion",
    "file",
    "fingerprint",
];

pub(crate) struct Csv<'a> {
    writer: Writer<Stream<'a>>,
}

impl<'a> Csv<'a> {
    pub(crate) fn new(stream: Stream<'a>) -> io::Result<Self> {
        let mut writer = Writer::from_writer(stream);
        writer.write_record(HEADER)?;
        Ok(Self { writer })
    }
}

impl Renderer for Csv<'_> {
    fn add(&mut self, result: &EvaluationResult, _: bool) -> io::Result<()> {
        let resource = &result.resource;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let record: [String; HEADER.len()] = [
            text(&result.config_rule_name),
            text(&result.rule),
            text(&resource.account_id),
            text(&resource.aws_region),
            text(&resource.resource_type),
            text(&resource.resource_id),
            text(&resource.resource_name),
            text(&resource.arn),
            result.compliance_type().to_owned(),
            result.severity().map(|severity| severity.to_string()).unwrap_or_default(),
            result.codes().join(" "),
            result.reason(),
            remedies(result),
            result.ordering_timestamp.map(|time| time.to_string()).unwrap_or_default(),
            result.is_older.to_string(),
            result.file.clone(),
            fingerprint(result),
        ];
        Ok(self.writer.write_record(record.iter().map(|text| cell(text)))?)
    }

    fn finish(&mut self, _: &Summary) -> io::Result<()> {
        self.writer.flush()
    }
}

/// A cell that no spreadsheet calculates. The wide forms of the signs count too: some of them take those as well.
fn cell(text: &str) -> String {
    let text = printable(text);
    if text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use csv::Reader;

    use super::{
        super::fields::samples::{HOSTILE, rendered, results},
        *,
    };

    #[test]
    fn a_row_is_a_line_of_all_columns() {
        let text = rendered(|stream| Csv::new(stream).unwrap(), &results());
        assert_eq!(text.lines().count(), 1 + results().len());
        let mut reader = Reader::from_reader(text.as_bytes());
        assert_eq!(reader.headers().unwrap(), HEADER.as_slice());
        let rows: Vec<_> = reader.records().collect::<Result<_, _>>().unwrap();
        assert_eq!(rows[1].get(4), Some("AWS::EC2::SecurityGroup"));
        assert_eq!(rows[1].get(9), Some("CRITICAL"));
        assert_eq!(rows[1].get(10), Some("SG-ADMIN-OPEN"));
        assert!(!rows[1].get(12).unwrap().is_empty(), "a remedy");
        assert_eq!(rows[4].get(14), Some("true"));
        assert_eq!(rows[5].get(0).unwrap(), cell(HOSTILE));
        assert_eq!(rows[5].get(10), Some("SG-UNION MISSING-DATA"));
        assert_eq!(rows[6].get(8), Some("ERROR"));
        assert_eq!(rows[6].get(11), Some("BadFile: not JSON: bad.json"));
    }

    #[test]
    fn no_cell_is_a_formula() {
        for formula in ["=1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1", "＝1", "\u{202e}=1"] {
            let first = cell(formula).chars().next().unwrap();
            assert!(['\'', '\\'].contains(&first), "{formula:?} is {}", cell(formula));
        }
        assert_eq!(cell("sg-1 = 2"), "sg-1 = 2");
    }

    #[test]
    fn without_results_there_is_a_header() {
        assert_eq!(rendered(|stream| Csv::new(stream).unwrap(), &[]).trim(), HEADER.join(","));
    }
}
