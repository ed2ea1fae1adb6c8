//! Agents that are silent for too long are noticed.

use std::time::Duration;

use hansa_store::report;

use crate::{Exchange, Result, reports};

const BATCH: u32 = 100;
const PAUSE: Duration = Duration::from_secs(2);

pub(super) async fn look(exchange: &Exchange) -> Result<Duration> {
    let since = exchange.now().minus(exchange.settings().silence);
    let mut work = exchange.begin().await?;
    for (agent, standing, last_seen) in report::silent(&mut work, since, BATCH).await? {
        reports::lose(&mut work, agent, &standing, last_seen).await?;
    }
    work.commit().await?;
    Ok(PAUSE)
}
