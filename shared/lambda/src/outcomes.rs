//! What a run has evaluated: little of each resource, because there may be hundreds of thousands of them.

use std::collections::{HashMap, hash_map::Entry};

use sha2::{Digest, Sha256};

/// As many different reasons as are kept. A reason that names the resource is never needed again but for that one.
const REASONS: usize = 1_000;

/// What became of each resource. It takes some 40 bytes of memory for each of them: 20 MB for 500,000.
///
/// Resources are told apart by the first half of the SHA-256 of type and id. That two of a million have the same one has
/// a probability of 10⁻²⁷.
#[derive(Debug, Default)]
pub(crate) struct Outcomes {
    outcomes: HashMap<Key, Outcome>,
    reasons: HashMap<String, u16>,
}

type Key = [u8; 16];

#[derive(Clone, Copy, Debug)]
enum Outcome {
    /// It keeps what AWS Config holds.
    Settled,
    /// Not reported: most of it AWS Config has never heard of. The number is that of the reason, if it was kept.
    NotApplicable(Option<u16>),
}

impl Outcomes {
    /// Keeps that a resource has a result, or cannot get one now. Whether it is the first time.
    pub(crate) fn settle(&mut self, resource_type: &str, resource_id: &str) -> bool {
        let before = self.outcomes.insert(key(resource_type, resource_id), Outcome::Settled);
        !matches!(before, Some(Outcome::Settled))
    }

    /// Keeps that the rule has nothing to say about a resource, and why.
    pub(crate) fn leave(&mut self, resource_type: &str, resource_id: &str, why: String) {
        if let Entry::Vacant(entry) = self.outcomes.entry(key(resource_type, resource_id)) {
            entry.insert(Outcome::NotApplicable(number(&mut self.reasons, why)));
        }
    }

    /// Why the rule has nothing to say about a resource, if it was asked, and had nothing to say.
    pub(crate) fn why_not_applicable(&self, resource_type: &str, resource_id: &str) -> Option<&str> {
        match self.outcomes.get(&key(resource_type, resource_id)) {
            Some(Outcome::NotApplicable(number)) => {
                let reason = self.reasons.iter().find(|(_, own)| Some(**own) == *number);
                Some(reason.map_or("the rule has nothing to say about it", |(reason, _)| reason.as_str()))
            }
            Some(Outcome::Settled) | None => None,
        }
    }

    /// Why the result that AWS Config holds of a resource is to be taken back; none, if it is not.
    pub(crate) fn why_gone(&self, resource_type: &str, resource_id: &str) -> Option<&str> {
        match self.outcomes.get(&key(resource_type, resource_id)) {
            Some(Outcome::Settled) => None,
            Some(Outcome::NotApplicable(_)) => self.why_not_applicable(resource_type, resource_id),
            None => Some("no longer there, or no longer in the rule's scope"),
        }
    }
}

fn number(reasons: &mut HashMap<String, u16>, why: String) -> Option<u16> {
    let next = u16::try_from(reasons.len()).ok().filter(|_| reasons.len() < REASONS);
    match (reasons.get(&why), next) {
        (Some(number), _) => Some(*number),
        (None, Some(next)) => Some(*reasons.entry(why).or_insert(next)),
        (None, None) => None,
    }
}

/// The type has no line feed, so that no two resources have the same text.
fn key(resource_type: &str, resource_id: &str) -> Key {
    let digest =
        Sha256::new().chain_update(resource_type).chain_update("\n").chain_update(resource_id).finalize();
    std::array::from_fn(|index| digest[index])
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "AWS::EC2::Instance";

    #[test]
    fn only_what_was_not_settled_is_gone() {
        let mut evaluated = Outcomes::default();
        assert!(evaluated.settle(TYPE, "i-1"));
        evaluated.leave(TYPE, "i-2", "the instance is terminated".to_owned());
        assert_eq!(evaluated.why_gone(TYPE, "i-1"), None);
        assert_eq!(evaluated.why_gone(TYPE, "i-2"), Some("the instance is terminated"));
        let unknown = Some("no longer there, or no longer in the rule's scope");
        assert_eq!(evaluated.why_gone(TYPE, "i-3"), unknown);
        assert_eq!(evaluated.why_gone("AWS::EC2::Volume", "i-1"), unknown);
    }

    #[test]
    fn what_is_listed_twice_is_settled_if_it_once_was() {
        let mut evaluated = Outcomes::default();
        evaluated.leave(TYPE, "i-1", "not yet".to_owned());
        assert!(evaluated.settle(TYPE, "i-1"));
        assert!(!evaluated.settle(TYPE, "i-1"));
        evaluated.leave(TYPE, "i-1", "not any more".to_owned());
        assert_eq!(evaluated.why_gone(TYPE, "i-1"), None);
    }

    #[test]
    fn reasons_do_not_pile_up() {
        let mut evaluated = Outcomes::default();
        for number in 0..2 * REASONS {
            evaluated.leave(TYPE, &number.to_string(), format!("the instance has number {number}"));
        }
        assert_eq!(evaluated.reasons.len(), REASONS);
        assert_eq!(evaluated.why_gone(TYPE, "7"), Some("the instance has number 7"));
        assert_eq!(evaluated.why_gone(TYPE, "1999"), Some("the rule has nothing to say about it"));
        evaluated.leave(TYPE, "new", "the instance has number 7".to_owned());
        assert_eq!(evaluated.why_gone(TYPE, "new"), Some("the instance has number 7"));
    }

    #[test]
    fn half_a_million_resources_are_small() {
        assert!(size_of::<(Key, Outcome)>() <= 24);
    }
}
