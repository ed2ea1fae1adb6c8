//! QEMU processes as the kernel shows them, recognised so surely that none but our own is ever ended.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// The unit of processor times in `/proc`; fixed by the kernel's interface.
const TICKS_PER_SECOND: i64 = 100;
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// One process, which stays the same even when its number is given to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Process {
    pid: i32,
    /// When it began, in ticks since the machine was started.
    began: u64,
}

/// What a process used since it began, and what it uses now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Use {
    pub(crate) cpu_ms: i64,
    pub(crate) memory_bytes: i64,
}

impl Process {
    /// The QEMU that was started with this file for its number, by what it noted there.
    pub(crate) fn noted_in(pidfile: &Path) -> Option<Self> {
        let pid: i32 = fs::read_to_string(pidfile).ok()?.trim().parse().ok()?;
        Self::if_started_with(pid, pidfile)
    }

    /// Every process that was started with this file for its number: also one that has not noted it yet,
    /// and for a moment the parents of one that goes into the background.
    pub(crate) fn all_started_with(pidfile: &Path) -> Vec<Self> {
        pids().filter_map(|pid| Self::if_started_with(pid, pidfile)).collect()
    }

    fn if_started_with(pid: i32, pidfile: &Path) -> Option<Self> {
        let process = Self { pid, began: began(pid)? };
        let given = pidfile_argument(pid)?;
        // The process may have ended between the two looks and its number been given away.
        (Path::new(&given) == pidfile && process.is_alive()).then_some(process)
    }

    /// Whether it still runs. What is dead and only waits to be collected does not.
    pub(crate) fn is_alive(self) -> bool {
        began(self.pid) == Some(self.began)
    }

    /// Tells this life of the machine from all others.
    pub(crate) fn run(self) -> String {
        format!("{}-{}", self.pid, self.began)
    }

    /// How long it has been there.
    pub(crate) fn age(self) -> Option<Duration> {
        let uptime = fs::read_to_string("/proc/uptime").ok()?;
        let (seconds, hundredths) = uptime.split_whitespace().next()?.split_once('.')?;
        let now = seconds.parse::<u64>().ok()? * 100 + hundredths.parse::<u64>().ok()?;
        Some(Duration::from_millis(now.saturating_sub(self.began) * 10))
    }

    /// What it uses; `None` when it is gone.
    pub(crate) fn usage(self) -> Option<Use> {
        let stat = Stat::read(self.pid).filter(|stat| stat.began == self.began)?;
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid)).ok()?;
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kib: i64 = resident.trim().trim_end_matches("kB").trim().parse().ok()?;
        Some(Use { cpu_ms: stat.ticks * 1000 / TICKS_PER_SECOND, memory_bytes: kib * 1024 })
    }

    /// Ends it at once.
    pub(crate) fn kill(self) {
        if self.is_alive() {
            // It may end by itself just now, which is as good.
            let _ = kill(Pid::from_raw(self.pid), Signal::SIGKILL);
        }
    }

    /// Waits until it has ended; whether it did in time.
    pub(crate) async fn ended_within(self, limit: Duration) -> bool {
        let deadline = Instant::now() + limit;
        while self.is_alive() {
            if Instant::now() >= deadline {
                return false;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        true
    }
}

/// The pid files below `directory` that running QEMUs were started with.
pub(crate) fn pidfiles_below(directory: &Path) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> = pids()
        .filter(|pid| began(*pid).is_some())
        .filter_map(pidfile_argument)
        .map(std::path::PathBuf::from)
        .filter(|file| file.starts_with(directory))
        .collect();
    files.sort();
    files.dedup();
    files
}

fn pids() -> impl Iterator<Item = i32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// What follows `-pidfile` on its command line.
fn pidfile_argument(pid: i32) -> Option<String> {
    let line = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let mut arguments = line.split(|byte| *byte == 0);
    arguments.find(|argument| *argument == b"-pidfile")?;
    String::from_utf8(arguments.next()?.to_vec()).ok()
}

fn began(pid: i32) -> Option<u64> {
    Stat::read(pid).map(|stat| stat.began)
}

struct Stat {
    began: u64,
    ticks: i64,
}

impl Stat {
    fn read(pid: i32) -> Option<Self> {
        Self::parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
    }

    /// Reads a line of `/proc/PID/stat`; `None` for a process that is dead.
    fn parse(line: &str) -> Option<Self> {
        // The name comes second, in parentheses, and may contain spaces and parentheses of its own.
        let fields: Vec<&str> = line.rsplit_once(')')?.1.split_whitespace().collect();
        let state = *fields.first()?;
        if matches!(state, "Z" | "X") {
            return None;
        }
        let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
        let ticks = i64::try_from(number(11)? + number(12)?).ok()?;
        Some(Self { began: number(19)?, ticks })
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_line_of_stat_is_read_whatever_the_name() {
        let rest = "1 1 1 0 -1 4194560 1 2 3 4 150 25 5 6 20 0 1 0 777 1000 100";
        for name in ["qemu", "q) Z (x", "a b c"] {
            let stat = Stat::parse(&format!("12 ({name}) S {rest}")).unwrap();
            assert_eq!((stat.began, stat.ticks), (777, 175), "{name}");
        }
        assert!(Stat::parse(&format!("12 (qemu) Z {rest}")).is_none());
        assert!(Stat::parse("12 (qemu").is_none());
    }

    /// Something that looks like a QEMU with this pid file, without being one.
    fn pretender(pidfile: &Path) -> std::process::Child {
        let script = "read -r line";
        let mut command = Command::new("sh");
        command.args(["-c", script, "sh", "-pidfile"]).arg(pidfile).stdin(std::process::Stdio::piped());
        let child = command.spawn().unwrap();
        let pid = i32::try_from(child.id()).unwrap();
        // For a moment a program that was just started shows no command line.
        while pidfile_argument(pid).is_none() {
            std::thread::yield_now();
        }
        child
    }

    #[tokio::test]
    async fn only_a_process_with_this_very_pid_file_is_recognised() {
        let directory = tempfile::tempdir().unwrap();
        let (own, other) = (directory.path().join("own"), directory.path().join("other"));
        let mut child = pretender(&own);
        fs::write(&own, format!("{}\n", child.id())).unwrap();
        // A number that was given to somebody else, as after a restart of the machine.
        fs::write(&other, format!("{}\n", child.id())).unwrap();

        let process = Process::noted_in(&own).unwrap();
        assert_eq!(Process::noted_in(&other), None);
        assert_eq!(Process::all_started_with(&own), [process]);
        assert_eq!(Process::all_started_with(&other), []);
        assert_eq!(pidfiles_below(directory.path()), std::slice::from_ref(&own));

        let stranger = Process { began: process.began - 1, ..process };
        stranger.kill();
        assert!(process.is_alive(), "a process that began at another time was ended");
        process.kill();
        assert!(process.ended_within(Duration::from_secs(10)).await);
        assert_eq!(Process::noted_in(&own), None, "a dead process that nobody collected counts as running");
        child.wait().unwrap();
    }
}
