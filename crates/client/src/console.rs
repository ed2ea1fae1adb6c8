//! Consoles of services: the log, and the WebSockets that terminals travel on.

use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use hansa_model::console::{ConsoleMessage, ConsoleTicket, ServiceLog, close};
use hansa_model::id::ServiceId;
use reqwest::header::{CONNECTION, HeaderName, HeaderValue, UPGRADE};
use reqwest::{Method, Upgraded};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};

use crate::call::broken;
use crate::client::Client;
use crate::error::ClientError;

const ACCEPT: HeaderName = HeaderName::from_static("sec-websocket-accept");
const KEY: HeaderName = HeaderName::from_static("sec-websocket-key");
const VERSION: HeaderName = HeaderName::from_static("sec-websocket-version");
/// How long the exchange may take to open a console.
const OPENING: Duration = Duration::from_secs(15);
/// The most bytes of a frame that are taken.
const LARGEST_FRAME: usize = 256 << 10;
/// How long the other side may take to take a frame.
const SENDING: Duration = Duration::from_secs(10);
/// The longest reason that fits into a closing frame.
const LONGEST_REASON: usize = 123;

type Socket = WebSocketStream<Upgraded>;

/// One end of an open console.
#[derive(Debug)]
pub struct Console {
    /// Where bytes go in.
    pub input: ConsoleInput,
    /// Where bytes come out.
    pub output: ConsoleOutput,
}

/// The writing half of a console.
#[derive(Debug)]
pub struct ConsoleInput {
    sink: SplitSink<Socket, Message>,
}

/// The reading half of a console.
#[derive(Debug)]
pub struct ConsoleOutput {
    stream: SplitStream<Socket>,
}

/// How a console came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleEnd {
    /// Why, as one of [`hansa_model::console::close`]; `None` when the connection broke off.
    pub code: Option<u16>,
    /// Why, in a sentence; may be empty.
    pub reason: String,
}

impl ConsoleEnd {
    /// Whether it was ended on purpose and all is well.
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.code == Some(close::ENDED)
    }
}

impl ConsoleInput {
    /// Sends bytes; waits while the other side takes none, but not for ever. `false` when the console has ended.
    pub async fn send(&mut self, bytes: &[u8]) -> bool {
        self.send_message(Message::binary(bytes.to_vec())).await
    }

    /// Tells how large the terminal is. `false` when the console has ended.
    pub async fn resize(&mut self, columns: u16, rows: u16) -> bool {
        let message = serde_json::to_string(&ConsoleMessage::Resize { columns, rows }).unwrap_or_default();
        self.send_message(Message::text(message)).await
    }

    /// Ends the console, with one of [`hansa_model::console::close`] and a sentence, of which 123 bytes arrive.
    pub async fn close(&mut self, code: u16, reason: &str) {
        let mut reason = reason.to_owned();
        while reason.len() > LONGEST_REASON {
            reason.pop();
        }
        self.send_message(Message::Close(Some(CloseFrame { code: code.into(), reason: reason.into() }))).await;
    }

    async fn send_message(&mut self, message: Message) -> bool {
        matches!(tokio::time::timeout(SENDING, self.sink.send(message)).await, Ok(Ok(())))
    }
}

impl ConsoleOutput {
    /// The next bytes.
    ///
    /// # Errors
    /// [`ConsoleEnd`] when there will be no more.
    pub async fn next(&mut self) -> Result<Vec<u8>, ConsoleEnd> {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Binary(bytes))) => return Ok(bytes.to_vec()),
                Some(Ok(Message::Close(Some(frame)))) => {
                    let reason = frame.reason.to_string();
                    return Err(ConsoleEnd { code: Some(frame.code.into()), reason });
                }
                Some(Ok(Message::Close(None)) | Err(_)) | None => {
                    return Err(ConsoleEnd { code: None, reason: "the connection broke off".to_owned() });
                }
                Some(Ok(_)) => {}
            }
        }
    }
}

impl Client {
    /// The last lines that a service wrote to its console: 200 when nothing else is asked for.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn service_log(&self, id: ServiceId, lines: Option<u32>) -> Result<ServiceLog, ClientError> {
        let query: Vec<_> = lines.map(|lines| ("lines", lines)).into_iter().collect();
        // Waiting longer does not bring back an agent that is away.
        self.call(Method::GET, format!("/v1/services/{id}/log")).query(&query).attempts(1).send().await
    }

    /// Opens a terminal on a service.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn open_console(&self, id: ServiceId) -> Result<Console, ClientError> {
        let path = format!("/v1/services/{id}/consoles");
        let ticket: ConsoleTicket = self.call(Method::POST, path).attempts(1).send().await?;
        self.console_at(ticket.path).await
    }

    /// Brings the console that an agent was asked for.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn join_console(&self, ticket: &str) -> Result<Console, ClientError> {
        self.console_at(format!("/v1/agent/consoles/{ticket}")).await
    }

    async fn console_at(&self, path: String) -> Result<Console, ClientError> {
        let key = generate_key();
        let key_header = HeaderValue::from_str(&key).map_err(|_| self.no_console(0))?;
        let call = self
            .call(Method::GET, path)
            .header(CONNECTION, HeaderValue::from_static("upgrade"))
            .header(UPGRADE, HeaderValue::from_static("websocket"))
            .header(VERSION, HeaderValue::from_static("13"))
            .header(KEY, key_header)
            .timeout(None)
            .attempts(1);
        let late = |_| ClientError::TimedOut { address: self.address().to_owned() };
        let response = tokio::time::timeout(OPENING, call.send_raw()).await.map_err(late)??;
        let expected = derive_accept_key(key.as_bytes());
        let accepted = response.headers().get(ACCEPT).is_some_and(|value| value.as_bytes() == expected.as_bytes());
        if !accepted {
            return Err(self.no_console(response.status().as_u16()));
        }
        let upgraded = response.upgrade().await.map_err(|error| broken(self, error))?;
        let config =
            WebSocketConfig::default().max_message_size(Some(LARGEST_FRAME)).max_frame_size(Some(LARGEST_FRAME));
        let socket = WebSocketStream::from_raw_socket(upgraded, Role::Client, Some(config)).await;
        let (sink, stream) = socket.split();
        Ok(Console { input: ConsoleInput { sink }, output: ConsoleOutput { stream } })
    }

    fn no_console(&self, status: u16) -> ClientError {
        ClientError::Unexpected { address: self.address().to_owned(), status }
    }
}
