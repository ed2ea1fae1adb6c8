//! Maintenance windows.

use axum::extract::State;
use axum::response::Response;
use hansa_exchange::maintenance;
use hansa_model::id::{MaintenanceId, ParticipantId, SiteId};
use hansa_model::maintenance::{MaintenanceWindow, NewMaintenanceWindow};
use hansa_model::page::Page;
use hansa_store::maintenance::MaintenanceFilter;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Json, Nothing};
use crate::gate::Caller;
use crate::idempotency::{Change, begin};
use crate::problem::Result;
use crate::query::{Path, Query, page};
use crate::state::Api;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(plan)).routes(routes!(cancel))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct MaintenanceQuery {
    /// Windows of this site.
    site: Option<SiteId>,
    /// Windows of this provider's sites.
    provider: Option<ParticipantId>,
    /// Also those that are over or were called off.
    #[serde(default)]
    #[param(value_type = Option<bool>)]
    all: bool,
    /// How many items at most.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<u32>,
    /// What the page before gave as `next`.
    cursor: Option<String>,
}

/// Lists when providers work on their sites, what was planned last first.
#[utoipa::path(get, path = "/v1/maintenance", operation_id = "listMaintenance", tag = "catalogue",
    params(MaintenanceQuery),
    responses((status = 200, description = "A page of maintenance windows", body = Page<MaintenanceWindow>)))]
async fn list(
    State(api): State<Api>,
    Query(query): Query<MaintenanceQuery>,
) -> Result<axum::Json<Page<MaintenanceWindow>>> {
    let page = page(query.limit, query.cursor)?;
    let ahead_of = (!query.all).then(|| api.exchange.now());
    let wanted = MaintenanceFilter { site: query.site, provider: query.provider, ahead_of };
    let mut tx = api.exchange.read().await?;
    Ok(axum::Json(maintenance::list(&mut tx, &wanted, &page).await?))
}

/// Plans to work on one of the caller's sites. Everybody with something running there is told by an event.
#[utoipa::path(post, path = "/v1/sites/{site}/maintenance", operation_id = "planMaintenance", tag = "catalogue",
    params(("site" = SiteId, Path, description = "The site")), request_body = NewMaintenanceWindow,
    responses((status = 201, description = "The window", body = MaintenanceWindow),
        (status = 404, description = "There is no such site, or it is not the caller's")))]
async fn plan(
    Caller(caller): Caller,
    Path(site): Path<SiteId>,
    change: Change<Json<NewMaintenanceWindow>>,
) -> Result<Response> {
    let (Json(new), mut act) = begin!(change);
    let window = maintenance::plan(&mut act.work, &caller, site, new).await?;
    act.created(None, &window).await
}

/// Calls a maintenance window off.
#[utoipa::path(delete, path = "/v1/maintenance/{maintenance}", operation_id = "cancelMaintenance", tag = "catalogue",
    params(("maintenance" = MaintenanceId, Path, description = "The window")),
    responses((status = 204, description = "It was called off"),
        (status = 404, description = "There is no such window, or it is not the caller's"),
        (status = 409, description = "It is over, or was called off before")))]
async fn cancel(
    Caller(caller): Caller,
    Path(window): Path<MaintenanceId>,
    change: Change<Nothing>,
) -> Result<Response> {
    let (Nothing, mut act) = begin!(change);
    maintenance::cancel(&mut act.work, &caller, window).await?;
    act.gone().await
}
