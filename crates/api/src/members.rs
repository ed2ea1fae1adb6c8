//! Who the caller is, and who else acts for its participant.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use hansa_exchange::sign_in::resets;
use hansa_exchange::{identity, members};
use hansa_model::id::MemberId;
use hansa_model::page::Page;
use hansa_model::participant::{Identity, Invitation, Member};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::Nothing;
use crate::gate::Caller;
use crate::idempotency::{Change, begin};
use crate::problem::Result;
use crate::query::{PageQuery, Path, Query};
use crate::state::Api;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(whoami)).routes(routes!(list)).routes(routes!(remove)).routes(routes!(reset))
}

/// Says who the caller is: participant, member, token, tenants, projects.
#[utoipa::path(get, path = "/v1/whoami", operation_id = "whoAmI", tag = "participants",
    responses((status = 200, description = "The caller", body = Identity)))]
async fn whoami(State(api): State<Api>, Caller(caller): Caller) -> Result<Json<Identity>> {
    let mut tx = api.exchange.read().await?;
    Ok(Json(identity::whoami(&mut tx, &caller).await?))
}

/// Lists the members of the caller's participant, the first to join first.
#[utoipa::path(get, path = "/v1/members", operation_id = "listMembers", tag = "participants", params(PageQuery),
    responses((status = 200, description = "A page of members", body = Page<Member>)))]
async fn list(
    State(api): State<Api>,
    Caller(caller): Caller,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Member>>> {
    let page = query.request()?;
    let mut tx = api.exchange.read().await?;
    Ok(Json(members::list(&mut tx, &caller, &page).await?))
}

/// Takes a member away: its tokens and sessions end at once. Only those do who are in all of its roles, and operators.
/// Nobody can be taken away who is the last in one of its roles.
#[utoipa::path(delete, path = "/v1/members/{member}", operation_id = "removeMember", tag = "participants",
    params(("member" = MemberId, Path, description = "The member")),
    responses((status = 204, description = "It does not act any more")))]
async fn remove(Caller(caller): Caller, Path(member): Path<MemberId>, change: Change<Nothing>) -> Result<Response> {
    let (Nothing, mut act) = begin!(change);
    members::remove(&mut act.work, &caller, member).await?;
    act.gone().await
}

/// Makes a one-time code by which the person behind a member sets a new password or passkey, at `/sign-up#code=…`, and
/// ends the sessions of the person's account. Only those do who are in all of the member's roles, and operators.
#[utoipa::path(post, path = "/v1/members/{member}/resets", operation_id = "resetMember", tag = "participants",
    params(("member" = MemberId, Path, description = "The member")),
    responses((status = 201, description = "The code; shown once", body = Invitation)))]
async fn reset(Caller(caller): Caller, Path(member): Path<MemberId>, change: Change<Nothing>) -> Result<Response> {
    let (Nothing, mut act) = begin!(change);
    let code = resets::make(&mut act.work, &caller, member).await?;
    act.created(None, &code).await
}
