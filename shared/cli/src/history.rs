//! `config-rules diff --history`: since when each resource is what it is, and by which change.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::ExitCode,
};

use anstream::println;
use config_rules::item::RawItem;
use jiff::Timestamp;
use json_patch::{PatchOperation, diff};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    Error,
    arguments::{Diff, DiffFormat},
    baseline::State,
    diff::{input, named},
    fleet::{self, Source},
    progress::{INTERRUPTED, Progress},
    report::BAD_INPUT,
    result::{EvaluationResult, Identity, printable},
};

/// An answer that differs from the one before.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    #[serde(flatten)]
    result: EvaluationResult,
    /// What the resource's record before it says otherwise; none where there is no record before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<Vec<ChangedValue>>,
}

/// A value of a configuration item.
#[derive(Debug, PartialEq, Serialize)]
struct ChangedValue {
    /// A JSON pointer into the item.
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Value>,
}

/// Evaluates every version, and prints those at which the answer changed.
pub(crate) fn run(arguments: &Diff, progress: &Progress) -> Result<ExitCode, Error> {
    let paths: Vec<_> = std::iter::once(&arguments.before).chain(&arguments.after).cloned().collect();
    let sources = fleet::sources(&paths, progress)?;
    let mut versions: BTreeMap<Identity, Vec<EvaluationResult>> = BTreeMap::new();
    let mut has_error = false;
    let input = input(arguments, &arguments.before, &arguments.rules, true);
    fleet::evaluate_sources(&sources, &input, &arguments.facts, progress, &mut |result| {
        has_error |= result.is_refused();
        versions.entry(result.identity()).or_default().push(result);
        Ok(())
    })?;
    for versions in versions.values_mut() {
        versions.sort_by_key(|version| version.ordering_timestamp);
        versions.dedup_by(|version, before| State::from(&*version) == State::from(&*before));
    }
    versions
        .retain(|_, versions| versions.len() > 1 || versions.iter().any(EvaluationResult::is_non_compliant));
    let changing = versions.iter().filter(|(_, versions)| versions.len() > 1).map(|(of, _)| resource_of(of));
    let records = Records::of(&sources, changing.collect(), progress);
    let printed: Vec<(Identity, Vec<Version>)> = versions
        .into_iter()
        .map(|(of, versions)| {
            let resource = resource_of(&of);
            let with_changes = |(index, result): (usize, EvaluationResult)| {
                let time = result.ordering_timestamp.filter(|_| index > 0);
                Version { changes: time.and_then(|time| records.changes(&resource, time)), result }
            };
            let versions = versions.into_iter().enumerate().map(with_changes).collect();
            (of, versions)
        })
        .collect();
    match arguments.format {
        DiffFormat::Text => print_text(&printed),
        DiffFormat::Json => {
            let all: Vec<_> = printed.into_iter().flat_map(|(_, versions)| versions).collect();
            println!("{}", serde_json::to_string_pretty(&all)?);
        }
    }
    Ok(ExitCode::from(match (progress.is_stopped(), has_error) {
        (true, _) => INTERRUPTED,
        (false, true) => BAD_INPUT,
        (false, false) => 0,
    }))
}

/// How many changed values are printed of one version.
const PRINTED: usize = 5;

fn print_text(printed: &[(Identity, Vec<Version>)]) {
    for (of, versions) in printed {
        println!("{}", named(of));
        for Version { result, changes } in versions {
            let since = result.ordering_timestamp.map_or_else(String::new, |time| time.to_string());
            println!("    since {since}  {}  {}", result.compliance_type(), printable(&result.reason()));
            let Some(changes) = changes else { continue };
            for change in changes.iter().take(PRINTED) {
                println!("        {}", printable(&change.to_string()));
            }
            match changes.len() {
                0 => println!("        no value of the resource itself changed: look at what it refers to"),
                count if count > PRINTED => println!("        and {} more values", count - PRINTED),
                _ => {}
            }
        }
    }
    if printed.is_empty() {
        println!("nothing was ever NON_COMPLIANT");
    }
}

