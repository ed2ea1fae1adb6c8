//! Joins the two ends of a console: the WebSocket of whoever sits at it and the one that the agent brings.
//!
//! Both lead to this process, and what waits and what runs is in its memory. Where several processes serve one
//! exchange, a proxy must lead both ends to the same one; otherwise tickets are unknown, or the agent never comes.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use hansa_exchange::authorization::{Operation, authorize};
use hansa_exchange::consoles::{self, Carried, Visit};
use hansa_exchange::{Error, Result};
use hansa_model::console::{ConsoleAccess, ConsoleMessage, ConsoleWish, close};
use hansa_model::id::{AgentId, ServiceId};
use hansa_model::time::Timestamp;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::gate::Credential;
use crate::state::Api;

/// The most bytes of one frame.
pub(crate) const LARGEST_FRAME: usize = 64 << 10;
/// How many terminals one service has at most, with those that tickets are out for.
const MOST_OF_SERVICE: usize = 4;
/// How many terminals this process serves at most.
const MOST: usize = 1024;
/// How long the agent may take to come, and to hand over a log.
const AGENT_PATIENCE: Duration = Duration::from_secs(5);
/// The most bytes of a log.
const LARGEST_LOG: usize = 1 << 20;
/// How long one side may take to take a frame.
const SEND_PATIENCE: Duration = Duration::from_secs(10);
/// How long to wait for the other side's goodbye.
const GOODBYE: Duration = Duration::from_secs(1);
/// The longest reason that fits into a closing frame.
const LONGEST_REASON: usize = 123;

/// The right to open one terminal.
pub(crate) struct Pass {
    pub(crate) visit: Visit,
    pub(crate) credential: Credential,
    pub(crate) expires_at: Timestamp,
}

/// The consoles of this process: tickets that are out, agents that are waited for, terminals that are open.
#[derive(Default)]
pub(crate) struct Consoles {
    books: Arc<Mutex<Books>>,
}

#[derive(Default)]
struct Books {
    passes: HashMap<String, Pass>,
    ties: HashMap<String, Tie>,
    open: HashMap<ServiceId, usize>,
}

/// Where an agent's end is waited for.
pub(crate) struct Tie {
    agent: AgentId,
    other: oneshot::Sender<WebSocket>,
}

impl Tie {
    /// Hands the agent's end over; it is dropped when nobody waits any more.
    pub(crate) fn bring(self, socket: WebSocket) {
        if self.other.send(socket).is_err() {
            tracing::debug!("an agent brought a console that nobody waits for any more");
        }
    }
}

/// The place of one open terminal; given back when it is dropped.
pub(crate) struct Place {
    books: Arc<Mutex<Books>>,
    service: ServiceId,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut books = lock(&self.books);
        if let Some(open) = books.open.get_mut(&self.service) {
            *open -= 1;
            if *open == 0 {
                books.open.remove(&self.service);
            }
        }
    }
}

fn lock(books: &Mutex<Books>) -> MutexGuard<'_, Books> {
    books.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Books {
    fn terminals(&self, service: ServiceId) -> usize {
        let waiting = self.passes.values().filter(|pass| pass.visit.service == service).count();
        waiting + self.open.get(&service).copied().unwrap_or_default()
    }
}

impl Consoles {
    /// Gives out a ticket.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the service has enough terminals, [`Error::Busy`] when this process has.
    pub(crate) fn admit(&self, pass: Pass, now: Timestamp) -> Result<String> {
        let mut books = lock(&self.books);
        books.passes.retain(|_, pass| pass.expires_at > now);
        if books.terminals(pass.visit.service) >= MOST_OF_SERVICE {
            let detail = format!("there are {MOST_OF_SERVICE} terminals of this service already");
            let hint = "close one of them; a ticket that was not used ends by itself within half a minute";
            return Err(Error::conflict("too-many-consoles", detail, hint));
        }
        if books.passes.len() + books.open.values().sum::<usize>() >= MOST {
            return Err(Error::Busy("too many terminals are open".to_owned()));
        }
        let ticket = consoles::make_ticket();
        books.passes.insert(ticket.clone(), pass);
        Ok(ticket)
    }

