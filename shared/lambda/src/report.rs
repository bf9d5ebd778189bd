//! What is reported in one invocation: to AWS Config in batches, to the log in lines.

use config_rules::{
    finding::Compliance,
    rule::{Evaluation, Metadata},
};

use crate::{
    config_service::{BATCH, ConfigService, Delivery},
    error::Error,
    record,
};

/// How many evaluations of each kind AWS Config took, and in how many calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) compliant: u32,
    pub(crate) non_compliant: u32,
    pub(crate) not_applicable: u32,
    pub(crate) delivery: Delivery,
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

/// Evaluations on their way to AWS Config. What is not [`flushed`](Self::flush) is lost.
pub(crate) struct Report<'a> {
    metadata: &'static Metadata,
    config_service: &'a ConfigService,
    token: &'a str,
    open: Vec<Evaluation>,
    tally: &'a mut Tally,
    /// Whether findings get lines of their own in the log: in a run, the invocation's line has none of them.
    logs_findings: bool,
}

impl<'a> Report<'a> {
    pub(crate) fn new(
        metadata: &'static Metadata,
        config_service: &'a ConfigService,
        token: &'a str,
        tally: &'a mut Tally,
    ) -> Self {
        Self { metadata, config_service, token, open: Vec::new(), tally, logs_findings: false }
    }

    /// The same, for a run over many resources.
    pub(crate) fn of_run(self) -> Self {
        Self { logs_findings: true, ..self }
    }

    /// Reports, as soon as there are as many as one call takes.
    pub(crate) async fn add(&mut self, evaluation: Evaluation) -> Result<(), Error> {
        self.open.push(evaluation);
        if self.open.len() < BATCH { Ok(()) } else { self.flush().await }
    }

    /// Reports what is left. In a run, each NON_COMPLIANT one gets a line in the log, with all its findings.
    pub(crate) async fn flush(&mut self) -> Result<(), Error> {
        let put = self.config_service.put_evaluations(self.token, &self.open, &mut self.tally.delivery);
        Box::pin(put).await?;
        for evaluation in self.open.drain(..) {
            self.tally.add(&evaluation);
            if self.logs_findings && matches!(evaluation.compliance, Compliance::NonCompliant(_)) {
                record::Line::of(self.metadata, &evaluation).log();
            }
        }
        Ok(())
    }

    /// Whether nothing was reported, and nothing is about to be.
    pub(crate) fn is_empty(&self) -> bool {
        self.tally.count() == 0 && self.open.is_empty()
    }
}
