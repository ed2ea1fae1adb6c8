//! The catalogue as matching looks at it, frozen at one moment.

use std::collections::{BTreeMap, BTreeSet};

use hansa_model::id::{ParticipantId, SiteId};
use hansa_model::kind::{KindId, Resource};
use hansa_model::offer::{Catalogue, CatalogueProvider, Offer};
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
    let offers = offer::on_the_market(tx, viewer, None, now).await?;
    snapshot_of(tx, offers, now).await
}

/// The part of the catalogue that these offers belong to.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn snapshot_of(tx: &mut Tx, offers: Vec<Offer>, now: Timestamp) -> Result<Catalogue> {
    let version = tx.first("select value from counter where name = 'catalogue'", args![]).await?;
    let used: BTreeSet<SiteId> = offers.iter().map(|offer| offer.site).collect();
    let who: BTreeSet<ParticipantId> = offers.iter().map(|offer| offer.provider).collect();
    let sites = site::all(tx).await?.into_iter().filter(|site| used.contains(&site.id));
    let providers = providers(tx).await?.into_iter().filter(|(id, _)| who.contains(id));
    Ok(Catalogue {
        version: version.map_or(Ok(0), |row| row.unsigned("value"))?,
        taken_at: Some(now),
        providers: providers.collect(),
        sites: sites.map(|site| (site.id, site)).collect(),
        offers,
        free: free(tx).await?,
    })
}

async fn providers(tx: &mut Tx) -> Result<BTreeMap<ParticipantId, CatalogueProvider>> {
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
