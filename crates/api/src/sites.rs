//! Sites.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use hansa_exchange::sites;
use hansa_model::country::Country;
use hansa_model::id::{ParticipantId, SiteId};
use hansa_model::page::Page;
use hansa_model::site::{NewSite, Site};
use hansa_store::site::SiteFilter;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::Json;
use crate::etag;
use crate::gate::Caller;
use crate::idempotency::{Change, begin};
use crate::problem::Result;
use crate::query::{Path, Query, page};
use crate::state::Api;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct SiteQuery {
    /// Those of this provider.
    provider: Option<ParticipantId>,
    /// Those in this country.
    country: Option<Country>,
    /// How many items at most.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<u32>,
    /// What the page before gave as `next`.
    cursor: Option<String>,
}

/// Lists the places where providers have capacity.
#[utoipa::path(get, path = "/v1/sites", operation_id = "listSites", tag = "catalogue", params(SiteQuery),
    responses((status = 200, description = "A page of sites", body = Page<Site>)))]
async fn list(State(api): State<Api>, Query(query): Query<SiteQuery>) -> Result<axum::Json<Page<Site>>> {
    let wanted = SiteFilter { provider: query.provider, country: query.country };
    let page = page(query.limit, query.cursor)?;
    let mut tx = api.exchange.read().await?;
    Ok(axum::Json(sites::list(&mut tx, &wanted, &page).await?))
}

/// Makes a site of the caller's participant.
#[utoipa::path(post, path = "/v1/sites", operation_id = "createSite", tag = "catalogue", request_body = NewSite,
    responses((status = 201, description = "The site", body = Site)))]
async fn create(Caller(caller): Caller, change: Change<Json<NewSite>>) -> Result<Response> {
    let (Json(new), mut act) = begin!(change);
    let site = sites::create(&mut act.work, &caller, new).await?;
    act.created(Some(format!("/v1/sites/{}", site.id)), &site).await
}

/// Shows one site.
#[utoipa::path(get, path = "/v1/sites/{site}", operation_id = "getSite", tag = "catalogue",
    params(("site" = SiteId, Path, description = "The site")),
    responses((status = 200, description = "The site", body = Site)))]
async fn get(State(api): State<Api>, Path(site): Path<SiteId>, headers: HeaderMap) -> Result<Response> {
    let mut tx = api.exchange.read().await?;
    Ok(etag::answer(&headers, &sites::get(&mut tx, site).await?))
}
