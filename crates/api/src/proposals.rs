//! Proposals: what could be better about services that run, or no longer holds.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use hansa_exchange::proposals;
use hansa_model::id::{OrderId, ProjectId, ProposalId};
use hansa_model::page::Page;
use hansa_model::proposal::{Proposal, ProposalState};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::Nothing;
use crate::etag;
use crate::gate::Caller;
use crate::idempotency::{Change, begin};
use crate::problem::Result;
use crate::query::{Path, Query, page};
use crate::state::Api;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get)).routes(routes!(dismiss))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ProposalQuery {
    /// Those for services of this project.
    project: Option<ProjectId>,
    /// Those for what this order made.
    order: Option<OrderId>,
    /// Those in this state.
    #[param(inline)]
    state: Option<ProposalState>,
    /// How many items at most.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<u32>,
    /// What the page before gave as `next`.
    cursor: Option<String>,
}

/// Lists what is or was proposed for services of the caller's projects, the newest first; all for operators and
/// auditors. What runs is matched again whenever the market changes, and each order has one open proposal at most.
#[utoipa::path(get, path = "/v1/proposals", operation_id = "listProposals", tag = "proposals", params(ProposalQuery),
    responses((status = 200, description = "A page of proposals", body = Page<Proposal>)))]
async fn list(
    State(api): State<Api>,
    Caller(caller): Caller,
    Query(query): Query<ProposalQuery>,
) -> Result<axum::Json<Page<Proposal>>> {
    let page = page(query.limit, query.cursor)?;
    let wanted = proposals::Query {
        project: query.project,
        order: query.order,
        state: query.state,
        cursor: page.cursor,
        limit: Some(page.limit),
    };
    let mut tx = api.exchange.read().await?;
    Ok(axum::Json(proposals::list(&mut tx, &caller, &wanted).await?))
}

/// Shows one proposal.
#[utoipa::path(get, path = "/v1/proposals/{proposal}", operation_id = "getProposal", tag = "proposals",
    params(("proposal" = ProposalId, Path, description = "The proposal")),
    responses((status = 200, description = "The proposal", body = Proposal)))]
async fn get(
    State(api): State<Api>,
    Caller(caller): Caller,
    Path(proposal): Path<ProposalId>,
    headers: HeaderMap,
) -> Result<Response> {
    let mut tx = api.exchange.read().await?;
    Ok(etag::answer(&headers, &proposals::get(&mut tx, &caller, proposal).await?))
}

/// Does away with a proposal that is not wanted. It is made again only when something else is proposed, or for other
/// reasons.
#[utoipa::path(post, path = "/v1/proposals/{proposal}/dismiss", operation_id = "dismissProposal", tag = "proposals",
    params(("proposal" = ProposalId, Path, description = "The proposal")),
    responses((status = 200, description = "The proposal as it is now", body = Proposal)))]
async fn dismiss(
    Caller(caller): Caller,
    Path(proposal): Path<ProposalId>,
    change: Change<Nothing>,
) -> Result<Response> {
    let (Nothing, mut act) = begin!(change);
    let proposal = proposals::dismiss(&mut act.work, &caller, proposal).await?;
    act.done(&proposal).await
}
