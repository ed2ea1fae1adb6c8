//! What private database servers have in common, whichever program they are: the account they run as, their
//! process, their port, their certificate, and an end that comes even when we are killed.

pub mod account;
pub mod certificate;
pub mod home;
pub mod lifeline;
pub mod port;
pub mod private;
pub mod process;
pub mod program;
pub mod programs;
mod temporary;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Why a private server could not be made, started or stopped.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Its programs are not installed.
    #[error("{program} was not found; install it with `apt install {package}` or add its directory to PATH")]
    NoProgram {
        /// The program that was looked for.
        program: &'static str,
        /// The Debian package that has it.
        package: &'static str,
    },
    /// We are root, which database servers refuse, and the account they run as is missing.
    #[error("the account `{0}` is missing; install the server's Debian package, which makes it, or do not run as root")]
    NoAccount(&'static str),
    /// A file or directory could not be used.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// A program could not be run.
    #[error("{program} could not be run: {source}")]
    Run {
        /// Which.
        program: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The data directory could not be made.
    #[error("the data directory could not be made: {0}")]
    Initialise(String),
    /// The server ended before it was ready.
    #[error("the server did not start; its log ends with: {0}")]
    Ended(String),
    /// The server was not ready in time.
    #[error("the server was not ready after {} seconds; its log ends with: {log}", after.as_secs())]
    Slow {
        /// How long it was waited for.
        after: Duration,
        /// The last lines of its log.
        log: String,
    },
    /// The server is still there after it was told to stop.
    #[error("the server (process {pid}) did not stop within {} seconds", after.as_secs())]
    StillThere {
        /// Its process.
        pid: i32,
        /// How long it was waited for.
        after: Duration,
    },
    /// The certificate could not be made.
    #[error("the certificate could not be made: {0}")]
    Certificate(#[from] rcgen::Error),
}

impl ServerError {
    /// What `source` says about `path`.
    #[must_use]
    pub fn file(path: &Path, source: io::Error) -> Self {
        Self::File { path: path.to_owned(), source }
    }
}

/// Runs a program to its end.
///
/// # Errors
/// [`ServerError::Run`] when it can't be run, [`ServerError::Initialise`] with what it said when it fails.
pub async fn run(command: std::process::Command) -> Result<(), ServerError> {
    let program = PathBuf::from(command.get_program());
    let output = tokio::process::Command::from(command)
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|source| ServerError::Run { program, source })?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(ServerError::Initialise(last_lines(&String::from_utf8_lossy(&said))))
}

/// The last lines of a log, for a message; empty when there is no log.
pub(crate) fn log_tail(path: &Path) -> String {
    let text = std::fs::read(path).unwrap_or_default();
    last_lines(&String::from_utf8_lossy(&text))
}

fn last_lines(text: &str) -> String {
    const LINES: usize = 8;
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(LINES)..].join(" / ")
}
