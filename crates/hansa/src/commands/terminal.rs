//! The console of a service: its log, and a terminal on it.

use std::io::{IsTerminal as _, Read as _, Write as _};

use anyhow::Context as _;
use clap::Args;
use hansa_client::{Console, ConsoleEnd};
use hansa_model::console::close;
use nix::sys::termios::{SetArg, Termios, cfmakeraw, tcgetattr, tcsetattr};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use crate::failure::{Exit, Failure};
use crate::resolve;
use crate::session::Session;

/// What ends a terminal from this side: Ctrl-], which no shell has a use for.
const ESCAPE: u8 = 0x1d;

/// Show a log.
#[derive(Debug, Args)]
#[command(after_help = "Control characters are left out; `-o json` has the text as it is.

Examples:
  hansa service log web
  hansa service log web/1 --lines 1000 -o json")]
pub(crate) struct Log {
    /// Identifier, component (`web`) or instance (`web/1`)
    service: String,
    /// How many lines at most
    #[arg(short = 'n', long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    lines: u32,
}

/// Open a terminal.
#[derive(Debug, Args)]
#[command(
    after_help = "Ctrl-] ends it; the service goes on. What comes in on stdin is typed, so a file of commands can be given there.

Examples:
  hansa service console web
  hansa service console web/1 --context operator"
)]
pub(crate) struct Terminal {
    /// Identifier, component (`web`) or instance (`web/1`)
    service: String,
}

impl Log {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let client = session.client()?;
        let id = resolve::service(&client, &self.service).await?.id;
        let log = client.service_log(id, Some(self.lines)).await?;
        session.output.document(&log, || plain(&log.text), || log.text.lines().map(str::to_owned).collect())
    }
}

/// A service may write what it likes; a terminal that shows it must not obey it.
fn plain(text: &str) -> String {
    let mut shown: String =
        text.chars().filter(|character| matches!(character, '\n' | '\t') || !character.is_control()).collect();
    if !shown.is_empty() && !shown.ends_with('\n') {
        shown.push('\n');
    }
    shown
}

impl Terminal {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let client = session.client()?;
        let service = resolve::service(&client, &self.service).await?;
        let console = client.open_console(service.id).await?;
        if std::io::stdin().is_terminal() {
            session.output.note(&format!("{} at {}: Ctrl-] ends it", service.id, service.offer_key));
        }
        let raw = Raw::enter()?;
        let end = sit_at(console).await;
        drop(raw);
        match end? {
            None => Ok(()),
            Some(end) if end.is_well() => Ok(()),
            Some(end) => Err(failure(&end).into()),
        }
    }
}

fn failure(end: &ConsoleEnd) -> Failure {
    let (exit, code) = match end.code {
        Some(close::AGENT_AWAY | close::GOING_AWAY) => (Exit::Unreachable, "agent-away"),
        Some(close::REFUSED) => (Exit::Impossible, "console-refused"),
        Some(close::FORBIDDEN) => (Exit::Refused, "forbidden"),
        Some(close::TIMED_OUT) => (Exit::TimedOut, "timed-out"),
        _ => (Exit::Failure, "console-ended"),
    };
    Failure::new(exit, code, format!("the terminal ended: {}", end.reason)).hint("open it again")
}

/// Carries what is typed and shown until either side ends it; the other side's end, if it was that.
async fn sit_at(mut console: Console) -> anyhow::Result<Option<ConsoleEnd>> {
    let mut typed = keyboard()?;
    let mut terminate = signal(SignalKind::terminate()).context("signals can't be listened to")?;
    let mut is_open = true;
    loop {
        tokio::select! {
            shown = console.output.next() => match shown {
                Ok(bytes) => {
                    let mut stdout = std::io::stdout().lock();
                    stdout.write_all(&bytes).and_then(|()| stdout.flush()).context("stdout can't be written")?;
                }
                Err(end) => return Ok(Some(end)),
            },
            bytes = typed.recv(), if is_open => match bytes {
                // The end of a file of commands is not the end of their answers.
                None => is_open = false,
                Some(bytes) => {
                    let (bytes, is_over) = up_to_escape(&bytes);
                    // When it has ended, the other half says why.
                    is_open = bytes.is_empty() || console.input.send(bytes).await;
                    if is_over {
                        break;
                    }
                }
            },
            _ = terminate.recv() => break,
        }
    }
    console.input.close(close::ENDED, "").await;
    Ok(None)
}

/// What was typed before Ctrl-], and whether that was typed.
fn up_to_escape(bytes: &[u8]) -> (&[u8], bool) {
    match bytes.iter().position(|byte| *byte == ESCAPE) {
        Some(end) => (&bytes[..end], true),
        None => (bytes, false),
    }
}

/// What is typed, read by a thread of its own: it can't be made to stop waiting, and ends with the process.
fn keyboard() -> anyhow::Result<mpsc::Receiver<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel(16);
    let read = move || {
        let mut bytes = [0; 4096];
        let mut stdin = std::io::stdin().lock();
        while let Ok(count) = stdin.read(&mut bytes) {
            if count == 0 || sender.blocking_send(bytes[..count].to_vec()).is_err() {
                return;
            }
        }
    };
    std::thread::Builder::new().name("keyboard".to_owned()).spawn(read).context("stdin can't be read")?;
    Ok(receiver)
}

/// A terminal whose keys go through as they are; set back when this is dropped.
struct Raw(Option<Termios>);

impl Raw {
    /// Does nothing when stdin is no terminal.
    fn enter() -> anyhow::Result<Self> {
        let stdin = std::io::stdin();
        if !stdin.is_terminal() {
            return Ok(Self(None));
        }
        let before = tcgetattr(&stdin).context("the terminal can't be set up")?;
        let mut raw = before.clone();
        cfmakeraw(&mut raw);
        tcsetattr(&stdin, SetArg::TCSANOW, &raw).context("the terminal can't be set up")?;
        Ok(Self(Some(before)))
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            // There is nobody left to be told.
            let _ = tcsetattr(std::io::stdin(), SetArg::TCSANOW, before);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_can_not_steer_the_terminal_that_shows_it() {
        assert_eq!(plain("up\r\n\u{1b}]0;title\u{7}\u{9b}31mred\ttab"), "up\n]0;title31mred\ttab\n");
        assert_eq!(plain(""), "");
    }

    #[test]
    fn the_escape_ends_what_is_typed() {
        assert_eq!(up_to_escape(b"ls\r\x1dmore"), (b"ls\r".as_slice(), true));
        assert_eq!(up_to_escape(b"\x1d"), (b"".as_slice(), true));
        assert_eq!(up_to_escape(b"ls"), (b"ls".as_slice(), false));
    }
}
