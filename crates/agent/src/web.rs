//! The agent's own small HTTP endpoint, for those who watch it.

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Json};
use axum::routing::get;
use tokio::net::TcpListener;

use crate::handle::Handle;

const PROMETHEUS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Serves until it is dropped.
pub(crate) async fn serve(listener: TcpListener, handle: Handle) {
    let router = Router::new().route("/metrics", get(metrics)).route("/health", get(health)).with_state(handle);
    if let Err(error) = axum::serve(listener, router).await {
        tracing::error!(%error, "the metrics endpoint ended");
    }
}

async fn metrics(State(handle): State<Handle>) -> impl IntoResponse {
    ([(CONTENT_TYPE, PROMETHEUS)], handle.metrics().await)
}

async fn health(State(handle): State<Handle>) -> impl IntoResponse {
    Json(handle.status().await)
}
