//! One action of EC2 for many ids: in batches, and around the ids that EC2 does not know.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
    pin::pin,
    time::Duration,
};

use config_rules_aws::Failure;
use futures_util::{StreamExt as _, stream};
use tokio::time::{Instant, sleep_until};

/// How many ids a call takes, unless it takes one only.
pub(crate) const BATCH: usize = 100;

/// What EC2 answered, and for which ids the call failed.
#[derive(Debug)]
pub(crate) struct Answers<T> {
    pub(crate) items: Vec<T>,
    /// Why, by id. An id that EC2 does not know is no failure.
    pub(crate) failed: BTreeMap<String, Failure>,
}

/// Asks about all of the ids, at most `batch` in a call.
///
/// EC2 refuses a whole call for one id that it does not know. Such a batch is asked about again in halves, until that id
/// stands alone.
pub(crate) async fn ask<T>(
    action: &str,
    batch: usize,
    ids: &BTreeSet<String>,
    call: impl AsyncFn(Vec<String>) -> Result<Vec<T>, Failure>,
) -> Answers<T> {
    let mut answers = Answers { items: Vec::new(), failed: BTreeMap::new() };
    let mut open = batches(ids, batch);
    while let Some(ids) = open.pop() {
        match call(ids.clone()).await {
            Ok(items) => answers.items.extend(items),
            Err(failure) if ids.len() > 1 && is_about_an_id(&failure) => open.extend(halves(&ids)),
            Err(failure) if says_not_found(&failure) => (),
            Err(failure) => {
                // Who cannot be reached is not asked again: Lambda's time is short.
                let rest = if failure.code().is_some() { Vec::new() } else { mem::take(&mut open) };
                let failure = failure.during(&format!("ec2:{action}"));
                answers.failed.extend(rest.into_iter().flatten().chain(ids).map(|id| (id, failure.clone())));
            }
        }
    }
    answers
}

/// How many calls for one id each are made at once, and then at which distance. EC2 gives the account a budget of 100 for such
/// an action, refills it at 20 a second, and shares it among all who call: half of it is left to the others.
const AT_ONCE: u32 = 50;
const DISTANCE: Duration = Duration::from_millis(50);
/// How many of them wait for their answers together: enough for that pace, if an answer takes half a second.
const UNDER_WAY: usize = 10;

/// What EC2 answered about each id that it was asked about: nothing, if it does not know it.
pub(crate) type Each<T> = BTreeMap<String, Result<Option<T>, Failure>>;

/// Asks about thousands of ids, each in a call of its own, at the pace that EC2 allows. After a passing fault no more are asked
/// about: it ends the evaluation.
pub(crate) async fn ask_each<T>(
    action: &str,
    ids: &BTreeSet<String>,
    call: impl AsyncFn(&str) -> Result<T, Failure>,
) -> Each<T> {
    let (start, call) = (Instant::now(), &call);
    let calls = stream::iter((0_u32..).zip(ids)).map(|(index, id)| async move {
        sleep_until(start + DISTANCE * index.saturating_sub(AT_ONCE)).await;
        (id, call(id).await)
    });
    let mut calls = pin!(calls.buffer_unordered(UNDER_WAY));
    let mut answers = Each::new();
    while let Some((id, answer)) = calls.next().await {
        let is_over = answer.as_ref().is_err_and(|failure| failure.fact::<()>().is_err());
        // Who reads a fact knows what it is about; who is told of a fault does not.
        let of = if is_over { format!(" of {id}") } else { String::new() };
        let answer = match answer {
            Ok(item) => Ok(Some(item)),
            Err(failure) if says_not_found(&failure) => Ok(None),
            Err(failure) => Err(failure.during(&format!("ec2:{action}{of}"))),
        };
        answers.insert(id.clone(), answer);
        if is_over {
            break;
        }
    }
    answers
}

fn batches(ids: &BTreeSet<String>, batch: usize) -> Vec<Vec<String>> {
    let ids: Vec<_> = ids.iter().cloned().collect();
    ids.chunks(batch).map(<[_]>::to_vec).collect()
}

fn halves(ids: &[String]) -> [Vec<String>; 2] {
    let (first, second) = ids.split_at(ids.len() / 2);
    [first.to_vec(), second.to_vec()]
}

/// In a box: the compiler sizes a future through all levels of it, and stops at 128.
pub(crate) async fn during<T>(
    action: &str,
    call: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    Box::pin(call).await.map_err(|failure| failure.during(action))
}

/// EC2's codes for an id that it does not like have two parts: `InvalidKeyPair.NotFound`, `InvalidAMIID.Malformed`.
fn is_about_an_id(failure: &Failure) -> bool {
    let code = failure.code().unwrap_or_default();
    code.starts_with("Invalid") && (code.contains('.') || code == "InvalidParameterValue")
}

