//! Turns files into cases: what each rule is to evaluate.

use std::{
    cell::Cell,
    collections::BTreeSet,
    io::{self, Read},
    ops::ControlFlow,
    path::Path,
    rc::Rc,
};

use anstream::eprintln;
use config_rules::{
    catalogue::{self, AnyCase, AnyRule, CatalogueEntry},
    event::Event,
    facts::Facts,
    item::RawItem,
    parameters::RawParameters,
    snapshot,
};
use jiff::Timestamp;

use crate::{
    Error,
    arguments::Input,
    contents::Contents,
    files,
    result::{Refusal, Resource},
    rules::{self, ConfigRule, rule_names},
    versions::Versions,
};

/// What the command line says about all files.
pub(crate) struct Cases<'a> {
    rules: Vec<ConfigRule>,
    parameters: Option<&'a RawParameters>,
    look_up: &'a dyn Fn(&RawParameters) -> Rc<Facts>,
    /// Whether older versions of resources count as cases.
    history: bool,
    older: Cell<usize>,
}

/// A case, or why there is none.
pub(crate) struct Found {
    /// Who evaluates it, if that is known.
    pub(crate) rule: Option<ConfigRule>,
    /// Which resource it is about, as far as that is known.
    pub(crate) resource: Resource,
    pub(crate) case: Result<AnyCase, Refusal>,
    /// Whether its file holds more of the kind.
    pub(crate) is_one_of_many: bool,
    /// Whether its file holds a newer version of the same resource.
    pub(crate) is_older: bool,
}

type Configured = Vec<(ConfigRule, AnyRule)>;
type OnCase<'a> = &'a mut dyn FnMut(Found) -> Result<(), Error>;

