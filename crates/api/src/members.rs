//! Who the caller is, and who else acts for its participant.

use axum::Json;
use axum::extract::State;
use hansa_exchange::identity;
use hansa_model::page::Page;
use hansa_model::participant::{Identity, Member};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::gate::Caller;
use crate::problem::Result;
use crate::query::{PageQuery, Query};
use crate::state::Api;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(whoami)).routes(routes!(list))
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
    Ok(Json(identity::members(&mut tx, &caller, &page).await?))
}
