//! A program that stands for a part of AWS.

use std::{
    io::Read as _,
    net::{Ipv4Addr, TcpListener, TcpStream},
    os::unix::process::CommandExt as _,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::NamedTempFile;

use crate::tools::say;

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);

/// A running program. It ends, and what it has started, when this is dropped.
pub(crate) struct Emulator {
    program: String,
    process: Child,
    log: NamedTempFile,
}

impl Emulator {
    /// Starts it; why that cannot be, if it is not installed.
    pub(crate) fn start(
        program: &str,
        arguments: &[&str],
        variables: &[(String, String)],
    ) -> Result<Self, String> {
        let log = NamedTempFile::new().unwrap();
        let process = Command::new(program)
            .args(arguments)
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(log.as_file().try_clone().unwrap())
            .stderr(log.as_file().try_clone().unwrap())
            .process_group(0)
            .spawn()
            .map_err(|error| format!("{program}: {error}"))?;
        Ok(Self { program: program.to_owned(), process, log })
    }

    /// Waits until it takes connections.
    #[track_caller]
    pub(crate) fn listens_on(&self, port: u16) {
        let connection = || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok();
        eventually(&format!("{} answers", self.program), connection);
    }

    /// What it has written so far.
    pub(crate) fn log(&self) -> String {
        let mut log = Vec::new();
        // Opened anew, because the program goes on writing where its own file is.
        let _ = self.log.reopen().and_then(|mut file| file.read_to_end(&mut log));
        String::from_utf8_lossy(&log).into_owned()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let group = format!("-{}", self.process.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.process.wait();
        if thread::panicking() {
            let log = self.log();
            let lines: Vec<_> = log.lines().collect();
            let last = &lines[lines.len().saturating_sub(30)..];
            say(&format!("the last lines that {} wrote:\n{}", self.program, last.join("\n")));
        }
    }
}

/// A port that nobody listens on. Somebody else might take it before it is used, which has not been seen to happen.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// Waits until there is an answer.
#[track_caller]
pub(crate) fn eventually<T>(what: &str, mut answer: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = answer() {
            return answer;
        }
        assert!(Instant::now() < end, "{what}: not within {PATIENCE:?}");
        thread::sleep(Duration::from_millis(100));
    }
}
