//! Charges, ledger entries and closed periods. Entries are never changed, only added.

use std::collections::BTreeMap;

use hansa_model::charge::{Account, Charge, Entry, Posting, Statement};
use hansa_model::id::{ParticipantId, ProjectId, ServiceId, TenantId};
use hansa_model::measured::Measured;
use hansa_model::money::{Currency, Money};
use hansa_model::name::Name;
use hansa_model::time::Timestamp;

use crate::args;
use crate::db::{Row, Tx, json};
use crate::error::{Result, StoreError};

/// Keeps a charge.
///
/// # Errors
/// [`StoreError::Constraint`] when the same part of the same service was charged for the same interval before.
pub async fn insert_charge(tx: &mut Tx, charge: &Charge, tenant: TenantId) -> Result<()> {
    tx.execute(
        "insert into charge (id, service_id, tenant_id, component, start_at, end_at, amount, commission, currency, \
         meter, quantity) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        args![
            charge.id,
            charge.service,
            tenant,
            &charge.component,
            charge.start,
            charge.end,
            charge.amount.micros(),
            charge.commission.micros(),
            charge.amount.currency().code(),
            charge.measured.map(|measured| measured.meter.to_string()),
            charge.measured.map(|measured| measured.quantity),
        ],
    )
    .await?;
    Ok(())
}

/// Whether the service was charged for this part already.
///
/// # Errors
/// [`StoreError`].
pub async fn is_charged(tx: &mut Tx, service: ServiceId, component: &str) -> Result<bool> {
    let sql = "select id from charge where service_id = $1 and component = $2 limit 1";
    Ok(tx.first(sql, args![service, component]).await?.is_some())
}

fn account_columns(account: Account) -> (&'static str, String) {
    match account {
        Account::Receivable { tenant } => ("receivable", tenant.to_string()),
        Account::Payable { provider } => ("payable", provider.to_string()),
        Account::Commission => ("commission", String::new()),
        Account::Rounding => ("rounding", String::new()),
    }
}

fn read_account(row: &Row) -> Result<Account> {
    match row.text("account")?.as_str() {
        "receivable" => Ok(Account::Receivable { tenant: row.parse("owner")? }),
        "payable" => Ok(Account::Payable { provider: row.parse("owner")? }),
        "commission" => Ok(Account::Commission),
        "rounding" => Ok(Account::Rounding),
        other => Err(StoreError::Corrupt { column: "account".to_owned(), problem: format!("`{other}` is no account") }),
    }
}

/// Keeps a balanced entry.
///
/// # Errors
/// [`StoreError::Constraint`] when something with the same reference was booked before.
pub async fn insert_entry(tx: &mut Tx, entry: &Entry) -> Result<()> {
    tx.execute(
        "insert into ledger_entry (id, at, reference) values ($1, $2, $3)",
        args![entry.id, entry.at, &entry.reference],
    )
    .await?;
    for (line, posting) in (0i64..).zip(&entry.postings) {
        let (account, owner) = account_columns(posting.account);
        tx.execute(
            "insert into posting (entry_id, line, account, owner, amount, currency) values ($1, $2, $3, $4, $5, $6)",
            args![entry.id, line, account, owner, posting.amount.micros(), posting.amount.currency().code()],
        )
        .await?;
    }
    Ok(())
}

/// The balance of every account.
///
/// # Errors
/// [`StoreError`].
pub async fn balances(tx: &mut Tx) -> Result<Vec<Posting>> {
    let rows = tx
        .all(
            "select account, owner, currency, cast(sum(amount) as bigint) as balance from posting \
             group by account, owner, currency order by account, owner, currency",
            args![],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let currency: Currency = row.parse("currency")?;
            Ok(Posting { account: read_account(row)?, amount: Money::from_micros(row.int("balance")?, currency) })
        })
        .collect()
}

/// The legal names of those that have accounts, by the identifier of the tenant or provider.
///
/// # Errors
/// [`StoreError`].
pub async fn holders(tx: &mut Tx) -> Result<BTreeMap<String, String>> {
    let sql = "select t.id, p.legal_name from tenant t join participant p on p.id = t.participant_id \
               where t.id in (select owner from posting) \
               union all select id, legal_name from participant where id in (select owner from posting)";
    tx.all(sql, args![]).await?.iter().map(|row| Ok((row.text("id")?, row.text("legal_name")?))).collect()
}

/// Entries whose postings do not balance; empty when all is well.
///
/// # Errors
/// [`StoreError`].
pub async fn unbalanced(tx: &mut Tx) -> Result<Vec<String>> {
    let rows =
        tx.all("select entry_id from posting group by entry_id, currency having sum(amount) <> 0", args![]).await?;
    rows.iter().map(|row| row.text("entry_id")).collect()
}

/// The charges for one price component of one service, added up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeRow {
    /// The service.
    pub service: ServiceId,
    /// The component of the price plan.
    pub component: String,
    /// The first instant of what is charged.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
    /// The seconds that are charged.
    pub seconds: i64,
    /// The sum of what was measured; absent for one-off charges, and when it is not known of some of them.
    pub measured: Option<Measured>,
    /// The sum of the amounts.
    pub amount: Money,
    /// The sum of the commissions.
    pub commission: Money,
    /// The component of the application.
    pub name: Name,
    /// The project that pays.
    pub project: ProjectId,
    /// Who delivers.
    pub provider: ParticipantId,
    /// The provider's short name.
    pub provider_name: Name,
    /// The name of the site.
    pub site_name: Name,
}

