//! Evidence is looked at again when its time comes, and participants are judged by what stands.

use std::time::Duration;

use crate::{Exchange, Result, evidence, trust};

const BATCH: u32 = 100;
const PAUSE: Duration = Duration::from_secs(1);

pub(super) async fn look(exchange: &Exchange) -> Result<Duration> {
    let looked_after = evidence::look_after(exchange, BATCH).await?;
    let judged = trust::assess_due(exchange, BATCH).await?;
    Ok(if looked_after || judged { Duration::ZERO } else { PAUSE })
}
