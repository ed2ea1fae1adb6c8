//! What is kept for a while only is forgotten: metrics, and the answers to repeated requests.

use std::time::Duration;

use hansa_store::{idempotency, metric};

use crate::{Exchange, Result};

const PAUSE: Duration = Duration::from_secs(300);

pub(super) async fn look(exchange: &Exchange) -> Result<Duration> {
    let now = exchange.now();
    let mut work = exchange.begin().await?;
    metric::forget(&mut work, now.minus(exchange.settings().metric_lifetime)).await?;
    idempotency::sweep(&mut work, now.minus(exchange.settings().idempotency_lifetime)).await?;
    work.commit().await?;
    Ok(PAUSE)
}
