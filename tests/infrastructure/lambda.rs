//! A built function in Lambda's own emulator, the one that `sam local invoke` and AWS's container images run it in.

use std::{
    collections::BTreeSet,
    env, fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    path::PathBuf,
    process::Command,
};

use config_rules_local::{ConfigService, Fault, endpoint::access_key_id};
use serde_json::{Value, json};

use crate::{
    cloud::ACCOUNT,
    emulator::{Emulator, eventually, free_port},
    tools::{beside, root, skip, text},
};

/// The function of `required-tags` in the emulator, and an AWS Config that takes every token: those of the sample events
/// come from elsewhere.
struct Lambda {
    config_service: ConfigService,
    emulator: Emulator,
    address: String,
}

impl Lambda {
    /// With this `AWS_ACCOUNT_ID`, which is none where it is empty. The reason if there is no emulator.
    async fn start(account_id: &str) -> Result<Self, String> {
        let program = installed()?;
        let config_service = ConfigService::start_recording().await.unwrap();
        config_service.accept_any_token();
        let (port, runtime_api) = (free_port(), format!("127.0.0.1:{}", free_port()));
        let address = format!("127.0.0.1:{port}");
        let variables = [
            ("AWS_ACCOUNT_ID", account_id.to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", access_key_id(ACCOUNT, "TEST")),
            ("AWS_SECRET_ACCESS_KEY", "example-secret-access-key".to_owned()),
            ("AWS_ENDPOINT_URL_CONFIG_SERVICE", config_service.endpoint()),
            ("NO_PROXY", "127.0.0.1".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value));
        let arguments =
            ["--runtime-interface-emulator-address", &address, "--runtime-api-address", &runtime_api];
        let bootstrap = bootstrap().display().to_string();
        let arguments = [&arguments[..], &[&bootstrap]].concat();
        let emulator = Emulator::start(&program.display().to_string(), &arguments, &variables)?;
        emulator.listens_on(port);
        Ok(Self { config_service, emulator, address })
    }

    /// What the emulator answers, which is the same status for an error.
    #[track_caller]
    fn invoke(&self, event: &str) -> Value {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        // Of version 1.0, so that the answer comes in one piece.
        write!(
            stream,
            "POST /2015-03-31/functions/function/invocations HTTP/1.0\r\nContent-Length: {}\r\n\r\n{event}",
            event.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.0 200"), "{answer}");
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    #[track_caller]
    fn invoke_sample(&self, name: &str) -> Value {
        self.invoke(&sample(name))
    }

    /// What AWS Config has got: ids and compliance types.
    fn reported(&self) -> Vec<(String, String)> {
        let accepted = self.config_service.accepted().into_iter();
        accepted.map(|result| (result.compliance_resource_id, result.compliance_type)).collect()
    }
}

/// The emulator's file in the package of the AWS SAM CLI.
fn installed() -> Result<PathBuf, String> {
    let architecture = match env::consts::ARCH {
        "aarch64" => "arm64",
        other => other,
    };
    let folder =
        "import importlib.util; print(importlib.util.find_spec('samcli').submodule_search_locations[0])";
    let output = Command::new(beside("sam", "python")?).args(["-c", folder]).output();
    let output = output.map_err(|error| format!("sam has no Python beside it: {error}"))?;
    let file = format!("local/rapid/aws-lambda-rie-{architecture}");
    let path = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()).join(file);
    if path.is_file() { Ok(path) } else { Err(format!("{} is not there; {}", path.display(), text(&output))) }
}

/// What `tests/run` builds, or with the variable `CONFIG_RULES_DEBUG` what `cargo build` makes of it.
fn bootstrap() -> PathBuf {
    let is_debug = env::var_os("CONFIG_RULES_DEBUG").is_some();
    let path = if is_debug { "debug/required-tags" } else { "lambda/required-tags/bootstrap" };
    let path = root().join("target").join(path);
    assert!(path.is_file(), "{}: CONTRIBUTING.md says how to build it", path.display());
    path
}

fn sample(name: &str) -> String {
    fs::read_to_string(root().join(format!("events/required-tags/{name}.json"))).unwrap()
}

const WHAT: &str = "a function in Lambda's emulator";

#[tokio::test]
async fn the_emulator_runs_a_function() {
    let lambda = match Lambda::start(ACCOUNT).await {
        Ok(lambda) => lambda,
        Err(reason) => return skip(WHAT, &reason),
    };
    let compliant = lambda.invoke_sample("compliant-all-present");
    assert_eq!((&compliant["complianceType"], &compliant["coldStart"]), (&json!("COMPLIANT"), &json!(true)));
    let non_compliant = lambda.invoke_sample("non-compliant-key-case");
    assert_eq!(non_compliant["complianceType"], "NON_COMPLIANT");
    assert_eq!(non_compliant["findings"][0]["code"], "TAG-NAME");
    let reported = [&compliant, &non_compliant]
        .map(|record| {
            ["resourceId", "complianceType"].map(|field| record[field].as_str().unwrap().to_owned())
        })
        .map(|[id, compliance]| (id, compliance));
    assert_eq!(lambda.reported(), reported);

    // A permanent error is answered, a passing one returned: the one has all that a record has, the other the error only.
    let parameters = lambda.invoke_sample("error-no-tags-required");
    assert_eq!(
        (&parameters["errorType"], &parameters["coldStart"]),
        (&json!("InvalidParameters"), &json!(false))
    );
    assert_eq!(lambda.invoke("{}")["errorType"], "MalformedEvent");
    let other = sample("compliant-all-present").replace(ACCOUNT, "444455556666");
    assert_eq!(lambda.invoke(&other)["errorType"], "NoExecutionRole");
    lambda.config_service.inject([Fault::Denied]);
    let denied = lambda.invoke_sample("compliant-all-present");
    assert_eq!((&denied["errorType"], &denied["requestId"]), (&json!("AccessDenied"), &Value::Null));
    assert_eq!(lambda.reported(), reported);

    // The same line that is answered is in the log, one for each invocation, among those of the emulator.
    let records = || {
        let log = lambda.emulator.log();
        let lines: Vec<Value> = log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        (lines.len() == 6).then_some(lines)
    };
    let records = eventually("six lines in the log", records);
    assert_eq!(records[..3], [compliant, non_compliant, parameters]);
    let ids: BTreeSet<_> = records.iter().map(|record| record["requestId"].as_str()).collect();
    assert!(ids.len() == 6 && !ids.contains(&None), "{ids:?}");
    assert_eq!(records[5]["errorType"], "AccessDenied");
}

#[tokio::test]
async fn without_an_account_the_emulator_is_refused_by_name() {
    let lambda = match Lambda::start("").await {
        Ok(lambda) => lambda,
        Err(reason) => return skip(WHAT, &reason),
    };
    let refused = lambda.invoke_sample("non-compliant-key-case");
    assert_eq!(refused["errorType"], "NoExecutionRole", "{refused}");
    let message = refused["errorMessage"].as_str().unwrap();
    // If this fails with another account, the emulator writes another one into its ARNs now: `shared/lambda` has to know it.
    assert!(
        message.contains("the function to 012345678912") && message.contains("AWS_ACCOUNT_ID"),
        "{message}"
    );
    let emulated = sample("non-compliant-key-case").replace(ACCOUNT, "012345678912");
    assert_eq!(lambda.invoke(&emulated)["complianceType"], "NON_COMPLIANT");
    assert_eq!(lambda.reported().len(), 1);
}
