//! Turns files into cases: what each rule is to evaluate.

use std::{
    collections::BTreeSet,
    io::Read,
    ops::ControlFlow,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use anstream::eprintln;
use config_rules::{
    catalogue::{self, AnyCase, AnyRule, CatalogueEntry},
    event::Event,
    facts::Facts,
    item::{DamagedItem, RawItem},
    parameters::RawParameters,
    snapshot,
};
use jiff::Timestamp;

use crate::{
    Error,
    arguments::Input,
    contents::Contents,
    fleet::{Scanned, Source},
    result::{Refusal, Resource},
    rules::{self, ConfigRule, rule_names},
    versions::{Age, Versions},
};

/// What the command line says about all files.
pub(crate) struct Cases<LookUp> {
    /// None where the files say which.
    rules: Vec<ConfigRule>,
    /// The same with their parameters checked, where they do not depend on an event.
    configured: Option<Configured>,
    parameters: Option<RawParameters>,
    look_up: LookUp,
    /// Whether older versions of resources count as cases.
    history: bool,
    older: AtomicUsize,
    not_evaluated: AtomicUsize,
}

/// A case, or why there is none.
pub(crate) struct Found {
    /// Who evaluates it, if that is known.
    pub(crate) rule: Option<Arc<ConfigRule>>,
    /// Which resource it is about, as far as that is known.
    pub(crate) resource: Resource,
    pub(crate) case: Result<AnyCase, Refusal>,
    /// Whether its file holds more of the kind.
    pub(crate) is_one_of_many: bool,
    /// Whether there is a newer version of the same resource.
    pub(crate) is_older: bool,
}

type Configured = Arc<Vec<(Arc<ConfigRule>, AnyRule)>>;
type OnCase<'a> = &'a mut dyn FnMut(Found) -> Result<(), Error>;

/// The rules that the command line names, each with a name of its own.
pub(crate) fn chosen_rules(
    rule: &[ConfigRule],
    files: &[std::path::PathBuf],
) -> Result<Vec<ConfigRule>, Error> {
    let mut rules = rule.to_vec();
    for path in files {
        let (named, others) = rules::of_file(path)?;
        for other in others {
            eprintln!("left out: --rules {}: {other} is no rule of this catalogue", path.display());
        }
        rules.extend(named);
    }
    let mut names = BTreeSet::new();
    if let Some(twice) = rules.iter().find(|rule| !names.insert(rule.name.as_str())) {
        return Err(format!("two rules have the name {}: say --rule NAME:RULE", twice.name).into());
    }
    Ok(rules)
}

impl<LookUp: Fn(&RawParameters) -> Arc<Facts>> Cases<LookUp> {
    /// The cases of these arguments. `look_up` tells what parameters refer to.
    ///
    /// Fails where parameters that the command line says cannot be used: every resource would only say the same.
    pub(crate) fn new(input: &Input, look_up: LookUp) -> Result<Self, Error> {
        let Input { files, rule, rules, history, .. } = input;
        let rules = chosen_rules(rule, rules)?;
        if files.parameters.is_some() && rules.len() > 1 {
            return Err("--parameters: of which rule? Say --rule RULE=JSON for each".into());
        }
        if files.parameters.is_some() && rules.iter().any(|rule| rule.parameters.is_some()) {
            return Err("--parameters: --rule says them already".into());
        }
        let parameters = files.parameters.clone();
        let (older, not_evaluated) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let mut cases =
            Self { rules, configured: None, parameters, look_up, history: *history, older, not_evaluated };
        let rules = cases.rules.iter().map(|rule| cases.with_parameters(rule));
        let configured: Result<Vec<_>, Error> = rules
            .map(|rule| {
                let any = cases.configure(&rule).map_err(|error| format!("{}: {error}", rule.name));
                match any {
                    Ok(any) => Ok(Some((Arc::new(rule), any))),
                    Err(error) if rule.parameters.is_some() => Err(error.into()),
                    // An event may bring the parameters that are missing.
                    Err(_) => Ok(None),
                }
            })
            .collect();
        let configured: Vec<_> = configured?.into_iter().flatten().collect();
        if !configured.is_empty() && configured.len() == cases.rules.len() {
            cases.configured = Some(Arc::new(configured));
        }
        Ok(cases)
    }

    /// How many older versions of resources, and how many resources of other types or out of scope, were left out.
    pub(crate) fn left_out(&self) -> (usize, usize) {
        (self.older.load(Ordering::Relaxed), self.not_evaluated.load(Ordering::Relaxed))
    }

    /// Hands over the cases of a file one by one, and says whose resources it has.
    pub(crate) fn of_file(
        &self,
        source: &Source,
        scanned: &Scanned,
        on_case: OnCase<'_>,
    ) -> Result<Seen, Error> {
        let contents = match source.contents() {
            Ok(contents) => contents,
            Err(refusal) => return on_case(Found::refused(refusal)).map(|()| Seen::default()),
        };
        match contents {
            Contents::Event(event) => self.of_event(&source.path, &event, on_case).map(|()| Seen::default()),
            Contents::Items(items) => self.of_items(&source.path, items, on_case),
            Contents::Stream(reader) => {
                let Some(rules) = self.configured(&source.path, on_case)? else { return Ok(Seen::default()) };
                let age = |item: &RawItem| scanned.versions.age(item, source.index);
                self.of_stream(&rules, &age, reader, on_case)
            }
        }
    }

    fn of_event(&self, path: &Path, event: &Event, on_case: OnCase<'_>) -> Result<(), Error> {
        let rules = match self.rules_of(path, Some(event)) {
            Ok(rules) => rules,
            Err(refusal) => return on_case(Found::refused(refusal).about(Resource::of_event(event))),
        };
        let sent_for = event.config_rule_name.as_deref().and_then(catalogue::find_deployed);
        for rule in rules {
            // What an event says to one rule is nothing that another rule knows.
            let is_others =
                sent_for.is_some_and(|sent_for| sent_for.metadata.name != rule.rule.metadata.name);
            let parameters = rule.parameters.clone().or_else(|| is_others.then(RawParameters::default));
            let event = match &parameters {
                Some(parameters) => &event.clone().with_parameters(parameters),
                None => event,
            };
            let facts = (self.look_up)(&event.parameters().unwrap_or_default());
            let case = (rule.rule.read_event)(event, &facts).map_err(Refusal::from);
            let rule = Some(Arc::new(rule));
            on_case(Found { rule, resource: Resource::of_event(event), ..Found::new(case) })?;
        }
        Ok(())
    }

    fn of_items(
        &self,
        path: &Path,
        items: Vec<Result<RawItem, DamagedItem>>,
        on_case: OnCase<'_>,
    ) -> Result<Seen, Error> {
        let Some(rules) = self.configured(path, on_case)? else { return Ok(Seen::default()) };
        let is_one = items.len() == 1;
        let mut versions = Versions::default();
        for item in items.iter().flatten() {
            versions.note(item, 0);
        }
        let mut seen = Seen::default();
        for (index, item) in items.into_iter().enumerate() {
            match item {
                Ok(item) if is_one => {
                    seen.add(&item);
                    for (rule, any) in rules.iter().filter(|(rule, _)| rule.scope.includes(&item)) {
                        on_case(Found::of((rule, any), item.clone()))?;
                    }
                }
                Ok(item) => {
                    seen.add(&item);
                    self.of_item(&rules, versions.age(&item, 0), &item, on_case)?;
                }
                Err(damaged) => on_case(Found::damaged(index + 1, damaged))?,
            }
        }
        Ok(seen)
    }

    /// The rules for a file of items; none if it is not known which. What is wrong with the parameters of one is said, and
    /// the others remain.
    fn configured(&self, path: &Path, on_case: OnCase<'_>) -> Result<Option<Configured>, Error> {
        if let Some(configured) = &self.configured {
            return Ok(Some(Arc::clone(configured)));
        }
        let rules = match self.rules_of(path, None) {
            Ok(rules) => rules,
            Err(refusal) => return on_case(Found::refused(refusal)).map(|()| None),
        };
        let mut configured = Vec::new();
        for rule in rules {
            match self.configure(&rule) {
                Ok(any) => configured.push((Arc::new(rule), any)),
                Err(error) => {
                    on_case(Found { rule: Some(Arc::new(rule)), ..Found::refused(error.into()) })?;
                }
            }
        }
        Ok(Some(Arc::new(configured)))
    }

    fn configure(&self, rule: &ConfigRule) -> Result<AnyRule, config_rules::Error> {
        let parameters = rule.parameters.clone().unwrap_or_default();
        (rule.rule.configure)(&parameters, &(self.look_up)(&parameters))
    }

    fn with_parameters(&self, rule: &ConfigRule) -> ConfigRule {
        let parameters = rule.parameters.as_ref().or(self.parameters.as_ref()).cloned();
        ConfigRule { parameters, ..rule.clone() }
    }

    /// The rules that the command line names; else the one that the event was sent for, else the one that the file's
    /// folder is named after.
    fn rules_of(&self, path: &Path, event: Option<&Event>) -> Result<Vec<ConfigRule>, Refusal> {
        if !self.rules.is_empty() {
            return Ok(self.rules.iter().map(|rule| self.with_parameters(rule)).collect());
        }
        let deployed_name = event.and_then(|event| event.config_rule_name.as_deref());
        let rule = match event.and_then(ConfigRule::of_event) {
            Some(rule) => rule,
            None => ConfigRule::new(rule_of(path, deployed_name)?, None),
        };
        Ok(vec![self.with_parameters(&rule)])
    }

    /// Among many items a rule is asked about those of its types and in its scope, as AWS Config asks it.
    fn of_item(
        &self,
        rules: &Configured,
        age: Age,
        item: &RawItem,
        on_case: OnCase<'_>,
    ) -> Result<(), Error> {
        if age == Age::Repeated || age == Age::Older && !self.history {
            self.older.fetch_add(1, Ordering::Relaxed);
            return Ok(());
        }
        let mut is_evaluated = false;
        for (rule, any) in rules.iter() {
            if rule.rule.metadata.resource_types.include(&item.resource_type) && rule.scope.includes(item) {
                is_evaluated = true;
                let is_older = age == Age::Older;
                on_case(Found { is_one_of_many: true, is_older, ..Found::of((rule, any), item.clone()) })?;
            }
        }
        self.not_evaluated.fetch_add(usize::from(!is_evaluated), Ordering::Relaxed);
        Ok(())
    }

    fn of_stream(
        &self,
        rules: &Configured,
        age: &dyn Fn(&RawItem) -> Age,
        reader: impl Read,
        on_case: OnCase<'_>,
    ) -> Result<Seen, Error> {
        let mut result = Ok(());
        let (mut count, mut seen) = (0, Seen::default());
        let read = snapshot::read_items(reader, |item| {
            count += 1;
            result = match item {
                Ok(item) => {
                    seen.add(&item);
                    self.of_item(rules, age(&item), &item, on_case)
                }
                Err(damaged) => on_case(Found::damaged(count, damaged)),
            };
            if result.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        result?;
        if let Err(error) = read {
            // What was not read to its end tells nothing of the account as a whole.
            on_case(Found::refused(error.into()))?;
            return Ok(Seen::default());
        }
        Ok(seen)
    }

    /// The accounts as a whole, for the rules that have something to say about one, as after a scheduled run. Gives back the
    /// rules that could not: what they say hangs on facts of one account.
    pub(crate) fn of_accounts(&self, seen: &Seen, on_case: OnCase<'_>) -> Result<Vec<String>, Error> {
        let mut left_out = Vec::new();
        let region = seen.regions.first().filter(|_| seen.regions.len() == 1);
        for (rule, any) in self.configured.iter().flat_map(|configured| configured.iter()) {
            let mut cases = seen.accounts.iter().filter_map(|account| any.account_case(account, seen.at));
            match (cases.next(), cases.next()) {
                (None, _) => {}
                (Some(case), None) => {
                    let resource = Resource { aws_region: region.cloned(), ..Resource::default() };
                    on_case(Found { rule: Some(Arc::clone(rule)), resource, ..Found::new(Ok(case)) })?;
                }
                (Some(_), Some(_)) => left_out.push(rule.name.clone()),
            }
        }
        Ok(left_out)
    }
}

impl Found {
    fn new(case: Result<AnyCase, Refusal>) -> Self {
        Self { rule: None, resource: Resource::default(), case, is_one_of_many: false, is_older: false }
    }

    fn of((rule, any): (&Arc<ConfigRule>, &AnyRule), item: RawItem) -> Self {
        let resource = Resource::from(&item);
        Self { rule: Some(Arc::clone(rule)), resource, ..Self::new(Ok(any.case(item))) }
    }

    fn refused(refusal: Refusal) -> Self {
        Self::new(Err(refusal))
    }

    fn damaged(position: usize, damaged: DamagedItem) -> Self {
        let refusal = Refusal::bad_file(format!("item {position}: {damaged}"));
        Self::refused(refusal).about(Resource::from(damaged))
    }

    fn about(self, resource: Resource) -> Self {
        Self { resource, ..self }
    }
}

/// The accounts whose resources were seen, their Regions, and the time of the newest.
#[derive(Clone, Default)]
pub(crate) struct Seen {
    accounts: BTreeSet<String>,
    regions: BTreeSet<String>,
    at: Timestamp,
}

impl Seen {
    fn add(&mut self, item: &RawItem) {
        if let Some(account) = item.account_id.as_ref().filter(|account| !self.accounts.contains(*account)) {
            self.accounts.insert(account.clone());
        }
        if let Some(region) = item.aws_region.as_ref().filter(|region| !self.regions.contains(*region)) {
            self.regions.insert(region.clone());
        }
        self.at = self.at.max(item.configuration_item_capture_time);
    }

    pub(crate) fn extend(&mut self, other: Self) {
        self.accounts.extend(other.accounts);
        self.regions.extend(other.regions);
        self.at = self.at.max(other.at);
    }
}

/// The rule that a file is about: the one that its event was sent for, else the one that its folder is named after.
pub(crate) fn rule_of(path: &Path, deployed_name: Option<&str>) -> Result<&'static CatalogueEntry, Refusal> {
    let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    deployed_name.and_then(catalogue::find_deployed).or_else(|| folder.and_then(catalogue::find)).ok_or_else(
        || {
            let named = deployed_name.map_or("names no rule".to_owned(), |name| format!("is for {name:?}"));
            Refusal::bad_file(format!(
                "which rule? The file {named}; say --rule, and one of {}",
                rule_names()
            ))
        },
    )
}
