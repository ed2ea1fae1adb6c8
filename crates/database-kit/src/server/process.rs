//! The process of a server, started by us or found running.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

const POLL: Duration = Duration::from_millis(10);

/// A running server.
#[derive(Debug)]
pub struct Process {
    pid: Pid,
    /// When it began, in clock ticks since the machine's start: another process of the same number began later.
    began: u64,
    /// Kept so that it can be reaped.
    child: Mutex<Option<Child>>,
}

impl Process {
    /// Starts a command. It lives on when this value is dropped.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn spawn(command: &mut Command) -> io::Result<Self> {
        let child = command.spawn()?;
        let number = i32::try_from(child.id()).map_err(io::Error::other)?;
        let began = began(number).unwrap_or_default();
        Ok(Self { pid: Pid::from_raw(number), began, child: Mutex::new(Some(child)) })
    }

    /// The process `pid`, when it runs the program `program`.
    #[must_use]
    pub fn adopt(pid: i32, program: &Path) -> Option<Self> {
        let began = began(pid)?;
        let runs = fs::read_link(format!("/proc/{pid}/exe")).ok()?;
        (runs == program.canonicalize().ok()?).then(|| Self { pid: Pid::from_raw(pid), began, child: Mutex::new(None) })
    }

    /// Its number.
    #[must_use]
    pub const fn pid(&self) -> i32 {
        self.pid.as_raw()
    }

    /// Whether it still runs.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        match child.as_mut().map(Child::try_wait) {
            Some(Ok(Some(_))) => false,
            Some(_) => true,
            None => began(self.pid()) == Some(self.began),
        }
    }

    /// Sends it a signal; nothing happens when it is gone.
    pub fn signal(&self, signal: Signal) {
        if self.is_alive() && kill(self.pid, signal).is_err() {
            tracing::debug!(pid = self.pid(), "the process was gone before its signal");
        }
    }

    /// Waits until it is gone; `false` when it is still there after `limit`.
    pub async fn gone(&self, limit: Duration) -> bool {
        tokio::time::timeout(limit, async {
            while self.is_alive() {
                tokio::time::sleep(POLL).await;
            }
        })
        .await
        .is_ok()
    }
}

/// When a process began, in clock ticks since the machine's start; `None` when it does not run.
fn began(pid: i32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The program's name, in parentheses, may itself hold blanks and parentheses.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X") {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_process_is_found_again_and_its_end_is_seen() {
        let program = Path::new("/usr/bin/sleep");
        let mut command = Command::new(program);
        let started = Process::spawn(command.arg("60")).unwrap();
        assert!(started.is_alive());
        let adopted = loop {
            // Until it has replaced itself by the program, it still is this test.
            if let Some(adopted) = Process::adopt(started.pid(), program) {
                break adopted;
            }
            tokio::time::sleep(POLL).await;
        };
        assert!(Process::adopt(started.pid(), Path::new("/usr/bin/env")).is_none());
        adopted.signal(Signal::SIGKILL);
        assert!(started.gone(Duration::from_secs(5)).await);
        assert!(!adopted.is_alive());
        assert!(Process::adopt(started.pid(), program).is_none());
    }
}
