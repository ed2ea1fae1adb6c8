//! Evidence: handed in, declared, attested, taken back.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use hansa_exchange::evidence::{self, Wanted};
use hansa_model::evidence::{Evidence, EvidenceState, NewAttestation, NewDeclaration, NewEvidence, Subject};
use hansa_model::id::EvidenceId;
use hansa_model::page::Page;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Json, Nothing};
use crate::etag;
use crate::gate::Caller;
use crate::idempotency::{Change, begin};
use crate::problem::Result;
use crate::query::{Path, Query, page};
use crate::state::Api;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list, submit))
        .routes(routes!(declare))
        .routes(routes!(attest))
        .routes(routes!(get))
        .routes(routes!(withdraw))
        .routes(routes!(revoke))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct EvidenceQuery {
    /// That of this participant, by identifier or short name; of the caller's own when absent. Only operators and
    /// auditors see that of others.
    participant: Option<String>,
    /// That about this participant, site or offer itself.
    #[param(inline)]
    subject: Option<Subject>,
    /// That in this state.
    #[param(inline)]
    state: Option<EvidenceState>,
    /// How many items at most.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<u32>,
    /// What the page before gave as `next`.
    cursor: Option<String>,
}

/// Lists evidence, the newest first.
#[utoipa::path(get, path = "/v1/evidence", operation_id = "listEvidence", tag = "trust", params(EvidenceQuery),
    responses((status = 200, description = "A page of evidence", body = Page<Evidence>),
        (status = 404, description = "There is no such participant, or its evidence is not the caller's to see")))]
async fn list(
    State(api): State<Api>,
    Caller(caller): Caller,
    Query(query): Query<EvidenceQuery>,
) -> Result<axum::Json<Page<Evidence>>> {
    let page = page(query.limit, query.cursor)?;
    let wanted = Wanted { participant: query.participant, subject: query.subject, state: query.state };
    let mut tx = api.exchange.read().await?;
    Ok(axum::Json(evidence::list(&mut tx, &caller, &wanted, &page).await?))
}

/// Takes a credential in as evidence, or every credential of a presentation, when each can be believed.
#[utoipa::path(post, path = "/v1/evidence", operation_id = "submitEvidence", tag = "trust", request_body = NewEvidence,
    responses((status = 201, description = "What was taken in", body = Vec<Evidence>),
        (status = 422, description = "A credential can't be believed; nothing was taken in")))]
async fn submit(State(api): State<Api>, Caller(caller): Caller, change: Change<Json<NewEvidence>>) -> Result<Response> {
    let Json(new) = change.input();
    let believed = evidence::believe(&api.exchange, &caller, new).await?;
    let (Json(_), mut act) = begin!(change);
    let taken = evidence::take(&mut act.work, &caller, believed).await?;
    act.created(None, &taken).await
}

/// Says something of the caller's participant, signed with the key that the exchange keeps for it.
#[utoipa::path(post, path = "/v1/evidence/declarations", operation_id = "declare", tag = "trust",
    request_body = NewDeclaration, responses((status = 201, description = "The evidence it made", body = Evidence)))]
async fn declare(Caller(caller): Caller, change: Change<Json<NewDeclaration>>) -> Result<Response> {
    let (Json(new), mut act) = begin!(change);
    let made = evidence::declare(&mut act.work, &caller, new).await?;
    act.created(Some(format!("/v1/evidence/{}", made.id)), &made).await
}

/// Signs for what the operator has looked at.
#[utoipa::path(post, path = "/v1/evidence/attestations", operation_id = "attest", tag = "trust",
    request_body = NewAttestation, responses((status = 201, description = "The evidence it made", body = Evidence)))]
async fn attest(Caller(caller): Caller, change: Change<Json<NewAttestation>>) -> Result<Response> {
    let (Json(new), mut act) = begin!(change);
    let made = evidence::attest(&mut act.work, &caller, new).await?;
    act.created(Some(format!("/v1/evidence/{}", made.id)), &made).await
}

/// Shows one piece of evidence.
#[utoipa::path(get, path = "/v1/evidence/{evidence}", operation_id = "getEvidence", tag = "trust",
    params(("evidence" = EvidenceId, Path, description = "The evidence")),
    responses((status = 200, description = "The evidence", body = Evidence)))]
async fn get(
    State(api): State<Api>,
    Caller(caller): Caller,
    Path(id): Path<EvidenceId>,
    headers: HeaderMap,
) -> Result<Response> {
    let mut tx = api.exchange.read().await?;
    Ok(etag::answer(&headers, &evidence::get(&mut tx, &caller, id).await?))
}

/// Takes evidence back. It counts no longer; what rests on it is judged anew at once.
#[utoipa::path(post, path = "/v1/evidence/{evidence}/withdraw", operation_id = "withdrawEvidence", tag = "trust",
    params(("evidence" = EvidenceId, Path, description = "The evidence")),
    responses((status = 200, description = "The evidence as it is now", body = Evidence)))]
async fn withdraw(Caller(caller): Caller, Path(id): Path<EvidenceId>, change: Change<Nothing>) -> Result<Response> {
    let (Nothing, mut act) = begin!(change);
    let now = evidence::withdraw(&mut act.work, &caller, id).await?;
    act.done(&now).await
}

/// Revokes what the exchange has signed. Everybody who looks at its status list sees it.
#[utoipa::path(post, path = "/v1/evidence/{evidence}/revoke", operation_id = "revokeEvidence", tag = "trust",
    params(("evidence" = EvidenceId, Path, description = "The evidence")),
    responses((status = 200, description = "The evidence as it is now", body = Evidence),
        (status = 409, description = "Somebody else signed it")))]
async fn revoke(Caller(caller): Caller, Path(id): Path<EvidenceId>, change: Change<Nothing>) -> Result<Response> {
    let (Nothing, mut act) = begin!(change);
    let now = evidence::revoke(&mut act.work, &caller, id).await?;
    act.done(&now).await
}
