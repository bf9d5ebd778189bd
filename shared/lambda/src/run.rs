//! A run over all resources of an account: each gets one evaluation, and those that are gone lose theirs.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use config_rules::{
    Error as EventError,
    finding::Compliance,
    item::RawItem,
    rule::{ACCOUNT, Case, ConfiguredRule, Evaluation, Rule},
};
use config_rules_aws::Source;
use jiff::Timestamp;

use crate::{
    accounts::Account,
    config_service::{Held, Scope},
    error::Error,
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

type Id = (String, String);

/// What has been judged. What was not applicable was not reported: most of it AWS Config has never heard of.
#[derive(Default)]
struct Judged {
    reported: HashSet<Id>,
    not_applicable: HashMap<Id, String>,
    /// The first resource that could not be judged. It keeps the result that AWS Config holds.
    error: Option<EventError>,
}

impl<R: Rule, S: Source> Run<'_, R, S> {
    /// Judges every page and reports it as it comes. Only once all were read, AWS Config is told of what is gone.
    pub(crate) async fn over(
        &self,
        mut pages: impl Pages,
        scope: &Scope,
        report: &mut Report<'_>,
    ) -> Result<(), Error> {
        let mut judged = Judged::default();
        while let Some(items) = pages.next().await? {
            let in_scope = items.into_iter().filter(|(item, _)| scope.holds(item));
            let cases = in_scope.map(|(item, recorded)| self.rule.case(item, false).recorded_at(recorded));
            self.judge(cases.collect(), &mut judged, report).await?;
        }
        let account = self.rule.account_case(self.account_id, self.at);
        self.judge(account.into_iter().collect(), &mut judged, report).await?;
        self.clear(&judged, report).await?;
        if report.is_empty() && judged.error.is_none() {
            report.add(self.nothing()).await?;
        }
        report.flush().await?;
        judged.error.map_or(Ok(()), |error| Err(error.into()))
    }

    async fn judge(
        &self,
        cases: Vec<Case<R>>,
        judged: &mut Judged,
        report: &mut Report<'_>,
    ) -> Result<(), Error> {
        let requests: Vec<_> = cases.iter().flat_map(Case::facts).collect();
        let facts = Box::pin(self.account.source.look_up(&requests)).await;
        for case in cases {
            let id = case.id();
            let is_new = !judged.reported.contains(&id);
            match case.judge(&facts) {
                Ok(Evaluation { compliance: Compliance::NotApplicable(why), .. }) => {
                    judged.not_applicable.insert(id, why);
                }
                Ok(evaluation) if is_new => {
                    judged.reported.insert(id);
                    report.add(evaluation).await?;
                }
                Ok(_) => {}
                Err(error) => {
                    judged.reported.insert(id);
                    judged.error.get_or_insert(error);
                }
            }
        }
        Ok(())
    }

    /// Takes back the results of what the rule no longer judges. A result that is newer than this run belongs to a resource
    /// that came after its page had been read.
    async fn clear(&self, judged: &Judged, report: &mut Report<'_>) -> Result<(), Error> {
        let mut next = None;
        loop {
            let (page, more) = self.account.config_service.held(self.config_rule_name, next).await?;
            for held in page {
                if held.ordering_timestamp < self.at
                    && let Some(evaluation) = self.gone(held, judged)
                {
                    report.add(evaluation).await?;
                }
            }
            next = more;
            if next.is_none() {
                return Ok(());
            }
        }
    }

    fn gone(&self, held: Held, judged: &Judged) -> Option<Evaluation> {
        let id = (held.resource_type, held.resource_id);
        if judged.reported.contains(&id) {
            return None;
        }
        let why = judged
            .not_applicable
            .get(&id)
            .map_or("no longer there, or no longer in the rule's scope", String::as_str);
        let compliance = Compliance::NotApplicable(why.to_owned());
        let (resource_type, resource_id) = id;
        Some(Evaluation { resource_type, resource_id, compliance, ordering_timestamp: self.at })
    }

    /// AWS Config shows a rule that reports nothing as one that was never evaluated.
    fn nothing(&self) -> Evaluation {
        Evaluation {
            resource_type: ACCOUNT.to_owned(),
            resource_id: self.account_id.to_owned(),
            compliance: Compliance::NotApplicable("there is no resource that this rule judges".to_owned()),
            ordering_timestamp: self.at,
        }
    }
}

/// What the services say an account holds.
pub(crate) struct Listed<'a, S> {
    source: &'a S,
    types: Vec<String>,
    /// Whose resources they are, whoever owns them: a shared group belongs to another account.
    account_id: &'a str,
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
        Self { source, types: types.unwrap_or_default(), account_id, at, next }
    }
}

impl<S: Source> Pages for Listed<'_, S> {
    async fn next(&mut self) -> Result<Option<Vec<(RawItem, Timestamp)>>, Error> {
        let next = match std::mem::replace(&mut self.next, Next::End) {
            Next::First => None,
            Next::Token(token) => Some(token),
            Next::End => return Ok(None),
        };
        let page = Box::pin(self.source.page(&self.types, self.at, next)).await?;
        self.next = page.next.map_or(Next::End, Next::Token);
        let of_account = |item| RawItem { account_id: Some(self.account_id.to_owned()), ..item };
        Ok(Some(page.items.into_iter().map(|item| (of_account(item), self.at)).collect()))
    }
}
