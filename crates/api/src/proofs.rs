//! Proofs to take away: labels, receipts and audit packs.

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use hansa_exchange::trust::AuditPack;
use hansa_exchange::{clearing, evidence, trust};
use hansa_model::evidence::{AskedLabel, Evidence};
use hansa_model::id::OrderId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::Json;
use crate::gate::Caller;
use crate::idempotency::{Change, begin};
use crate::problem::Result;
use crate::query::{Path, Query};
use crate::state::Api;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(label))
        .routes(routes!(ask_label))
        .routes(routes!(receipt))
        .routes(routes!(participant_pack))
        .routes(routes!(order_pack))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct LabelQuery {
    /// The rule set; `gaia-x` when absent.
    rule_set: Option<String>,
}

/// Gives what a rule set makes of a participant as a credential that the exchange signs.
#[utoipa::path(get, path = "/v1/participants/{participant}/label-credential", operation_id = "getLabelCredential",
    tag = "trust", params(("participant" = String, Path, description = "Identifier or short name"), LabelQuery),
    responses((status = 200, description = "The label", content_type = "application/vc+jwt", body = String),
        (status = 404, description = "There is no such participant or rule set, or it was never judged")))]
async fn label(State(api): State<Api>, Path(key): Path<String>, Query(query): Query<LabelQuery>) -> Result<Response> {
    let rule_set = query.rule_set.unwrap_or_else(|| "gaia-x".to_owned());
    Ok(credential(trust::label(&api.exchange, &key, &rule_set).await?))
}

/// Asks the compliance service that the exchange is set up with for a label over a participant's credentials, and takes
/// the answer in as evidence.
#[utoipa::path(post, path = "/v1/participants/{participant}/labels", operation_id = "askLabel", tag = "trust",
    params(("participant" = String, Path, description = "Identifier or short name")), request_body = AskedLabel,
    responses((status = 201, description = "The label that was taken in", body = Vec<Evidence>),
        (status = 409, description = "The service does not give it; `errors` names every criterion"),
        (status = 422, description = "The service can't be asked, or its answer can't be believed")))]
async fn ask_label(
    State(api): State<Api>,
    Caller(caller): Caller,
    Path(key): Path<String>,
    change: Change<Json<AskedLabel>>,
) -> Result<Response> {
    let Json(asked) = change.input();
    let believed = clearing::ask(&api.exchange, &caller, &key, asked).await?;
    let (Json(_), mut act) = begin!(change);
    let taken = evidence::take(&mut act.work, &caller, believed).await?;
    act.created(None, &taken).await
}

/// Gives the receipt of an order: to its buyer of all of it, to a provider of its own part. It is issued once.
#[utoipa::path(get, path = "/v1/orders/{order}/receipt", operation_id = "getOrderReceipt", tag = "orders",
    params(("order" = OrderId, Path, description = "The order")),
    responses((status = 200, description = "The receipt", content_type = "application/vc+jwt", body = String),
        (status = 404, description = "There is no such order, or it accepts no quote")))]
async fn receipt(State(api): State<Api>, Caller(caller): Caller, Path(order): Path<OrderId>) -> Result<Response> {
    Ok(credential(trust::receipt(&api.exchange, &caller, order).await?))
}

/// Gives everything that an auditor needs to judge a participant again elsewhere, as an archive.
#[utoipa::path(get, path = "/v1/participants/{participant}/audit-pack", operation_id = "getParticipantAuditPack",
    tag = "trust", params(("participant" = String, Path, description = "Identifier or short name")),
    responses((status = 200, description = "The pack", content_type = "application/gzip", body = Vec<u8>)))]
async fn participant_pack(State(api): State<Api>, Caller(caller): Caller, Path(key): Path<String>) -> Result<Response> {
    Ok(file(trust::participant_pack(&api.exchange, &caller, &key).await?))
}

/// Gives everything that an auditor needs to judge everybody in an order again elsewhere, as an archive.
#[utoipa::path(get, path = "/v1/orders/{order}/audit-pack", operation_id = "getOrderAuditPack", tag = "trust",
    params(("order" = OrderId, Path, description = "The order")),
    responses((status = 200, description = "The pack", content_type = "application/gzip", body = Vec<u8>)))]
async fn order_pack(State(api): State<Api>, Caller(caller): Caller, Path(order): Path<OrderId>) -> Result<Response> {
    Ok(file(trust::order_pack(&api.exchange, &caller, order).await?))
}

fn credential(credential: String) -> Response {
    ([(CONTENT_TYPE, "application/vc+jwt")], credential).into_response()
}

fn file(pack: AuditPack) -> Response {
    let name = format!("attachment; filename=\"{}\"", pack.name);
    ([(CONTENT_TYPE, "application/gzip".to_owned()), (CONTENT_DISPOSITION, name)], pack.bytes).into_response()
}
