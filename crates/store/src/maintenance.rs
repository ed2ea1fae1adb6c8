//! Maintenance windows of sites.

use hansa_model::id::{MaintenanceId, ParticipantId, SiteId, TenantId};
use hansa_model::maintenance::MaintenanceWindow;
use hansa_model::page::Page;
use hansa_model::time::Timestamp;

use crate::args;
use crate::db::{Row, Tx};
use crate::error::Result;
use crate::page::{Filter, Key, Order, PageRequest, collect};

const COLUMNS: &str = "select m.id, m.site_id, s.name as site_name, m.provider_id, p.name as provider_name, m.start_at, \
    m.end_at, m.reason, m.created_at, m.cancelled_at from maintenance_window m join site s on s.id = m.site_id \
    join participant p on p.id = m.provider_id";
const BY_ID: Order = Order { list: "maintenance", columns: &["m.id"], descending: true };

/// Which windows are wanted.
#[derive(Debug, Clone, Default)]
pub struct MaintenanceFilter {
    /// Those of this site.
    pub site: Option<SiteId>,
    /// Those of this provider.
    pub provider: Option<ParticipantId>,
    /// Those that end after this instant and were not called off.
    pub ahead_of: Option<Timestamp>,
}

fn read(row: &Row) -> Result<MaintenanceWindow> {
    Ok(MaintenanceWindow {
        id: row.parse("id")?,
        site: row.parse("site_id")?,
        site_name: row.parse("site_name")?,
        provider: row.parse("provider_id")?,
        provider_name: row.parse("provider_name")?,
        start: row.time("start_at")?,
        end: row.time("end_at")?,
        reason: row.text("reason")?,
        created_at: row.time("created_at")?,
        cancelled_at: row.opt_time("cancelled_at")?,
    })
}

/// Keeps a window.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn insert(tx: &mut Tx, window: &MaintenanceWindow) -> Result<()> {
    tx.execute(
        "insert into maintenance_window (id, site_id, provider_id, start_at, end_at, reason, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7)",
        args![window.id, window.site, window.provider, window.start, window.end, &window.reason, window.created_at,],
    )
    .await?;
    Ok(())
}

/// A window.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn find(tx: &mut Tx, id: MaintenanceId) -> Result<Option<MaintenanceWindow>> {
    let row = tx.first(&format!("{COLUMNS} where m.id = $1"), args![id]).await?;
    row.as_ref().map(read).transpose()
}

/// One page of windows, the one that was planned last first.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn page(tx: &mut Tx, wanted: &MaintenanceFilter, page: &PageRequest) -> Result<Page<MaintenanceWindow>> {
    let mut filter = Filter::default();
    if let Some(site) = wanted.site {
        filter.equals("m.site_id", site);
    }
    if let Some(provider) = wanted.provider {
        filter.equals("m.provider_id", provider);
    }
    if let Some(now) = wanted.ahead_of {
        filter.exceeds("m.end_at", now);
        filter.and("m.cancelled_at is null");
    }
    let (sql, args) = filter.page(COLUMNS, &BY_ID, page)?;
    let rows = tx.all(&sql, args).await?;
    collect(&rows, page, &BY_ID, read, |item| vec![Key::Text(item.id.to_string())])
}

/// Calls a window off; `false` when it was called off before.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn cancel(tx: &mut Tx, id: MaintenanceId, now: Timestamp) -> Result<bool> {
    let sql = "update maintenance_window set cancelled_at = $2 where id = $1 and cancelled_at is null";
    Ok(tx.execute(sql, args![id, now]).await? == 1)
}

/// The tenants that have something running at a site.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn tenants_at(tx: &mut Tx, site: SiteId) -> Result<Vec<TenantId>> {
    let sql = "select distinct tenant_id from service where site_id = $1 and terminated_at is null order by 1";
    tx.all(sql, args![site]).await?.iter().map(|row| row.parse("tenant_id")).collect()
}
