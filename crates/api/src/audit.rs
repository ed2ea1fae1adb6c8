//! The audit log.

use axum::Json;
use axum::extract::State;
use hansa_exchange::audit;
use hansa_model::event::{AuditRow, AuditVerification};
use hansa_model::page::Page;
use hansa_store::audit::AuditFilter;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::problem::Result;
use crate::query::{Query, non_empty, page};
use crate::state::Api;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(verify))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct AuditQuery {
    /// Rows about this thing.
    subject: Option<String>,
    /// Rows of this member, agent or `exchange`.
    actor: Option<String>,
    /// Rows of this action, like `token.revoke`.
    action: Option<String>,
    /// How many items at most.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<u32>,
    /// What the page before gave as `next`.
    cursor: Option<String>,
}

/// Lists who did what, the newest first.
#[utoipa::path(get, path = "/v1/audit", operation_id = "listAudit", tag = "audit", params(AuditQuery),
    responses((status = 200, description = "A page of the log", body = Page<AuditRow>)))]
async fn list(State(api): State<Api>, Query(query): Query<AuditQuery>) -> Result<Json<Page<AuditRow>>> {
    let page = page(query.limit, query.cursor)?;
    let wanted = AuditFilter {
        subject: non_empty(query.subject),
        actor: non_empty(query.actor),
        action: non_empty(query.action),
    };
    let mut tx = api.exchange.read().await?;
    Ok(Json(audit::list(&mut tx, &wanted, &page).await?))
}

/// Checks every row of the log: that nothing was changed, left out, moved or cut off.
#[utoipa::path(get, path = "/v1/audit/verify", operation_id = "verifyAudit", tag = "audit",
    responses((status = 200, description = "What was found", body = AuditVerification)))]
async fn verify(State(api): State<Api>) -> Result<Json<AuditVerification>> {
    let mut tx = api.exchange.read().await?;
    Ok(Json(audit::verify(&mut tx).await?))
}
