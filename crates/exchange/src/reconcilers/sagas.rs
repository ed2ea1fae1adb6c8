//! Orders go on: every saga that is due is worked on.

use std::time::Duration;

use crate::{Exchange, Result, sagas};

/// How often to look by oneself: hints of other replicas do not reach this one.
const PAUSE: Duration = Duration::from_secs(1);

pub(super) async fn look(exchange: &Exchange, runner: &str) -> Result<Duration> {
    let due = sagas::drive_due(exchange, runner).await?;
    Ok(due.map_or(PAUSE, |due| due.since(exchange.now())).clamp(Duration::from_millis(10), PAUSE))
}
