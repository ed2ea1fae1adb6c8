//! Months are closed once their time for late usage is over.

use std::time::Duration;

use hansa_store::ledger;

use crate::metering::month_of;
use crate::{Exchange, Result, statements};

const PAUSE: Duration = Duration::from_secs(60);

pub(super) async fn look(exchange: &Exchange) -> Result<Duration> {
    let ripe = exchange.now().minus(exchange.settings().billing_grace);
    let Some(first) = ledger::first_charge(&mut exchange.read().await?).await? else { return Ok(PAUSE) };
    let mut month = month_of(exchange, first)?;
    while month.end() <= ripe {
        let tenants = ledger::unclosed(&mut exchange.read().await?, month.start(), month.end()).await?;
        for (tenant, currency) in tenants {
            let mut work = exchange.begin().await?;
            statements::close(&mut work, tenant, month, currency).await?;
            work.commit().await?;
        }
        month = month_of(exchange, month.end())?;
    }
    Ok(PAUSE)
}
