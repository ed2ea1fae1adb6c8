//! Usage, statements and the ledger.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use hansa_exchange::principal::Principal;
use hansa_exchange::{Error, costs, statements};
use hansa_model::charge::{ProviderStatement, Statement, TrialBalance};
use hansa_model::cost::{CostFormat, Costs};
use hansa_model::id::{ParticipantId, ServiceId, TenantId};
use hansa_model::money::Currency;
use hansa_model::page::Page;
use hansa_model::price::Meter;
use hansa_model::usage::Usage;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::gate::Caller;
use crate::problem::Result;
use crate::query::{Query, page};
use crate::state::Api;
use crate::table;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(usage))
        .routes(routes!(statement))
        .routes(routes!(costs))
        .routes(routes!(export_costs))
        .routes(routes!(provider_statement))
        .routes(routes!(trial_balance))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct UsageQuery {
    /// Of this service.
    service: Option<ServiceId>,
    /// Of this meter.
    #[param(inline)]
    meter: Option<Meter>,
    /// How many items at most.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<u32>,
    /// What the page before gave as `next`.
    cursor: Option<String>,
}

/// Lists what was used, the newest first.
#[utoipa::path(get, path = "/v1/usage", operation_id = "listUsage", tag = "money", params(UsageQuery),
    responses((status = 200, description = "A page of usage records", body = Page<Usage>),
        (status = 404, description = "There is no such service, or the caller may not see it")))]
async fn usage(
    State(api): State<Api>,
    Caller(caller): Caller,
    Query(query): Query<UsageQuery>,
) -> Result<Json<Page<Usage>>> {
    let page = page(query.limit, query.cursor)?;
    let cursor = page.cursor.as_deref();
    let mut tx = api.exchange.read().await?;
    Ok(Json(statements::usage(&mut tx, &caller, query.service, query.meter, cursor, Some(page.limit)).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct StatementQuery {
    /// The tenant; the caller's only one when absent.
    tenant: Option<TenantId>,
    /// The month, like `2026-11`; the present one when absent.
    month: Option<String>,
    /// The currency; EUR when absent.
    #[param(inline)]
    currency: Option<Currency>,
}

/// Shows what a tenant owes for a month: final when the month is closed, otherwise what is charged so far.
#[utoipa::path(get, path = "/v1/statements", operation_id = "getStatement", tag = "money", params(StatementQuery),
    responses((status = 200, description = "The statement", body = Statement),
        (status = 404, description = "There is no such tenant, or it is not the caller's")))]
async fn statement(
    State(api): State<Api>,
    Caller(caller): Caller,
    Query(query): Query<StatementQuery>,
) -> Result<Json<Statement>> {
    let month = statements::month(&api.exchange, query.month.as_deref())?;
    let currency = query.currency.unwrap_or(Currency::EUR);
    let tenant = own_tenant(&caller, query.tenant)?;
    let mut tx = api.exchange.read().await?;
    Ok(Json(statements::of_tenant(&mut tx, &caller, tenant, month, currency).await?))
}

/// The tenant that is meant: the caller's only one when none is named.
fn own_tenant(caller: &Principal, named: Option<TenantId>) -> Result<TenantId> {
    match (named, caller.tenants.len()) {
        (Some(tenant), _) => Ok(tenant),
        (None, 1) => Ok(caller.tenants.first().copied().ok_or_else(|| Error::not_found("tenant", ""))?),
        (None, _) => Err(Error::field("tenant", "you have several tenants: name one").into()),
    }
}

/// Shows what a tenant spends in a month: each day, each project, what the month will come to, and the alerts about
/// budgets.
#[utoipa::path(get, path = "/v1/costs", operation_id = "getCosts", tag = "money", params(StatementQuery),
    responses((status = 200, description = "The costs", body = Costs),
        (status = 404, description = "There is no such tenant, or it is not the caller's")))]
async fn costs(
    State(api): State<Api>,
    Caller(caller): Caller,
    Query(query): Query<StatementQuery>,
) -> Result<Json<Costs>> {
    let month = statements::month(&api.exchange, query.month.as_deref())?;
    let currency = query.currency.unwrap_or(Currency::EUR);
    let tenant = own_tenant(&caller, query.tenant)?;
    let mut tx = api.exchange.read().await?;
    Ok(Json(costs::of_tenant(&mut tx, &api.exchange, &caller, tenant, month, currency).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ExportQuery {
    /// The tenant; the caller's only one when absent.
    tenant: Option<TenantId>,
    /// The month, like `2026-11`; the present one when absent.
    month: Option<String>,
    /// The currency; EUR when absent.
    #[param(inline)]
    currency: Option<Currency>,
    /// The form; `csv` when absent.
    #[param(inline)]
    format: Option<CostFormat>,
}

/// Gives what a tenant owes for a month as comma-separated values: the lines of its statement, or the dataset Cost and
/// Usage of FOCUS 1.4, whose billed costs add up to the statement.
#[utoipa::path(get, path = "/v1/costs/export", operation_id = "exportCosts", tag = "money", params(ExportQuery),
    responses((status = 200, description = "The table", body = String, content_type = "text/csv"),
        (status = 404, description = "There is no such tenant, or it is not the caller's")))]
async fn export_costs(
    State(api): State<Api>,
    Caller(caller): Caller,
    Query(query): Query<ExportQuery>,
) -> Result<Response> {
    let month = statements::month(&api.exchange, query.month.as_deref())?;
    let currency = query.currency.unwrap_or(Currency::EUR);
    let format = query.format.unwrap_or_default();
    let tenant = own_tenant(&caller, query.tenant)?;
    let mut tx = api.exchange.read().await?;
    let table = costs::export(&mut tx, &caller, tenant, month, currency, format).await?;
    let form = match format {
        CostFormat::Csv => "statement",
        CostFormat::Focus => "focus",
    };
    let file = format!("attachment; filename=\"hansa-{form}-{month}.csv\"");
    let head = [(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, file)];
    Ok((head, table::written(&table)).into_response())
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ProviderStatementQuery {
    /// The provider; the caller's participant when absent.
    provider: Option<ParticipantId>,
    /// The month, like `2026-11`; the present one when absent.
    month: Option<String>,
    /// The currency; EUR when absent.
    #[param(inline)]
    currency: Option<Currency>,
}

/// Shows what a provider is due for a month.
#[utoipa::path(get, path = "/v1/provider-statements", operation_id = "getProviderStatement", tag = "money",
    params(ProviderStatementQuery),
    responses((status = 200, description = "The statement", body = ProviderStatement),
        (status = 404, description = "There is no such provider, or it is not the caller")))]
async fn provider_statement(
    State(api): State<Api>,
    Caller(caller): Caller,
    Query(query): Query<ProviderStatementQuery>,
) -> Result<Json<ProviderStatement>> {
    let month = statements::month(&api.exchange, query.month.as_deref())?;
    let currency = query.currency.unwrap_or(Currency::EUR);
    let provider = query.provider.unwrap_or(caller.participant);
    let mut tx = api.exchange.read().await?;
    Ok(Json(statements::of_provider(&mut tx, &api.exchange, &caller, provider, month, currency).await?))
}

/// Shows the sum of every account of the ledger. Over all of them it is nothing.
#[utoipa::path(get, path = "/v1/ledger/trial-balance", operation_id = "getTrialBalance", tag = "money",
    responses((status = 200, description = "The sums", body = TrialBalance)))]
async fn trial_balance(State(api): State<Api>) -> Result<Json<TrialBalance>> {
    let mut tx = api.exchange.read().await?;
    Ok(Json(statements::trial_balance(&mut tx).await?))
}
