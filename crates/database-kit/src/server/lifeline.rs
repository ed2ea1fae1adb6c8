//! An end for temporary servers that comes with ours, even when we are killed.

use std::io;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use nix::sys::signal::Signal;

use super::process::Process;

/// Waits for the end of its input, which comes when the last handle of the pipe is gone, then ends the server
/// and removes its directory.
const WATCH: &str = r#"
cat >/dev/null
kill -s "$2" "$1" 2>/dev/null
turns=0
while [ -e "/proc/$1/exe" ] && [ "$turns" -lt 200 ]; do sleep 0.05; turns=$((turns + 1)); done
rm -rf "$3"
"#;

/// While this lives, the server lives; afterwards the server is ended and its directory is gone, also when
/// this process is killed.
#[derive(Debug)]
pub struct Lifeline {
    watcher: Child,
    hold: Option<ChildStdin>,
}

impl Lifeline {
    /// Ties the server `process` with its files in `directory` to this process.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn tie(process: &Process, end_with: Signal, directory: &Path) -> io::Result<Self> {
        let name = end_with.as_str().trim_start_matches("SIG");
        let mut command = Command::new("/bin/sh");
        command.args(["-c", WATCH, "hansa-lifeline", &process.pid().to_string(), name]).arg(directory);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        // Away from the signals of our terminal, so that it is still there when Ctrl-C ends us.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut watcher = command.spawn()?;
        let hold = watcher.stdin.take();
        Ok(Self { watcher, hold })
    }
}

impl Drop for Lifeline {
    fn drop(&mut self) {
        drop(self.hold.take());
        // Short: the server is ended at once, not gently.
        if let Err(error) = self.watcher.wait() {
            tracing::warn!(%error, "the end of a temporary server was not seen");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn the_server_ends_with_its_lifeline() {
        let directory = tempfile::tempdir().unwrap().keep();
        let process = Process::spawn(Command::new("/usr/bin/sleep").arg("60")).unwrap();
        let lifeline = Lifeline::tie(&process, Signal::SIGTERM, &directory).unwrap();
        assert!(process.is_alive());
        drop(lifeline);
        assert!(process.gone(Duration::from_secs(5)).await);
        assert!(!directory.exists());
    }
}