impl<'a> Cases<'a> {
    /// The cases of these arguments. `look_up` tells what parameters refer to.
    pub(crate) fn new(
        input: &'a Input,
        look_up: &'a dyn Fn(&RawParameters) -> Rc<Facts>,
    ) -> Result<Self, Error> {
        let Input { files, rule, rules: rule_files, history } = input;
        let mut rules = rule.clone();
        for path in rule_files {
            let (named, others) = rules::of_file(path)?;
            for other in others {
                eprintln!("left out: --rules {}: {other} is no rule of this catalogue", path.display());
            }
            rules.extend(named);
        }
        let mut names: Vec<_> = rules.iter().map(|rule| rule.name.as_str()).collect();
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(format!("two rules have the name {0}: say --rule NAME:RULE", pair[0]).into());
        }
        if files.parameters.is_some() && rules.len() > 1 {
            return Err("--parameters: of which rule? Say --rule RULE=JSON for each".into());
        }
        if files.parameters.is_some() && rules.iter().any(|rule| rule.parameters.is_some()) {
            return Err("--parameters: --rule says them already".into());
        }
        let parameters = files.parameters.as_ref();
        Ok(Self { rules, parameters, look_up, history: *history, older: Cell::new(0) })
    }

    /// How many older versions of resources were left out.
    pub(crate) fn left_out(&self) -> usize {
        self.older.get()
    }

    /// Hands over the cases of a file one by one.
    pub(crate) fn of_file(&self, path: &Path, on_case: OnCase<'_>) -> Result<(), Error> {
        match Contents::of(path) {
            Ok(Contents::Event(event)) => self.of_event(path, &event, on_case),
            Ok(Contents::Items(items)) => self.of_items(path, items, on_case),
            Ok(Contents::Snapshot(reader)) => {
                let rules = self.configured(path, on_case)?;
                self.of_snapshot(&rules, &Versions::default(), reader, on_case)
            }
            Ok(Contents::History(reader)) => match two_readers(path, reader) {
                Ok([first, second]) => {
                    let rules = self.configured(path, on_case)?;
                    self.of_snapshot(&rules, &versions(first), second, on_case)
                }
                Err(refusal) => on_case(Found::refused(None, refusal)),
            },
            Err(refusal) => on_case(Found::refused(None, refusal)),
        }
    }

    fn of_event(&self, path: &Path, event: &Event, on_case: OnCase<'_>) -> Result<(), Error> {
        let rules = match self.rules_of(path, Some(event)) {
            Ok(rules) => rules,
            Err(refusal) => return on_case(Found::refused(None, refusal)),
        };
        let sent_for = event.config_rule_name.as_deref().and_then(catalogue::find_deployed);
        for rule in rules {
            // What an event says to one rule is nothing that another rule knows.
            let is_others =
                sent_for.is_some_and(|sent_for| sent_for.metadata.name != rule.rule.metadata.name);
            let event = match &rule.parameters.clone().or_else(|| is_others.then(RawParameters::default)) {
                Some(parameters) => &event.clone().with_parameters(parameters),
                None => event,
            };
            let facts = (self.look_up)(&event.parameters().unwrap_or_default());
            let case = (rule.rule.read_event)(event, &facts).map_err(Refusal::from);
            let resource = Resource::of_event(event);
            on_case(Found { rule: Some(rule), resource, case, is_one_of_many: false, is_older: false })?;
        }
        Ok(())
    }

    fn of_items(&self, path: &Path, items: Vec<RawItem>, on_case: OnCase<'_>) -> Result<(), Error> {
        let rules = self.configured(path, on_case)?;
        match <[RawItem; 1]>::try_from(items) {
            Ok([item]) => {
                rules.iter().try_for_each(|rule| on_case(Found::new(rule, item.clone())))?;
                Seen::of(&item).accounts(&rules, on_case)
            }
            Err(items) => {
                let (mut seen, mut versions) = (Seen::default(), Versions::default());
                for item in &items {
                    versions.note(item);
                }
                for item in &items {
                    seen.add(item);
                    self.of_item(&rules, &versions, item, on_case)?;
                }
                seen.accounts(&rules, on_case)
            }
        }
    }

    /// The rules for a file of items. What is wrong with the parameters of one is said, and the others remain.
    fn configured(&self, path: &Path, on_case: OnCase<'_>) -> Result<Configured, Error> {
        let mut configured = Vec::new();
        let rules = match self.rules_of(path, None) {
            Ok(rules) => rules,
            Err(refusal) => {
                on_case(Found::refused(None, refusal))?;
                Vec::new()
            }
        };
        for rule in rules {
            let parameters = rule.parameters.clone().unwrap_or_default();
            match (rule.rule.configure)(&parameters, &(self.look_up)(&parameters)) {
                Ok(any) => configured.push((rule, any)),
                Err(error) => on_case(Found::refused(Some(rule), error.into()))?,
            }
        }
        Ok(configured)
    }

    /// The rules that the command line names; else the one that the event was sent for, else the one that the file's
    /// folder is named after.
    fn rules_of(&self, path: &Path, event: Option<&Event>) -> Result<Vec<ConfigRule>, Refusal> {
        let with_parameters = |rule: &ConfigRule| ConfigRule {
            parameters: rule.parameters.as_ref().or(self.parameters).cloned(),
            ..rule.clone()
        };
        if self.rules.is_empty() {
            let deployed_name = event.and_then(|event| event.config_rule_name.as_deref());
            let rule = event
                .and_then(ConfigRule::of_event)
                .map_or_else(|| Ok(ConfigRule::new(rule_of(path, deployed_name)?, None)), Ok::<_, Refusal>)?;
            return Ok(vec![with_parameters(&rule)]);
        }
        Ok(self.rules.iter().map(with_parameters).collect())
    }
}

