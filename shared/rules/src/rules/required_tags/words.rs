//! What the annotation says beyond what is wrong with a tag.

use super::{
    configured::ConfiguredTags,
    requirements::Selected,
    tag::{MISSING, RequiredTag, Subject},
};
use crate::{
    finding::Finding,
    item::{ConfigurationItem, Tags},
    parameters::{listed, quoted},
};

/// Why a resource is COMPLIANT: which tags it has, which it need not have, and what else was seen.
pub(super) fn reason(
    item: &ConfigurationItem<ConfiguredTags>,
    subject: Subject<'_>,
    selected: &Selected<'_>,
) -> String {
    let keys: Vec<_> = selected.held.iter().filter_map(|tag| tag.met_by(subject)).collect();
    let has =
        if keys.is_empty() { "no tag is required".to_owned() } else { format!("has {}", listed(&keys)) };
    let configured = &item.configuration;
    let source = (item.tags.is_empty() && !configured.tags.is_empty())
        .then(|| format!(", by configuration.{}", configured.field));
    let unmet = selected
        .unmet
        .iter()
        .map(|tag| format!("; {} is not required: only where {}", tag.name(), tag.scope.condition()));
    let differ: Vec<_> = selected.held.iter().filter_map(|tag| disagreement(tag, item)).collect();
    let differ = (!differ.is_empty()).then(|| format!("; but {}", listed(&differ)));
    [has].into_iter().chain(source).chain(unmet).chain(differ).collect()
}

/// The item's own tags are judged; whoever looks at the configuration may see others.
pub(super) fn with_disagreement(
    mut finding: Finding,
    tag: &RequiredTag,
    item: &ConfigurationItem<ConfiguredTags>,
) -> Finding {
    if let Some(words) = disagreement(tag, item) {
        finding.sentence.extend([", but ", &words]);
    }
    finding
}

fn disagreement(tag: &RequiredTag, item: &ConfigurationItem<ConfiguredTags>) -> Option<String> {
    if item.tags.is_empty() {
        return None;
    }
    tag.keys.iter().find_map(|key| item.configuration.disagreement(&item.tags, key))
}

/// Missing tags of an instance that an Auto Scaling group launches come back missing with the next instance.
pub(super) fn hint_at_auto_scaling(findings: &mut [Finding], tags: &Tags) {
    let Some(group) = tags.get("aws:autoscaling:groupName") else {
        return;
    };
    let count = findings.iter().filter(|finding| finding.code.name == MISSING).count();
    if let Some(last) = findings.iter_mut().rfind(|finding| finding.code.name == MISSING) {
        let them = if count == 1 { "it" } else { "them" };
        let hint = format!(" (Auto Scaling group {} does not propagate {them} at launch)", quoted(group));
        last.sentence.push_str(&hint);
    }
}