/// Whose charges to add up.
#[derive(Debug, Clone, Copy)]
pub enum Party {
    /// A buyer's tenant.
    Tenant(TenantId),
    /// A provider.
    Provider(ParticipantId),
}

/// How charges are added up, besides by service and price component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Each {
    /// The whole period in one.
    Period,
    /// Each day of UTC by itself, in the order of the days.
    Day,
}

/// The charges of a party in a currency that begin in `[start, end)`, by service and price component.
///
/// # Errors
/// [`StoreError`].
pub async fn charges(
    tx: &mut Tx,
    party: Party,
    currency: Currency,
    each: Each,
    start: Timestamp,
    end: Timestamp,
) -> Result<Vec<ChargeRow>> {
    let day = match each {
        Each::Period => "",
        Each::Day => "c.start_at / 86400000000, ",
    };
    let (column, id) = match party {
        Party::Tenant(tenant) => ("c.tenant_id", tenant.to_string()),
        Party::Provider(provider) => ("s.provider_id", provider.to_string()),
    };
    let sql = format!(
        "select c.service_id, c.component, c.currency, min(c.start_at) as start_at, max(c.end_at) as end_at, \
         cast(sum((c.end_at - c.start_at) / 1000000) as bigint) as seconds, \
         case when count(c.quantity) = count(*) and min(c.meter) = max(c.meter) then min(c.meter) end as meter, \
         cast(sum(c.quantity) as bigint) as quantity, \
         cast(sum(c.amount) as bigint) as amount, cast(sum(c.commission) as bigint) as commission, \
         s.component as name, s.project_id, s.provider_id, s.provider_name, s.site_name \
         from charge c join service s on s.id = c.service_id \
         where {column} = $1 and c.currency = $2 and c.start_at >= $3 and c.start_at < $4 \
         group by {day}c.service_id, c.component, c.currency, s.component, s.project_id, s.provider_id, \
         s.provider_name, s.site_name \
         order by {day}c.service_id, c.component"
    );
    let rows = tx.all(&sql, args![id, currency.code(), start, end]).await?;
    rows.iter()
        .map(|row| {
            Ok(ChargeRow {
                service: row.parse("service_id")?,
                component: row.text("component")?,
                start: row.time("start_at")?,
                end: row.time("end_at")?,
                seconds: row.int("seconds")?,
                measured: measured(row)?,
                amount: row.money("amount", "currency")?,
                commission: row.money("commission", "currency")?,
                name: row.parse("name")?,
                project: row.parse("project_id")?,
                provider: row.parse("provider_id")?,
                provider_name: row.parse("provider_name")?,
                site_name: row.parse("site_name")?,
            })
        })
        .collect()
}

/// The sum of what was measured, where the rows that were added up name one meter, all of them.
fn measured(row: &Row) -> Result<Option<Measured>> {
    let meter = row.opt_parse("meter")?;
    Ok(meter.zip(row.opt_int("quantity")?).map(|(meter, quantity)| Measured { meter, quantity }))
}

/// Tenants with charges in `[start, end)` whose period is not closed, each with the currency.
///
/// # Errors
/// [`StoreError`].
pub async fn unclosed(tx: &mut Tx, start: Timestamp, end: Timestamp) -> Result<Vec<(TenantId, Currency)>> {
    let rows = tx
        .all(
            "select distinct c.tenant_id, c.currency from charge c where c.start_at >= $1 and c.start_at < $2 \
             and not exists (select 1 from closed_period p where p.tenant_id = c.tenant_id and p.start_at = $1 \
             and p.currency = c.currency)",
            args![start, end],
        )
        .await?;
    rows.iter().map(|row| Ok((row.parse("tenant_id")?, row.parse("currency")?))).collect()
}

/// The instant of the first charge of all.
///
/// # Errors
/// [`StoreError`].
pub async fn first_charge(tx: &mut Tx) -> Result<Option<Timestamp>> {
    let row = tx.first("select min(start_at) as first from charge", args![]).await?;
    row.map_or(Ok(None), |row| row.opt_time("first"))
}

/// Closes a period for good; `false` when it was closed before.
///
/// # Errors
/// [`StoreError`].
pub async fn close(tx: &mut Tx, statement: &Statement, now: Timestamp) -> Result<bool> {
    let mut values = args![statement.tenant, statement.start, statement.end, statement.currency.code()];
    values.push(json(statement));
    values.extend(args![now]);
    let inserted = tx
        .execute(
            "insert into closed_period (tenant_id, start_at, end_at, currency, statement, closed_at) \
             values ($1, $2, $3, $4, $5, $6) on conflict (tenant_id, start_at, currency) do nothing",
            values,
        )
        .await?;
    Ok(inserted == 1)
}

/// The final statement of a closed period.
///
/// # Errors
/// [`StoreError`].
pub async fn closed(tx: &mut Tx, tenant: TenantId, start: Timestamp, currency: Currency) -> Result<Option<Statement>> {
    let sql = "select statement from closed_period where tenant_id = $1 and start_at = $2 and currency = $3";
    let row = tx.first(sql, args![tenant, start, currency.code()]).await?;
    row.map(|row| row.json("statement")).transpose()
}

/// Whether the period that begins then is closed for a tenant.
///
/// # Errors
/// [`StoreError`].
pub async fn is_closed(tx: &mut Tx, tenant: TenantId, start: Timestamp) -> Result<bool> {
    let sql = "select 1 as one from closed_period where tenant_id = $1 and start_at = $2 limit 1";
    Ok(tx.first(sql, args![tenant, start]).await?.is_some())
}
