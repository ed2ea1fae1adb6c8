//! Services.

use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use hansa_exchange::{services, why};
use hansa_model::id::{OrderId, ServiceId};
use hansa_model::kind::KindId;
use hansa_model::page::Page;
use hansa_model::service::{Connection, MetricSeries, Service, ServiceState, Why};
use hansa_model::time::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::etag;
use crate::gate::Caller;
use crate::problem::Result;
use crate::query::{Path, Query, page};
use crate::state::Api;

/// How far back metrics go when nobody says.
const RECENTLY: Duration = Duration::from_secs(60 * 60);

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(why))
        .routes(routes!(connection))
        .routes(routes!(metrics))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ServiceQuery {
    /// Those in this state.
    #[param(inline)]
    state: Option<ServiceState>,
    /// Those of this kind.
    #[param(inline)]
    kind: Option<KindId>,
    /// Those made by this order.
    order: Option<OrderId>,
    /// With those that are gone.
    #[serde(default)]
    #[param(value_type = Option<bool>)]
    all: bool,
    /// How many items at most.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<u32>,
    /// What the page before gave as `next`.
    cursor: Option<String>,
}

/// Lists the services of the caller's projects, and those that it delivers as a provider, the newest first; all for
/// operators and auditors.
#[utoipa::path(get, path = "/v1/services", operation_id = "listServices", tag = "services", params(ServiceQuery),
    responses((status = 200, description = "A page of services", body = Page<Service>)))]
async fn list(
    State(api): State<Api>,
    Caller(caller): Caller,
    Query(query): Query<ServiceQuery>,
) -> Result<axum::Json<Page<Service>>> {
    let page = page(query.limit, query.cursor)?;
    let wanted = services::Query {
        state: query.state,
        kind: query.kind,
        order: query.order,
        all: query.all,
        cursor: page.cursor,
        limit: Some(page.limit),
    };
    let mut tx = api.exchange.read().await?;
    Ok(axum::Json(services::list(&mut tx, &caller, &wanted).await?))
}

/// Shows one service.
#[utoipa::path(get, path = "/v1/services/{service}", operation_id = "getService", tag = "services",
    params(("service" = ServiceId, Path, description = "The service")),
    responses((status = 200, description = "The service", body = Service)))]
async fn get(
    State(api): State<Api>,
    Caller(caller): Caller,
    Path(service): Path<ServiceId>,
    headers: HeaderMap,
) -> Result<Response> {
    let mut tx = api.exchange.read().await?;
    Ok(etag::answer(&headers, &services::get(&mut tx, &caller, service).await?))
}

/// Says what a service waits for, since when, and who must act.
#[utoipa::path(get, path = "/v1/services/{service}/why", operation_id = "whyService", tag = "services",
    params(("service" = ServiceId, Path, description = "The service")),
    responses((status = 200, description = "What it waits for", body = Why)))]
async fn why(
    State(api): State<Api>,
    Caller(caller): Caller,
    Path(service): Path<ServiceId>,
) -> Result<axum::Json<Why>> {
    let mut tx = api.exchange.read().await?;
    Ok(axum::Json(why::service(&mut tx, &caller, service).await?))
}

/// Says how a service is reached, with its password: to its buyer only.
#[utoipa::path(get, path = "/v1/services/{service}/connection", operation_id = "getServiceConnection",
    tag = "services", params(("service" = ServiceId, Path, description = "The service")),
    responses((status = 200, description = "How it is reached", body = Connection),
        (status = 409, description = "It can't be reached yet")))]
async fn connection(
    State(api): State<Api>,
    Caller(caller): Caller,
    Path(service): Path<ServiceId>,
) -> Result<axum::Json<Connection>> {
    let mut tx = api.exchange.read().await?;
    Ok(axum::Json(services::connection(&mut tx, &caller, service).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct MetricQuery {
    /// How far back; an hour when absent.
    since: Option<Timestamp>,
}

/// Shows what was measured of a service.
#[utoipa::path(get, path = "/v1/services/{service}/metrics", operation_id = "getServiceMetrics", tag = "services",
    params(("service" = ServiceId, Path, description = "The service"), MetricQuery),
    responses((status = 200, description = "A series for each metric", body = Vec<MetricSeries>)))]
async fn metrics(
    State(api): State<Api>,
    Caller(caller): Caller,
    Path(service): Path<ServiceId>,
    Query(query): Query<MetricQuery>,
) -> Result<axum::Json<Vec<MetricSeries>>> {
    let since = query.since.unwrap_or_else(|| api.exchange.now().minus(RECENTLY));
    let mut tx = api.exchange.read().await?;
    Ok(axum::Json(services::metrics(&mut tx, &caller, service, since).await?))
}
