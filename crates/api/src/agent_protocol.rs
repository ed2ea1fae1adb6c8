//! What agents ask for and tell. Their requests carry numbers of their own, so that they need no idempotency keys.

use std::time::Duration;

use axum::extract::State;
use hansa_exchange::{assignments, reports};
use hansa_model::agent::{Assignments, Report, ReportReceipt};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Body, Json};
use crate::gate::AgentCaller;
use crate::problem::Result;
use crate::query::Query;
use crate::state::Api;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(poll)).routes(routes!(report))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct PollQuery {
    /// The cursor of the answer before; 0 asks for everything.
    #[serde(default)]
    #[param(value_type = Option<u64>)]
    cursor: u64,
    /// How many seconds to wait for news, up to 60.
    #[serde(default)]
    #[param(value_type = Option<u64>)]
    wait: u64,
}

/// Hands an agent the intents that changed after the cursor; waits for news when there are none.
#[utoipa::path(get, path = "/v1/agent/assignments", operation_id = "pollAssignments", tag = "agents",
    params(PollQuery), responses((status = 200, description = "The intents", body = Assignments)))]
async fn poll(
    State(api): State<Api>,
    AgentCaller(agent): AgentCaller,
    Query(query): Query<PollQuery>,
) -> Result<axum::Json<Assignments>> {
    let news = assignments::poll(&api.exchange, &agent, query.cursor, Duration::from_secs(query.wait));
    tokio::select! {
        news = news => Ok(axum::Json(news?)),
        () = api.options.shutdown.cancelled() => {
            Ok(axum::Json(Assignments { at: None, cursor: query.cursor, assignments: Vec::new(), consoles: Vec::new() }))
        }
    }
}

/// Takes a report of an agent. It is numbered: a repetition gets the same answer and changes nothing.
#[utoipa::path(post, path = "/v1/agent/reports", operation_id = "sendReport", tag = "agents", request_body = Report,
    responses((status = 200, description = "The report was taken", body = ReportReceipt),
        (status = 404, description = "There is no such agent"),
        (status = 409, description = "What it tells clashes with what is there"),
        (status = 422, description = "What it tells can't be")))]
async fn report(
    State(api): State<Api>,
    AgentCaller(agent): AgentCaller,
    Body(Json(report)): Body<Json<Report>>,
) -> Result<axum::Json<ReportReceipt>> {
    let mut work = api.exchange.begin().await?;
    let receipt = reports::take(&mut work, &agent, &report).await?;
    work.commit().await?;
    Ok(axum::Json(receipt))
}
