//! What the annotation says beyond what is wrong with a tag.

use super::{
    codes::Code,
    requirements::Selected,
    tag::{RequiredTag, Subject},
};
use crate::{
    finding::Finding,
    item::Tags,
    parameters::{listed, quoted},
};

/// Why a resource is COMPLIANT: which tags it has, which it need not have, and what else was seen.
pub(super) fn reason(subject: Subject<'_>, selected: &Selected<'_>) -> String {
    let keys: Vec<_> = selected.held.iter().filter_map(|tag| tag.met_by(subject)).collect();
    let has =
        if keys.is_empty() { "no tag is required".to_owned() } else { format!("has {}", listed(&keys)) };
    let source = subject.source.map(|place| format!(", by {place}"));
    let unmet = selected
        .unmet
        .iter()
        .map(|tag| format!("; {} is not required: only where {}", tag.name(), tag.scope.condition()));
    let differ: Vec<_> = selected.held.iter().filter_map(|tag| disagreement(tag, subject)).collect();
    let differ = (!differ.is_empty()).then(|| format!("; but {}", listed(&differ)));
    [has].into_iter().chain(source).chain(unmet).chain(differ).collect()
}

/// The item's own tags are evaluated; whoever looks at the configuration may see others.
pub(super) fn with_disagreement(mut finding: Finding, tag: &RequiredTag, subject: Subject<'_>) -> Finding {
    if let Some(words) = disagreement(tag, subject) {
        finding.sentence.extend([", but ", &words]);
    }
    finding
}

/// What the configuration says else about a tag, without its value: it may be what must not be there. One without tags says
/// nothing.
fn disagreement(tag: &RequiredTag, subject: Subject<'_>) -> Option<String> {
    let Subject { tags, configured, .. } = subject;
    tag.keys.iter().filter(|_| !configured.tags.is_empty()).find_map(|key| {
        let has = match (configured.tags.get(key), tags.get(key)) {
            (here, there) if here == there => return None,
            (None, _) => "no ",
            (Some(_), None) => "",
            (Some(_), Some(_)) => "another ",
        };
        Some(format!("{} has {has}{key}", configured.place))
    })
}

/// Missing tags of an instance that an Auto Scaling group launches come back missing with the next instance.
pub(super) fn hint_at_auto_scaling(findings: &mut [Finding], tags: &Tags) {
    let Some(group) = tags.get("aws:autoscaling:groupName") else {
        return;
    };
    let count = findings.iter().filter(|finding| finding.is_of(Code::Missing)).count();
    if let Some(last) = findings.iter_mut().rfind(|finding| finding.is_of(Code::Missing)) {
        let them = if count == 1 { "it" } else { "them" };
        let hint = format!(" (Auto Scaling group {} does not propagate {them} at launch)", quoted(group));
        last.sentence.push_str(&hint);
    }
}
