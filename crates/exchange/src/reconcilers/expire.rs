//! What had a time limit ends: holds lapse, quotes expire.

use std::time::Duration;

use hansa_model::order::QuoteState;
use hansa_store::{capacity, quote};

use crate::{Exchange, Result};

const BATCH: u32 = 500;
const PAUSE: Duration = Duration::from_secs(1);

pub(super) async fn look(exchange: &Exchange) -> Result<Duration> {
    let now = exchange.now();
    let mut work = exchange.begin().await?;
    capacity::release_lapsed(&mut work, now).await?;
    for id in quote::overdue(&mut work, now, BATCH).await? {
        quote::advance(&mut work, id, QuoteState::Open, QuoteState::Expired).await?;
    }
    work.commit().await?;
    Ok(PAUSE)
}
