//! `config-rules local`: AWS Config and the functions of its rules, for people to play with.

mod bootstraps;
mod start;

use std::{process::ExitCode, time::Duration};

use anstream::println;
use config_rules::catalogue::{self, CatalogueEntry};
use config_rules_local::{ConfigService, FunctionArn, Invocation};

use crate::{
    Error,
    arguments::{Local, Output},
    functions::{Functions, Invoked},
    report::{Report, Summary},
    result::{Refusal, Resource},
};
use bootstraps::Bootstraps;
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
    let start = Start::read(arguments)?;
    let config_service = ConfigService::start_recording_on(arguments.port).await.map_err(|error| {
        format!("--port {}: {error}; without --port it is one that is free", arguments.port)
    })?;
    config_service.limit_functions(|arn| rule_of(arn).is_some());
    let mut functions = Functions::new(&arguments.running, config_service, start.launches()).await?;
    // Building takes minutes: whatever else can be wrong has been told before.
    let mut bootstraps = Bootstraps::new(arguments.bootstrap.as_deref());
    for config_rule in &start.config_rules {
        bootstraps.of(config_rule.rule).map_err(|refusal| refusal.message)?;
    }
    start.take_place(&functions.config_service)?;
    let ended = tokio::signal::ctrl_c();
    tokio::pin!(ended);
    // It listens once it has been polled, and the introduction already promises that Ctrl-C works.
    tokio::select! {
        biased;
        ended = &mut ended => return ended.map(|()| ExitCode::SUCCESS).map_err(Error::from),
        () = std::future::ready(()) => (),
    }
    println!("{}", start.introduction(&functions.config_service.endpoint()));
    let output = Output::default();
    let mut report = Report::new(&output)?;
    loop {
        let next = functions.config_service.next_invocation();
        let work = async {
            let Some(invocation) = next else {
                tokio::time::sleep(PERIOD).await;
                return None;
            };
            let invoked = invoke(&mut functions, &mut bootstraps, &start.account, &invocation).await;
            if let Err(refusal) = &invoked.evaluated {
                functions.config_service.evaluation_failed(&invocation, &refusal.name, &refusal.message);
            }
            let invoked = Invoked { config_rule_name: Some(invocation.rule.clone()), ..invoked };
            Some((format!("Config rule {}", invocation.rule), invoked))
        };
        let done = tokio::select! {
            ended = &mut ended => {
                ended?;
                return report.finish(Summary::default()).map(|_| ExitCode::SUCCESS);
            }
            done = work => done,
        };
        if let Some((name, invoked)) = done {
            let place = Resource {
                account_id: Some(start.account.clone()),
                aws_region: Some(REGION.to_owned()),
                ..Resource::default()
            };
            for result in invoked.results(&name, place) {
                report.add(&result)?;
            }
        }
    }
}

async fn invoke(
    functions: &mut Functions<'_>,
    bootstraps: &mut Bootstraps,
    account: &str,
    Invocation { function_arn, event, .. }: &Invocation,
) -> Invoked {
    let bootstrap = match rule_of(function_arn) {
        Some(rule) => bootstraps.of(rule),
        None => Err(Refusal {
            name: "ResourceNotFoundException".to_owned(),
            message: format!("{function_arn}: the function's name has no rule's name in it"),
        }),
    };
    match bootstrap {
        Ok(bootstrap) => {
            let arn = FunctionArn::new(account, REGION, name_of(function_arn));
            functions.invoke(&bootstrap, arn, event.clone()).await
        }
        Err(refusal) => Invoked::refused(refusal),
    }
}

fn name_of(function_arn: &str) -> &str {
    function_arn.split(':').nth(6).unwrap_or_default()
}

/// The rule of a function: its name has the rule's name in it.
fn rule_of(function_arn: &str) -> Option<&'static CatalogueEntry> {
    catalogue::find_deployed(name_of(function_arn))
}
