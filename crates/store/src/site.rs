//! Sites.

use std::collections::BTreeMap;

use hansa_model::country::Country;
use hansa_model::id::{ParticipantId, SiteId};
use hansa_model::name::Name;
use hansa_model::page::Page;
use hansa_model::quantity::{CarbonIntensity, Quantity};
use hansa_model::site::{Coordinates, Site};

use crate::args;
use crate::db::{Row, Tx};
use crate::error::Result;
use crate::page::{Filter, Key, Order, PageRequest, collect};

const COLUMNS: &str =
    "select id, provider_id, name, country, city, latitude, longitude, pue_milli, carbon, created_at from site";
const BY_ID: Order = Order { list: "site", columns: &["id"], descending: false };

fn read(row: &Row) -> Result<Site> {
    Ok(Site {
        id: row.parse("id")?,
        provider: row.parse("provider_id")?,
        name: row.parse("name")?,
        country: row.parse("country")?,
        city: row.text("city")?,
        coordinates: Coordinates { latitude: row.real("latitude")?, longitude: row.real("longitude")? },
        pue_milli: row.unsigned("pue_milli")?,
        carbon: row.opt_int("carbon")?.map(CarbonIntensity::from_base),
        created_at: row.time("created_at")?,
    })
}

/// Which sites are wanted.
#[derive(Debug, Clone, Default)]
pub struct SiteFilter {
    /// Those of this provider.
    pub provider: Option<ParticipantId>,
    /// Those in this country.
    pub country: Option<Country>,
}

/// Adds a site; answers whether its name was free within the provider.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn insert(tx: &mut Tx, site: &Site) -> Result<bool> {
    let inserted = tx
        .execute(
            "insert into site (id, provider_id, name, country, city, latitude, longitude, pue_milli, carbon, \
             created_at, changed) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, -1) on conflict (provider_id, name) do nothing",
            args![
                site.id,
                site.provider,
                &site.name,
                site.country.code(),
                &site.city,
                site.coordinates.latitude,
                site.coordinates.longitude,
                site.pue_milli,
                site.carbon.map(Quantity::base),
                site.created_at,
            ],
        )
        .await?;
    Ok(inserted == 1)
}

/// Replaces what is known about a site.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn update(tx: &mut Tx, site: &Site) -> Result<()> {
    tx.execute(
        "update site set country = $2, city = $3, latitude = $4, longitude = $5, pue_milli = $6, carbon = $7, \
         changed = -1 where id = $1",
        args![
            site.id,
            site.country.code(),
            &site.city,
            site.coordinates.latitude,
            site.coordinates.longitude,
            site.pue_milli,
            site.carbon.map(Quantity::base),
        ],
    )
    .await?;
    Ok(())
}

/// A site.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn find(tx: &mut Tx, id: SiteId) -> Result<Option<Site>> {
    let row = tx.first(&format!("{COLUMNS} where id = $1"), args![id]).await?;
    row.as_ref().map(read).transpose()
}

/// A provider's site by its short name.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn by_name(tx: &mut Tx, provider: ParticipantId, name: &Name) -> Result<Option<Site>> {
    let row = tx.first(&format!("{COLUMNS} where provider_id = $1 and name = $2"), args![provider, name]).await?;
    row.as_ref().map(read).transpose()
}

/// Every site of a provider by its short name.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn of_provider(tx: &mut Tx, provider: ParticipantId) -> Result<BTreeMap<Name, Site>> {
    let rows = tx.all(&format!("{COLUMNS} where provider_id = $1"), args![provider]).await?;
    rows.iter().map(|row| read(row).map(|site| (site.name.clone(), site))).collect()
}

/// Every site.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn all(tx: &mut Tx) -> Result<Vec<Site>> {
    tx.all(COLUMNS, args![]).await?.iter().map(read).collect()
}

/// The sites that changed with a later version of the catalogue than this one.
pub(crate) async fn changed(tx: &mut Tx, after: i64) -> Result<Vec<Site>> {
    tx.all(&format!("{COLUMNS} where changed > $1"), args![after]).await?.iter().map(read).collect()
}

/// One page of sites, the oldest first.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn page(tx: &mut Tx, wanted: &SiteFilter, page: &PageRequest) -> Result<Page<Site>> {
    let mut filter = Filter::default();
    if let Some(provider) = wanted.provider {
        filter.equals("provider_id", provider);
    }
    if let Some(country) = wanted.country {
        filter.equals("country", country.code());
    }
    let (sql, args) = filter.page(COLUMNS, &BY_ID, page)?;
    let rows = tx.all(&sql, args).await?;
    collect(&rows, page, &BY_ID, read, |item| vec![Key::Text(item.id.to_string())])
}
