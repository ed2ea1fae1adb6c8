//! The stream of events, as pages or as server-sent events. Streams share one reader of the store. Who listens is looked
//! at anew before anything is delivered: a token that was revoked, a session that ended or rights that changed end the
//! streams.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use axum::response::sse::{Event as Message, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream, StreamExt as _};
use hansa_exchange::Error;
use hansa_exchange::events::{self, EventFilter};
use hansa_exchange::principal::Principal;
use hansa_model::event::Event;
use hansa_model::page::Page;
use serde::Deserialize;
use tokio::sync::watch;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::gate::{Caller, Credential};
use crate::problem::Result;
use crate::query::{Query, commas, non_empty, page};
use crate::state::Api;

/// How many events are read at once by a stream that is behind.
const BATCH: u32 = 100;
/// How often a stream to which nothing happens makes sure that it may still be there.
const CHECK_EVERY: Duration = Duration::from_secs(5);

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct EventQuery {
    /// Events of these kinds, separated by commas; `order.` stands for all that begin so.
    #[serde(default, deserialize_with = "commas")]
    #[param(value_type = Option<String>, example = "order.,service.active")]
    kind: Vec<String>,
    /// Events about this thing.
    subject: Option<String>,
    /// How many items at most; of a stream, nothing.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<u32>,
    /// What the page before gave as `next`. Without it a page begins with the oldest event, a stream with the next.
    cursor: Option<String>,
}

/// Tells what happened, in order. With `accept: text/event-stream` the connection stays open and events come as they
/// happen, each with its sequence number as `id`; `last-event-id` or `cursor` goes on after an event. Otherwise a page,
/// whose `next` is always there.
#[utoipa::path(get, path = "/v1/events", operation_id = "listEvents", tag = "events",
    params(EventQuery, ("last-event-id" = Option<String>, Header, description = "Go on after this event")),
    responses((status = 200, description = "A page of events, or a stream of them", content(
        (Page<Event> = "application/json"), (String = "text/event-stream")))))]
async fn list(
    State(api): State<Api>,
    Caller(caller): Caller,
    axum::Extension(credential): axum::Extension<Credential>,
    Query(query): Query<EventQuery>,
    headers: HeaderMap,
) -> Result<Response> {
    let page = page(query.limit, query.cursor)?;
    let wanted = EventFilter { kinds: query.kind, subject: non_empty(query.subject) };
    let last = headers.get("last-event-id").map(|value| value.to_str().unwrap_or("?").to_owned());
    let start = last.or(page.cursor).map(|text| read_place(&text)).transpose()?;
    let mut tx = api.exchange.read().await?;
    if asks_for_stream(&headers) {
        let start = match start {
            Some(start) => start,
            None => events::newest(&mut tx).await?,
        };
        drop(tx);
        let newest = api.exchange.tail().newest();
        return Ok(stream(Watch { api, credential, caller, wanted, place: start, newest }));
    }
    let items = events::after(&mut tx, &caller, &wanted, start.unwrap_or(0), page.limit).await?;
    let next = items.last().map_or(start.unwrap_or(0), |last| last.sequence);
    Ok(axum::Json(Page { items, next: Some(next.to_string()) }).into_response())
}

fn read_place(text: &str) -> Result<u64> {
    let place = text.parse::<u64>().ok().filter(|place| i64::try_from(*place).is_ok());
    Ok(place.ok_or_else(|| Error::field("cursor", "this is not a place in the stream of events"))?)
}

fn asks_for_stream(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|text| text.contains("text/event-stream"))
}

struct Watch {
    api: Api,
    credential: Credential,
    /// Who listens, as far as is known.
    caller: Principal,
    wanted: EventFilter,
    place: u64,
    newest: watch::Receiver<u64>,
}

fn stream(watch: Watch) -> Response {
    let heartbeat = KeepAlive::new().interval(watch.api.options.heartbeat).text("still here");
    Sse::new(deliver(watch)).keep_alive(heartbeat).into_response()
}

fn deliver(watch: Watch) -> impl Stream<Item = std::result::Result<Message, Infallible>> {
    // Whoever listens knows at once that it does, and from where on.
    let hello = Message::default().id(watch.place.to_string()).comment("listening");
    let batches = stream::unfold(watch, |mut watch| async move {
        let batch = watch.next().await?;
        Some((stream::iter(batch.into_iter().map(|event| Ok(message(&event)))), watch))
    });
    stream::once(async { Ok(hello) }).chain(batches.flatten())
}

fn message(event: &Event) -> Message {
    let data = serde_json::to_string(event).unwrap_or_default();
    Message::default().id(event.sequence.to_string()).event(&event.kind).data(data)
}

impl Watch {
    /// The next events, as soon as there are any; nothing when the stream ends. Then the client comes again with the
    /// last event that it saw, and learns what is wrong or sees what it may see now.
    async fn next(&mut self) -> Option<Vec<Event>> {
        loop {
            let newest = *self.newest.borrow_and_update();
            if self.place < newest {
                let events = self.look(newest).await.ok()?;
                if !events.is_empty() {
                    self.check().await?;
                    return Some(events);
                }
            }
            tokio::select! {
                changed = self.newest.changed() => changed.ok()?,
                () = tokio::time::sleep(CHECK_EVERY) => self.check().await?,
                () = self.api.options.shutdown.cancelled() => return None,
            }
        }
    }

    /// What there is up to `newest`, or a part of it when there is much.
    async fn look(&mut self, newest: u64) -> hansa_exchange::Result<Vec<Event>> {
        if let Some(events) = self.api.exchange.tail().after(self.place, &self.caller, &self.wanted) {
            self.place = events.last().map_or(newest, |last| last.sequence.max(newest));
            return Ok(events);
        }
        let mut tx = self.api.exchange.read().await?;
        let events = events::after(&mut tx, &self.caller, &self.wanted, self.place, BATCH).await?;
        let is_all = events.len() < BATCH as usize;
        let last = events.last().map_or(self.place, |last| last.sequence);
        self.place = if is_all { last.max(newest) } else { last };
        Ok(events)
    }

    /// Whether the caller may still be here, and still sees with the same eyes.
    async fn check(&self) -> Option<()> {
        let caller = self.credential.still(&self.api).await.ok()?;
        let eyes = |caller: &Principal| (caller.participant, caller.sees_all());
        (eyes(&caller) == eyes(&self.caller)).then_some(())
    }
}
