//! What a service has told, for some minutes: Lambda uses one process for many events.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use config_rules::facts::{Fact, Facts, Fault, Filed};

use crate::Failure;

const LIFETIME: Duration = Duration::from_mins(5);

/// What one look-up found out about one thing.
#[derive(Debug)]
pub struct Answer<T> {
    /// The fact, or why it is not known now.
    pub fact: Result<Fact<T>, Fault>,
    /// Whether asking again would bring the same: not so when a call failed.
    pub lasting: bool,
}

impl<T: Clone> Answer<T> {
    /// What was found, by calls some of which may have failed. A passing fault of one of them leaves nothing known: what
    /// the others told may be half of it.
    pub fn new<'a>(found: Option<T>, failures: impl IntoIterator<Item = &'a Failure>) -> Self {
        let failures: Vec<_> = failures.into_iter().map(Failure::fact).collect();
        let fault = failures.iter().find(|failure| failure.is_err());
        let fact = match (fault.or(failures.first()), found) {
            (Some(Err(fault)), _) => Err(fault.clone()),
            (_, Some(found)) => Ok(Fact::Known(found)),
            (Some(Ok(unavailable)), None) => Ok(unavailable.clone()),
            (None, None) => Ok(Fact::Absent),
        };
        Self { fact, lasting: failures.is_empty() }
    }
}

/// Facts of one kind, by id, for five minutes.
#[derive(Debug)]
pub struct Cache<T>(Mutex<BTreeMap<String, (SystemTime, Fact<T>)>>);

impl<T: Clone> Cache<T> {
    /// Files those of these facts that are fresh; gives back the others.
    pub fn open<'a>(&self, ids: impl IntoIterator<Item = &'a String>, facts: &mut Facts) -> BTreeSet<String>
    where
        T: Filed,
    {
        let mut open = BTreeSet::new();
        for id in ids {
            match self.get(id) {
                Some(fact) => facts.set(id, fact),
                None => drop(open.insert(id.clone())),
            }
        }
        open
    }

    /// The fact, if it is fresh.
    pub fn get(&self, id: &str) -> Option<Fact<T>> {
        self.lock().get(id).filter(|(since, _)| is_fresh(*since)).map(|(_, fact)| fact.clone())
    }

    /// Files everything among the facts, and keeps what lasts.
    pub fn keep(&self, answers: BTreeMap<String, Answer<T>>, facts: &mut Facts)
    where
        T: Filed,
    {
        let now = SystemTime::now();
        let mut kept = self.lock();
        kept.retain(|_, (since, _)| is_fresh(*since));
        for (id, Answer { fact, lasting }) in answers {
            if lasting && let Ok(fact) = &fact {
                kept.insert(id.clone(), (now, fact.clone()));
            }
            facts.set_result(id, fact);
        }
    }
}

impl<T> Cache<T> {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, (SystemTime, Fact<T>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Default for Cache<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

/// By the wall clock: Lambda freezes a process between events, and a monotonic clock may stand still with it.
fn is_fresh(since: SystemTime) -> bool {
    since.elapsed().is_ok_and(|age| age < LIFETIME)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(cache: &Cache<String>, lasting: bool) {
        let answer = Answer { fact: Ok(Fact::Known("1".to_owned())), lasting };
        let mut facts = Facts::default();
        cache.keep(BTreeMap::from([("a".to_owned(), answer)]), &mut facts);
        assert_eq!(facts.parameter("a"), Ok(Fact::Known("1")));
    }

    #[test]
    fn keeps_what_lasts_for_five_minutes() {
        let cache = Cache::default();
        keep(&cache, true);
        let known = Some(Fact::Known("1".to_owned()));
        for (age, expected) in [(0, known.clone()), (299, known), (300, None)] {
            cache.lock().get_mut("a").unwrap().0 = SystemTime::now() - Duration::from_secs(age);
            assert_eq!(cache.get("a"), expected, "after {age} s");
        }
        cache.keep(BTreeMap::new(), &mut Facts::default());
        assert!(cache.lock().is_empty());
    }

    #[test]
    fn a_clock_set_back_makes_nothing_last_longer() {
        let cache = Cache::default();
        keep(&cache, true);
        cache.lock().get_mut("a").unwrap().0 = SystemTime::now() + Duration::from_mins(1);
        assert_eq!(cache.get("a"), None);
    }

    #[test]
    fn does_not_keep_what_does_not_last() {
        let cache = Cache::default();
        keep(&cache, false);
        assert_eq!(cache.get("a"), None);
    }
}
