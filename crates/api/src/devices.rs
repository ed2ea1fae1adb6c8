//! Letting devices in that have no browser of their own, like a command line (RFC 8628).

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use hansa_exchange::sign_in::devices::{self, Answer};
use hansa_model::participant::IssuedToken;
use hansa_model::sign_in::{DeviceCode, DeviceQuestion, DeviceRequest, NewDevice};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{self, Body, Nothing};
use crate::gate::{Caller, Comer};
use crate::idempotency::{Change, begin};
use crate::problem::Result;
use crate::query::Path;
use crate::sign_in::unkept;
use crate::state::Api;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(code))
        .routes(routes!(token))
        .routes(routes!(look))
        .routes(routes!(approve))
        .routes(routes!(deny))
}

/// Asks to be let in: gives a code for its user to type in a browser, and another to ask with whether they did.
#[utoipa::path(post, path = "/v1/device/codes", operation_id = "createDeviceCode", tag = "sign-in",
    request_body = NewDevice, responses((status = 201, description = "The codes", body = DeviceCode)))]
async fn code(Comer(visitor): Comer, change: Change<body::Json<NewDevice>>) -> Result<Response> {
    let (body::Json(new), mut act) = begin!(change);
    let code = devices::ask(&mut act.work, new, &visitor).await?;
    act.created(None, &code).await
}

/// Asks whether the device was let in. Until then it is a conflict: `authorization-pending`, or `slow-down` for those
/// who ask too often; `access-denied` and `expired-token` are for good.
#[utoipa::path(post, path = "/v1/device/tokens", operation_id = "createDeviceToken", tag = "sign-in",
    request_body = DeviceQuestion,
    responses((status = 201, description = "A token; its secret is shown once", body = IssuedToken)))]
async fn token(
    State(api): State<Api>,
    Body(body::Json(question)): Body<body::Json<DeviceQuestion>>,
) -> Result<Response> {
    let mut work = api.exchange.begin().await?;
    let answer = devices::poll(&mut work, &question).await?;
    work.commit().await?;
    match answer {
        Answer::Token(issued) => Ok(unkept(StatusCode::CREATED, &*issued)),
        Answer::Not(refusal) => Err(refusal.into()),
    }
}

/// Gives the device that shows a code, so that its user can see what they let in.
#[utoipa::path(get, path = "/v1/device/requests/{code}", operation_id = "getDevice", tag = "sign-in",
    params(("code" = String, Path, description = "What the device shows")),
    responses((status = 200, description = "The device", body = DeviceRequest)))]
async fn look(State(api): State<Api>, Caller(caller): Caller, Path(code): Path<String>) -> Result<Json<DeviceRequest>> {
    let mut tx = api.exchange.read().await?;
    Ok(Json(devices::look(&mut tx, &api.exchange, &caller, &code).await?))
}

/// Lets a device in: it gets a token of the member that the session acts for. Wants a proof of the last quarter of an
/// hour.
#[utoipa::path(post, path = "/v1/device/requests/{code}/approve", operation_id = "approveDevice", tag = "sign-in",
    params(("code" = String, Path, description = "What the device shows")),
    responses((status = 200, description = "The device as it is now", body = DeviceRequest)))]
async fn approve(Caller(caller): Caller, Path(code): Path<String>, change: Change<Nothing>) -> Result<Response> {
    let (Nothing, mut act) = begin!(change);
    let device = devices::approve(&mut act.work, &caller, &code).await?;
    act.done(&device).await
}

/// Turns a device away.
#[utoipa::path(post, path = "/v1/device/requests/{code}/deny", operation_id = "denyDevice", tag = "sign-in",
    params(("code" = String, Path, description = "What the device shows")),
    responses((status = 200, description = "The device as it is now", body = DeviceRequest)))]
async fn deny(Caller(caller): Caller, Path(code): Path<String>, change: Change<Nothing>) -> Result<Response> {
    let (Nothing, mut act) = begin!(change);
    let device = devices::deny(&mut act.work, &caller, &code).await?;
    act.done(&device).await
}
