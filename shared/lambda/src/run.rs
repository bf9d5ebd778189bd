//! A run over all resources of an account: each gets one evaluation, and those that are gone lose theirs.

use std::sync::Arc;

use config_rules::{
    Error as EventError, engine,
    facts::Facts,
    finding::Compliance,
    inventory::Filter,
    item::RawItem,
    rule::{ACCOUNT, Case, ConfiguredRule, Evaluation, Rule},
};
use config_rules_aws::Source;
use jiff::Timestamp;

use crate::{
    accounts::Account,
    config_service::{Scope, StoredResult},
    error::Error,
    outcomes::Outcomes,
    report::Report,
};

/// The resources of an account, page by page.
pub(crate) trait Pages {
    /// The next page, each item with the time at which AWS Config recorded it; none after the last.
    async fn next(&mut self) -> Result<Option<Vec<(RawItem, Timestamp)>>, Error>;
}

/// One run of one rule.
pub(crate) struct Run<'a, R: Rule, S> {
    pub(crate) rule: &'a Arc<ConfiguredRule<R>>,
    pub(crate) account: &'a Account<S>,
    pub(crate) account_id: &'a str,
    pub(crate) config_rule_name: &'a str,
    /// When AWS Config sent the event.
    pub(crate) at: Timestamp,
}

impl<R: Rule, S: Source> Run<'_, R, S> {
    /// Evaluates every page and reports it as it comes. Only once all were read, AWS Config is told of what is gone.
    pub(crate) async fn over(
        &self,
        mut pages: impl Pages,
        scope: &Scope,
        report: &mut Report,
    ) -> Result<(), Error> {
        let mut evaluated = Outcomes::default();
        let mut first_error = self.each(&mut pages, scope, &mut evaluated, report).await?;
        let account = self.rule.account_case(self.account_id, self.at);
        let error = self.evaluate(account.into_iter().collect(), &mut evaluated, report).await?;
        first_error = first_error.or(error);
        // Whether or not there is anything to take back: a run that is sent again finds that done, and must say the same.
        if report.is_empty() && first_error.is_none() {
            report.add(self.nothing(&evaluated)).await?;
        }
        report.flush().await?;
        self.clear(&evaluated, report).await?;
        report.flush().await?;
        first_error.map_or(Ok(()), |error| Err(error.into()))
    }

    /// Evaluates what a change of another resource concerns: what else there is keeps its results.
    pub(crate) async fn over_concerned(
        &self,
        filters: Vec<Filter>,
        scope: &Scope,
        report: &mut Report,
    ) -> Result<(), Error> {
        let (mut evaluated, mut first_error) = (Outcomes::default(), None);
        for filter in filters {
            let types = scope.types_of(R::METADATA.resource_types);
            let listed = Listed::new(&self.account.source, types, self.account_id, self.at);
            let mut listed = listed.filtered(filter);
            let error = self.each(&mut listed, scope, &mut evaluated, report).await?;
            first_error = first_error.or(error);
        }
        report.flush().await?;
        first_error.map_or(Ok(()), |error| Err(error.into()))
    }

    /// Evaluates every page and reports it; gives back the error of the first resource that could not be evaluated, which keeps
    /// the result that AWS Config holds.
    async fn each(
        &self,
        pages: &mut impl Pages,
        scope: &Scope,
        evaluated: &mut Outcomes,
        report: &mut Report,
    ) -> Result<Option<EventError>, Error> {
        let mut first_error = None;
        while let Some(items) = next(pages, report).await? {
            let in_scope = items.into_iter().filter(|(item, _)| scope.holds(item));
            let cases = in_scope.map(|(item, recorded)| self.rule.case(item, false).recorded_at(recorded));
            let error = self.evaluate(cases.collect(), evaluated, report).await?;
            first_error = first_error.or(error);
        }
        Ok(first_error)
    }

    /// Evaluates these and reports them; gives back the error of the first that could not be evaluated.
    async fn evaluate(
        &self,
        cases: Vec<Case<R>>,
        evaluated: &mut Outcomes,
        report: &mut Report,
    ) -> Result<Option<EventError>, Error> {
        let results = engine::evaluate(&cases, &mut Facts::default(), &self.account.source).await;
        let mut first_error = None;
        for (case, result) in cases.iter().zip(results) {
            let (resource_type, resource_id) = case.id();
            match result {
                Ok(Evaluation { compliance: Compliance::NotApplicable(why), .. }) => {
                    evaluated.leave(resource_type, resource_id, why);
                }
                Ok(evaluation) => {
                    if evaluated.settle(resource_type, resource_id) {
                        report.add(evaluation).await?;
                    }
                }
                Err(error) => {
                    evaluated.settle(resource_type, resource_id);
                    first_error.get_or_insert(error);
                }
            }
        }
        Ok(first_error)
    }

    /// Takes back the results of what the rule no longer evaluates. A result that is newer than this run belongs to a resource
    /// that came after its page had been read.
    async fn clear(&self, evaluated: &Outcomes, report: &mut Report) -> Result<(), Error> {
        for held in self.gone(evaluated).await? {
            let why = evaluated.why_gone(&held.resource_type, &held.resource_id).unwrap_or_default();
            let compliance = Compliance::NotApplicable(why.to_owned());
            let StoredResult { resource_type, resource_id, .. } = held;
            report
                .add(Evaluation { resource_type, resource_id, compliance, ordering_timestamp: self.at })
                .await?;
        }
        Ok(())
    }

    /// All of them before the first is taken back: that would take it out of the list, and move what follows to pages that
    /// have been read.
    async fn gone(&self, evaluated: &Outcomes) -> Result<Vec<StoredResult>, Error> {
        let (mut gone, mut next) = (Vec::new(), None);
        loop {
            let (page, more) = self.account.config_service.held(self.config_rule_name, next).await?;
            gone.extend(page.into_iter().filter(|held| {
                held.ordering_timestamp < self.at
                    && evaluated.why_gone(&held.resource_type, &held.resource_id).is_some()
            }));
            next = more;
            if next.is_none() {
                return Ok(gone);
            }
        }
    }

    /// AWS Config shows a rule that reports nothing as one that was never evaluated.
    fn nothing(&self, evaluated: &Outcomes) -> Evaluation {
        let why = evaluated.why_not_applicable(ACCOUNT, self.account_id);
        let why = why.unwrap_or("there is no resource that this rule evaluates");
        Evaluation {
            resource_type: ACCOUNT.to_owned(),
            resource_id: self.account_id.to_owned(),
            compliance: Compliance::NotApplicable(why.to_owned()),
            ordering_timestamp: self.at,
        }
    }
}

