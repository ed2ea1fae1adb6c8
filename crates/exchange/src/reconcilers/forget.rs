//! What is kept for a while only is forgotten: metrics, the answers to repeated requests, sessions that have ended.

use std::time::Duration;

use hansa_store::{device, idempotency, metric, session};

use crate::sign_in;
use crate::{Exchange, Result};

const PAUSE: Duration = Duration::from_secs(300);

pub(super) async fn look(exchange: &Exchange) -> Result<Duration> {
    let now = exchange.now();
    let mut work = exchange.begin().await?;
    metric::forget(&mut work, now.minus(exchange.settings().metric_lifetime)).await?;
    idempotency::sweep(&mut work, now.minus(exchange.settings().idempotency_lifetime)).await?;
    session::sweep(&mut work, now).await?;
    device::sweep(&mut work, now).await?;
    sign_in::sweep(&mut work, now).await?;
    work.commit().await?;
    Ok(PAUSE)
}