impl std::fmt::Display for ChangedValue {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const LONGEST: usize = 60;
        let short = |value: &Value| {
            let text = value.to_string();
            match text.char_indices().nth(LONGEST) {
                Some((end, _)) => format!("{}…", &text[..end]),
                None => text,
            }
        };
        let Self { path, before, after } = self;
        match (before, after) {
            (Some(before), Some(after)) => write!(formatter, "{path}: {} -> {}", short(before), short(after)),
            (Some(before), None) => write!(formatter, "{path}: {} is gone", short(before)),
            (None, Some(after)) => write!(formatter, "{path}: {} is new", short(after)),
            (None, None) => write!(formatter, "{path}: changed"),
        }
    }
}

/// Account, Region, type and id.
type ResourceKey = [String; 4];

fn resource_of(of: &Identity) -> ResourceKey {
    [&of.account_id, &of.aws_region, &of.resource_type, &of.resource_id].map(Clone::clone)
}

/// The records of some resources, by time.
struct Records(BTreeMap<ResourceKey, BTreeMap<Timestamp, Value>>);

impl Records {
    /// Reads the files once more: only what has changed is kept in memory.
    fn of(sources: &[Source], wanted: BTreeSet<ResourceKey>, progress: &Progress) -> Self {
        let mut records: BTreeMap<_, BTreeMap<_, _>> =
            wanted.into_iter().map(|key| (key, BTreeMap::new())).collect();
        progress.begin("comparing", fleet::sizes(sources));
        let sources = if records.is_empty() { &[] } else { sources };
        for source in sources {
            source.each_item(progress, &mut |item| {
                let key = [
                    item.account_id.clone().unwrap_or_default(),
                    item.aws_region.clone().unwrap_or_default(),
                    item.resource_type.clone(),
                    item.resource_id.clone(),
                ];
                if let Some(own) = records.get_mut(&key) {
                    own.insert(item.configuration_item_capture_time, record(&item));
                }
            });
        }
        progress.end();
        Self(records)
    }

    /// What differs from the record before; none without one.
    fn changes(&self, resource: &ResourceKey, time: Timestamp) -> Option<Vec<ChangedValue>> {
        let own = self.0.get(resource)?;
        let after = own.get(&time)?;
        let (_, before) = own.range(..time).next_back()?;
        Some(changes(before, after))
    }
}

fn record(item: &RawItem) -> Value {
    let raw = |json: &Option<Box<serde_json::value::RawValue>>| {
        json.as_ref().and_then(|json| serde_json::from_str::<Value>(json.get()).ok())
    };
    json!({
        "configurationItemStatus": format!("{:?}", item.configuration_item_status),
        "configuration": raw(&item.configuration),
        "supplementaryConfiguration": raw(&item.supplementary_configuration),
        "tags": item.tags,
    })
}

fn changes(before: &Value, after: &Value) -> Vec<ChangedValue> {
    let changed = |operation: PatchOperation| {
        let path = operation.path().to_string();
        let old = before.pointer(&path).cloned();
        let (before, after) = match operation {
            PatchOperation::Add(add) => (None, Some(add.value)),
            PatchOperation::Replace(replace) => (old, Some(replace.value)),
            _ => (old, None),
        };
        // User data holds passwords at times.
        let is_secret = path.to_ascii_lowercase().contains("userdata");
        let shown = |value: Option<Value>| value.filter(|_| !is_secret);
        ChangedValue { before: shown(before), after: shown(after), path }
    };
    diff(before, after).0.into_iter().map(changed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_but_for_user_data() {
        let before = json!({"configuration": {"a": 1, "gone": [2], "userData": "c2VjcmV0"}});
        let after = json!({"configuration": {"a": 2, "new": "x".repeat(100), "userData": "b3RoZXI="}});
        let texts: Vec<_> = changes(&before, &after).iter().map(ToString::to_string).collect();
        let new = format!("/configuration/new: \"{}… is new", "x".repeat(59));
        let expected = [
            "/configuration/a: 1 -> 2",
            "/configuration/gone: [2] is gone",
            "/configuration/userData: changed",
            &new,
        ];
        let sorted = |mut texts: Vec<String>| {
            texts.sort();
            texts
        };
        assert_eq!(sorted(texts), sorted(expected.map(str::to_owned).to_vec()));
    }
}
