//! How far a long evaluation is, on a terminal; and whether somebody has pressed Ctrl-C.

use std::{
    io::{self, IsTerminal as _, Read},
    process,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::Error;

/// The progress of one command. Clones are of the same.
#[derive(Clone)]
pub(crate) struct Progress {
    bar: ProgressBar,
    is_stopped: Arc<AtomicBool>,
}

/// The exit status of what SIGINT ends.
pub(crate) const INTERRUPTED: u8 = 130;

impl Progress {
    /// Shown on standard error, unless that is no terminal. The first Ctrl-C stops the evaluation, a second one the command.
    pub(crate) fn start() -> Result<Self, Error> {
        let is_stopped = Arc::new(AtomicBool::new(false));
        let handled = Arc::clone(&is_stopped);
        ctrlc::set_handler(move || {
            if handled.swap(true, Ordering::Relaxed) {
                process::exit(INTERRUPTED.into());
            }
        })?;
        Ok(Self { bar: ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()), is_stopped })
    }

    /// Begins to read so many bytes.
    pub(crate) fn begin(&self, what: &'static str, bytes: u64) {
        const TEMPLATE: &str = "{msg:10} {wide_bar} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
        if !io::stderr().is_terminal() {
            return;
        }
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            self.bar.set_style(style);
        }
        self.bar.set_draw_target(ProgressDrawTarget::stderr());
        self.bar.reset();
        self.bar.set_length(bytes);
        self.bar.set_message(what);
    }

    /// Counts what is read.
    pub(crate) fn reading<R: Read>(&self, file: R) -> impl Read + use<R> {
        self.bar.wrap_read(file)
    }

    /// Counts what has arrived.
    #[cfg(feature = "aws")]
    pub(crate) fn add(&self, bytes: usize) {
        self.bar.inc(bytes as u64);
    }

    /// Writes to the terminal without the bar in between.
    pub(crate) fn suspend<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }

    /// Whether somebody has pressed Ctrl-C.
    pub(crate) fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Relaxed)
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