/// `InvalidAMIID.NotFound`, `InvalidLaunchTemplateId.VersionNotFound`, `InvalidAMIID.Unavailable` and the like.
pub(crate) fn says_not_found(failure: &Failure) -> bool {
    let code = failure.code().unwrap_or_default();
    code.starts_with("Invalid") && (code.contains("NotFound") || code.ends_with(".Unavailable"))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use config_rules::facts::{Fact, Fault};
    use config_rules_aws::AwsError;

    use super::*;

    fn failure(code: &str) -> Failure {
        Failure::new(Some(code.to_owned()), AwsError::Rejected(code.to_owned()))
    }

    fn ids(count: usize) -> BTreeSet<String> {
        (0..count).map(|id| format!("{id:03}")).collect()
    }

    #[tokio::test]
    async fn asks_once_about_each_id_and_about_a_hundred_at_a_time() {
        let answers = ask("A", BATCH, &ids(250), async |ids| Ok(vec![ids])).await;
        assert_eq!(answers.items.iter().map(Vec::len).collect::<BTreeSet<_>>(), BTreeSet::from([50, 100]));
        assert_eq!(answers.items.concat().len(), 250);
        assert!(ask("A", BATCH, &ids(0), async |ids| Ok(vec![ids])).await.items.is_empty());
    }

    #[tokio::test]
    async fn an_unknown_id_spoils_no_other() {
        let answers = ask("A", BATCH, &ids(9), async |ids| {
            if ids.iter().any(|id| id == "003") { Err(failure("InvalidAMIID.NotFound")) } else { Ok(ids) }
        })
        .await;
        assert_eq!(answers.items.len(), 8);
        assert!(answers.failed.is_empty());
    }

    #[tokio::test]
    async fn a_malformed_id_fails_alone() {
        let answers = ask("A", BATCH, &ids(9), async |ids| {
            if ids.iter().any(|id| id == "003") { Err(failure("InvalidAMIID.Malformed")) } else { Ok(ids) }
        })
        .await;
        assert_eq!(answers.failed.keys().collect::<Vec<_>>(), ["003"]);
        let why = "ec2:A: InvalidAMIID.Malformed".to_owned();
        assert_eq!(answers.failed["003"].fact::<()>(), Ok(Fact::Unavailable(why)));
    }

    #[tokio::test]
    async fn each_id_is_asked_about_at_the_pace_that_ec2_allows() {
        let (start, under_way, most) = (Instant::now(), Cell::new(0), Cell::new(0));
        let answers = ask_each("A", &ids(70), async |id| {
            under_way.set(under_way.get() + 1);
            most.set(most.get().max(under_way.get()));
            tokio::task::yield_now().await;
            under_way.set(under_way.get() - 1);
            match id {
                "003" => Err(failure("InvalidAMIID.Unavailable")),
                "004" => Err(failure("UnauthorizedOperation")),
                id => Ok(id.len()),
            }
        })
        .await;
        assert_eq!(answers.len(), 70);
        assert!(matches!(answers["002"], Ok(Some(3))) && matches!(answers["003"], Ok(None)));
        let why = "ec2:A: UnauthorizedOperation".to_owned();
        assert_eq!(answers["004"].as_ref().unwrap_err().fact::<()>(), Ok(Fact::Unavailable(why)));
        assert_eq!(most.get(), UNDER_WAY);
        assert!(start.elapsed() >= DISTANCE * 19);
    }

    #[tokio::test]
    async fn after_a_passing_fault_nothing_more_is_asked() {
        let calls = Cell::new(0);
        let answers = ask_each("A", &ids(40), async |_| {
            calls.set(calls.get() + 1);
            let code = Some("RequestLimitExceeded".to_owned());
            Err::<(), _>(Failure::new(code, AwsError::Throttled("RequestLimitExceeded".to_owned())))
        })
        .await;
        assert!(calls.get() <= UNDER_WAY, "{}", calls.get());
        let fault = Fault::Throttled("ec2:A of 000: RequestLimitExceeded".to_owned());
        assert_eq!(answers["000"].as_ref().unwrap_err().fact::<()>(), Err(fault));
    }

    #[tokio::test]
    async fn who_cannot_be_reached_is_not_asked_again() {
        let calls = Cell::new(0);
        let answers = ask("A", 1, &ids(9), async |_| {
            calls.set(calls.get() + 1);
            let error = AwsError::ServiceUnavailable("no connection".to_owned());
            Err::<Vec<()>, _>(Failure::new(None, error))
        })
        .await;
        assert_eq!(answers.failed.len(), 9);
        assert_eq!(calls.get(), 1);
    }
}
