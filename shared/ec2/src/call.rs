//! One action of EC2 for many ids: in batches, and around the ids that EC2 does not know.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
};

use config_rules_aws::Failure;

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

fn batches(ids: &BTreeSet<String>, batch: usize) -> Vec<Vec<String>> {
    let ids: Vec<_> = ids.iter().cloned().collect();
    ids.chunks(batch).map(<[_]>::to_vec).collect()
}

fn halves(ids: &[String]) -> [Vec<String>; 2] {
    let (first, second) = ids.split_at(ids.len() / 2);
    [first.to_vec(), second.to_vec()]
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
    use config_rules::facts::Fact;
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
    async fn who_cannot_be_reached_is_not_asked_again() {
        let calls = std::cell::Cell::new(0);
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
