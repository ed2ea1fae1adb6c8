//! What is spent, and the alerts about it.

use std::collections::BTreeSet;

use hansa_model::cost::{AlertBasis, BudgetAlert};
use hansa_model::id::{ProjectId, TenantId};
use hansa_model::money::{Currency, Money};
use hansa_model::name::Name;
use hansa_model::time::Timestamp;

use crate::args;
use crate::db::{Row, Tx, word};
use crate::error::Result;

/// What a project spends in a period, in its own currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectSpending {
    /// The project.
    pub project: ProjectId,
    /// Its tenant.
    pub tenant: TenantId,
    /// Its name.
    pub name: Name,
    /// What its services may cost in a month at most.
    pub budget: Option<Money>,
    /// The shares of the budget, in percent, whose being reached is told.
    pub alerts: BTreeSet<u16>,
    /// What is charged in the period.
    pub charged: Money,
    /// What its services that are charged for now are expected to cost in a month.
    pub monthly: Money,
}

/// Whose projects are looked at.
#[derive(Debug, Clone, Copy)]
pub enum Spenders {
    /// Those of one tenant, in one currency.
    Tenant(TenantId, Currency),
    /// Those with a budget, each in the budget's currency.
    WithBudget,
}

/// What projects spend in `[start, end)`, by name.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn spending(
    tx: &mut Tx,
    spenders: Spenders,
    start: Timestamp,
    end: Timestamp,
) -> Result<Vec<ProjectSpending>> {
    // The currency is a parameter of one and a column of the other.
    let (currency, condition) = match spenders {
        Spenders::Tenant(..) => ("$3", "p.tenant_id = $4"),
        Spenders::WithBudget => ("p.currency", "p.budget is not null"),
    };
    let sql = format!(
        "select p.id, p.tenant_id, p.name, p.currency, p.budget, p.alerts, \
         (select cast(coalesce(sum(c.amount), 0) as bigint) from charge c join service s on s.id = c.service_id \
         where s.project_id = p.id and c.currency = {currency} and c.start_at >= $1 and c.start_at < $2) as charged, \
         (select cast(coalesce(sum(s.monthly), 0) as bigint) from service s where s.project_id = p.id \
         and s.currency = {currency} and s.billable_from is not null and s.termination_asked_at is null \
         and s.terminated_at is null) as monthly \
         from project p where {condition} order by p.name, p.id"
    );
    let mut values = args![start, end];
    if let Spenders::Tenant(tenant, currency) = spenders {
        values.extend(args![currency.code(), tenant]);
    }
    let read = |row: &Row| {
        let own: Currency = row.parse("currency")?;
        let spent_in = match spenders {
            Spenders::Tenant(_, currency) => currency,
            Spenders::WithBudget => own,
        };
        Ok(ProjectSpending {
            project: row.parse("id")?,
            tenant: row.parse("tenant_id")?,
            name: row.parse("name")?,
            budget: row.opt_int("budget")?.map(|micros| Money::from_micros(micros, own)),
            alerts: row.json("alerts")?,
            charged: Money::from_micros(row.int("charged")?, spent_in),
            monthly: Money::from_micros(row.int("monthly")?, spent_in),
        })
    };
    tx.all(&sql, values).await?.iter().map(read).collect()
}

/// Notes an alert of the month that begins then; `false` when it was noted before.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn note_alert(tx: &mut Tx, project: ProjectId, month: Timestamp, alert: &BudgetAlert) -> Result<bool> {
    let inserted = tx
        .execute(
            "insert into budget_alert (project_id, month_start, basis, percent, amount, currency, at) \
             values ($1, $2, $3, $4, $5, $6, $7) on conflict (project_id, month_start, basis, percent) do nothing",
            args![
                project,
                month,
                word(&alert.basis),
                u32::from(alert.percent),
                alert.amount.micros(),
                alert.amount.currency().code(),
                alert.at,
            ],
        )
        .await?;
    Ok(inserted == 1)
}

/// The alerts of the month that begins then, of one tenant's projects, the first one first.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn alerts(tx: &mut Tx, tenant: TenantId, month: Timestamp) -> Result<Vec<(ProjectId, BudgetAlert)>> {
    let sql = "select a.project_id, a.basis, a.percent, a.amount, a.currency, a.at from budget_alert a \
               join project p on p.id = a.project_id where p.tenant_id = $1 and a.month_start = $2 \
               order by a.at, a.basis, a.percent";
    let read = |row: &Row| {
        let percent: u32 = row.unsigned("percent")?;
        let alert = BudgetAlert {
            basis: row.word::<AlertBasis>("basis")?,
            percent: u16::try_from(percent).unwrap_or(u16::MAX),
            amount: row.money("amount", "currency")?,
            at: row.time("at")?,
        };
        Ok((row.parse("project_id")?, alert))
    };
    tx.all(sql, args![tenant, month]).await?.iter().map(read).collect()
}
