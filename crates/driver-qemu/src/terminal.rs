//! Terminals on serial consoles. QEMU lets one in at a time and keeps others waiting without a word, so whoever comes
//! sits down, and whoever sat there is told and gets up: a connection that was forgotten somewhere locks nobody out.

use std::collections::HashMap;
use std::io;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use hansa_model::id::ServiceId;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::UnixStream;
use tokio::sync::oneshot;

use crate::home::Home;

const NOTICE: &[u8] = b"\r\n[another terminal took this console over]\r\n";

/// Who sits at which console.
#[derive(Debug, Default)]
pub(crate) struct Terminals {
    seats: Mutex<HashMap<ServiceId, oneshot::Sender<()>>>,
}

impl Terminals {
    /// Sits down at a console.
    pub(crate) async fn sit_down(&self, service: ServiceId, home: &Home) -> io::Result<Terminal> {
        let stream = UnixStream::connect(home.terminal()).await?;
        let (seat, taken) = oneshot::channel();
        let mut seats = self.seats.lock().unwrap_or_else(PoisonError::into_inner);
        seats.retain(|_, seat| !seat.is_closed());
        if let Some(before) = seats.insert(service, seat) {
            // It may have got up by itself.
            let _ = before.send(());
        }
        Ok(Terminal { stream, state: State::Sitting(taken) })
    }
}

/// A terminal on a serial console; ends when another takes it over, or with the machine.
#[derive(Debug)]
pub(crate) struct Terminal {
    stream: UnixStream,
    state: State,
}

#[derive(Debug)]
enum State {
    Sitting(oneshot::Receiver<()>),
    /// So many bytes of the notice are read.
    Told(usize),
}

impl AsyncRead for Terminal {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if let State::Sitting(taken) = &mut self.state
            && let Poll::Ready(Ok(())) = Pin::new(taken).poll(context)
        {
            self.state = State::Told(0);
        }
        match &mut self.state {
            State::Sitting(_) => Pin::new(&mut self.stream).poll_read(context, into),
            State::Told(read) => {
                let rest = &NOTICE[*read..];
                let count = rest.len().min(into.remaining());
                into.put_slice(&rest[..count]);
                *read += count;
                Poll::Ready(Ok(()))
            }
        }
    }
}

impl AsyncWrite for Terminal {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.state {
            State::Sitting(_) => Pin::new(&mut self.stream).poll_write(context, bytes),
            State::Told(_) => Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_shutdown(context))?;
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::UnixListener;

    use super::*;

    #[tokio::test]
    async fn who_comes_takes_the_seat_of_who_sat_there() {
        let state = tempfile::tempdir().unwrap();
        let (service, terminals) = (ServiceId::new(), Terminals::default());
        let home = Home::of(state.path(), service);
        assert!(terminals.sit_down(service, &home).await.is_err(), "there is no machine yet");
        home.prepare().unwrap();
        let machine = UnixListener::bind(home.terminal()).unwrap();

        let mut first = terminals.sit_down(service, &home).await.unwrap();
        let (mut line, _) = machine.accept().await.unwrap();
        first.write_all(b"ls\r").await.unwrap();
        let mut typed = [0; 3];
        line.read_exact(&mut typed).await.unwrap();
        assert_eq!(&typed, b"ls\r");

        let mut second = terminals.sit_down(service, &home).await.unwrap();
        let mut shown = Vec::new();
        first.read_to_end(&mut shown).await.unwrap();
        assert_eq!(shown, NOTICE);
        assert!(first.write_all(b"x").await.is_err());
        drop(first);
        assert_eq!(line.read(&mut typed).await.unwrap(), 0, "the machine's line is free again");

        let (mut line, _) = machine.accept().await.unwrap();
        line.write_all(b"login: ").await.unwrap();
        drop(line);
        let mut shown = String::new();
        second.read_to_string(&mut shown).await.unwrap();
        assert_eq!(shown, "login: ");
    }
}
