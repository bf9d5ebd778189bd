//! Whole fleets: many files, read twice. The first time tells which version of each resource is the newest, and what
//! resources tell of others; the second time they are evaluated, several files at a time, in the order of their names.

use std::{
    collections::BTreeMap,
    fs::File,
    io,
    num::NonZero,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, channel, sync_channel},
    },
    thread,
    time::Duration,
};

use config_rules::{
    engine::Evaluate as _,
    facts::{Facts, Recorded},
    item::RawItem,
    parameters::RawParameters,
    snapshot,
};
use tempfile::TempPath;

use crate::{
    Error,
    arguments::Input,
    cases::{Cases, Found, Seen},
    contents::Contents,
    files,
    progress::Progress,
    read_ahead::ReadAhead,
    report::Summary,
    result::{EvaluationResult, Refusal},
    s3,
    versions::Versions,
};

/// A file of the input.
pub(crate) struct Source {
    /// What people call it.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    /// Why it cannot be read, if that is known.
    refusal: Option<Refusal>,
    /// Its place among all files.
    pub(crate) index: usize,
    /// Whether there is no other, which another processor could read meanwhile.
    is_alone: bool,
    progress: Progress,
    /// What is copied to be read twice is deleted at the end.
    _copy: Option<TempPath>,
}

impl Source {
    pub(crate) fn contents(&self) -> Result<Contents, Refusal> {
        if let Some(refusal) = &self.refusal {
            return Err(refusal.clone());
        }
        let file = File::open(&self.path).map_err(Refusal::bad_file)?;
        let reader = files::decompressed(self.progress.reading(file))?;
        Contents::of(if self.is_alone { Box::new(ReadAhead::new(reader)) } else { reader })
    }

    /// Hands over the items that can be read.
    pub(crate) fn each_item(&self, progress: &Progress, on_item: &mut dyn FnMut(RawItem)) {
        match self.contents() {
            Ok(Contents::Stream(reader)) => {
                let _ = snapshot::read_items(reader, |item| {
                    item.into_iter().for_each(&mut *on_item);
                    if progress.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                });
            }
            Ok(Contents::Items(items)) => items.into_iter().flatten().for_each(on_item),
            _ => {}
        }
    }
}

/// The files that the command line names. Standard input and objects in buckets are copied.
pub(crate) fn sources(paths: &[PathBuf], progress: &Progress) -> Result<Vec<Source>, Error> {
    let mut sources = Vec::new();
    let mut add = |name: String, path: PathBuf, copy: Option<TempPath>, refusal: Option<Refusal>| {
        sources.push(Source {
            name,
            path,
            refusal,
            index: sources.len(),
            is_alone: false,
            progress: progress.clone(),
            _copy: copy,
        });
    };
    for path in paths {
        match path.to_str() {
            Some("-") => {
                let copy = copy_of_stdin()?;
                add("-".into(), copy.to_path_buf(), Some(copy), None);
            }
            Some(uri) if uri.starts_with(s3::SCHEME) => {
                for s3::Copy { name, file } in s3::copy(uri, progress)? {
                    match file {
                        Ok(copy) => add(name, copy.to_path_buf(), Some(copy), None),
                        Err(refusal) => add(name, PathBuf::new(), None, Some(refusal)),
                    }
                }
            }
            _ => {
                for file in files::find(std::slice::from_ref(path))? {
                    add(file.display().to_string(), file, None, None);
                }
            }
        }
    }
    if let [source] = &mut sources[..] {
        source.is_alone = true;
    }
    Ok(sources)
}

fn copy_of_stdin() -> io::Result<TempPath> {
    let mut copy = tempfile::NamedTempFile::new()?;
    io::copy(&mut io::stdin().lock(), &mut copy)?;
    Ok(copy.into_temp_path())
}

/// What all files together tell.
#[derive(Default)]
pub(crate) struct Scanned {
    pub(crate) versions: Versions,
    recorded: Recorded,
}