    /// Uses a ticket up.
    pub(crate) fn redeem(&self, ticket: &str, now: Timestamp) -> Option<(Pass, Place)> {
        let mut books = lock(&self.books);
        let pass = books.passes.remove(ticket).filter(|pass| pass.expires_at > now)?;
        let service = pass.visit.service;
        *books.open.entry(service).or_default() += 1;
        Some((pass, Place { books: Arc::clone(&self.books), service }))
    }

    /// Where the end is waited for that this agent was asked for.
    pub(crate) fn tie(&self, ticket: &str, agent: AgentId) -> Option<Tie> {
        let mut books = lock(&self.books);
        books.ties.get(ticket).filter(|tie| tie.agent == agent)?;
        books.ties.remove(ticket)
    }

    /// Asks the agent for a console and waits for its end.
    async fn meet(&self, api: &Api, visit: &Visit, wish: ConsoleWish) -> Result<WebSocket> {
        let ticket = consoles::make_ticket();
        let (other, brought) = oneshot::channel();
        lock(&self.books).ties.insert(ticket.clone(), Tie { agent: visit.agent, other });
        let _forgotten = Forget { books: &self.books, ticket: &ticket };
        consoles::ask(&api.exchange, visit, &ticket, wish)?;
        let met = tokio::time::timeout(AGENT_PATIENCE, brought).await;
        consoles::withdraw(&api.exchange, visit, &ticket);
        let away = || {
            let seconds = AGENT_PATIENCE.as_secs();
            Error::AgentAway(format!("the provider's agent did not come within {seconds} seconds"))
        };
        met.ok().and_then(std::result::Result::ok).ok_or_else(away)
    }
}

/// Forgets a tie when nobody waits for it any more.
struct Forget<'a> {
    books: &'a Mutex<Books>,
    ticket: &'a str,
}

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        lock(self.books).ties.remove(self.ticket);
    }
}

/// Gets the last lines of a console from its agent.
pub(crate) async fn read_log(api: &Api, visit: &Visit, lines: u32) -> Result<String> {
    let deadline = Instant::now() + AGENT_PATIENCE;
    let mut socket = api.consoles.meet(api, visit, ConsoleWish::Log { lines }).await?;
    let mut text = Vec::new();
    let read = async {
        while let Some(message) = socket.recv().await {
            match message {
                Ok(Message::Binary(bytes)) if text.len() + bytes.len() <= LARGEST_LOG => text.extend_from_slice(&bytes),
                Ok(Message::Close(Some(frame))) if frame.code == close::ENDED => return Ok(()),
                Ok(Message::Close(Some(frame))) => return Err(refused(&frame)),
                Ok(Message::Ping(_) | Message::Pong(_)) => {}
                _ => break,
            }
        }
        Err(Error::AgentAway("the provider's agent broke off before the log was there".to_owned()))
    };
    let late = || Error::AgentAway("the provider's agent did not hand the log over in time".to_owned());
    tokio::time::timeout_at(deadline, read).await.map_err(|_| late())??;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn refused(frame: &CloseFrame) -> Error {
    let reason = if frame.reason.is_empty() { "the provider can't show it now" } else { frame.reason.as_str() };
    Error::conflict("console-refused", reason, "try again later, or ask `hansa why` what is wrong with the service")
}

/// How a terminal ends, on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
struct End {
    code: u16,
    reason: String,
}

impl End {
    fn new(code: u16, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into() }
    }

    /// As the other side put it: its own words count only where it says no.
    fn told(frame: Option<CloseFrame>) -> Self {
        match frame {
            Some(frame) if frame.code == close::REFUSED => Self::new(close::REFUSED, frame.reason.as_str()),
            _ => Self::new(close::ENDED, ""),
        }
    }

    fn message(&self) -> Message {
        let mut reason = self.reason.clone();
        while reason.len() > LONGEST_REASON {
            reason.pop();
        }
        Message::Close(Some(CloseFrame { code: self.code, reason: reason.into() }))
    }
}

/// One of the two WebSockets, to be read and written independently.
struct Side {
    sink: SplitSink<WebSocket, Message>,
    stream: SplitStream<WebSocket>,
}

