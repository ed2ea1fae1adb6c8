//! The catalogue as matching looks at it, frozen at one moment.

use std::collections::BTreeMap;

use hansa_model::id::SiteId;
use hansa_model::kind::{KindId, Resource};
use hansa_model::offer::{Catalogue, CatalogueProvider};
use hansa_model::time::Timestamp;

use crate::args;
use crate::db::{Row, Tx};
use crate::error::Result;
use crate::offer::{self, Viewer};
use crate::site;

/// The catalogue as `viewer` may see it; take it in a transaction that reads from one snapshot.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn snapshot(tx: &mut Tx, viewer: Viewer, now: Timestamp) -> Result<Catalogue> {
    let version = tx.first("select value from counter where name = 'catalogue'", args![]).await?;
    let offers = offer::on_the_market(tx, viewer, None, now).await?;
    let mut sites: BTreeMap<_, _> = site::all(tx).await?.into_iter().map(|site| (site.id, site)).collect();
    let mut providers = providers(tx).await?;
    sites.retain(|id, _| offers.iter().any(|offer| offer.site == *id));
    providers.retain(|id, _| offers.iter().any(|offer| offer.provider == *id));
    Ok(Catalogue {
        version: version.map_or(Ok(0), |row| row.unsigned("value"))?,
        taken_at: Some(now),
        providers,
        sites,
        offers,
        free: free(tx).await?,
    })
}

async fn providers(tx: &mut Tx) -> Result<BTreeMap<hansa_model::id::ParticipantId, CatalogueProvider>> {
    let read = |row: &Row| -> Result<CatalogueProvider> {
        Ok(CatalogueProvider {
            id: row.parse("id")?,
            name: row.parse("name")?,
            legal_name: row.text("legal_name")?,
            country: row.parse("country")?,
            assurance: row.json("assurance")?,
        })
    };
    let sql = "select id, name, legal_name, country, assurance from participant where roles like '%\"provider\"%'";
    tx.all(sql, args![]).await?.iter().map(|row| read(row).map(|provider| (provider.id, provider))).collect()
}

type Free = BTreeMap<(SiteId, KindId), BTreeMap<Resource, i64>>;

async fn free(tx: &mut Tx) -> Result<Free> {
    let rows = tx.all("select site_id, kind, resource, total - reserved as free from capacity", args![]).await?;
    let mut free = Free::new();
    for row in &rows {
        let place = (row.parse("site_id")?, row.parse("kind")?);
        free.entry(place).or_default().insert(row.word("resource")?, row.int("free")?.max(0));
    }
    Ok(free)
}

/// Notes that something in the catalogue changed.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn touch(tx: &mut Tx) -> Result<()> {
    tx.execute("update counter set value = value + 1 where name = 'catalogue'", args![]).await?;
    Ok(())
}
