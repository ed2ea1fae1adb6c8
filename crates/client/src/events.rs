//! The stream of events: server-sent events that go on where they broke off.

use std::pin::Pin;
use std::time::Duration;

use futures_util::stream::{self, Stream};
use futures_util::{FutureExt, StreamExt};
use hansa_model::event::Event;
use hansa_model::page::{MAX_PAGE, Page};
use reqwest::Method;
use reqwest::header::{ACCEPT, HeaderName, HeaderValue};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::client::Client;
use crate::error::ClientError;
use crate::retry;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
const EVENT_STREAM: HeaderValue = HeaderValue::from_static("text/event-stream");
/// Servers send a comment now and then; a stream that is silent for longer is taken for broken.
const LONGEST_SILENCE: Duration = Duration::from_secs(60);
/// How often in a row a stream is opened again without anything coming before the caller hears of it.
const MOST_FAILURES: u32 = 8;

impl Client {
    /// Events after the one with the given sequence number (0 for all that is kept, `None` for new ones only),
    /// chosen by `query`. A broken stream is opened again where it broke off; ends with the first lasting error.
    pub fn events(&self, after: Option<u64>, query: impl Serialize) -> impl Stream<Item = Result<Event, ClientError>> {
        self.subscribe("/v1/events", after.map(|sequence| sequence.to_string()), query)
    }

    /// What happened so far, the oldest first, chosen by `query`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn past_events(&self, query: &impl Serialize) -> Result<Vec<Event>, ClientError> {
        let mut events = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let mut call = self.call(Method::GET, "/v1/events").query(query).query(&[("limit", MAX_PAGE)]);
            if let Some(cursor) = &cursor {
                call = call.query(&[("cursor", cursor)]);
            }
            // A page of events always has a next one, where events that are yet to come will be.
            let page: Page<Event> = call.send().await?;
            let more = page.items.len() >= MAX_PAGE as usize;
            events.extend(page.items);
            cursor = page.next;
            if !more || cursor.is_none() {
                return Ok(events);
            }
        }
    }

    /// Messages of any path that serves server-sent events, each with JSON as data.
    pub fn subscribe<T: DeserializeOwned>(
        &self,
        path: impl Into<String>,
        last_id: Option<String>,
        query: impl Serialize,
    ) -> impl Stream<Item = Result<T, ClientError>> {
        let state = Subscription { client: self, path: path.into(), query, last_id, body: None, failures: 0 };
        stream::unfold(Some(state), |state| async move {
            let mut state = state?;
            match state.next().await {
                Ok(message) => Some((Ok(message), Some(state))),
                Err(error) => Some((Err(error), None)),
            }
        })
    }
}

struct Subscription<'a, Q> {
    client: &'a Client,
    path: String,
    query: Q,
    last_id: Option<String>,
    body: Option<Body>,
    failures: u32,
}

struct Body {
    chunks: Pin<Box<dyn Stream<Item = Result<Vec<u8>, reqwest::Error>> + Send>>,
    parser: Parser,
}

impl<Q: Serialize> Subscription<'_, Q> {
    async fn next<T: DeserializeOwned>(&mut self) -> Result<T, ClientError> {
        loop {
            let Some(body) = &mut self.body else {
                self.open().await?;
                continue;
            };
            if let Some(message) = body.parser.next() {
                self.failures = 0;
                if message.id.is_some() {
                    self.last_id = message.id;
                }
                if message.data.is_empty() {
                    continue;
                }
                return serde_json::from_str(&message.data).map_err(ClientError::Shape);
            }
            match tokio::time::timeout(LONGEST_SILENCE, body.chunks.next()).await {
                Ok(Some(Ok(chunk))) => body.parser.feed(&chunk),
                _ => self.body = None,
            }
        }
    }

    async fn open(&mut self) -> Result<(), ClientError> {
        if self.failures > 0 {
            tokio::time::sleep(retry::pause(self.failures)).await;
        }
        self.failures += 1;
        let mut call = self.client.call(Method::GET, self.path.as_str()).query(&self.query).timeout(None);
        call = call.header(ACCEPT, EVENT_STREAM);
        if let Some(id) = self.last_id.as_deref().and_then(|id| HeaderValue::from_str(id).ok()) {
            call = call.header(LAST_EVENT_ID, id);
        }
        match call.attempts(1).send_raw().boxed().await {
            Ok(response) => {
                let chunks = response.bytes_stream().map(|chunk| chunk.map(|bytes| bytes.to_vec())).boxed();
                self.body = Some(Body { chunks, parser: Parser::default() });
                Ok(())
            }
            Err(error) if error.is_temporary() && self.failures < MOST_FAILURES => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// A message, or only the place in the stream that a server tells.
#[derive(Debug, PartialEq, Eq)]
struct Message {
    id: Option<String>,
    data: String,
}

/// Reads messages off a stream that comes in chunks of any size.
#[derive(Default)]
struct Parser {
    unread: Vec<u8>,
    id: Option<String>,
    data: Vec<String>,
}

impl Parser {
    fn feed(&mut self, chunk: &[u8]) {
        self.unread.extend_from_slice(chunk);
    }

    fn next(&mut self) -> Option<Message> {
        loop {
            let end = self.unread.iter().position(|byte| *byte == b'\n')?;
            let line: Vec<u8> = self.unread.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end_matches(['\r', '\n']);
            if line.is_empty() {
                let id = self.id.take();
                let data = std::mem::take(&mut self.data).join("\n");
                if id.is_some() || !data.is_empty() {
                    return Some(Message { id, data });
                }
                continue;
            }
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "id" => self.id = Some(value.to_owned()),
                "data" => self.data.push(value.to_owned()),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_whatever_the_chunks() {
        let stream = ": hello\nid: 6\n\nid: 7\nevent: x\ndata: {\"a\":\ndata: 1}\n\ndata:2\r\n\r\nid: 9\ndata: cut";
        for size in 1..stream.len() {
            let mut parser = Parser::default();
            let mut messages = Vec::new();
            for chunk in stream.as_bytes().chunks(size) {
                parser.feed(chunk);
                messages.extend(std::iter::from_fn(|| parser.next()));
            }
            let place = Message { id: Some("6".to_owned()), data: String::new() };
            let first = Message { id: Some("7".to_owned()), data: "{\"a\":\n1}".to_owned() };
            assert_eq!(messages, [place, first, Message { id: None, data: "2".to_owned() }], "chunks of {size}");
        }
    }
}
