//! Events and audit rows get their place: the outbox is emptied in order.

use std::time::Duration;

use hansa_store::outbox;

use crate::hints::Hint;
use crate::{Exchange, Result};

const BATCH: u32 = 500;
const PAUSE: Duration = Duration::from_secs(1);

pub(super) async fn look(exchange: &Exchange) -> Result<Duration> {
    loop {
        let mut tx = exchange.db().write().await?;
        let moved = outbox::relay(&mut tx, BATCH).await?;
        tx.commit().await?;
        if moved > 0 {
            exchange.hints().ring(Hint::Events);
        }
        if moved < usize::try_from(BATCH).unwrap_or(usize::MAX) {
            return Ok(PAUSE);
        }
    }
}
