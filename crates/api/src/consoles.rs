//! The consoles of services: their log, tickets for terminals, and the WebSockets of both ends.

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use hansa_exchange::{Error, consoles};
use hansa_model::console::{ConsoleAccess, ConsoleTicket, ServiceLog};
use hansa_model::id::ServiceId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::Nothing;
use crate::gate::{AgentCaller, Caller, Credential};
use crate::idempotency::{Change, begin};
use crate::problem::{Refusal, Result};
use crate::query::{Path, Query};
use crate::relay::{self, Pass, Tie};
use crate::same_site;
use crate::state::Api;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(log)).routes(routes!(create)).routes(routes!(open)).routes(routes!(join))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct LogQuery {
    /// How many lines at most.
    #[param(minimum = 1, maximum = 10_000, default = 200)]
    lines: Option<u32>,
}

/// Shows the last lines that a service wrote to its console: to its buyer only. The provider's agent is asked for
/// them, and answers within five seconds or not at all.
#[utoipa::path(get, path = "/v1/services/{service}/log", operation_id = "getServiceLog", tag = "services",
    params(("service" = ServiceId, Path, description = "The service"), LogQuery),
    responses((status = 200, description = "The last lines", body = ServiceLog),
        (status = 409, description = "It has no log, or the provider can't read it now")))]
async fn log(
    State(api): State<Api>,
    Caller(caller): Caller,
    Path(service): Path<ServiceId>,
    Query(query): Query<LogQuery>,
) -> Result<axum::Json<ServiceLog>> {
    let lines = query.lines.unwrap_or(consoles::USUAL_LINES);
    if !(1..=consoles::MOST_LINES).contains(&lines) {
        return Err(Error::field("lines", format!("ask for 1 to {} lines", consoles::MOST_LINES)).into());
    }
    let mut tx = api.exchange.read().await?;
    let visit = consoles::visit(&mut tx, &caller, service, ConsoleAccess::Log).await?;
    drop(tx);
    let text = relay::read_log(&api, &visit, lines).await?;
    Ok(axum::Json(ServiceLog { service, at: api.exchange.now(), text }))
}

/// Makes a ticket for one terminal on a service: for its buyer only. Whoever holds the ticket opens the terminal, as a
/// WebSocket at the answer's `path`, once and within thirty seconds.
#[utoipa::path(post, path = "/v1/services/{service}/consoles", operation_id = "createConsole", tag = "services",
    params(("service" = ServiceId, Path, description = "The service")),
    responses((status = 201, description = "The ticket", body = ConsoleTicket),
        (status = 409, description = "It has no terminal, or there are four of it already")))]
async fn create(
    State(api): State<Api>,
    Caller(caller): Caller,
    axum::Extension(credential): axum::Extension<Credential>,
    Path(service): Path<ServiceId>,
    change: Change<Nothing>,
) -> Result<Response> {
    let (Nothing, mut act) = begin!(change);
    let visit = consoles::visit(&mut act.work, &caller, service, ConsoleAccess::Terminal).await?;
    let now = api.exchange.now();
    let pass = Pass { visit, credential, expires_at: now.plus(consoles::TICKET_LIFETIME) };
    let expires_at = pass.expires_at;
    let ticket = api.consoles.admit(pass, now)?;
    let path = format!("/v1/consoles/{ticket}");
    act.created(None, &ConsoleTicket { ticket, path, expires_at }).await
}

/// Opens a terminal by its ticket, as a WebSocket. Binary frames carry what is typed and what is shown; the text frame
/// `{"resize":{"columns":80,"rows":24}}` may be sent. It ends when either side ends it, when it was idle for half an
/// hour, after eight hours, or when who opened it may do so no more. Close codes: 1000 it ended, 4400 a frame is not
/// understood, 4403 not allowed any more, 4408 idle or open for too long, 4409 the provider's side says no (the reason
/// says why), 4413 too much was carried, 4503 the provider's agent does not answer.
#[utoipa::path(get, path = "/v1/consoles/{ticket}", operation_id = "openConsole", tag = "services",
    params(("ticket" = String, Path, description = "The ticket")),
    responses((status = 101, description = "The terminal is open"),
        (status = 403, description = "A page of another site asks"),
        (status = 404, description = "The ticket does not work"),
        (status = 426, description = "This is no WebSocket")))]
async fn open(
    State(api): State<Api>,
    Path(ticket): Path<String>,
    headers: HeaderMap,
    upgrade: std::result::Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response> {
    same_site::not_foreign(&api.exchange, &headers)?;
    let upgrade = upgrade.map_err(|_| no_web_socket())?;
    let (pass, place) = api.consoles.redeem(&ticket, api.exchange.now()).ok_or_else(no_ticket)?;
    Ok(sized(upgrade).on_upgrade(move |socket| relay::serve(api, pass, place, socket)))
}

/// Takes the console that an agent brings because it was asked for it, as a WebSocket. Binary frames carry what is
/// shown and what is typed; an agent that can't serve it closes with the code 4409 and says why.
#[utoipa::path(get, path = "/v1/agent/consoles/{ticket}", operation_id = "joinConsole", tag = "agents",
    params(("ticket" = String, Path, description = "The ticket of the wish")),
    responses((status = 101, description = "The console is taken"),
        (status = 404, description = "Nobody waits for it any more"),
        (status = 426, description = "This is no WebSocket")))]
async fn join(
    State(api): State<Api>,
    AgentCaller(agent): AgentCaller,
    Path(ticket): Path<String>,
    upgrade: std::result::Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response> {
    let upgrade = upgrade.map_err(|_| no_web_socket())?;
    let tie: Tie = api.consoles.tie(&ticket, agent.agent).ok_or_else(no_ticket)?;
    Ok(sized(upgrade).on_upgrade(async move |socket| tie.bring(socket)))
}

fn sized(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade.max_message_size(relay::LARGEST_FRAME).max_frame_size(relay::LARGEST_FRAME)
}

fn no_web_socket() -> Refusal {
    let detail = "this is served as a WebSocket only";
    Refusal::new(StatusCode::UPGRADE_REQUIRED, "upgrade-required", "Not a WebSocket", detail)
        .hint("ask with `connection: upgrade` and `upgrade: websocket`")
}

fn no_ticket() -> Refusal {
    let detail = "this ticket does not work: it is unknown to this process of the exchange, was used, or came too late";
    Refusal::new(StatusCode::NOT_FOUND, "no-such-ticket", "Not found", detail)
        .hint("ask for another and use it at once")
}
