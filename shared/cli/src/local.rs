//! `config-rules local`: AWS Config and the functions of its rules, for people to play with.

mod bootstraps;
mod start;

use std::{path::Path, process::ExitCode, time::Duration};

use anstream::println;
use config_rules::catalogue::{self, CatalogueEntry};
use config_rules_local::{ConfigService, FunctionArn, Invocation};

use crate::{
    Error,
    arguments::{Local, Output},
    ended::ended,
    functions::{Functions, Invoked, failed},
    report::{Report, Summary},
    result::{Refusal, Resource},
};
use bootstraps::{Bootstraps, in_folder};
pub(crate) use start::ConfigRule;
use start::Start;

/// Where the play takes place.
const REGION: &str = "us-east-1";
/// How often it is looked whether somebody has called AWS Config.
const PERIOD: Duration = Duration::from_millis(100);

/// Plays until Ctrl-C.
pub(crate) fn run(arguments: &Local) -> Result<ExitCode, Error> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(play(arguments))
}

async fn play(arguments: &Local) -> Result<ExitCode, Error> {
    let ended = ended()?;
    let start = Start::read(arguments)?;
    let folder = arguments.bootstrap.as_deref();
    if let Some(folder) = folder {
        for config_rule in &start.config_rules {
            in_folder(folder, config_rule.rule.metadata.name).map_err(|refusal| refusal.message)?;
        }
    }
    let config_service = ConfigService::start_recording_on(arguments.port).await.map_err(|error| {
        format!("--port {}: {error}; without --port it is one that is free", arguments.port)
    })?;
    config_service.limit_functions(existing_functions(&start.account, folder));
    let functions = Functions::new(&arguments.running, config_service, start.launches()).await?;
    start.take_place(&functions.config_service)?;
    println!("{}", start.introduction(&functions.config_service.endpoint()));
    let output = Output::default();
    let mut report = Report::new(&output)?;
    let mut play = Play { functions, bootstraps: Bootstraps::new(folder), account: start.account };
    tokio::select! {
        _ = ended => (),
        error = play.go_on(&mut report) => error?,
    }
    drop(play);
    report.finish(Summary::default()).map(|_| ExitCode::SUCCESS)
}

/// AWS Config, and what it invokes.
struct Play<'a> {
    functions: Functions<'a>,
    bootstraps: Bootstraps,
    account: String,
}

impl Play<'_> {
    /// Invokes functions as AWS Config asks for it. Meanwhile AWS Config itself answers, on a thread of its own.
    async fn go_on(&mut self, report: &mut Report<'_>) -> Result<(), Error> {
        loop {
            let Some(invocation) = self.functions.config_service.next_invocation() else {
                tokio::time::sleep(PERIOD).await;
                continue;
            };
            let invoked = self.invoke(&invocation).await;
            let place = Resource {
                account_id: Some(self.account.clone()),
                aws_region: Some(REGION.to_owned()),
                ..Resource::default()
            };
            let name = format!("Config rule {}", invocation.rule);
            let invoked = Invoked { config_rule_name: Some(invocation.rule), ..invoked };
            for result in invoked.results(&name, place) {
                report.add(&result)?;
            }
        }
    }

    /// What fails is in the status of the Config rule, too.
    async fn invoke(&mut self, invocation: &Invocation) -> Invoked {
        let Invocation { function_arn, event, .. } = invocation;
        let config_service = &self.functions.config_service;
        let bootstrap = match rule_of(function_arn) {
            Some(rule) => self.bootstraps.of(rule).await,
            None => Err(failed(format!("{function_arn}: the function's name has no rule's name in it"))),
        };
        let bootstrap = match bootstrap {
            Ok(bootstrap) => bootstrap,
            Err(Refusal { message, .. }) => {
                // As Lambda says it to AWS Config.
                let name = "ResourceNotFoundException".to_owned();
                config_service.invocation_failed(invocation, &name, &message);
                return Invoked::refused(Refusal { name, message });
            }
        };
        let arn = FunctionArn::new(&self.account, REGION, name_of(function_arn));
        let invoked = self.functions.invoke(&bootstrap, arn, event.clone()).await;
        if let Err(refusal) = &invoked.evaluated {
            let config_service = &self.functions.config_service;
            config_service.evaluation_failed(invocation, &refusal.name, &refusal.message);
        }
        invoked
    }
}

/// Which functions there are: the account's own, of the rules; with a folder, those that it holds.
fn existing_functions(account: &str, folder: Option<&Path>) -> impl Fn(&str) -> bool + Send + 'static {
    let (account, folder) = (account.to_owned(), folder.map(Path::to_owned));
    move |arn| {
        let is_own = arn.split(':').nth(4) == Some(&account);
        let is_there = |rule: &CatalogueEntry| {
            folder.as_ref().is_none_or(|folder| in_folder(folder, rule.metadata.name).is_ok())
        };
        is_own && rule_of(arn).is_some_and(is_there)
    }
}

fn name_of(function_arn: &str) -> &str {
    function_arn.split(':').nth(6).unwrap_or_default()
}

/// The rule of a function: its name has the rule's name in it.
fn rule_of(function_arn: &str) -> Option<&'static CatalogueEntry> {
    catalogue::find_deployed(name_of(function_arn))
}
