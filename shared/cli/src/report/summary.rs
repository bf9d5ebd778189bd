//! Totals: how many results there were of which kind, by what they can be grouped by, and what was left out.

use std::collections::BTreeMap;

use config_rules::finding::Severity;
use serde::Serialize;

use crate::result::{COMPLIANCE_TYPES, EvaluationResult};

/// How many results there are of each of the [`COMPLIANCE_TYPES`], in their order.
pub(crate) type Counts = [usize; COMPLIANCE_TYPES.len()];

/// What results are counted by. Empty is what is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Group {
    pub(crate) config_rule_name: String,
    pub(crate) rule: String,
    pub(crate) resource_type: String,
    pub(crate) account_id: String,
    pub(crate) aws_region: String,
}

/// How often a kind of finding was found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CodeCount {
    pub(crate) severity: Severity,
    pub(crate) remedy: &'static str,
    pub(crate) resources: usize,
}

/// The totals of a report.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    pub(crate) groups: BTreeMap<Group, Counts>,
    /// By code, of what is NON_COMPLIANT.
    pub(crate) codes: BTreeMap<String, CodeCount>,
    /// What could not be evaluated: all of them are counted in `groups`, and the first are kept.
    pub(crate) errors: Vec<EvaluationResult>,
    /// Older versions of resources that were not evaluated.
    pub(crate) older_versions: usize,
    /// Resources that no Config rule evaluates: of other types, or out of scope.
    pub(crate) not_evaluated: usize,
    /// The Config rules that evaluate an account as a whole, where there are several accounts.
    pub(crate) account_rules_left_out: Vec<String>,
    /// Whether it ended before everything was evaluated.
    pub(crate) is_interrupted: bool,
}

/// How many errors are kept, to be repeated at the end.
const KEPT_ERRORS: usize = 20;

impl Summary {
    pub(super) fn add(&mut self, result: &EvaluationResult) {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let group = Group {
            config_rule_name: text(&result.config_rule_name),
            rule: text(&result.rule),
            resource_type: text(&result.resource.resource_type),
            account_id: text(&result.resource.account_id),
            aws_region: text(&result.resource.aws_region),
        };
        let row = self.groups.entry(group).or_default();
        for (count, compliance_type) in row.iter_mut().zip(COMPLIANCE_TYPES) {
            *count += usize::from(compliance_type == result.compliance_type());
        }
        if result.is_refused() && self.errors.len() < KEPT_ERRORS {
            self.errors.push(result.clone());
        }
        if result.is_non_compliant() {
            for name in result.codes() {
                if let Some(code) = crate::result::code(name) {
                    let (severity, remedy) = (code.severity, code.remedy);
                    let count = self.codes.entry(name.to_owned());
                    count.or_insert(CodeCount { severity, remedy, resources: 0 }).resources += 1;
                }
            }
        }
    }

    /// Of all groups.
    pub(crate) fn totals(&self) -> Counts {
        sum(self.groups.values())
    }

    /// The counts by something of the groups.
    pub(crate) fn by<Key: Ord>(&self, key: impl Fn(&Group) -> Key) -> BTreeMap<Key, Counts> {
        let mut by: BTreeMap<Key, Vec<&Counts>> = BTreeMap::new();
        for (group, counts) in &self.groups {
            by.entry(key(group)).or_default().push(counts);
        }
        by.into_iter().map(|(key, counts)| (key, sum(counts))).collect()
    }
}

fn sum<'a>(counts: impl IntoIterator<Item = &'a Counts>) -> Counts {
    counts.into_iter().fold(Counts::default(), |mut sum, counts| {
        sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        sum
    })
}

/// `{"COMPLIANT": 1, …}`
fn named(counts: &Counts) -> BTreeMap<&'static str, usize> {
    COMPLIANCE_TYPES.into_iter().zip(*counts).collect()
}

impl Serialize for Summary {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Row<'a> {
            #[serde(flatten)]
            group: &'a Group,
            counts: BTreeMap<&'static str, usize>,
        }
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Totals<'a> {
            counts: BTreeMap<&'static str, usize>,
            groups: Vec<Row<'a>>,
            codes: BTreeMap<&'a str, usize>,
            older_versions_left_out: usize,
            resources_not_evaluated: usize,
            #[serde(skip_serializing_if = "<[_]>::is_empty")]
            account_rules_left_out: &'a [String],
            interrupted: bool,
        }
        let row = |(group, counts)| Row { group, counts: named(counts) };
        Totals {
            counts: named(&self.totals()),
            groups: self.groups.iter().map(row).collect(),
            codes: self.codes.iter().map(|(code, count)| (code.as_str(), count.resources)).collect(),
            older_versions_left_out: self.older_versions,
            resources_not_evaluated: self.not_evaluated,
            account_rules_left_out: &self.account_rules_left_out,
            interrupted: self.is_interrupted,
        }
        .serialize(serializer)
    }
}