/// The next page. Before an error, what was evaluated is reported.
async fn next(
    pages: &mut impl Pages,
    report: &mut Report,
) -> Result<Option<Vec<(RawItem, Timestamp)>>, Error> {
    let page = pages.next().await;
    if page.is_err() {
        report.flush().await?;
    }
    page
}

/// What the services say an account holds.
pub(crate) struct Listed<'a, S> {
    source: &'a S,
    types: Vec<String>,
    /// Whose resources they are, whoever owns them: a shared group belongs to another account.
    account_id: &'a str,
    filter: Option<Filter>,
    at: Timestamp,
    next: Next,
}

/// Where a listing has got to.
enum Next {
    First,
    /// What brings the next page.
    Token(String),
    End,
}

impl<'a, S: Source> Listed<'a, S> {
    /// The resources of these types; of every type, if there is none in the list.
    pub(crate) fn new(source: &'a S, types: Option<Vec<String>>, account_id: &'a str, at: Timestamp) -> Self {
        let next = if types.is_some() { Next::First } else { Next::End };
        Self { source, types: types.unwrap_or_default(), account_id, filter: None, at, next }
    }

    /// Only those that a filter finds.
    fn filtered(self, filter: Filter) -> Self {
        Self { filter: Some(filter), ..self }
    }
}

impl<S: Source> Pages for Listed<'_, S> {
    async fn next(&mut self) -> Result<Option<Vec<(RawItem, Timestamp)>>, Error> {
        let next = match std::mem::replace(&mut self.next, Next::End) {
            Next::First => None,
            Next::Token(token) => Some(token),
            Next::End => return Ok(None),
        };
        let page = Box::pin(self.source.page(&self.types, self.filter.as_ref(), self.at, next)).await?;
        self.next = page.next.map_or(Next::End, Next::Token);
        let of_account = |item| RawItem { account_id: Some(self.account_id.to_owned()), ..item };
        Ok(Some(page.items.into_iter().map(|item| (of_account(item), self.at)).collect()))
    }
}
