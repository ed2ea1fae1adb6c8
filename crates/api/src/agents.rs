//! Agents: enrolment and who they are.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use hansa_exchange::agents;
use hansa_model::agent::{Agent, EnrolRequest, Enrolment, NewEnrolment};
use hansa_model::id::AgentId;
use hansa_model::page::Page;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Json, Nothing};
use crate::etag;
use crate::gate::Caller;
use crate::idempotency::{Change, begin};
use crate::problem::Result;
use crate::query::{PageQuery, Path, Query};
use crate::state::Api;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(invite))
        .routes(routes!(enrol))
        .routes(routes!(get, revoke))
}

/// Lists the caller's agents; all for operators and auditors.
#[utoipa::path(get, path = "/v1/agents", operation_id = "listAgents", tag = "agents", params(PageQuery),
    responses((status = 200, description = "A page of agents", body = Page<Agent>)))]
async fn list(
    State(api): State<Api>,
    Caller(caller): Caller,
    Query(query): Query<PageQuery>,
) -> Result<axum::Json<Page<Agent>>> {
    let page = query.request()?;
    let mut tx = api.exchange.read().await?;
    Ok(axum::Json(agents::list(&mut tx, &caller, &page).await?))
}

/// Makes a one-time token, good for an hour, that lets one agent of the caller's participant enrol. For the name of an
/// agent that is there already, the token gives that agent another key.
#[utoipa::path(post, path = "/v1/agents/enrolments", operation_id = "createEnrolment", tag = "agents",
    request_body = NewEnrolment, responses((status = 201, description = "The token, shown once", body = Enrolment)))]
async fn invite(Caller(caller): Caller, change: Change<Json<NewEnrolment>>) -> Result<Response> {
    let (Json(new), mut act) = begin!(change);
    let enrolment = agents::create_enrolment(&mut act.work, &caller, new).await?;
    act.created(None, &enrolment).await
}

/// Becomes an agent with a one-time token and a key of one's own.
#[utoipa::path(post, path = "/v1/agents/enrol", operation_id = "enrolAgent", tag = "agents",
    request_body = EnrolRequest, responses((status = 201, description = "The agent", body = Agent),
        (status = 401, description = "The token does not work")))]
async fn enrol(change: Change<Json<EnrolRequest>>) -> Result<Response> {
    let (Json(request), mut act) = begin!(change);
    let agent = agents::enrol(&mut act.work, request).await?;
    act.created(Some(format!("/v1/agents/{}", agent.id)), &agent).await
}

/// Shows one agent.
#[utoipa::path(get, path = "/v1/agents/{agent}", operation_id = "getAgent", tag = "agents",
    params(("agent" = AgentId, Path, description = "The agent")),
    responses((status = 200, description = "The agent", body = Agent)))]
async fn get(
    State(api): State<Api>,
    Caller(caller): Caller,
    Path(agent): Path<AgentId>,
    headers: HeaderMap,
) -> Result<Response> {
    let mut tx = api.exchange.read().await?;
    Ok(etag::answer(&headers, &agents::get(&mut tx, &caller, agent).await?))
}

/// Takes an agent's right to speak away at once; what runs is left alone.
#[utoipa::path(delete, path = "/v1/agents/{agent}", operation_id = "revokeAgent", tag = "agents",
    params(("agent" = AgentId, Path, description = "The agent")),
    responses((status = 204, description = "It may not speak any more")))]
async fn revoke(Caller(caller): Caller, Path(agent): Path<AgentId>, change: Change<Nothing>) -> Result<Response> {
    let (Nothing, mut act) = begin!(change);
    agents::revoke(&mut act.work, &caller, agent).await?;
    act.gone().await
}
