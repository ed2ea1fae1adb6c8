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
    let version = version(tx).await?;
    let used: BTreeSet<SiteId> = offers.iter().map(|offer| offer.site).collect();
    let who: BTreeSet<ParticipantId> = offers.iter().map(|offer| offer.provider).collect();
    let sites = site::all(tx).await?.into_iter().filter(|site| used.contains(&site.id));
    let providers = providers(tx, -1).await?.into_iter().filter(|provider| who.contains(&provider.id));
    Ok(Catalogue {
        version,
        taken_at: Some(now),
        providers: providers.map(|provider| (provider.id, provider)).collect(),
        sites: sites.map(|site| (site.id, site)).collect(),
        offers,
        free: supplied(tx, 0).await?.free,
    })
}

/// The version of the catalogue.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn version(tx: &mut Tx) -> Result<u64> {
    let version = tx.first("select value from counter where name = 'catalogue'", args![]).await?;
    version.map_or(Ok(0), |row| row.unsigned("value"))
}

/// The providers that changed with a later version than this one.
pub(crate) async fn providers(tx: &mut Tx, after: i64) -> Result<Vec<CatalogueProvider>> {
    let read = |row: &Row| -> Result<CatalogueProvider> {
        Ok(CatalogueProvider {
            id: row.parse("id")?,
            name: row.parse("name")?,
            legal_name: row.text("legal_name")?,
            country: row.parse("country")?,
            assurance: row.json("assurance")?,
        })
    };
    let sql = "select id, name, legal_name, country, assurance from participant \
               where roles like '%\"provider\"%' and changed > $1";
    tx.all(sql, args![after]).await?.iter().map(read).collect()
}

/// What agents supply.
#[derive(Debug)]
pub(crate) struct Supplied {
    /// Until when the last word of the agent counts that supplies a kind at a site.
    pub(crate) fresh_until: BTreeMap<(SiteId, KindId), Timestamp>,
    /// What is free at a site for a kind.
    pub(crate) free: Free,
}

type Free = BTreeMap<(SiteId, KindId), BTreeMap<Resource, i64>>;

/// What agents supply, as far as it changed at an instant or after it.
pub(crate) async fn supplied(tx: &mut Tx, from: i64) -> Result<Supplied> {
    let sql = "select site_id, kind, fresh_until from supply where changed_at >= $1";
    let mut fresh_until = BTreeMap::new();
    for row in tx.all(sql, args![from]).await? {
        fresh_until.insert((row.parse("site_id")?, row.parse("kind")?), row.time("fresh_until")?);
    }
    let sql = "select site_id, kind, resource, total - reserved as free from capacity where changed_at >= $1";
    let mut free = Free::new();
    for row in tx.all(sql, args![from]).await? {
        let place = (row.parse("site_id")?, row.parse("kind")?);
        free.entry(place).or_default().insert(row.word("resource")?, row.int("free")?.max(0));
    }
    Ok(Supplied { fresh_until, free })
}
