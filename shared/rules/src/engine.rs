//! The loop that evaluates, looks up what was asked for, and evaluates again: the same in a function, in a run over many
//! resources, in a replay and in `config-rules facts`.

use std::{collections::BTreeSet, future::poll_fn, task::Poll};

use crate::{
    Error,
    facts::{FactRequest, FactSource, Facts},
    rule::Evaluation,
};

/// Something that can be evaluated, as soon as the facts are known that its answer depends on.
pub trait Evaluate {
    /// Evaluates, as if what is not known never would be. The facts note what was asked for and is not known.
    ///
    /// # Errors
    /// [`Error::MissingFacts`], if the parameters say so; [`Error::Fault`], if a passing fault keeps a fact from being known.
    fn evaluate(&self, facts: &Facts) -> Result<Evaluation, Error>;
}

impl<E: Evaluate + ?Sized> Evaluate for Box<E> {
    fn evaluate(&self, facts: &Facts) -> Result<Evaluation, Error> {
        (**self).evaluate(facts)
    }
}

/// How often facts are looked up for the same resources. Each round may lead to the next (a group, its prefix list); what
/// is not known after the last is unavailable.
const ROUNDS: usize = 8;

/// Evaluates all of these, and looks up together what they ask for; gives back one result for each, in their order.
pub async fn evaluate<C: Evaluate, S: FactSource>(
    cases: &[C],
    facts: &mut Facts,
    source: &S,
) -> Vec<Result<Evaluation, Error>> {
    let mut results: Vec<Option<_>> = cases.iter().map(|_| None).collect();
    for round in 0..=ROUNDS {
        let mut wanted = BTreeSet::new();
        facts.set_open(round < ROUNDS);
        for (case, result) in cases.iter().zip(&mut results).filter(|(_, result)| result.is_none()) {
            // Lets calls that are under way go on, and the deadline come.
            give_way(cases.len()).await;
            let answer = case.evaluate(facts);
            let more = facts.take_wanted();
            if more.is_empty() || round == ROUNDS {
                *result = Some(answer);
            }
            wanted.extend(more);
        }
        if wanted.is_empty() || round == ROUNDS {
            break;
        }
        // In a box, as is every large future here: the compiler sizes them through all levels, and stops at 128.
        let found = Box::pin(source.look_up(&wanted)).await;
        facts.learn(&wanted, found);
    }
    facts.set_open(false);
    results.into_iter().flatten().collect()
}

/// What would be looked up first, if nothing were known.
pub fn first_requests(case: &impl Evaluate) -> BTreeSet<FactRequest> {
    let mut facts = Facts::default();
    facts.set_open(true);
    // Only what it asks for counts.
    let _ = case.evaluate(&facts);
    facts.take_wanted()
}

