//! Child processes of the story, and whatever they leave behind.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::{Child, Command};

/// How long a process may take to end when it is asked to.
const GRACE: Duration = Duration::from_secs(15);

/// A process that writes into a log file and is asked to end with the story.
#[derive(Debug)]
pub(crate) struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts the program.
    pub(crate) fn start(program: &Path, args: &[&str], name: &str, log: PathBuf) -> anyhow::Result<Self> {
        let file = File::create(&log).with_context(|| format!("{} can't be made", log.display()))?;
        let child = Command::new(program)
            .args(args)
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            // Ctrl-C is for the story, which ends its processes in order.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} can't be started", program.display()))?;
        Ok(Self { name: name.to_owned(), child, log })
    }

    /// Fails with the end of the log when the process has ended.
    pub(crate) fn check(&mut self) -> anyhow::Result<()> {
        let Some(status) = self.child.try_wait()? else { return Ok(()) };
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let tail = lines[lines.len().saturating_sub(15)..].join("\n");
        bail!("{} ended with {status}; its log ends with:\n{tail}", self.name)
    }

    /// Asks the process to end, and makes it end when it does not.
    pub(crate) async fn stop(&mut self) {
        if let Some(pid) = self.child.id().and_then(|id| i32::try_from(id).ok()) {
            let _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
        }
        if tokio::time::timeout(GRACE, self.child.wait()).await.is_err() {
            let _ = self.child.kill().await;
        }
    }
}

/// A process that is running, by its number and its command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Running {
    pub(crate) pid: i32,
    pub(crate) command: String,
}

/// Every running process whose command line names the path.
pub(crate) fn that_name(path: &Path) -> Vec<Running> {
    let needle = path.to_string_lossy().into_owned();
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let own = i32::try_from(std::process::id()).unwrap_or_default();
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok())
        .filter(|pid| *pid != own)
        .filter_map(|pid| {
            let bytes = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
            let command = String::from_utf8_lossy(&bytes).replace('\0', " ");
            command.contains(&needle).then_some(Running { pid, command })
        })
        .collect()
}

/// Kills a process of the story, as an accident would.
pub(crate) fn kill_hard(pid: i32) -> anyhow::Result<()> {
    kill(Pid::from_raw(pid), Signal::SIGKILL).with_context(|| format!("process {pid} can't be killed"))
}

/// Ends every process that still names the path: what a story that was cut short had left.
pub(crate) async fn sweep(path: &Path) {
    for signal in [Signal::SIGTERM, Signal::SIGKILL] {
        for left in that_name(path) {
            let _ = kill(Pid::from_raw(left.pid), signal);
        }
        let deadline = tokio::time::Instant::now() + Duration::from_secs(5);
        while !that_name(path).is_empty() && tokio::time::Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
