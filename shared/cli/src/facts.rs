//! `config-rules facts`: asks AWS for what judging some files takes. Only with the feature `aws`, which builds the SDKs.

#[cfg(feature = "aws")]
pub(crate) use self::aws::run;

/// Says how to get what is not built in.
#[cfg(not(feature = "aws"))]
pub(crate) fn run(_: &crate::arguments::Facts) -> Result<std::process::ExitCode, crate::Error> {
    Err("this build asks no AWS; `cargo config-rules-aws facts …` does, and `cargo install --path shared/cli --features \
         aws` installs one that does"
        .into())
}

#[cfg(feature = "aws")]
mod aws {
    use std::{
        cell::{Cell, RefCell},
        collections::BTreeSet,
        fs,
        path::Path,
        process::ExitCode,
        rc::Rc,
    };

    use anstream::{eprintln, println};
    use config_rules::{
        facts::{FactRequest, FactSource as _, Facts},
        parameters::RawParameters,
    };
    use config_rules_aws::{ParameterStore, Session, Source as _};
    use config_rules_ec2::Ec2;
    use tokio::runtime::{Builder, Runtime};

    use crate::{Error, arguments, cases::Cases, files, report};

    /// The exit status when AWS did not tell everything.
    const NOT_ALL_KNOWN: u8 = 1;

    /// Prints the facts that judging the files takes.
    pub(crate) fn run(arguments: &arguments::Facts) -> Result<ExitCode, Error> {
        let account = Account::new()?;
        let has_bad_input = account.collect(arguments)?;
        let facts = account.facts();
        write(&facts, arguments.output.as_deref())?;
        for (id, why) in facts.unavailable() {
            eprintln!("{id}: {why}");
        }
        Ok(ExitCode::from(match (has_bad_input, facts.unavailable().len()) {
            (true, _) => report::BAD_INPUT,
            (false, 0) => 0,
            (false, _) => NOT_ALL_KNOWN,
        }))
    }

    /// Who is asked, and what has been asked for.
    struct Account {
        runtime: Runtime,
        ec2: Ec2,
        parameter_store: ParameterStore,
        parameters: RefCell<Facts>,
        requests: RefCell<BTreeSet<FactRequest>>,
    }

    impl Account {
        fn new() -> Result<Self, Error> {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            let session = runtime.block_on(Session::own());
            if session.sdk_config().region().is_none() {
                return Err("which Region? Set AWS_REGION, or AWS_PROFILE to a profile that has one".into());
            }
            Ok(Self {
                runtime,
                ec2: Ec2::new(&session),
                parameter_store: ParameterStore::new(&session),
                parameters: RefCell::default(),
                requests: RefCell::default(),
            })
        }

        /// Collects what all cases of the files ask for. Says whether one of them could not be read.
        fn collect(&self, arguments: &arguments::Facts) -> Result<bool, Error> {
            let look_up = |parameters: &_| self.look_up(parameters);
            let cases = Cases::new(&arguments.input, &look_up)?;
            let has_bad_input = Cell::new(false);
            for path in files::find(&arguments.input.files.paths)? {
                cases.of_file(&path, &mut |found| {
                    match found.case {
                        Ok(case) => self.requests.borrow_mut().extend(case.facts),
                        Err(refusal) => {
                            has_bad_input.set(true);
                            eprintln!("{}: {}: {}", path.display(), refusal.name, refusal.message);
                        }
                    }
                    Ok(())
                })?;
            }
            Ok(has_bad_input.get())
        }

        /// What the parameters refer to in Parameter Store.
        fn look_up(&self, parameters: &RawParameters) -> Rc<Facts> {
            let found = self.runtime.block_on(self.parameter_store.look_up(&parameters.references()));
            self.parameters.borrow_mut().extend(found.clone());
            Rc::new(found)
        }

        fn facts(&self) -> Facts {
            let requests: Vec<_> = self.requests.borrow().iter().cloned().collect();
            let mut facts = self.parameters.borrow().clone();
            facts.extend(self.runtime.block_on(self.ec2.look_up(&requests)));
            facts
        }
    }

    fn write(facts: &Facts, output: Option<&Path>) -> Result<(), Error> {
        let text = serde_json::to_string_pretty(facts)?;
        if let Some(path) = output {
            return fs::write(path, text + "\n")
                .map_err(|error| format!("{}: {error}", path.display()).into());
        }
        println!("{text}");
        Ok(())
    }
}