impl Cases<'_> {
    /// Among many items a rule is asked about those of its types, as AWS Config asks it.
    fn of_item(
        &self,
        rules: &Configured,
        versions: &Versions,
        item: &RawItem,
        on_case: OnCase<'_>,
    ) -> Result<(), Error> {
        let is_older = versions.is_older(item);
        if is_older && !self.history {
            self.older.set(self.older.get() + 1);
            return Ok(());
        }
        let asked = |(rule, _): &&(ConfigRule, AnyRule)| {
            rule.rule.metadata.resource_types.include(&item.resource_type) && rule.scope.includes(item)
        };
        rules.iter().filter(asked).try_for_each(|rule| {
            on_case(Found { is_one_of_many: true, is_older, ..Found::new(rule, item.clone()) })
        })
    }

    fn of_snapshot(
        &self,
        rules: &Configured,
        versions: &Versions,
        reader: impl Read,
        on_case: OnCase<'_>,
    ) -> Result<(), Error> {
        if rules.is_empty() {
            return Ok(());
        }
        let mut result = Ok(());
        let (mut count, mut seen) = (0, Seen::default());
        let read = snapshot::read_items(reader, |item| {
            count += 1;
            result = match item {
                Ok(item) => {
                    seen.add(&item);
                    self.of_item(rules, versions, &item, on_case)
                }
                Err(error) => {
                    on_case(Found::refused(None, Refusal::bad_file(format!("item {count}: {error}"))))
                }
            };
            if result.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        result?;
        // What was not read to its end tells nothing of the account as a whole.
        match read {
            Ok(()) => seen.accounts(rules, on_case),
            Err(error) => on_case(Found::refused(None, error.into())),
        }
    }
}

/// A history is read twice: which versions are the newest shows only at its end.
fn two_readers(path: &Path, reader: Box<dyn Read>) -> Result<[Box<dyn Read>; 2], Refusal> {
    if path.as_os_str() != "-" {
        return Ok([reader, files::open(path)?]);
    }
    let mut kept = tempfile::NamedTempFile::new().map_err(Refusal::bad_file)?;
    io::copy(&mut { reader }, &mut kept).map_err(Refusal::bad_file)?;
    let again = || -> Result<Box<dyn Read>, Refusal> {
        Ok(Box::new(io::BufReader::new(kept.reopen().map_err(Refusal::bad_file)?)))
    };
    Ok([again()?, again()?])
}

/// What cannot be read of it is said when it is read again.
fn versions(reader: impl Read) -> Versions {
    let mut versions = Versions::default();
    let _ = snapshot::read_items(reader, |item| {
        if let Ok(item) = &item {
            versions.note(item);
        }
        ControlFlow::Continue(())
    });
    versions
}

impl Found {
    fn new((rule, any): &(ConfigRule, AnyRule), item: RawItem) -> Self {
        let (rule, resource) = (Some(rule.clone()), Resource::from(&item));
        Self { rule, resource, case: Ok(any.case(item)), is_one_of_many: false, is_older: false }
    }

    fn refused(rule: Option<ConfigRule>, refusal: Refusal) -> Self {
        let resource = Resource::default();
        Self { rule, resource, case: Err(refusal), is_one_of_many: false, is_older: false }
    }
}

/// The accounts whose resources a file has, and the time of the newest.
#[derive(Default)]
struct Seen {
    accounts: BTreeSet<String>,
    at: Timestamp,
}

impl Seen {
    fn of(item: &RawItem) -> Self {
        let mut seen = Self::default();
        seen.add(item);
        seen
    }

    fn add(&mut self, item: &RawItem) {
        if let Some(account) = item.account_id.as_ref().filter(|account| !self.accounts.contains(*account)) {
            self.accounts.insert(account.clone());
        }
        self.at = self.at.max(item.configuration_item_capture_time);
    }

    /// The account as a whole, for the rules that have something to say about it, as after a scheduled run.
    fn accounts(&self, rules: &Configured, on_case: OnCase<'_>) -> Result<(), Error> {
        for (rule, any) in rules {
            let cases = self.accounts.iter().filter_map(|account| any.account_case(account, self.at));
            let mut cases: Vec<_> = cases.collect();
            let case = match (cases.pop(), cases.len()) {
                (None, _) => continue,
                (Some(case), 0) => Ok(case),
                (Some(_), others) => Err(Refusal::bad_file(format!(
                    "resources of {} accounts: what the rule says of an account as a whole hangs on facts of one account; \
                     replay the resources of one at a time",
                    others + 1
                ))),
            };
            let rule = Some(rule.clone());
            let resource = Resource::default();
            on_case(Found { rule, resource, case, is_one_of_many: false, is_older: false })?;
        }
        Ok(())
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
