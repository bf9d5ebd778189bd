//! What is reported in one invocation: to AWS Config in batches, several at a time, and to the log in lines.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use config_rules::{
    finding::Compliance,
    rule::{Evaluation, Metadata},
};
use config_rules_aws::AwsError;
use tokio::task::JoinSet;

use crate::{
    config_service::{BATCH, ConfigService},
    error::Error,
    record::{Line, Log},
};

/// How many calls are under way while the next resources are read and evaluated. AWS tells no rate that it allows, and slows
/// down those who are too fast for it: this many make up for the time that an answer takes, and are no burst.
const UNDER_WAY: usize = 4;

/// How many evaluations of each kind AWS Config took, and in how many calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) compliant: u32,
    pub(crate) non_compliant: u32,
    pub(crate) not_applicable: u32,
    /// Calls of at most 100 evaluations.
    pub(crate) batches: u32,
    /// Calls for evaluations that AWS Config had failed to take.
    pub(crate) retries: u32,
}

impl Tally {
    /// How many evaluations there were.
    pub(crate) fn count(&self) -> u32 {
        self.compliant + self.non_compliant + self.not_applicable
    }

    fn add(&mut self, evaluation: &Evaluation) {
        let count = match evaluation.compliance.compliance_type() {
            "COMPLIANT" => &mut self.compliant,
            "NON_COMPLIANT" => &mut self.non_compliant,
            _ => &mut self.not_applicable,
        };
        *count += 1;
    }
}

/// What AWS Config has taken so far. It counts at once, so that it is right whenever the invocation ends.
#[derive(Clone, Debug, Default)]
pub(crate) struct Accepted(Arc<Mutex<Tally>>);

impl Accepted {
    pub(crate) fn tally(&self) -> Tally {
        *self.lock()
    }

    fn lock(&self) -> MutexGuard<'_, Tally> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Evaluations on their way to AWS Config. What is not [`flushed`](Self::flush) is lost.
pub(crate) struct Report {
    to: Destination,
    open: Vec<Evaluation>,
    under_way: JoinSet<Result<(), Error>>,
    is_empty: bool,
}

/// Where a batch goes, and what is kept of it.
#[derive(Clone)]
struct Destination {
    metadata: &'static Metadata,
    config_service: ConfigService,
    result_token: Arc<str>,
    taken: Accepted,
    log: Log,
    /// Whether findings get lines of their own in the log: in a run, the invocation's line has none of them.
    logs_findings: bool,
}

impl Report {
    pub(crate) fn new(
        metadata: &'static Metadata,
        config_service: &ConfigService,
        result_token: &str,
        taken: &Accepted,
        log: &Log,
    ) -> Self {
        let to = Destination {
            metadata,
            config_service: config_service.clone(),
            result_token: result_token.into(),
            taken: taken.clone(),
            log: log.clone(),
            logs_findings: false,
        };
        Self { to, open: Vec::new(), under_way: JoinSet::new(), is_empty: true }
    }

    /// The same, for a run over many resources: each NON_COMPLIANT one gets a line in the log, with all its findings.
    pub(crate) fn of_run(self) -> Self {
        Self { to: Destination { logs_findings: true, ..self.to }, ..self }
    }

    /// Reports, as soon as there are as many as one call takes. An error may be that of an earlier call.
    pub(crate) async fn add(&mut self, evaluation: Evaluation) -> Result<(), Error> {
        self.is_empty = false;
        self.open.push(evaluation);
        if self.open.len() < BATCH { Ok(()) } else { self.put().await }
    }

    /// Reports what is left, and waits until AWS Config has taken everything.
    pub(crate) async fn flush(&mut self) -> Result<(), Error> {
        if !self.open.is_empty() {
            self.put().await?;
        }
        self.wait_for(0).await
    }

    /// Whether nothing was reported, and nothing is about to be.
    pub(crate) fn is_empty(&self) -> bool {
        self.is_empty
    }

    async fn put(&mut self) -> Result<(), Error> {
        self.wait_for(UNDER_WAY - 1).await?;
        let batch = std::mem::take(&mut self.open);
        self.under_way.spawn(self.to.clone().put(batch));
        Ok(())
    }

    /// Waits until no more than this many calls are under way.
    async fn wait_for(&mut self, count: usize) -> Result<(), Error> {
        while self.under_way.len() > count
            && let Some(done) = self.under_way.join_next().await
        {
            done.map_err(|error| AwsError::ServiceUnavailable(error.to_string()))??;
        }
        Ok(())
    }
}

impl Destination {
    async fn put(self, batch: Vec<Evaluation>) -> Result<(), Error> {
        let Self { metadata, config_service, result_token, taken, log, logs_findings } = self;
        let on_taken = |evaluations: &[Evaluation], attempt| {
            let mut tally = taken.lock();
            tally.batches += u32::from(attempt == 1);
            tally.retries += u32::from(attempt > 1);
            for evaluation in evaluations {
                tally.add(evaluation);
                if logs_findings && matches!(evaluation.compliance, Compliance::NonCompliant(_)) {
                    Line::of(metadata, evaluation).for_each(|line| log.write(&line));
                }
            }
        };
        Box::pin(config_service.put_evaluations(&result_token, batch, on_taken)).await
    }
}