impl Side {
    fn new(socket: WebSocket) -> Self {
        let (sink, stream) = socket.split();
        Self { sink, stream }
    }

    /// Says goodbye and waits a little for the answer, so that the words arrive.
    async fn hang_up(mut self, end: &End) {
        let goodbye = async {
            if self.sink.send(end.message()).await.is_ok() {
                while let Some(Ok(_)) = self.stream.next().await {}
            }
        };
        // Who does not answer has gone.
        let _ = tokio::time::timeout(GOODBYE, goodbye).await;
    }
}

/// Serves a terminal until it ends, and notes both.
pub(crate) async fn serve(api: Api, pass: Pass, place: Place, socket: WebSocket) {
    let visit = &pass.visit;
    let mut person = Side::new(socket);
    let mut agent = match begin(&api, visit).await {
        Ok(agent) => Side::new(agent),
        Err(end) => return person.hang_up(&end).await,
    };
    let opened = Instant::now();
    let flow = Flow::new(api.options.console_limit);
    let end = tokio::select! {
        end = pump(&api, &mut person.stream, &mut agent.sink, &flow, Direction::Typed) => end,
        end = pump(&api, &mut agent.stream, &mut person.sink, &flow, Direction::Shown) => end,
        end = watch(&api, &pass, &flow) => end,
    };
    let (typed, shown) = flow.carried();
    tracing::info!(service = %visit.service, member = %visit.member, code = end.code, "a terminal was closed");
    if let Err(error) =
        consoles::note_closed(&api.exchange, visit, Carried { open: opened.elapsed(), typed, shown }).await
    {
        tracing::error!(%error, service = %visit.service, "the end of a terminal could not be noted");
    }
    drop(place);
    let ended = End::told(None);
    tokio::join!(person.hang_up(&end), agent.hang_up(&ended));
}

