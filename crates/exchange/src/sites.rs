//! Sites: places where providers have capacity.

use hansa_model::event::Audience;
use hansa_model::id::{ParticipantId, SiteId};
use hansa_model::page::Page;
use hansa_model::site::{NewSite, Site};
use hansa_store::page::PageRequest;
use hansa_store::site::{self, SiteFilter};
use hansa_store::{Tx, changes};
use serde_json::json;

use crate::check::Faults;
use crate::principal::Principal;
use crate::{Error, Result, Work};

/// Makes a site of the caller's participant.
///
/// # Errors
/// [`Error::Invalid`], [`Error::Conflict`] when the name is taken.
pub async fn create(work: &mut Work, caller: &Principal, new: NewSite) -> Result<Site> {
    let site = make(work, caller.participant, new)?;
    if !site::insert(work, &site).await? {
        let detail = format!("you have a site called `{}` already", site.name);
        return Err(Error::conflict("name-taken", detail, "choose another name"));
    }
    changes::count(work).await?;
    let detail = json!({"name": site.name, "country": site.country, "city": site.city});
    work.audit(&caller.actor(), "site.create", &site.id.to_string(), detail.clone());
    let audience = Audience { tenant: None, provider: Some(site.provider) };
    work.event("site.created", &site.id.to_string(), None, audience, detail);
    Ok(site)
}

/// A site that is not stored yet.
pub(crate) fn make(work: &Work, provider: ParticipantId, new: NewSite) -> Result<Site> {
    let mut faults = Faults::default();
    faults.label("city", &new.city, 100);
    faults.unless(
        new.coordinates.is_valid(),
        "coordinates",
        "latitude goes from -90 to 90, longitude from -180 to 180",
    );
    faults.unless((1000..=10_000).contains(&new.pue_milli), "pueMilli", "this goes from 1000 to 10000");
    faults.unless(new.carbon.is_none_or(|carbon| carbon.base() >= 0), "carbon", "this can't be negative");
    faults.finish()?;
    Ok(Site {
        id: SiteId::new(),
        provider,
        name: new.name,
        country: new.country,
        city: new.city,
        coordinates: new.coordinates,
        pue_milli: new.pue_milli,
        carbon: new.carbon,
        created_at: work.exchange().now(),
    })
}

/// One page of sites.
///
/// # Errors
/// [`Error::Invalid`] for a cursor of another list; [`Error::Store`].
pub async fn list(tx: &mut Tx, wanted: &SiteFilter, page: &PageRequest) -> Result<Page<Site>> {
    Ok(site::page(tx, wanted, page).await?)
}

/// A site.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get(tx: &mut Tx, id: SiteId) -> Result<Site> {
    site::find(tx, id).await?.ok_or_else(|| Error::not_found("site", id))
}
