//! Usage, statements and the ledger.

use axum::Json;
use axum::extract::State;
use hansa_exchange::{Error, statements};
use hansa_model::charge::{ProviderStatement, Statement, TrialBalance};
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

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(usage))
        .routes(routes!(statement))
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
    let tenant = match (query.tenant, caller.tenants.len()) {
        (Some(tenant), _) => tenant,
        (None, 1) => caller.tenants.first().copied().ok_or_else(|| Error::not_found("tenant", ""))?,
        (None, _) => return Err(Error::field("tenant", "you have several tenants: name one").into()),
    };
    let mut tx = api.exchange.read().await?;
    Ok(Json(statements::of_tenant(&mut tx, &caller, tenant, month, currency).await?))
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