/// Brings the agent's end, with a note in the log of who asked for it.
async fn begin(api: &Api, visit: &Visit) -> std::result::Result<WebSocket, End> {
    let agent = api.consoles.meet(api, visit, ConsoleWish::Terminal).await.map_err(|error| match error {
        Error::AgentAway(reason) => End::new(close::AGENT_AWAY, reason),
        error => End::new(close::FAILED, error.to_string()),
    })?;
    match consoles::note_opened(&api.exchange, visit).await {
        Ok(()) => Ok(agent),
        Err(error) => {
            tracing::error!(%error, service = %visit.service, "a terminal was refused because it could not be noted");
            Err(End::new(close::FAILED, "the exchange can't note who opens this terminal; try again in a moment"))
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Typed,
    Shown,
}

/// How much went through, and when something did last.
struct Flow {
    began: Instant,
    limit: u64,
    typed: AtomicU64,
    shown: AtomicU64,
    /// In milliseconds after it began.
    last: AtomicU64,
}

impl Flow {
    fn new(limit: u64) -> Self {
        let zero = AtomicU64::default;
        Self { began: Instant::now(), limit, typed: zero(), shown: zero(), last: zero() }
    }

    /// Counts bytes; whether they may still go through.
    fn count(&self, direction: Direction, bytes: usize) -> bool {
        let counter = match direction {
            Direction::Typed => &self.typed,
            Direction::Shown => &self.shown,
        };
        counter.fetch_add(u64::try_from(bytes).unwrap_or(u64::MAX), Ordering::Relaxed);
        let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(now, Ordering::Relaxed);
        let (typed, shown) = self.carried();
        typed.saturating_add(shown) <= self.limit
    }

    fn carried(&self) -> (u64, u64) {
        (self.typed.load(Ordering::Relaxed), self.shown.load(Ordering::Relaxed))
    }

    fn idle_for(&self) -> Duration {
        self.began.elapsed().saturating_sub(Duration::from_millis(self.last.load(Ordering::Relaxed)))
    }
}

/// Carries what comes from one side to the other until something ends it.
async fn pump(
    api: &Api,
    from: &mut SplitStream<WebSocket>,
    to: &mut SplitSink<WebSocket, Message>,
    flow: &Flow,
    direction: Direction,
) -> End {
    let mut beat = tokio::time::interval(api.options.heartbeat);
    loop {
        let message = tokio::select! {
            message = from.next() => message,
            // Proxies hang up on connections that are silent for long.
            _ = beat.tick() => match send(to, Message::Ping(Bytes::new())).await {
                Ok(()) => continue,
                Err(end) => return end,
            },
        };
        let bytes = match message {
            Some(Ok(Message::Binary(bytes))) => bytes,
            Some(Ok(Message::Text(text))) => match (direction, serde_json::from_str::<ConsoleMessage>(&text)) {
                // A serial line has no size, and no driver has anything else so far.
                (Direction::Typed, Ok(ConsoleMessage::Resize { .. })) => continue,
                _ => {
                    return End::new(close::MALFORMED, "a text frame is not understood; bytes travel in binary frames");
                }
            },
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
            Some(Ok(Message::Close(frame))) => return End::told(frame),
            None => return End::told(None),
            Some(Err(error)) => {
                tracing::debug!(%error, "a terminal broke off");
                return match direction {
                    Direction::Typed => {
                        End::new(close::MALFORMED, "the connection broke off, or a frame was too large")
                    }
                    Direction::Shown => End::new(close::AGENT_AWAY, "the provider's agent broke off; open it again"),
                };
            }
        };
        if !flow.count(direction, bytes.len()) {
            return End::new(close::TOO_MUCH, "this terminal carried as much as one may; open another");
        }
        if let Err(end) = send(to, Message::Binary(bytes)).await {
            return end;
        }
    }
}

async fn send(to: &mut SplitSink<WebSocket, Message>, message: Message) -> std::result::Result<(), End> {
    match tokio::time::timeout(SEND_PATIENCE, to.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(End::told(None)),
        Err(_) => Err(End::new(close::TIMED_OUT, "one side took nothing for ten seconds")),
    }
}

/// Ends what is idle, what is open for too long, and what its owner may see no more.
async fn watch(api: &Api, pass: &Pass, flow: &Flow) -> End {
    let options = &api.options;
    let mut check = tokio::time::interval(options.heartbeat.min(options.console_idle));
    loop {
        tokio::select! {
            _ = check.tick() => {}
            () = options.shutdown.cancelled() => {
                return End::new(close::GOING_AWAY, "the exchange is going down; open it again");
            }
        }
        if flow.idle_for() >= options.console_idle {
            return End::new(close::TIMED_OUT, "nothing was typed or shown for too long");
        }
        if flow.began.elapsed() >= options.console_longest {
            return End::new(close::TIMED_OUT, "it was open for as long as one may be");
        }
        if is_taken_away(api, pass).await {
            return End::new(close::FORBIDDEN, "you may not see this console any more");
        }
    }
}

/// Whether who opened it has lost the right: signed out, revoked, in another role. Other failures end nothing.
async fn is_taken_away(api: &Api, pass: &Pass) -> bool {
    let look = async {
        let caller = pass.credential.still(api).await?;
        authorize(Some(&caller), Operation::CreateConsole)?;
        let mut tx = api.exchange.read().await?;
        consoles::visit(&mut tx, &caller, pass.visit.service, ConsoleAccess::Terminal).await
    };
    matches!(look.await, Err(Error::Unauthenticated(_) | Error::Forbidden { .. } | Error::NotFound { .. }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_fit_into_closing_frames_and_only_refusals_are_passed_on() {
        let long = End::new(close::REFUSED, "ä".repeat(100));
        let Message::Close(Some(frame)) = long.message() else { panic!("no closing frame") };
        assert_eq!(frame.reason.as_str(), "ä".repeat(61));
        let told = |code: u16| End::told(Some(CloseFrame { code, reason: "because".into() }));
        assert_eq!(told(close::REFUSED), End::new(close::REFUSED, "because"));
        assert_eq!(told(close::FORBIDDEN), End::new(close::ENDED, ""));
        assert_eq!(End::told(None), End::new(close::ENDED, ""));
    }

    #[test]
    fn bytes_of_both_ways_count_together() {
        let flow = Flow::new(10);
        assert!(flow.count(Direction::Typed, 4) && flow.count(Direction::Shown, 6));
        assert_eq!(flow.carried(), (4, 6));
        assert!(!flow.count(Direction::Typed, 1));
    }
}
