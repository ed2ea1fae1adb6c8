//! Budgets that run out are told, each share once a month.

use std::time::Duration;

use hansa_ledger::forecast;
use hansa_ledger::zone::Month;
use hansa_model::cost::{AlertBasis, BudgetAlert};
use hansa_model::event::Audience;
use hansa_model::money::Money;
use hansa_store::cost::{self, ProjectSpending, Spenders};
use serde_json::json;

use crate::metering::{internal, month_of};
use crate::{Exchange, Result, Work};

const PAUSE: Duration = Duration::from_secs(60);

pub(super) async fn look(exchange: &Exchange) -> Result<Duration> {
    let month = month_of(exchange, exchange.now())?;
    let mut tx = exchange.read().await?;
    let spending = cost::spending(&mut tx, Spenders::WithBudget, month.start(), month.end()).await?;
    drop(tx);
    for spent in spending {
        let due = alerts(exchange, &spent, &month)?;
        if !due.is_empty() {
            let mut work = exchange.begin().await?;
            tell(&mut work, &spent, &month, due).await?;
            work.commit().await?;
        }
    }
    Ok(PAUSE)
}

/// Every share that is reached now, whether it was told or not. What was charged is told at each share, a forecast
/// only when it is over the budget.
fn alerts(exchange: &Exchange, spent: &ProjectSpending, month: &Month) -> Result<Vec<BudgetAlert>> {
    let Some(budget) = spent.budget.filter(|budget| budget.micros() > 0) else { return Ok(Vec::new()) };
    let at = exchange.now();
    let rest = forecast::rest(spent.monthly, month, at).map_err(internal)?;
    let forecast = spent.charged.checked_add(rest).map_err(internal)?;
    let reaches = |amount: Money, percent: u16| {
        i128::from(amount.micros()) * 100 >= i128::from(budget.micros()) * i128::from(percent)
    };
    let charged = spent.alerts.iter().filter(|percent| reaches(spent.charged, **percent));
    let mut due: Vec<_> = charged
        .map(|percent| BudgetAlert { basis: AlertBasis::Charged, percent: *percent, amount: spent.charged, at })
        .collect();
    if !spent.alerts.is_empty() && forecast > budget {
        due.push(BudgetAlert { basis: AlertBasis::Forecast, percent: 100, amount: forecast, at });
    }
    Ok(due)
}

async fn tell(work: &mut Work, spent: &ProjectSpending, month: &Month, due: Vec<BudgetAlert>) -> Result<()> {
    for alert in due {
        if cost::note_alert(work, spent.project, month.start(), &alert).await? {
            let audience = Audience { tenant: Some(spent.tenant), provider: None };
            let detail = json!({"project": spent.name, "month": month.to_string(), "basis": alert.basis,
                "percent": alert.percent, "amount": alert.amount, "budget": spent.budget});
            work.event("budget.reached", &spent.project.to_string(), Some(spent.project), audience, detail);
        }
    }
    Ok(())
}
