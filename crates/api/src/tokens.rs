//! API tokens.

use axum::extract::State;
use axum::response::Response;
use hansa_exchange::identity;
use hansa_model::id::TokenId;
use hansa_model::page::Page;
use hansa_model::participant::{IssuedToken, NewToken, Token};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Json, Nothing};
use crate::gate::Caller;
use crate::idempotency::{Change, begin};
use crate::problem::Result;
use crate::query::{PageQuery, Path, Query};
use crate::state::Api;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(revoke))
}

/// Lists the tokens of the caller's participant, without their secrets.
#[utoipa::path(get, path = "/v1/tokens", operation_id = "listTokens", tag = "tokens", params(PageQuery),
    responses((status = 200, description = "A page of tokens", body = Page<Token>)))]
async fn list(
    State(api): State<Api>,
    Caller(caller): Caller,
    Query(query): Query<PageQuery>,
) -> Result<axum::Json<Page<Token>>> {
    let page = query.request()?;
    let mut tx = api.exchange.read().await?;
    Ok(axum::Json(identity::tokens(&mut tx, &caller, &page).await?))
}

/// Makes a token for the caller, with no more scopes than the one that asks. Its secret is shown once.
#[utoipa::path(post, path = "/v1/tokens", operation_id = "createToken", tag = "tokens", request_body = NewToken,
    responses((status = 201, description = "The token with its secret", body = IssuedToken)))]
async fn create(Caller(caller): Caller, change: Change<Json<NewToken>>) -> Result<Response> {
    let (Json(new), mut act) = begin!(change);
    let issued = identity::create_token(&mut act.work, &caller, new).await?;
    act.created(None, &issued).await
}

/// Revokes a token of the caller's participant. It stops working at once.
#[utoipa::path(delete, path = "/v1/tokens/{token}", operation_id = "revokeToken", tag = "tokens",
    params(("token" = TokenId, Path, description = "The token")),
    responses((status = 204, description = "It does not work any more")))]
async fn revoke(Caller(caller): Caller, Path(token): Path<TokenId>, change: Change<Nothing>) -> Result<Response> {
    let (Nothing, mut act) = begin!(change);
    identity::revoke_token(&mut act.work, &caller, token).await?;
    act.gone().await
}
