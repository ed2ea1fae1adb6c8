//! The session that asks, and the others of its account.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use hansa_exchange::sign_in::sessions;
use hansa_model::id::SessionId;
use hansa_model::page::Page;
use hansa_model::sign_in::{ProveAgain, Session, SignedIn, SwitchSession};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{self, Body, Nothing};
use crate::cookies::Cookie;
use crate::gate::Caller;
use crate::idempotency::{Change, begin};
use crate::problem::Result;
use crate::query::{PageQuery, Path, Query};
use crate::sign_in::unkept;
use crate::state::Api;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(current, switch, sign_out))
        .routes(routes!(prove_again))
        .routes(routes!(list, end_others))
        .routes(routes!(end))
}

/// Says who is signed in, for whom the session acts, and for whom it could.
#[utoipa::path(get, path = "/v1/session", operation_id = "getSession", tag = "sign-in",
    responses((status = 200, description = "Who is signed in", body = SignedIn)))]
async fn current(State(api): State<Api>, Caller(caller): Caller) -> Result<Json<SignedIn>> {
    let mut tx = api.exchange.read().await?;
    Ok(Json(sessions::current(&mut tx, &api.exchange, &caller).await?))
}

/// Lets the session act for another of the account's members, in fewer roles, or for one tenant.
#[utoipa::path(patch, path = "/v1/session", operation_id = "switchSession", tag = "sign-in",
    request_body = SwitchSession,
    responses((status = 200, description = "The session as it is now", body = SignedIn),
        (status = 404, description = "The account has no such member, or its participant no such tenant")))]
async fn switch(Caller(caller): Caller, change: Change<body::Json<SwitchSession>>) -> Result<Response> {
    let (body::Json(to), mut act) = begin!(change);
    let now = sessions::switch(&mut act.work, &caller, to).await?;
    act.done(&now).await
}

/// Signs out: ends the session, and has the browser forget its cookie.
#[utoipa::path(delete, path = "/v1/session", operation_id = "signOut", tag = "sign-in",
    responses((status = 204, description = "Signed out")))]
async fn sign_out(State(api): State<Api>, Caller(caller): Caller, change: Change<Nothing>) -> Result<Response> {
    let (Nothing, mut act) = begin!(change);
    let (own, _) = caller.session()?;
    sessions::end(&mut act.work, &caller, own).await?;
    let mut response = act.gone().await?;
    Cookie::Session.clear(&api.exchange, &mut response);
    Ok(response)
}

/// Takes a proof again: the password (with a code where the account asks for one), or a passkey. What is weighty wants
/// one that is less than a quarter of an hour old and is refused with `proof-needed` otherwise.
#[utoipa::path(post, path = "/v1/session/proof", operation_id = "proveAgain", tag = "sign-in",
    request_body = ProveAgain, responses((status = 200, description = "It was taken", body = SignedIn)))]
async fn prove_again(
    State(api): State<Api>,
    Caller(caller): Caller,
    Body(body::Json(given)): Body<body::Json<ProveAgain>>,
) -> Result<Response> {
    let now = sessions::prove_again(&api.exchange, &caller, given).await?;
    Ok(unkept(StatusCode::OK, &now))
}

/// Lists the sessions of the caller's account that have not ended, the newest first.
#[utoipa::path(get, path = "/v1/account/sessions", operation_id = "listSessions", tag = "sign-in", params(PageQuery),
    responses((status = 200, description = "A page of sessions", body = Page<Session>)))]
async fn list(
    State(api): State<Api>,
    Caller(caller): Caller,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Session>>> {
    let page = query.request()?;
    let mut tx = api.exchange.read().await?;
    Ok(Json(sessions::list(&mut tx, &api.exchange, &caller, &page).await?))
}

/// Ends a session of the caller's account.
#[utoipa::path(delete, path = "/v1/account/sessions/{session}", operation_id = "endSession", tag = "sign-in",
    params(("session" = SessionId, Path, description = "The session")),
    responses((status = 204, description = "It does not work any more")))]
async fn end(Caller(caller): Caller, Path(session): Path<SessionId>, change: Change<Nothing>) -> Result<Response> {
    let (Nothing, mut act) = begin!(change);
    sessions::end(&mut act.work, &caller, session).await?;
    act.gone().await
}

/// Ends every session of the caller's account but the one that asks.
#[utoipa::path(delete, path = "/v1/account/sessions", operation_id = "endOtherSessions", tag = "sign-in",
    responses((status = 204, description = "They do not work any more")))]
async fn end_others(Caller(caller): Caller, change: Change<Nothing>) -> Result<Response> {
    let (Nothing, mut act) = begin!(change);
    sessions::end_others(&mut act.work, &caller).await?;
    act.gone().await
}