impl Scanned {
    /// Reads the files that have many resources. What is wrong with one is said when it is evaluated.
    pub(crate) fn of(sources: &[Source], progress: &Progress) -> Self {
        let scanned = Mutex::new(Self::default());
        let next = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..workers(sources.len()) {
                scope.spawn(|| {
                    while let Some(source) = sources.get(next.fetch_add(1, Ordering::Relaxed)) {
                        if progress.is_stopped() {
                            return;
                        }
                        Self::add_file(&scanned, source, progress);
                    }
                });
            }
        });
        scanned.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn add_file(scanned: &Mutex<Self>, source: &Source, progress: &Progress) {
        let lock = || scanned.lock().unwrap_or_else(PoisonError::into_inner);
        match source.contents() {
            Ok(Contents::Stream(reader)) => {
                let _ = snapshot::read_items(reader, |item| {
                    if let Ok(item) = item {
                        lock().add(&item, source.index);
                    }
                    if progress.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                });
            }
            Ok(Contents::Items(items)) if items.len() > 1 => {
                items.iter().flatten().for_each(|item| lock().recorded.add(item));
            }
            _ => {}
        }
    }

    fn add(&mut self, item: &RawItem, index: usize) {
        if self.versions.note(item, index) && Recorded::reads(&item.resource_type) {
            self.recorded.add(item);
        }
    }

    /// What resources tell of others.
    pub(crate) fn take_facts(&mut self) -> Facts {
        std::mem::take(&mut self.recorded).into_facts()
    }
}

/// Evaluates all files of the input, and hands over the results in the files' order, until it is stopped.
pub(crate) fn evaluate(
    input: &Input,
    facts: &[PathBuf],
    progress: &Progress,
    on_result: &mut dyn FnMut(EvaluationResult) -> Result<(), Error>,
) -> Result<Summary, Error> {
    evaluate_sources(&sources(&input.files.paths, progress)?, input, facts, progress, on_result)
}

/// The same with the files at hand.
pub(crate) fn evaluate_sources(
    sources: &[Source],
    input: &Input,
    facts: &[PathBuf],
    progress: &Progress,
    on_result: &mut dyn FnMut(EvaluationResult) -> Result<(), Error>,
) -> Result<Summary, Error> {
    let given = files::facts(facts)?;
    // What parameters refer to is not recorded: it is known before the files are read.
    let parameters = Arc::new(given.clone());
    let cases = Cases::new(input, move |_: &RawParameters| Arc::clone(&parameters))?;
    progress.begin("reading", sizes(sources));
    let mut scanned = Scanned::of(sources, progress);
    let mut known = scanned.take_facts();
    known.extend(given);
    progress.begin("evaluating", sizes(sources));
    let fleet = Fleet { cases, sources, scanned, facts: known };
    let seen = fleet.evaluate(progress, on_result)?;
    let mut account_rules_left_out = Vec::new();
    if !progress.is_stopped() {
        account_rules_left_out =
            fleet.cases.of_accounts(&seen, &mut |found| on_result(fleet.result("", found)))?;
    }
    progress.end();
    let (older_versions, not_evaluated) = fleet.cases.left_out();
    let is_interrupted = progress.is_stopped();
    Ok(Summary {
        older_versions,
        not_evaluated,
        account_rules_left_out,
        is_interrupted,
        ..Summary::default()
    })
}

struct Fleet<'a, LookUp> {
    cases: Cases<LookUp>,
    sources: &'a [Source],
    scanned: Scanned,
    facts: Facts,
}

/// What comes of a file.
enum Output {
    Results(Vec<EvaluationResult>),
    End(Seen),
}

/// How many results are handed over together: to wake somebody for each takes a fifth of the time.
const BATCH: usize = 64;
/// How many batches of a file wait for those of the files before it.
const WAITING: usize = 4;
/// How often it is looked whether somebody has pressed Ctrl-C.
const PERIOD: Duration = Duration::from_millis(50);

