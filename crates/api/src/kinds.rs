//! What can be bought, and how to ask for it.

use axum::Json;
use axum::http::HeaderMap;
use axum::response::Response;
use hansa_model::kind::{KINDS, KindId};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::etag;
use crate::state::Api;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(application))
}

/// A service kind.
#[derive(Debug, Serialize, ToSchema)]
struct ServiceKind {
    /// What it is called.
    id: KindId,
    /// A title for people.
    title: &'static str,
    /// What it is, in a sentence.
    description: &'static str,
    /// The JSON Schema (2020-12) of its properties as an application asks for them.
    schema: Value,
}

/// Lists what can be bought, with the JSON Schema of its properties.
#[utoipa::path(get, path = "/v1/kinds", operation_id = "listKinds", tag = "catalogue",
    responses((status = 200, description = "Every service kind", body = Vec<ServiceKind>)))]
async fn list() -> Json<Vec<ServiceKind>> {
    let describe = |kind: &hansa_model::kind::Kind| ServiceKind {
        id: kind.id,
        title: kind.title,
        description: kind.doc,
        schema: kind.schema(),
    };
    Json(KINDS.iter().map(describe).collect())
}

/// Gives the JSON Schema (2020-12) of applications, for editors and checks.
#[utoipa::path(get, path = "/v1/schemas/application", operation_id = "getApplicationSchema", tag = "catalogue",
    responses((status = 200, description = "A JSON Schema", body = Value)))]
async fn application(headers: HeaderMap) -> Response {
    etag::answer(&headers, &hansa_model::application::schema())
}
