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
    results.into_iter().flatten().collect()
}

/// What would be looked up first, if nothing were known.
pub fn first_requests(case: &impl Evaluate) -> BTreeSet<FactRequest> {
    let facts = Facts::default();
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
