//! A terminal that says that it is simulated, and repeats what it is told to.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

const WELCOME: &str = "This is a simulated console: nothing runs behind it. It knows `echo`, `flood` and `exit`.\r\n";
const PROMPT: &str = "simulated$ ";
/// Longer lines are cut.
const LONGEST_LINE: usize = 1024;
const BUFFER: usize = 4096;
const END_OF_INPUT: u8 = 0x04;

/// Opens a terminal; it ends when it is told to, or when it is dropped.
pub(crate) fn open() -> DuplexStream {
    let (outside, inside) = tokio::io::duplex(BUFFER);
    tokio::spawn(async move {
        // It breaks off when nobody sits at it any more.
        let _ = serve(inside).await;
    });
    outside
}

async fn serve(mut line: DuplexStream) -> io::Result<()> {
    line.write_all(format!("{WELCOME}{PROMPT}").as_bytes()).await?;
    let mut typed = Vec::new();
    let mut bytes = [0; 256];
    loop {
        let count = line.read(&mut bytes).await?;
        if count == 0 {
            return Ok(());
        }
        for byte in &bytes[..count] {
            match byte {
                b'\r' | b'\n' => {
                    line.write_all(b"\r\n").await?;
                    let command = String::from_utf8_lossy(&std::mem::take(&mut typed)).trim().to_owned();
                    if !answer(&mut line, &command).await? {
                        return Ok(());
                    }
                    line.write_all(PROMPT.as_bytes()).await?;
                }
                0x08 | 0x7f if typed.pop().is_some() => line.write_all(b"\x08 \x08").await?,
                &END_OF_INPUT if typed.is_empty() => return Ok(()),
                byte if *byte < b' ' || *byte == 0x7f || typed.len() >= LONGEST_LINE => {}
                byte => {
                    typed.push(*byte);
                    line.write_all(&[*byte]).await?;
                }
            }
        }
    }
}

/// Answers a command; `false` when it is the last.
async fn answer(line: &mut DuplexStream, command: &str) -> io::Result<bool> {
    let (name, rest) = command.split_once(' ').unwrap_or((command, ""));
    match name {
        "" => {}
        "exit" => return Ok(false),
        "echo" => line.write_all(format!("{rest}\r\n").as_bytes()).await?,
        // For trying out what becomes of a service that writes without end.
        "flood" => loop {
            line.write_all(&[b'~'; BUFFER]).await?;
        },
        other => {
            line.write_all(format!("simulated: {other}: there is nothing that could do this\r\n").as_bytes()).await?
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn session(typed: &[u8]) -> String {
        let mut terminal = open();
        terminal.write_all(typed).await.unwrap();
        let mut shown = String::new();
        terminal.read_to_string(&mut shown).await.unwrap();
        shown
    }

    #[tokio::test]
    async fn it_says_what_it_is_and_repeats_what_it_is_told() {
        let shown = session(b"echo hello\rls\nexit\r").await;
        assert!(shown.starts_with("This is a simulated console"), "{shown}");
        assert!(shown.contains("echo hello\r\nhello\r\n"), "{shown}");
        assert!(shown.contains("simulated: ls: there is nothing"), "{shown}");
    }

    #[tokio::test]
    async fn a_line_can_be_corrected_and_the_end_of_input_ends_it() {
        let shown = session(b"echo hellp\x7fo\r\x04").await;
        assert!(shown.contains("\r\nhello\r\n"), "{shown}");
    }
}
