//! A `bootstrap` process, started as Lambda starts it.

mod options;

use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tempfile::NamedTempFile;
use tokio::process::{Child, Command};

use crate::{InvokeError, Outcome, RuntimeApi};

pub use options::FunctionOptions;

/// How many of a function's last log lines an error shows.
const LAST_LINES: usize = 20;

/// A running function with a Runtime API of its own. Dropping it kills the process.
#[derive(Debug)]
pub struct Function {
    api: RuntimeApi,
    process: Child,
    log: NamedTempFile,
    /// Bytes of the log that [`take_log`](Self::take_log) has returned.
    taken: u64,
}

/// Why a function could not be started or an invocation has no outcome.
#[derive(Debug, thiserror::Error)]
pub enum FunctionError {
    /// The file is missing, is not executable, or no process could be made of it.
    #[error("cannot start {}: {source}", bootstrap.display())]
    Start {
        /// The file that was to be started.
        bootstrap: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The process ended, at init or amid an invocation.
    #[error("the function exited ({status}); its last log lines:\n{}", log.join("\n"))]
    Exited {
        /// Its exit code or the signal that ended it.
        status: ExitStatus,
        /// The last lines it wrote, at most twenty.
        log: Vec<String>,
    },
    /// The process runs but gave no answer.
    #[error(transparent)]
    Invoke(#[from] InvokeError),
    /// The system does not say whether the process still runs.
    #[error("cannot watch the function: {0}")]
    Watch(#[source] io::Error),
}

impl Function {
    /// Starts the file in its own folder, with nothing in its environment but what Lambda sets and the options add. A
    /// function that fails at init is an error of the first [`invoke`](Self::invoke).
    pub async fn start(bootstrap: &Path, options: FunctionOptions) -> Result<Self, FunctionError> {
        Self::spawn(bootstrap, &options)
            .await
            .map_err(|source| FunctionError::Start { bootstrap: bootstrap.to_owned(), source })
    }

    async fn spawn(bootstrap: &Path, options: &FunctionOptions) -> io::Result<Self> {
        let bootstrap = std::path::absolute(bootstrap)?;
        let api = RuntimeApi::start_for(&options.arn).await?;
        let log = NamedTempFile::new()?;
        let folder = bootstrap.parent().unwrap_or(Path::new("/"));
        let mut command = Command::new(&bootstrap);
        // Ctrl-C is for the one that has started the function, and ends it.
        #[cfg(unix)]
        command.process_group(0);
        let process = command
            .current_dir(folder)
            .env_clear()
            .envs(options.variables(&api.address().to_string(), folder))
            .envs(options.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(log.as_file().try_clone()?)
            .stderr(log.as_file().try_clone()?)
            .kill_on_drop(true)
            .spawn()?;
        Ok(Self { api, process, log, taken: 0 })
    }

    /// Hands the event to the function and waits for its answer. A function that has exited is an error at once; one
    /// that exceeds the timeout is killed, as Lambda does.
    pub async fn invoke(
        &mut self,
        event: impl Into<Bytes>,
        timeout: Duration,
    ) -> Result<Outcome, FunctionError> {
        let answer = tokio::select! {
            // A function that answers and then exits has answered.
            biased;
            answer = self.api.invoke(event, timeout) => answer,
            status = self.process.wait() => return Err(self.exited(status)),
        };
        if let Err(InvokeError::TimedOut(_)) = answer {
            self.process.kill().await.map_err(FunctionError::Watch)?;
        }
        Ok(answer?)
    }

    /// The lines that the function has written to its standard output and error so far.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        // The file, and not a pipe: what the function wrote before it answered is there when the answer is.
        read(&self.log, 0)
            .map_or_else(|error| vec![format!("cannot read the log: {error}")], |text| lines(&text))
    }

    /// The lines that it has written since this was last called.
    pub fn take_log(&mut self) -> Vec<String> {
        match read(&self.log, self.taken) {
            Ok(text) => {
                self.taken += text.len() as u64;
                lines(&text)
            }
            Err(error) => vec![format!("cannot read the log: {error}")],
        }
    }

    /// The process, for measurements from outside; none once it has been seen to exit.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        self.process.id()
    }

    fn exited(&self, status: io::Result<ExitStatus>) -> FunctionError {
        let status = match status {
            Ok(status) => status,
            Err(error) => return FunctionError::Watch(error),
        };
        let mut log = self.log();
        log.drain(..log.len().saturating_sub(LAST_LINES));
        FunctionError::Exited { status, log }
    }
}

impl Drop for Function {
    /// Waits for the kill to take effect, so that no zombie stays, whether or not a runtime still runs.
    fn drop(&mut self) {
        if self.process.start_kill().is_err() {
            return;
        }
        let patience = Instant::now() + Duration::from_secs(1);
        while matches!(self.process.try_wait(), Ok(None)) && Instant::now() < patience {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

/// What stands in the log from this byte on.
fn read(log: &NamedTempFile, start: u64) -> io::Result<Vec<u8>> {
    let (mut bytes, mut file) = (Vec::new(), log.reopen()?);
    file.seek(SeekFrom::Start(start))?;
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn lines(text: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(text).lines().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::FunctionArn;
    use crate::test_client::Client;

    const ENOUGH: Duration = Duration::from_secs(20);

    async fn start(script: &str) -> Function {
        let bootstrap = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bootstrap");
        let options = FunctionOptions::new("http://127.0.0.1:9")
            .environment("SCRIPT", script)
            .environment("TESTS", std::env::current_exe().unwrap().to_str().unwrap())
            .environment("AWS_ENDPOINT_URL_EC2", "http://127.0.0.1:10");
        Function::start(&bootstrap, options).await.unwrap()
    }

    /// A shell speaks no HTTP, this test binary does: it is the function, too.
    const ECHO: &str = r#"exec "$TESTS" --exact function::tests::echo --nocapture"#;

    /// The function that the other tests start: it answers every event with the event. Nothing, as a test.
    #[tokio::test]
    async fn echo() {
        let Ok(address) = std::env::var("AWS_LAMBDA_RUNTIME_API") else {
            return;
        };
        let mut client = Client::connect(address.parse().unwrap()).await;
        loop {
            let event = client.get("/2018-06-01/runtime/invocation/next").await.unwrap();
            writeln!(io::stdout(), "received {}", event.body).unwrap();
            if event.body == "\"exit\"" {
                std::process::exit(3);
            }
            let id = &event.headers["lambda-runtime-aws-request-id"];
            let path = format!("/2018-06-01/runtime/invocation/{id}/response");
            client.post(&path, &event.body).await.unwrap();
        }
    }

    #[tokio::test]
    async fn answers_one_event_after_the_other_and_logs() {
        let mut function = start(ECHO).await;
        for event in ["1", "2"] {
            let outcome = function.invoke(event, ENOUGH).await.unwrap();
            assert_eq!(outcome, Outcome::Response(event.into()));
            let (log, new) = (function.log(), function.take_log());
            assert_eq!(log.last().unwrap(), &format!("received {event}"), "{log:?}");
            assert!(log.ends_with(&new) && !new.is_empty(), "{new:?} of {log:?}");
        }
        assert_eq!(function.take_log(), [""; 0]);
        assert!(function.process_id().is_some());
    }

    #[tokio::test]
    async fn an_exit_amid_an_invocation_is_an_error_at_once() {
        let mut function = start(ECHO).await;
        function.invoke("1", ENOUGH).await.unwrap();
        let start = Instant::now();
        let error = function.invoke("\"exit\"", ENOUGH).await.unwrap_err();
        assert!(start.elapsed() < ENOUGH);
        let FunctionError::Exited { status, log } = error else {
            unreachable!("{error}");
        };
        assert_eq!(status.code(), Some(3));
        assert_eq!(log.last().unwrap(), "received \"exit\"");
    }

    #[tokio::test]
    async fn an_exit_at_init_is_an_error_with_status_and_last_lines() {
        let script = "for i in $(seq 30); do echo line $i; done; echo no region >&2; exit 7";
        let mut function = start(script).await;
        for _ in 0..2 {
            let error = function.invoke("1", ENOUGH).await.unwrap_err().to_string();
            let text = "the function exited (exit status: 7); its last log lines:\nline 12\n";
            assert!(error.starts_with(text), "{error}");
            assert!(error.ends_with("\nline 30\nno region"), "{error}");
        }
        assert_eq!(function.log().len(), 31);
    }

    #[tokio::test]
    async fn the_environment_is_lambdas_and_nothing_else() {
        let mut function = start("env; exit 1").await;
        function.invoke("1", ENOUGH).await.unwrap_err();
        let log = function.log();
        let address = function.api.address();
        for expected in [
            &format!("AWS_LAMBDA_RUNTIME_API={address}"),
            "AWS_LAMBDA_FUNCTION_NAME=config-rules",
            "AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=128",
            "_HANDLER=bootstrap",
            "AWS_REGION=us-east-1",
            "AWS_DEFAULT_REGION=us-east-1",
            "AWS_ENDPOINT_URL_CONFIG_SERVICE=http://127.0.0.1:9",
            "AWS_ENDPOINT_URL_EC2=http://127.0.0.1:10",
        ] {
            assert!(log.iter().any(|line| line == expected), "{expected}: {log:?}");
        }
        for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] {
            assert!(log.iter().any(|line| line.starts_with(name)), "{name}: {log:?}");
        }
        assert!(!log.iter().any(|line| line.starts_with("CARGO")), "{log:?}");
    }

    #[tokio::test]
    async fn every_service_has_an_endpoint_on_this_machine() {
        let bootstrap = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bootstrap");
        let options = FunctionOptions::new("http://127.0.0.1:9").environment("SCRIPT", "env; exit 1");
        let url = |port: u16| format!("http://127.0.0.1:{port}");
        let all = options.clone().ec2(url(10)).s3(url(11)).ssm(url(12)).sts(url(13)).auto_scaling(url(14));
        for (options, ports) in [(options, [9; 5]), (all, [10, 11, 12, 13, 14])] {
            let mut function = Function::start(&bootstrap, options).await.unwrap();
            function.invoke("1", ENOUGH).await.unwrap_err();
            let log = function.log();
            let ports = ["EC2", "S3", "SSM", "STS", "AUTO_SCALING"].into_iter().zip(ports);
            for (service, port) in ports.chain([("CONFIG_SERVICE", 9)]) {
                let expected = format!("AWS_ENDPOINT_URL_{service}={}", url(port));
                assert!(log.contains(&expected), "{expected}: {log:?}");
            }
        }
    }

    #[tokio::test]
    async fn the_credentials_are_of_the_functions_account() {
        let bootstrap = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bootstrap");
        let mut options = FunctionOptions::new("http://127.0.0.1:9").environment("SCRIPT", "env; exit 1");
        options.arn = FunctionArn::new("444455556666", "eu-west-1", "required-tags");
        let mut function = Function::start(&bootstrap, options).await.unwrap();
        function.invoke("1", ENOUGH).await.unwrap_err();
        let log = function.log();
        assert!(log.iter().any(|line| line == "AWS_ACCESS_KEY_ID=ASIA444455556666SELF"), "{log:?}");
    }

    #[tokio::test]
    async fn a_function_beyond_its_timeout_is_killed() {
        let mut function = start("exec sleep 60").await;
        let timeout = Duration::from_millis(50);
        let error = function.invoke("1", timeout).await.unwrap_err();
        assert!(matches!(error, FunctionError::Invoke(InvokeError::TimedOut(_))), "{error}");
        let error = function.invoke("2", ENOUGH).await.unwrap_err();
        assert!(error.to_string().contains("signal: 9"), "{error}");
    }

    #[tokio::test]
    async fn dropping_it_leaves_no_process_and_no_zombie() {
        let function = start("exec sleep 60").await;
        let signal_reaches = |process: u32| {
            std::process::Command::new("/bin/sh")
                .args(["-c", "kill -0 $0", &process.to_string()])
                .status()
                .unwrap()
                .success()
        };
        let process = function.process_id().unwrap();
        assert!(signal_reaches(process));
        drop(function);
        // A zombie would still be reached.
        assert!(!signal_reaches(process));
    }

    #[tokio::test]
    async fn a_missing_bootstrap_is_an_error_that_names_it() {
        let options = FunctionOptions::new("http://127.0.0.1:9");
        let error = Function::start(Path::new("/nowhere/bootstrap"), options).await;
        let error = error.unwrap_err().to_string();
        assert!(error.starts_with("cannot start /nowhere/bootstrap: "), "{error}");
    }
}
