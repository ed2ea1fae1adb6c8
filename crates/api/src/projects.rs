//! Projects.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use hansa_exchange::projects;
use hansa_model::id::ProjectId;
use hansa_model::page::Page;
use hansa_model::participant::{NewProject, Project, ProjectLimits};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::Json;
use crate::etag;
use crate::gate::Caller;
use crate::idempotency::{Change, begin};
use crate::problem::Result;
use crate::query::{PageQuery, Path, Query};
use crate::state::Api;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, set_limits))
}

/// Lists the caller's projects; all for operators and auditors.
#[utoipa::path(get, path = "/v1/projects", operation_id = "listProjects", tag = "projects", params(PageQuery),
    responses((status = 200, description = "A page of projects", body = Page<Project>)))]
async fn list(
    State(api): State<Api>,
    Caller(caller): Caller,
    Query(query): Query<PageQuery>,
) -> Result<axum::Json<Page<Project>>> {
    let page = query.request()?;
    let mut tx = api.exchange.read().await?;
    Ok(axum::Json(projects::list(&mut tx, &caller, &page).await?))
}

/// Makes a project in one of the caller's tenants.
#[utoipa::path(post, path = "/v1/projects", operation_id = "createProject", tag = "projects",
    request_body = NewProject,
    responses((status = 201, description = "The project", body = Project),
        (status = 404, description = "There is no such tenant, or it is not the caller's")))]
async fn create(Caller(caller): Caller, change: Change<Json<NewProject>>) -> Result<Response> {
    let (Json(new), mut act) = begin!(change);
    let project = projects::create(&mut act.work, &caller, new).await?;
    act.created(Some(format!("/v1/projects/{}", project.id)), &project).await
}

/// Shows one project.
#[utoipa::path(get, path = "/v1/projects/{project}", operation_id = "getProject", tag = "projects",
    params(("project" = ProjectId, Path, description = "The project")),
    responses((status = 200, description = "The project", body = Project)))]
async fn get(
    State(api): State<Api>,
    Caller(caller): Caller,
    Path(project): Path<ProjectId>,
    headers: HeaderMap,
) -> Result<Response> {
    let mut tx = api.exchange.read().await?;
    Ok(etag::answer(&headers, &projects::get(&mut tx, &caller, project).await?))
}

/// Gives a project other limits; what is absent is taken away. With `if-match`, only while the project still is what
/// the caller has seen.
#[utoipa::path(patch, path = "/v1/projects/{project}", operation_id = "setProjectLimits", tag = "projects",
    params(("project" = ProjectId, Path, description = "The project"),
        ("if-match" = Option<String>, Header, description = "The `etag` that the caller has seen")),
    request_body = ProjectLimits,
    responses((status = 200, description = "The project as it is now", body = Project),
        (status = 412, description = "It changed meanwhile")))]
async fn set_limits(
    Caller(caller): Caller,
    Path(project): Path<ProjectId>,
    change: Change<Json<ProjectLimits>>,
) -> Result<Response> {
    let (Json(limits), mut act) = begin!(change);
    let headers = std::mem::take(&mut act.headers);
    let accept = |before: &Project| etag::unchanged(&headers, before);
    let project = projects::set_limits(&mut act.work, &caller, project, limits, accept).await?;
    act.done(&project).await
}
