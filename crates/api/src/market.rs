//! Searching the market, and quotes.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use hansa_exchange::{market, quotes};
use hansa_model::id::{ProjectId, QuoteId};
use hansa_model::order::{NewQuote, Quote};
use hansa_model::package::{MatchOutcome, MatchRequest};
use hansa_model::page::Page;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Body, Json, Nothing};
use crate::etag;
use crate::gate::Caller;
use crate::idempotency::{Change, begin};
use crate::problem::Result;
use crate::query::{Path, Query, page};
use crate::state::Api;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(find))
        .routes(routes!(list, create))
        .routes(routes!(get))
        .routes(routes!(document))
        .routes(routes!(withdraw))
}

/// Searches the market for packages that satisfy an application, and says why everything else was left out. Nothing
/// is kept.
#[utoipa::path(post, path = "/v1/match", operation_id = "match", tag = "market", request_body = MatchRequest,
    responses((status = 200, description = "The packages, the best first", body = MatchOutcome)))]
async fn find(
    State(api): State<Api>,
    Caller(caller): Caller,
    Body(Json(request)): Body<Json<MatchRequest>>,
) -> Result<axum::Json<MatchOutcome>> {
    Ok(axum::Json(market::find(&api.exchange, &caller, &request).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct QuoteQuery {
    /// The project.
    project: ProjectId,
    /// How many items at most.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<u32>,
    /// What the page before gave as `next`.
    cursor: Option<String>,
}

/// Lists the quotes of one of the caller's projects, the newest first.
#[utoipa::path(get, path = "/v1/quotes", operation_id = "listQuotes", tag = "market", params(QuoteQuery),
    responses((status = 200, description = "A page of quotes", body = Page<Quote>),
        (status = 404, description = "There is no such project, or it is not the caller's")))]
async fn list(
    State(api): State<Api>,
    Caller(caller): Caller,
    Query(query): Query<QuoteQuery>,
) -> Result<axum::Json<Page<Quote>>> {
    let page = page(query.limit, query.cursor)?;
    let mut tx = api.exchange.read().await?;
    let cursor = page.cursor.as_deref();
    Ok(axum::Json(quotes::list(&mut tx, &caller, query.project, cursor, Some(page.limit)).await?))
}

/// Makes a quote for the package that suits best, or for the one that is named. Its price holds until it expires.
#[utoipa::path(post, path = "/v1/quotes", operation_id = "createQuote", tag = "market", request_body = NewQuote,
    responses((status = 201, description = "The quote, signed", body = Quote),
        (status = 404, description = "There is no such project, or it is not the caller's")))]
async fn create(State(api): State<Api>, Caller(caller): Caller, change: Change<Json<NewQuote>>) -> Result<Response> {
    let Json(wanted) = change.input();
    let found = quotes::look(&api.exchange, &caller, wanted).await?;
    let (Json(new), mut act) = begin!(change);
    let quote = quotes::create(&mut act.work, &caller, new, found).await?;
    act.created(Some(format!("/v1/quotes/{}", quote.id)), &quote).await
}

/// Shows one quote.
#[utoipa::path(get, path = "/v1/quotes/{quote}", operation_id = "getQuote", tag = "market",
    params(("quote" = QuoteId, Path, description = "The quote")),
    responses((status = 200, description = "The quote", body = Quote)))]
async fn get(
    State(api): State<Api>,
    Caller(caller): Caller,
    Path(quote): Path<QuoteId>,
    headers: HeaderMap,
) -> Result<Response> {
    let mut tx = api.exchange.read().await?;
    Ok(etag::answer(&headers, &quotes::get(&mut tx, &api.exchange, &caller, quote).await?))
}

/// Gives one quote as PDF: who, what, at what price, until when. Its signed form is attached to the file.
#[utoipa::path(get, path = "/v1/quotes/{quote}/document", operation_id = "getQuoteDocument", tag = "market",
    params(("quote" = QuoteId, Path, description = "The quote")),
    responses((status = 200, description = "The document", body = [u8], content_type = "application/pdf")))]
async fn document(State(api): State<Api>, Caller(caller): Caller, Path(quote): Path<QuoteId>) -> Result<Response> {
    let mut tx = api.exchange.read().await?;
    let pdf = quotes::document(&mut tx, &api.exchange, &caller, quote).await?;
    let file = format!("inline; filename=\"{quote}.pdf\"");
    Ok(([(CONTENT_TYPE, "application/pdf".to_owned()), (CONTENT_DISPOSITION, file)], pdf).into_response())
}

/// Gives an open quote up, and what was held for it.
#[utoipa::path(post, path = "/v1/quotes/{quote}/withdraw", operation_id = "withdrawQuote", tag = "market",
    params(("quote" = QuoteId, Path, description = "The quote")),
    responses((status = 200, description = "The quote as it is now", body = Quote)))]
async fn withdraw(Caller(caller): Caller, Path(quote): Path<QuoteId>, change: Change<Nothing>) -> Result<Response> {
    let (Nothing, mut act) = begin!(change);
    let quote = quotes::withdraw(&mut act.work, &caller, quote).await?;
    act.done(&quote).await
}