impl<LookUp: Fn(&RawParameters) -> Arc<Facts> + Sync> Fleet<'_, LookUp> {
    fn evaluate(
        &self,
        progress: &Progress,
        on_result: &mut dyn FnMut(EvaluationResult) -> Result<(), Error>,
    ) -> Result<Seen, Error> {
        let next = AtomicUsize::new(0);
        let is_over = AtomicBool::new(false);
        let (sender, begun) = channel::<(usize, Receiver<Output>)>();
        thread::scope(|scope| {
            for _ in 0..workers(self.sources.len()) {
                let sender = sender.clone();
                let (next, is_over) = (&next, &is_over);
                scope.spawn(move || {
                    while let Some(source) = self.sources.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let (outputs, received) = sync_channel(WAITING);
                        if is_over.load(Ordering::Relaxed) || sender.send((source.index, received)).is_err() {
                            return;
                        }
                        self.evaluate_file(source, &outputs, progress);
                    }
                });
            }
            drop(sender);
            let seen = self.in_order(&begun, progress, on_result);
            // Whoever still evaluates has nobody to send to, and ends.
            is_over.store(true, Ordering::Relaxed);
            drop(begun);
            seen
        })
    }

    fn evaluate_file(&self, source: &Source, outputs: &SyncSender<Output>, progress: &Progress) {
        let mut batch = Vec::with_capacity(BATCH);
        let ended = self.cases.of_file(source, &self.scanned, &mut |found| {
            batch.push(self.result(&source.name, found));
            let is_full = batch.len() == BATCH;
            if progress.is_stopped()
                || is_full && outputs.send(Output::Results(std::mem::take(&mut batch))).is_err()
            {
                return Err("nobody listens".into());
            }
            Ok(())
        });
        // What was evaluated until somebody pressed Ctrl-C counts, too.
        let _ = outputs.send(Output::Results(batch));
        if let Ok(seen) = ended {
            let _ = outputs.send(Output::End(seen));
        }
    }

    fn result(
        &self,
        file: &str,
        Found { rule, resource, case, is_one_of_many, is_older }: Found,
    ) -> EvaluationResult {
        let evaluation = case.and_then(|case| Ok(case.evaluate(&self.facts)?));
        let result = EvaluationResult::new(file, rule.as_deref(), resource, evaluation);
        EvaluationResult { is_brief: is_one_of_many && !is_older, is_older, ..result }
    }

    /// Hands over what the workers send, a file after the other.
    fn in_order(
        &self,
        begun: &Receiver<(usize, Receiver<Output>)>,
        progress: &Progress,
        on_result: &mut dyn FnMut(EvaluationResult) -> Result<(), Error>,
    ) -> Result<Seen, Error> {
        let mut waiting = BTreeMap::new();
        let mut seen = Seen::default();
        for source in self.sources {
            let outputs = loop {
                if let Some(outputs) = waiting.remove(&source.index) {
                    break outputs;
                }
                match begun.recv_timeout(PERIOD) {
                    Ok((index, outputs)) => drop(waiting.insert(index, outputs)),
                    Err(RecvTimeoutError::Timeout) if !progress.is_stopped() => {}
                    Err(_) => return Ok(seen),
                }
            };
            for output in outputs {
                match output {
                    Output::Results(results) => results.into_iter().try_for_each(&mut *on_result)?,
                    Output::End(own) => seen.extend(own),
                }
            }
            if progress.is_stopped() {
                return Ok(seen);
            }
        }
        Ok(seen)
    }
}

fn workers(files: usize) -> usize {
    thread::available_parallelism().map_or(1, NonZero::get).min(files).max(1)
}

/// How many bytes all files have, as they are.
pub(crate) fn sizes(sources: &[Source]) -> u64 {
    let size = |path: &Path| path.metadata().map_or(0, |metadata| metadata.len());
    sources.iter().map(|source| size(&source.path)).sum()
}
