//! What runs is watched for what is better on the market, or no longer holds.

use std::time::Duration;

use crate::{Exchange, Result, proposals};

const PAUSE: Duration = Duration::from_secs(5);

pub(super) async fn look(exchange: &Exchange) -> Result<Duration> {
    proposals::watch(exchange).await?;
    Ok(PAUSE)
}
