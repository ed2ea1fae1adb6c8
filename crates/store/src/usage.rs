//! Usage records. Intervals of one meter of a service follow each other without overlap and without gap: the
//! cursor moves by one conditional statement, so that of two records for the same time only one is taken.

use hansa_model::id::{ProjectId, ServiceId, UsageId};
use hansa_model::price::Meter;
use hansa_model::time::Timestamp;
use hansa_model::usage::Usage;

use crate::args;
use crate::db::{Arg, Row, Tx, placeholders};
use crate::error::Result;

fn read(row: &Row) -> Result<Usage> {
    Ok(Usage {
        id: row.parse("id")?,
        service: row.parse("service_id")?,
        generation: row.unsigned("generation")?,
        meter: row.parse("meter")?,
        start: row.time("start_at")?,
        end: row.time("end_at")?,
        quantity: row.int("quantity")?,
    })
}

const COLUMNS: &str = "u.id, u.service_id, u.generation, u.meter, u.start_at, u.end_at, u.quantity";

/// Until when a meter of a service has been read; `None` before its first record.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn metered_until(tx: &mut Tx, service: ServiceId, meter: Meter) -> Result<Option<Timestamp>> {
    let sql = "select metered_until from meter_cursor where service_id = $1 and meter = $2";
    let row = tx.first(sql, args![service, meter.name()]).await?;
    row.map(|row| row.time("metered_until")).transpose()
}

/// The record with this identifier.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn get(tx: &mut Tx, id: UsageId) -> Result<Option<Usage>> {
    let row = tx.first(&format!("select {COLUMNS} from usage_record u where u.id = $1"), args![id]).await?;
    row.as_ref().map(read).transpose()
}

/// Takes a record that follows what was taken before; `false` when another one was quicker.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn take(tx: &mut Tx, usage: &Usage, now: Timestamp) -> Result<bool> {
    if !skip(tx, usage, usage.start).await? {
        return Ok(false);
    }
    tx.execute(
        "insert into usage_record (id, service_id, generation, meter, start_at, end_at, quantity, received_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            usage.id,
            usage.service,
            usage.generation,
            usage.meter.name(),
            usage.start,
            usage.end,
            usage.quantity,
            now
        ],
    )
    .await?;
    Ok(true)
}

/// Lets the next record follow this one without keeping it, if the meter has been read until `known`; `false`
/// when another one was quicker.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn skip(tx: &mut Tx, usage: &Usage, known: Timestamp) -> Result<bool> {
    let moved = tx
        .execute(
            "insert into meter_cursor (service_id, meter, metered_until) values ($1, $2, $4) \
             on conflict (service_id, meter) do update set metered_until = excluded.metered_until \
             where meter_cursor.metered_until = $3",
            args![usage.service, usage.meter.name(), known, usage.end],
        )
        .await?;
    Ok(moved == 1)
}

/// The volume of a meter that was charged in the calendar month that began then.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn volume(tx: &mut Tx, service: ServiceId, meter: Meter) -> Result<Option<(Timestamp, i64)>> {
    let sql = "select month_start, quantity from volume where service_id = $1 and meter = $2";
    let row = tx.first(sql, args![service, meter.name()]).await?;
    row.map(|row| Ok((row.time("month_start")?, row.int("quantity")?))).transpose()
}

/// Notes the volume of a meter that was charged in the calendar month that began then.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn set_volume(
    tx: &mut Tx,
    service: ServiceId,
    meter: Meter,
    month_start: Timestamp,
    quantity: i64,
) -> Result<()> {
    tx.execute(
        "insert into volume (service_id, meter, month_start, quantity) values ($1, $2, $3, $4) \
         on conflict (service_id, meter) do update set month_start = excluded.month_start, \
         quantity = excluded.quantity",
        args![service, meter.name(), month_start, quantity],
    )
    .await?;
    Ok(())
}

/// Which records to list.
#[derive(Debug, Clone, Default)]
pub struct UsageFilter {
    /// Of these projects; of all when `None`.
    pub projects: Option<Vec<ProjectId>>,
    /// Of this service.
    pub service: Option<ServiceId>,
    /// Of this meter.
    pub meter: Option<Meter>,
    /// Ending after this instant.
    pub from: Option<Timestamp>,
    /// Older than this one.
    pub before: Option<UsageId>,
}

/// Records, the newest first.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn list(tx: &mut Tx, filter: &UsageFilter, limit: u32) -> Result<Vec<Usage>> {
    let mut values = args![filter.before.map_or_else(|| "z".to_owned(), |id| id.to_string()), limit];
    let mut sql = format!("select {COLUMNS} from usage_record u join service s on s.id = u.service_id where u.id < $1");
    if let Some(projects) = &filter.projects {
        if projects.is_empty() {
            return Ok(Vec::new());
        }
        sql.push_str(&format!(" and s.project_id in ({})", placeholders(values.len() + 1, projects.len())));
        values.extend(projects.iter().map(|project| Arg::from(*project)));
    }
    if let Some(service) = filter.service {
        values.push(Arg::from(service));
        sql.push_str(&format!(" and u.service_id = ${}", values.len()));
    }
    if let Some(meter) = filter.meter {
        values.push(Arg::from(meter.name()));
        sql.push_str(&format!(" and u.meter = ${}", values.len()));
    }
    if let Some(from) = filter.from {
        values.push(Arg::from(from));
        sql.push_str(&format!(" and u.end_at > ${}", values.len()));
    }
    sql.push_str(" order by u.id desc limit $2");
    let rows = tx.all(&sql, values).await?;
    rows.iter().map(read).collect()
}
