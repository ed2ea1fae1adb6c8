//! Statements: what a buyer owes and a provider is due for a month.

use hansa_ledger::closing;
use hansa_ledger::posting;
use hansa_ledger::statement::{self, ChargeSum, Delivery, Scope};
use hansa_ledger::zone::Month;
use hansa_model::charge::{ProviderStatement, Statement, TrialBalance};
use hansa_model::id::{EntryId, ParticipantId, TenantId};
use hansa_model::money::Currency;
use hansa_store::ledger::{self, ChargeRow, Each, Party};
use hansa_store::{Tx, usage};
use serde_json::json;

use crate::metering::{billing_zone, internal};
use crate::principal::Principal;
use crate::{Error, Exchange, Result, Work};

pub(crate) fn sums(rows: Vec<ChargeRow>) -> Vec<ChargeSum> {
    rows.into_iter()
        .map(|row| ChargeSum {
            delivery: Delivery {
                name: row.name,
                service: row.service,
                project: row.project,
                provider: row.provider,
                provider_name: row.provider_name,
                site_name: row.site_name,
            },
            component: row.component,
            start: row.start,
            end: row.end,
            seconds: row.seconds,
            measured: row.measured,
            amount: row.amount,
            commission: row.commission,
        })
        .collect()
}

/// The month that is written like `2026-11`; the present one when nothing is written.
///
/// # Errors
/// [`Error::Invalid`].
pub fn month(exchange: &Exchange, text: Option<&str>) -> Result<Month> {
    let zone = billing_zone(exchange)?;
    match text {
        Some(text) => zone.month_named(text).map_err(|error| Error::field("month", error.to_string())),
        None => zone.month_of(exchange.now()).map_err(internal),
    }
}

/// Refuses foreign tenants as if they did not exist.
pub(crate) fn own_tenant(principal: &Principal, tenant: TenantId) -> Result<()> {
    if principal.tenants.contains(&tenant) || principal.sees_all() {
        Ok(())
    } else {
        Err(Error::not_found("tenant", tenant))
    }
}

/// What a tenant owes for a month: final when the month is closed, else what is charged so far.
///
/// # Errors
/// [`Error::NotFound`] for a foreign tenant.
pub async fn of_tenant(
    tx: &mut Tx,
    principal: &Principal,
    tenant: TenantId,
    month: Month,
    currency: Currency,
) -> Result<Statement> {
    own_tenant(principal, tenant)?;
    if let Some(closed) = ledger::closed(tx, tenant, month.start(), currency).await? {
        return Ok(closed);
    }
    let rows = ledger::charges(tx, Party::Tenant(tenant), currency, Each::Period, month.start(), month.end()).await?;
    let scope = Scope { month, currency, closed: false };
    statement::statement(tenant, &scope, &sums(rows)).map_err(internal)
}

/// What a provider is due for a month.
///
/// # Errors
/// [`Error::NotFound`] for another provider.
pub async fn of_provider(
    tx: &mut Tx,
    exchange: &Exchange,
    principal: &Principal,
    provider: ParticipantId,
    month: Month,
    currency: Currency,
) -> Result<ProviderStatement> {
    if principal.participant != provider && !principal.sees_all() {
        return Err(Error::not_found("provider", provider));
    }
    let rows =
        ledger::charges(tx, Party::Provider(provider), currency, Each::Period, month.start(), month.end()).await?;
    let ripe = exchange.now().minus(exchange.settings().billing_grace);
    let scope = Scope { month, currency, closed: month.end() <= ripe };
    statement::provider_statement(provider, &scope, &sums(rows)).map_err(internal)
}

/// The sum of every account; over all of them it is nothing.
///
/// # Errors
/// [`Error::Store`].
pub async fn trial_balance(tx: &mut Tx) -> Result<TrialBalance> {
    let balances = ledger::balances(tx).await?;
    let holders = ledger::holders(tx).await?;
    let balance = posting::trial_balance(&balances).map_err(internal)?;
    Ok(TrialBalance { holders, ..balance })
}

/// Closes a month of a tenant for good: its cents are final, and what rounding left is booked.
pub(crate) async fn close(work: &mut Work, tenant: TenantId, month: Month, currency: Currency) -> Result<()> {
    let rows = ledger::charges(work, Party::Tenant(tenant), currency, Each::Period, month.start(), month.end()).await?;
    let scope = Scope { month, currency, closed: true };
    let sums = sums(rows);
    let statement = statement::statement(tenant, &scope, &sums).map_err(internal)?;
    let now = work.exchange().now();
    if !ledger::close(work, &statement, now).await? {
        return Ok(());
    }
    for entry in closing::closing_entries(tenant, &scope, &sums, now, EntryId::new).map_err(internal)? {
        ledger::insert_entry(work, &entry).await?;
    }
    let detail = json!({"month": month.to_string(), "total": statement.total});
    work.audit("exchange", "statement.close", &tenant.to_string(), detail);
    Ok(())
}

/// Usage records that the caller may see, the newest first.
///
/// # Errors
/// [`Error::Invalid`] for a foreign cursor.
pub async fn usage(
    tx: &mut Tx,
    principal: &Principal,
    service: Option<hansa_model::id::ServiceId>,
    meter: Option<hansa_model::price::Meter>,
    cursor: Option<&str>,
    limit: Option<u32>,
) -> Result<hansa_model::page::Page<hansa_model::usage::Usage>> {
    let limit = limit.unwrap_or(100).clamp(1, hansa_model::page::MAX_PAGE);
    let mut filter =
        usage::UsageFilter { service, meter, before: crate::paging::cursor(cursor)?, ..Default::default() };
    match service {
        Some(id) => {
            crate::services::visible(tx, principal, id).await?;
        }
        None if !principal.sees_all() => filter.projects = Some(principal.projects.iter().copied().collect()),
        None => {}
    }
    let records = usage::list(tx, &filter, limit + 1).await?;
    Ok(crate::paging::page(records, limit, |record: &hansa_model::usage::Usage| record.id.to_string()))
}
