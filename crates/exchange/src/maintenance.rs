//! Maintenance windows: planned by providers, told to everybody who has something running there.

use std::time::Duration;

use hansa_model::event::Audience;
use hansa_model::id::{MaintenanceId, SiteId};
use hansa_model::maintenance::{MaintenanceWindow, NewMaintenanceWindow};
use hansa_model::page::Page;
use hansa_store::maintenance::{self, MaintenanceFilter};
use hansa_store::page::PageRequest;
use hansa_store::{Tx, participant, site};
use serde_json::json;

use crate::check::Faults;
use crate::principal::Principal;
use crate::{Error, Result, Work};

/// The longest window.
const LONGEST: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How far ahead windows are planned.
const FURTHEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);
/// A clock that is late must not make now the past.
const LENIENCE: Duration = Duration::from_secs(60);

/// Plans a window at one of the caller's sites.
///
/// # Errors
/// [`Error::Invalid`], [`Error::NotFound`] for a foreign site.
pub async fn plan(
    work: &mut Work,
    caller: &Principal,
    site: SiteId,
    new: NewMaintenanceWindow,
) -> Result<MaintenanceWindow> {
    let place = site::find(work, site).await?.filter(|place| place.provider == caller.participant);
    let place = place.ok_or_else(|| Error::not_found("site", site))?;
    let now = work.exchange().now();
    let mut faults = Faults::default();
    faults.label("reason", &new.reason, 500);
    faults.unless(new.start >= now.minus(LENIENCE), "start", "this is in the past");
    faults.unless(new.start <= now.plus(FURTHEST), "start", "plan at most a year ahead");
    faults.unless(new.end > new.start, "end", "this must be after the start");
    faults.unless(new.end <= new.start.plus(LONGEST), "end", "a window has seven days at most");
    faults.finish()?;
    let provider = participant::find(work, place.provider).await?;
    let provider = provider.ok_or_else(|| Error::not_found("participant", place.provider))?;
    let window = MaintenanceWindow {
        id: MaintenanceId::new(),
        site,
        site_name: place.name,
        provider: provider.id,
        provider_name: provider.name,
        start: new.start,
        end: new.end,
        reason: new.reason,
        created_at: now,
        cancelled_at: None,
    };
    maintenance::insert(work, &window).await?;
    tell(work, caller, "maintenance.planned", &window).await?;
    Ok(window)
}

/// Calls a window of the caller's off.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Conflict`] when it is over or was called off before.
pub async fn cancel(work: &mut Work, caller: &Principal, id: MaintenanceId) -> Result<()> {
    let window = maintenance::find(work, id).await?.filter(|window| window.provider == caller.participant);
    let window = window.ok_or_else(|| Error::not_found("maintenance window", id))?;
    let now = work.exchange().now();
    if window.end <= now || !maintenance::cancel(work, id, now).await? {
        let hint = "plan another one if there is more to do";
        return Err(Error::conflict("maintenance-over", "this window is over or was called off", hint));
    }
    tell(work, caller, "maintenance.cancelled", &window).await
}

async fn tell(work: &mut Work, caller: &Principal, kind: &str, window: &MaintenanceWindow) -> Result<()> {
    let subject = window.id.to_string();
    let detail = json!({"site": window.site, "start": window.start, "end": window.end, "reason": window.reason});
    work.audit(&caller.actor(), kind, &subject, detail.clone());
    let own = Audience { tenant: None, provider: Some(window.provider) };
    work.event(kind, &subject, None, own, detail.clone());
    for tenant in maintenance::tenants_at(work, window.site).await? {
        work.event(kind, &subject, None, Audience { tenant: Some(tenant), provider: None }, detail.clone());
    }
    Ok(())
}

/// One page of windows, the one that was planned last first.
///
/// # Errors
/// [`Error::Invalid`] for a cursor of another list; [`Error::Store`].
pub async fn list(tx: &mut Tx, wanted: &MaintenanceFilter, page: &PageRequest) -> Result<Page<MaintenanceWindow>> {
    Ok(maintenance::page(tx, wanted, page).await?)
}
