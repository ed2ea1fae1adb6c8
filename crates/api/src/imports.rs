//! Catalogue files.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use hansa_exchange::imports::{self, ImportReport};
use hansa_model::catalogue::{parse_csv, parse_yaml, to_csv, to_yaml};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::Text;
use crate::gate::Caller;
use crate::idempotency::{Change, begin};
use crate::problem::Result;
use crate::query::{Query, non_empty};
use crate::state::Api;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(import)).routes(routes!(export))
}

/// How a catalogue file is written.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Format {
    /// Providers with their sites and offers.
    #[default]
    Yaml,
    /// An offer a line.
    Csv,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct ImportQuery {
    /// How the file is written.
    #[serde(default)]
    #[param(inline, value_type = Option<Format>)]
    format: Format,
    /// Whether nothing goes in when anything is wrong; otherwise what is right goes in.
    #[serde(default)]
    #[param(value_type = Option<bool>)]
    atomic: bool,
    /// Whether the file is only tried: the answer says what would happen, and nothing goes in.
    #[serde(default)]
    #[param(value_type = Option<bool>)]
    dry_run: bool,
}

/// Takes a catalogue file in, of at most 8 MiB (YAML: 1 MiB). Providers bring their own sites and offers; operators
/// those of any provider, and providers that are not there yet. Offers that are there already get a new version where
/// they differ.
#[utoipa::path(post, path = "/v1/offers/import", operation_id = "importOffers", tag = "catalogue",
    params(ImportQuery), request_body(content((String = "application/yaml"), (String = "text/csv"))),
    responses((status = 200, description = "What went in, and what did not", body = ImportReport)))]
async fn import(Caller(caller): Caller, Query(query): Query<ImportQuery>, change: Change<Text>) -> Result<Response> {
    let (Text(text), mut act) = begin!(change);
    let parsed = match query.format {
        Format::Yaml => parse_yaml(&text),
        Format::Csv => parse_csv(&text),
    };
    let report = imports::take(&mut act.work, &caller, parsed, query.atomic).await?;
    if query.dry_run { Ok(axum::Json(report).into_response()) } else { act.done(&report).await }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ExportQuery {
    /// How the file shall be written.
    #[serde(default)]
    #[param(inline, value_type = Option<Format>)]
    format: Format,
    /// Only what this provider offers: short name or identifier.
    provider: Option<String>,
}

/// Writes the offers that the caller may see as a catalogue file, without drafts and retired ones.
#[utoipa::path(get, path = "/v1/offers/export", operation_id = "exportOffers", tag = "catalogue",
    params(ExportQuery),
    responses((status = 200, description = "The file", content((String = "application/yaml"), (String = "text/csv"))),
        (status = 404, description = "There is no such provider")))]
async fn export(State(api): State<Api>, caller: Option<Caller>, Query(query): Query<ExportQuery>) -> Result<Response> {
    let provider = non_empty(query.provider);
    let caller = caller.as_ref().map(|caller| &caller.0);
    let mut tx = api.exchange.read().await?;
    let file = imports::export(&mut tx, caller, provider.as_deref(), api.exchange.now()).await?;
    let (content_type, text) = match query.format {
        Format::Yaml => ("application/yaml; charset=utf-8", to_yaml(&file)),
        Format::Csv => ("text/csv; charset=utf-8", to_csv(&file)),
    };
    Ok(([(CONTENT_TYPE, content_type)], text).into_response())
}
