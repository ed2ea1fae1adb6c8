//! Budgets of projects: what is promised is reserved by one conditional statement, so that it is never exceeded,
//! not even by the first order and not by many at once.

use hansa_model::id::{ProjectId, TenantId};
use hansa_model::money::Money;

use crate::args;
use crate::db::Tx;
use crate::error::Result;

/// The limits of a project and what is reserved of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// The tenant that the project belongs to.
    pub tenant: TenantId,
    /// What its services may cost in a month at most.
    pub limit: Option<Money>,
    /// Orders above this amount need approval.
    pub approval_above: Option<Money>,
    /// What its services are expected to cost in a month.
    pub reserved: Money,
}

/// The limits of a project.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn get(tx: &mut Tx, project: ProjectId) -> Result<Option<Budget>> {
    let sql = "select tenant_id, currency, budget, approval_above, reserved from project where id = $1";
    let Some(row) = tx.first(sql, args![project]).await? else { return Ok(None) };
    let currency = row.parse("currency")?;
    let money = |micros: Option<i64>| micros.map(|micros| Money::from_micros(micros, currency));
    Ok(Some(Budget {
        tenant: row.parse("tenant_id")?,
        limit: money(row.opt_int("budget")?),
        approval_above: money(row.opt_int("approval_above")?),
        reserved: Money::from_micros(row.int("reserved")?, currency),
    }))
}

/// Reserves an amount a month; `false` when the budget does not suffice.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn reserve(tx: &mut Tx, project: ProjectId, monthly: Money) -> Result<bool> {
    let changed = tx
        .execute(
            "update project set reserved = reserved + $2 \
             where id = $1 and currency = $3 and ($2 <= 0 or budget is null or reserved + $2 <= budget)",
            args![project, monthly.micros(), monthly.currency().code()],
        )
        .await?;
    Ok(changed == 1)
}

/// Gives back what was reserved.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn release(tx: &mut Tx, project: ProjectId, monthly: Money) -> Result<()> {
    tx.execute("update project set reserved = reserved - $2 where id = $1", args![project, monthly.micros()]).await?;
    Ok(())
}
