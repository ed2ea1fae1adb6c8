//! An end for temporary servers that comes with ours, even when we are killed.

use std::io;
use std::process::{Child, ChildStdin, Command, Stdio};

use nix::sys::signal::Signal;

use super::home::Home;

/// Waits for the end of its input, which comes when the last handle of the pipe is gone, then ends the server
/// whose process is noted in the directory, and removes the directory.
const WATCH: &str = r#"
cat >/dev/null
pid=$(cat "$1/pid")
kill -s "$2" "$pid" 2>/dev/null
turns=0
while [ -e "/proc/$pid/exe" ] && [ "$turns" -lt 200 ]; do sleep 0.05; turns=$((turns + 1)); done
rm -rf "$1"
"#;

/// While this lives, the server lives; afterwards the server is ended and its directory is gone, also when
/// this process is killed.
#[derive(Debug)]
pub struct Lifeline {
    watcher: Child,
    hold: Option<ChildStdin>,
}

impl Lifeline {
    /// Ties the server in `home` to this process: whichever is noted there as running at the end.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn tie(home: &Home, end_with: Signal) -> io::Result<Self> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", WATCH, "hansa-lifeline"]).arg(home.path());
        command.arg(end_with.as_str().trim_start_matches("SIG"));
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

    use super::super::process::Process;
    use super::*;

    #[tokio::test]
    async fn the_server_ends_with_its_lifeline() {
        let home = Home::ensure(&tempfile::tempdir().unwrap().keep()).unwrap();
        let process = Process::spawn(Command::new("/usr/bin/sleep").arg("60")).unwrap();
        home.keep_pid(process.pid()).unwrap();
        let lifeline = Lifeline::tie(&home, Signal::SIGTERM).unwrap();
        assert!(process.is_alive());
        drop(lifeline);
        assert!(process.gone(Duration::from_secs(5)).await);
        assert!(!home.path().exists());
    }
}
