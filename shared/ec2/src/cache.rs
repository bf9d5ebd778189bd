//! What EC2 has told, for some minutes: Lambda uses one process for many events.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use config_rules::facts::Fact;

const LIFETIME: Duration = Duration::from_mins(5);

/// What one look-up found out about one thing.
#[derive(Debug)]
pub(crate) struct Answer<T> {
    pub(crate) fact: Fact<T>,
    /// Whether asking again would bring the same: not so when a call failed.
    pub(crate) lasting: bool,
}

/// Facts of one kind, by id, and since when.
#[derive(Debug)]
pub(crate) struct Cache<T>(Mutex<BTreeMap<String, (SystemTime, Fact<T>)>>);

impl<T: Clone> Cache<T> {
    pub(crate) fn get(&self, id: &str) -> Option<Fact<T>> {
        self.lock().get(id).filter(|(since, _)| is_fresh(*since)).map(|(_, fact)| fact.clone())
    }

    /// Keeps what lasts, and gives back everything.
    pub(crate) fn keep(&self, answers: BTreeMap<String, Answer<T>>) -> Vec<(String, Fact<T>)> {
        let now = SystemTime::now();
        let mut facts = self.lock();
        facts.retain(|_, (since, _)| is_fresh(*since));
        let lasting = answers.iter().filter(|(_, answer)| answer.lasting);
        facts.extend(lasting.map(|(id, answer)| (id.clone(), (now, answer.fact.clone()))));
        answers.into_iter().map(|(id, answer)| (id, answer.fact)).collect()
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

    fn answers(lasting: bool) -> BTreeMap<String, Answer<u8>> {
        BTreeMap::from([("a".to_owned(), Answer { fact: Fact::Known(1), lasting })])
    }

    #[test]
    fn keeps_what_lasts_for_five_minutes() {
        let cache = Cache::default();
        assert_eq!(cache.keep(answers(true)), [("a".to_owned(), Fact::Known(1))]);
        for (age, expected) in [(0, Some(Fact::Known(1))), (299, Some(Fact::Known(1))), (300, None)] {
            cache.lock().get_mut("a").unwrap().0 = SystemTime::now() - Duration::from_secs(age);
            assert_eq!(cache.get("a"), expected, "after {age} s");
        }
        cache.keep(BTreeMap::new());
        assert!(cache.lock().is_empty());
    }

    #[test]
    fn a_clock_set_back_makes_nothing_last_longer() {
        let cache = Cache::default();
        cache.keep(answers(true));
        cache.lock().get_mut("a").unwrap().0 = SystemTime::now() + Duration::from_mins(1);
        assert_eq!(cache.get("a"), None);
    }

    #[test]
    fn does_not_keep_what_does_not_last() {
        let cache = Cache::default();
        assert_eq!(cache.keep(answers(false)), [("a".to_owned(), Fact::Known(1))]);
        assert_eq!(cache.get("a"), None);
    }
}
