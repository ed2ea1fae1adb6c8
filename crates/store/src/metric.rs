//! Measured values of services over time.

use hansa_model::id::ServiceId;
use hansa_model::service::{MetricSample, MetricSeries};
use hansa_model::time::Timestamp;

use crate::args;
use crate::db::Tx;
use crate::error::Result;

/// Keeps a value; a repetition changes nothing.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn insert(tx: &mut Tx, sample: &MetricSample) -> Result<()> {
    tx.execute(
        "insert into metric (service_id, name, at, value) values ($1, $2, $3, $4) \
         on conflict (service_id, name, at) do nothing",
        args![sample.service, &sample.name, sample.at, sample.value],
    )
    .await?;
    Ok(())
}

/// The history of every metric of a service since then.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn series(tx: &mut Tx, service: ServiceId, since: Timestamp, limit: u32) -> Result<Vec<MetricSeries>> {
    let rows = tx
        .all(
            "select name, at, value from metric where service_id = $1 and at >= $2 order by name, at limit $3",
            args![service, since, limit],
        )
        .await?;
    let mut all: Vec<MetricSeries> = Vec::new();
    for row in &rows {
        let name = row.text("name")?;
        if all.last().is_none_or(|series| series.name != name) {
            all.push(MetricSeries { name, at: Vec::new(), values: Vec::new() });
        }
        if let Some(series) = all.last_mut() {
            series.at.push(row.time("at")?);
            series.values.push(row.real("value")?);
        }
    }
    Ok(all)
}

/// Forgets what is older than that.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn forget(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.execute("delete from metric where at < $1", args![before]).await
}
