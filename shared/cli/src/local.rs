//! `config-rules local`: AWS Config and the functions of its rules, for people to play with.

mod bootstraps;
mod start;

use std::{process::ExitCode, time::Duration};

use anstream::println;
use config_rules::catalogue;
use config_rules_local::{ConfigService, FunctionArn, Invocation};

use crate::{
    Error,
    answer::{Answer, Refusal},
    arguments::{Format, Local, Output},
    functions::{Functions, Invoked},
    report::Report,
};
use bootstraps::Bootstraps;
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
    let output = Output { format: Format::Text, fail_on: None, expect_names: false };
    let mut report = Report::new(&output)?;
    loop {
        for invocation in functions.config_service.take_invocations() {
            let name = format!("Config rule {}", invocation.rule);
            let Invoked { rule, evaluations } =
                invoke(&mut functions, &mut bootstraps, &start.account, invocation).await;
            for answer in Answer::all_of(&name, rule.as_deref(), evaluations) {
                report.add(&answer)?;
            }
        }
        tokio::select! {
            ended = &mut ended => {
                ended?;
                return report.finish().map(|_| ExitCode::SUCCESS);
            }
            () = tokio::time::sleep(PERIOD) => (),
        }
    }
}

async fn invoke(
    functions: &mut Functions<'_>,
    bootstraps: &mut Bootstraps,
    account: &str,
    invocation: Invocation,
) -> Invoked {
    let Invocation { function_arn, event, .. } = invocation;
    let function = function_arn.split(':').nth(6).unwrap_or_default();
    let bootstrap = match catalogue::find_deployed(function) {
        Some(rule) => bootstraps.of(rule),
        None => Err(Refusal {
            name: "ResourceNotFoundException".to_owned(),
            message: format!("{function_arn}: the function's name has no rule's name in it"),
        }),
    };
    match bootstrap {
        Ok(bootstrap) => {
            functions.invoke(&bootstrap, FunctionArn::new(account, REGION, function), event).await
        }
        Err(refusal) => Invoked { rule: None, evaluations: Err(refusal) },
    }
}
