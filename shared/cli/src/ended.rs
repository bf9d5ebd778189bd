//! Ctrl-C, and what else ends a process.

use std::{io, process::ExitCode, sync::mpsc, thread, time::Duration};

use tokio::{runtime::Builder, sync::oneshot};

/// How long this process may take to end by itself.
const PATIENCE: Duration = Duration::from_millis(700);

/// What shells say of a process that Ctrl-C has ended.
const INTERRUPTED: u8 = 130;

/// Resolves once this process is told to end, by Ctrl-C or otherwise.
///
/// A thread of its own listens from now on. Whoever waits for it stops its functions and says its last words; what is busy
/// with something else, or cannot write because nobody reads, ends all the same, soon after. Functions then end for lack of
/// a Runtime API.
pub(crate) fn ended() -> io::Result<oneshot::Receiver<()>> {
    let (is_ended, ended) = oneshot::channel();
    let (is_listening, listening) = mpsc::channel();
    thread::spawn(move || {
        let told = Builder::new_current_thread().enable_all().build().and_then(|runtime| {
            runtime.block_on(async {
                let mut signals = Signals::listen()?;
                // `ended` waits for it.
                let _ = is_listening.send(Ok(()));
                signals.next().await
            })
        });
        if let Err(error) = told {
            let _ = is_listening.send(Err(error));
            return;
        }
        let _ = is_ended.send(());
        thread::sleep(PATIENCE);
        std::process::exit(INTERRUPTED.into());
    });
    listening.recv().map_err(io::Error::other)??;
    Ok(ended)
}

/// The exit status of a command that has not done what it was to do.
pub(crate) fn interrupted() -> ExitCode {
    ExitCode::from(INTERRUPTED)
}

#[cfg(unix)]
struct Signals([tokio::signal::unix::Signal; 3]);

#[cfg(unix)]
impl Signals {
    /// Ctrl-C, `kill`, and a terminal that is closed.
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind: fn() -> SignalKind| signal(kind());
        Ok(Self([
            listen(SignalKind::interrupt)?,
            listen(SignalKind::terminate)?,
            listen(SignalKind::hangup)?,
        ]))
    }

    async fn next(&mut self) -> io::Result<()> {
        let [interrupt, terminate, hangup] = &mut self.0;
        tokio::select! {
            _ = interrupt.recv() => (),
            _ = terminate.recv() => (),
            _ = hangup.recv() => (),
        }
        Ok(())
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> io::Result<()> {
        tokio::signal::ctrl_c().await
    }
}