/// Returns to the executor once, unless there is only one case.
async fn give_way(cases: usize) {
    let mut is_over = cases == 1;
    poll_fn(|context| {
        if std::mem::replace(&mut is_over, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

#[cfg(test)]
mod tests {
    use std::{
        cell::RefCell,
        collections::BTreeMap,
        pin::pin,
        task::{Context, Waker},
    };

    use jiff::Timestamp;

    use super::*;
    use crate::{
        facts::{Fact, Fault, KeyPair},
        finding::Compliance,
    };

    /// Reads these key pairs one after another, each only once the one before is known, and counts those that are.
    struct Chain(Vec<String>);

    impl Evaluate for Chain {
        fn evaluate(&self, facts: &Facts) -> Result<Evaluation, Error> {
            let known = self.0.iter().take_while(|name| matches!(facts.key_pair(name), Fact::Known(_)));
            let compliance = Compliance::Compliant(known.count().to_string());
            facts.take_fault().map_or(Ok(()), Err)?;
            let (resource_type, resource_id) = ("AWS::EC2::Instance".to_owned(), self.0.join(" "));
            Ok(Evaluation {
                resource_type,
                resource_id,
                compliance,
                ordering_timestamp: Timestamp::UNIX_EPOCH,
            })
        }
    }

    fn chain(names: impl IntoIterator<Item = usize>) -> Chain {
        Chain(names.into_iter().map(|number| format!("key-{number}")).collect())
    }

    /// Knows every key pair, but for these, and keeps how many requests each look-up had.
    #[derive(Default)]
    struct Source {
        faults: BTreeMap<String, Fault>,
        look_ups: RefCell<Vec<usize>>,
    }

    impl FactSource for Source {
        async fn look_up(&self, requests: &BTreeSet<FactRequest>) -> Facts {
            self.look_ups.borrow_mut().push(requests.len());
            let mut facts = Facts::default();
            for request in requests {
                let FactRequest::KeyPair(name) = request else { panic!("{request:?}") };
                let fault = self.faults.get(name).cloned();
                facts.set_result(name, fault.map_or(Ok(Fact::Known(KeyPair::default())), Err));
            }
            facts
        }
    }

    /// How many key pairs each case found, or its error; and how many requests each look-up had.
    fn found(source: &Source, mut facts: Facts, cases: &[Chain]) -> (Vec<String>, Vec<usize>) {
        let mut evaluated = pin!(evaluate(cases, &mut facts, source));
        let results = loop {
            if let Poll::Ready(results) = evaluated.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                break results;
            }
        };
        let found = results.into_iter().zip(cases).map(|(result, case)| match result {
            Ok(evaluation) => {
                assert_eq!(evaluation.resource_id, case.0.join(" "), "results are in the order of the cases");
                evaluation.compliance.annotation()
            }
            Err(error) => error.name().to_owned(),
        });
        (found.collect(), source.look_ups.take())
    }

    #[track_caller]
    fn takes(cases: &[Chain], look_ups: &[usize]) -> Vec<String> {
        let (found, took) = found(&Source::default(), Facts::default(), cases);
        assert_eq!(took, look_ups);
        found
    }

    #[test]
    fn what_many_cases_ask_is_looked_up_together_and_once() {
        assert_eq!(takes(&[], &[]), [""; 0]);
        assert_eq!(takes(&[chain([])], &[]), ["0"]);
        let same: Vec<_> = (0..200).map(|_| chain([7])).collect();
        assert_eq!(takes(&same, &[1]), vec!["1"; 200]);
        let different: Vec<_> = (0..200).map(|number| chain([number])).collect();
        assert_eq!(takes(&different, &[200]), vec!["1"; 200]);
    }

    #[test]
    fn what_an_answer_leads_to_is_looked_up_next_and_nothing_twice() {
        let cases = [chain([1]), chain([1, 2, 3]), chain([2, 1]), chain([])];
        assert_eq!(takes(&cases, &[2, 1]), ["1", "3", "2", "0"]);
    }

    #[test]
    fn what_the_last_round_leads_to_is_unavailable() {
        assert_eq!(takes(&[chain(0..ROUNDS)], &[1; ROUNDS]), [ROUNDS.to_string()]);
        assert_eq!(takes(&[chain(0..100), chain([100])], &[2, 1, 1, 1, 1, 1, 1, 1]), ["8", "1"]);
    }

    #[test]
    fn what_is_known_before_is_not_looked_up() {
        let mut facts = Facts::default();
        facts.set("key-1", Fact::Known(KeyPair::default()));
        facts.set::<KeyPair>("key-3", Fact::Absent);
        let cases = [chain([1, 2]), chain([3])];
        assert_eq!(found(&Source::default(), facts, &cases), (vec!["2".to_owned(), "0".to_owned()], vec![1]));
    }

    #[test]
    fn a_fault_ends_those_that_read_what_it_keeps_from_being_known() {
        let faults = [
            ("key-2".to_owned(), Fault::Throttled("slow down".to_owned())),
            ("key-4".to_owned(), Fault::ServiceUnavailable("no connection".to_owned())),
        ];
        let source = Source { faults: faults.into(), ..Source::default() };
        let cases = [chain([1, 2]), chain([1, 3]), chain([4]), chain([3])];
        let (found, look_ups) = found(&source, Facts::default(), &cases);
        assert_eq!(found, ["Throttled", "2", "ServiceUnavailable", "1"]);
        assert_eq!(look_ups, [3, 1], "what a fault has met is not looked up again");
    }
}
