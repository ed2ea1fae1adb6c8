//! What whoever runs the exchange looks at.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use hansa_exchange::{Error, figures};
use hansa_model::system::{AtWork, Backup, System};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::etag;
use crate::gate::{Caller, bearer};
use crate::problem::{Refusal, Result};
use crate::state::Api;

/// How long the database may take to say that it is there.
const READY_WITHIN: Duration = Duration::from_secs(2);

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(health))
        .routes(routes!(ready))
        .routes(routes!(metrics))
        .routes(routes!(document))
        .routes(routes!(keys))
        .routes(routes!(show))
        .routes(routes!(work))
        .routes(routes!(back_up))
}

/// How the process is.
#[derive(Debug, Serialize, ToSchema)]
struct Health {
    /// `ok`.
    status: &'static str,
    /// The version of the software.
    version: &'static str,
}

const OK: Health = Health { status: "ok", version: env!("CARGO_PKG_VERSION") };

/// Says that the process is alive.
#[utoipa::path(get, path = "/healthz", operation_id = "getHealth", tag = "system",
    responses((status = 200, description = "It is", body = Health)))]
async fn health() -> Json<Health> {
    Json(OK)
}

/// Says whether requests can be served: whether the database answers.
#[utoipa::path(get, path = "/readyz", operation_id = "getReadiness", tag = "system",
    responses((status = 200, description = "They can", body = Health)))]
async fn ready(State(api): State<Api>) -> Result<Json<Health>> {
    let look = async {
        let mut tx = api.exchange.read().await?;
        figures::read(&mut tx).await.map(drop)
    };
    match tokio::time::timeout(READY_WITHIN, look).await {
        Ok(outcome) => outcome?,
        Err(_) => return Err(Refusal::slow_answer()),
    }
    Ok(Json(OK))
}

/// Gives figures for monitoring in the text format of Prometheus.
#[utoipa::path(get, path = "/metrics", operation_id = "getMetrics", tag = "system",
    responses((status = 200, description = "The figures", body = String, content_type = "application/openmetrics-text"),
        (status = 401, description = "This exchange asks for a token of its own here")))]
async fn metrics(State(api): State<Api>, headers: HeaderMap) -> Result<Response> {
    if let Some(wanted) = &api.options.metrics_token {
        let given = bearer(&headers)?.unwrap_or_default();
        // Hashes are compared, so that the time it takes tells nothing.
        if Sha256::digest(given) != Sha256::digest(wanted) {
            return Err(Error::Unauthenticated("this needs the token for metrics".to_owned()).into());
        }
    }
    let mut tx = api.exchange.read().await?;
    let text = api.metrics.text(&figures::read(&mut tx).await?);
    Ok(([(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text).into_response())
}

/// Gives the document that describes this API (OpenAPI 3.1).
#[utoipa::path(get, path = "/openapi.json", operation_id = "getDocument", tag = "system",
    responses((status = 200, description = "The document", body = serde_json::Value)))]
async fn document(State(api): State<Api>, headers: HeaderMap) -> Response {
    etag::answer_bytes(&headers, api.document.clone().into_bytes(), "application/json")
}

/// Gives the public keys that quotes and receipts are signed with (RFC 7517).
#[utoipa::path(get, path = "/.well-known/jwks.json", operation_id = "getSigningKeys", tag = "system",
    responses((status = 200, description = "A JSON Web Key Set", body = serde_json::Value)))]
async fn keys(State(api): State<Api>, headers: HeaderMap) -> Response {
    etag::answer(&headers, &hansa_exchange::signing::key_set(&api.exchange))
}

/// Shows how the exchange runs: versions, storage, what waits, backups.
#[utoipa::path(get, path = "/v1/system", operation_id = "getSystem", tag = "system",
    responses((status = 200, description = "The system", body = System)))]
async fn show(State(api): State<Api>) -> Result<Json<System>> {
    Ok(Json(hansa_exchange::system::show(&api.exchange).await?))
}

/// Shows what the exchange is working on: orders that have not ended and its jobs, those in trouble first.
#[utoipa::path(get, path = "/v1/system/work", operation_id = "getWork", tag = "system",
    responses((status = 200, description = "What it is working on", body = AtWork)))]
async fn work(State(api): State<Api>) -> Result<Json<AtWork>> {
    Ok(Json(hansa_exchange::system::at_work(&api.exchange).await?))
}

/// Copies the whole database into the exchange's directory for backups, while everybody goes on working. The newest
/// fourteen are kept.
#[utoipa::path(post, path = "/v1/system/backups", operation_id = "createBackup", tag = "system",
    responses((status = 201, description = "The backup", body = Backup),
        (status = 409, description = "The database is on a server of its own: back it up there")))]
async fn back_up(State(api): State<Api>, Caller(caller): Caller) -> Result<Response> {
    let backup = hansa_exchange::system::back_up(&api.exchange, &caller).await?;
    Ok((StatusCode::CREATED, Json(backup)).into_response())
}
