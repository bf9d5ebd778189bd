//! `config-rules facts`: asks AWS for what evaluating some files takes. Only with the feature `aws`, which builds the SDKs.

#[cfg(feature = "aws")]
pub(crate) use self::aws::run;

/// How to get what is not built in.
#[cfg(not(feature = "aws"))]
pub(crate) const NEEDS_AWS: &str = "this build asks no AWS; `cargo config-rules-aws …` does, and `cargo install --path \
                                    shared/cli --features aws` installs one that does";

/// Says that AWS is not asked.
#[cfg(not(feature = "aws"))]
pub(crate) fn run(_: &crate::arguments::Facts) -> Result<std::process::ExitCode, crate::Error> {
    Err(NEEDS_AWS.into())
}

#[cfg(feature = "aws")]
mod aws {
    use std::{cell::RefCell, fs, process::ExitCode, sync::Arc};

    use anstream::{eprintln, println};
    use config_rules::{catalogue::AnyCase, engine, facts::Facts, parameters::RawParameters};
    use config_rules_aws::{ParameterStore, Session, Source as _};
    use config_rules_iam::Iam;
    use tokio::runtime::{Builder, Runtime};

    use crate::{
        Error, arguments,
        cases::{Cases, Found, Seen},
        fleet::{self, Scanned},
        progress::Progress,
        report,
    };

    /// The exit status when AWS did not tell everything.
    const NOT_ALL_KNOWN: u8 = 1;

    /// Prints the facts that evaluating the files takes.
    pub(crate) fn run(arguments: &arguments::Facts) -> Result<ExitCode, Error> {
        let account = Account::new()?;
        let has_bad_input = account.collect(arguments)?;
        let facts = account.facts.into_inner().with_faults_as_reasons();
        write(&facts, arguments)?;
        let unknown = facts.unavailable();
        for (id, why) in &unknown {
            eprintln!("{id}: {why}");
        }
        Ok(ExitCode::from(match (has_bad_input, unknown.is_empty()) {
            (true, _) => report::BAD_INPUT,
            (false, true) => 0,
            (false, false) => NOT_ALL_KNOWN,
        }))
    }

    /// How many cases are evaluated, and asked for, together.
    const BATCH: usize = 200;

    /// Who is asked, and what has been told. IAM's source asks EC2 about all else.
    struct Account {
        runtime: Runtime,
        iam: Iam,
        parameter_store: ParameterStore,
        facts: RefCell<Facts>,
    }

    impl Account {
        fn new() -> Result<Self, Error> {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            let session = runtime.block_on(Session::of_user())?;
            Ok(Self {
                runtime,
                iam: Iam::new(&session),
                parameter_store: ParameterStore::new(&session),
                facts: RefCell::default(),
            })
        }

        /// Looks up what all cases of the files ask for. Says whether one of them could not be read.
        fn collect(&self, arguments: &arguments::Facts) -> Result<bool, Error> {
            let cases = Cases::new(&arguments.input, |parameters: &_| self.parameters(parameters))?;
            let progress = Progress::start()?;
            let sources = fleet::sources(&arguments.input.files.paths, &progress)?;
            let scanned = Scanned::of(&sources, &progress);
            let mut has_bad_input = false;
            let mut batch = Vec::new();
            let mut seen = Seen::default();
            for source in &sources {
                let mut add = |found: Found| {
                    match found.case {
                        Ok(case) => batch.push(case),
                        Err(refusal) => {
                            has_bad_input = true;
                            eprintln!("{}: {}: {}", source.name, refusal.name, refusal.message);
                        }
                    }
                    if batch.len() == BATCH {
                        self.evaluate(&std::mem::take(&mut batch));
                    }
                    if progress.is_stopped() { Err("interrupted".into()) } else { Ok(()) }
                };
                seen.extend(cases.of_file(source, &scanned, &mut add)?);
            }
            let left_out = cases.of_accounts(&seen, &mut |found| {
                batch.extend(found.case);
                Ok(())
            })?;
            for rule in left_out {
                eprintln!("{rule} evaluates an account as a whole: ask with the resources of one account");
            }
            self.evaluate(&batch);
            Ok(has_bad_input)
        }

        /// Evaluates for the sake of what is asked for; the results are for `replay` to show.
        fn evaluate(&self, cases: &[AnyCase]) {
            let mut facts = self.facts.take();
            drop(self.runtime.block_on(engine::evaluate(cases, &mut facts, &self.iam)));
            self.facts.replace(facts);
        }

        /// What the parameters refer to in Parameter Store.
        fn parameters(&self, parameters: &RawParameters) -> Arc<Facts> {
            let found = self.runtime.block_on(self.parameter_store.look_up(&parameters.references()));
            self.facts.borrow_mut().extend(found.clone());
            Arc::new(found)
        }
    }

    fn write(facts: &Facts, arguments: &arguments::Facts) -> Result<(), Error> {
        let text = if arguments.include_secrets {
            facts.to_json_with_secrets()?
        } else {
            serde_json::to_string_pretty(facts)?
        };
        if let Some(path) = &arguments.output {
            return fs::write(path, text + "\n")
                .map_err(|error| format!("{}: {error}", path.display()).into());
        }
        println!("{text}");
        Ok(())
    }
}
