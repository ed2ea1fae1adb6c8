//! JSON over a Unix socket, as QEMU's monitor (QMP) and the guest agent speak it: one command, one answer, a line each.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

/// A guest can send what it likes; longer lines are not read.
const LONGEST_LINE: u64 = 256 * 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TalkError {
    /// The socket can't be used, or the other end hung up.
    #[error("the connection failed")]
    Connection(#[from] std::io::Error),
    /// The answer is no JSON, or too long.
    #[error("the answer can't be read")]
    Unreadable,
    /// The command was refused.
    #[error("the answer was an error: {0}")]
    Refused(String),
    /// There was no answer in time.
    #[error("there was no answer in time")]
    Late,
}

/// Asks QEMU itself.
pub(crate) async fn ask_monitor(socket: &Path, command: &str, limit: Duration) -> Result<Value, TalkError> {
    let conversation = async {
        let mut line = Line::connect(socket).await?;
        line.receive().await?;
        line.ask("qmp_capabilities", Value::Null).await?;
        line.ask(command, Value::Null).await
    };
    tokio::time::timeout(limit, conversation).await.map_err(|_| TalkError::Late)?
}

/// Asks the agent inside the guest.
pub(crate) async fn ask_guest(socket: &Path, command: &str, limit: Duration) -> Result<Value, TalkError> {
    let conversation = async {
        let mut line = Line::connect(socket).await?;
        line.synchronise().await?;
        line.ask(command, Value::Null).await
    };
    tokio::time::timeout(limit, conversation).await.map_err(|_| TalkError::Late)?
}

struct Line {
    stream: BufReader<UnixStream>,
}

impl Line {
    async fn connect(socket: &Path) -> Result<Self, TalkError> {
        Ok(Self { stream: BufReader::new(UnixStream::connect(socket).await?) })
    }

    async fn send(&mut self, command: &str, arguments: Value) -> Result<(), TalkError> {
        let mut message = json!({"execute": command});
        if !arguments.is_null() {
            message["arguments"] = arguments;
        }
        let mut text = message.to_string();
        text.push('\n');
        Ok(self.stream.write_all(text.as_bytes()).await?)
    }

    async fn receive(&mut self) -> Result<Value, TalkError> {
        let mut line = Vec::new();
        (&mut self.stream).take(LONGEST_LINE).read_until(b'\n', &mut line).await?;
        if line.is_empty() {
            return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
        }
        serde_json::from_slice(&line).map_err(|_| TalkError::Unreadable)
    }

    /// Sends a command and waits for its answer; events in between are passed over.
    async fn ask(&mut self, command: &str, arguments: Value) -> Result<Value, TalkError> {
        self.send(command, arguments).await?;
        loop {
            let mut message = self.receive().await?;
            if let Some(error) = message.get("error") {
                return Err(TalkError::Refused(error["desc"].as_str().unwrap_or_default().to_owned()));
            }
            if let Some(answer) = message.get_mut("return") {
                return Ok(answer.take());
            }
        }
    }

    /// Passes over the answers to questions of earlier conversations that nobody waited for.
    async fn synchronise(&mut self) -> Result<(), TalkError> {
        static LAST: AtomicU32 = AtomicU32::new(0);
        let own = u64::from(std::process::id()) << 32;
        let id = own | u64::from(LAST.fetch_add(1, Ordering::Relaxed));
        self.send("guest-sync", json!({"id": id})).await?;
        loop {
            match self.receive().await {
                Ok(message) if message.get("return").and_then(Value::as_u64) == Some(id) => return Ok(()),
                Ok(_) | Err(TalkError::Unreadable) => {}
                Err(error) => return Err(error),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::UnixListener;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(10);

    /// Answers one conversation with these lines, one for each line that comes in, the first at once if `greets`.
    async fn answering(socket: &Path, greets: bool, answers: Vec<String>) {
        let listener = UnixListener::bind(socket).unwrap();
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let mut stream = BufReader::new(stream);
            for (index, answer) in answers.into_iter().enumerate() {
                let mut asked = String::new();
                if index > 0 || !greets {
                    stream.read_line(&mut asked).await.unwrap();
                }
                let id = serde_json::from_str(&asked)
                    .map_or(0, |asked: Value| asked["arguments"]["id"].as_u64().unwrap_or(0));
                let answer = answer.replace("ID", &id.to_string());
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
            // Held open, so that a missing answer is late instead of an end.
            let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
        });
    }

    fn lines(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    #[tokio::test]
    async fn the_monitor_is_greeted_and_its_events_are_passed_over() {
        let directory = tempfile::tempdir().unwrap();
        let socket = directory.path().join("qmp");
        let event = "{\"event\":\"STOP\"}\n{\"return\":{\"status\":\"paused\"}}\n";
        answering(&socket, true, lines(&["{\"QMP\":{}}\n", "{\"return\":{}}\n", event])).await;
        let answer = ask_monitor(&socket, "query-status", LIMIT).await.unwrap();
        assert_eq!(answer, json!({"status": "paused"}));
    }

    #[tokio::test]
    async fn stale_answers_of_a_guest_are_passed_over() {
        let directory = tempfile::tempdir().unwrap();
        let socket = directory.path().join("ga");
        let stale = "half an answer\n{\"return\":7}\n{\"return\":ID}\n";
        answering(&socket, false, lines(&[stale, "{\"return\":{}}\n"])).await;
        assert_eq!(ask_guest(&socket, "guest-ping", LIMIT).await.unwrap(), json!({}));
    }

    #[tokio::test]
    async fn refusals_endless_lines_and_silence_are_errors() {
        let directory = tempfile::tempdir().unwrap();
        let socket = |name: &str| directory.path().join(name);
        answering(&socket("no"), false, lines(&["{\"return\":ID}\n", "{\"error\":{\"desc\":\"no\"}}\n"])).await;
        let refused = ask_guest(&socket("no"), "guest-ping", LIMIT).await;
        assert!(matches!(refused, Err(TalkError::Refused(reason)) if reason == "no"));

        answering(&socket("endless"), true, vec!["x".repeat(300_000)]).await;
        let unreadable = ask_monitor(&socket("endless"), "quit", LIMIT).await;
        assert!(matches!(unreadable, Err(TalkError::Unreadable)));

        answering(&socket("silent"), false, Vec::new()).await;
        let late = ask_guest(&socket("silent"), "guest-ping", Duration::from_millis(50)).await;
        assert!(matches!(late, Err(TalkError::Late)));
        let nobody = ask_guest(&socket("nobody"), "guest-ping", LIMIT).await;
        assert!(matches!(nobody, Err(TalkError::Connection(_))));
    }
}
