//! What changed in the catalogue since somebody last looked, so that a process which keeps it reads only that.
//!
//! Participants, sites and offers bear the version of the catalogue with which they last changed. Versions are given
//! one after the other ([`count`] holds the counter until its transaction ends), so whoever has read up to a version
//! has missed nothing before it. What is free changes too often for that: supply bears the instant of its change, and
//! is read again from a while before the last look. Whoever acts on it is told the truth when capacity is held.

use std::collections::BTreeMap;
use std::time::Duration;

use hansa_model::id::SiteId;
use hansa_model::kind::{KindId, Resource};
use hansa_model::offer::{CatalogueProvider, Offer};
use hansa_model::site::Site;
use hansa_model::time::{Clock, Timestamp};

use crate::args;
use crate::catalogue::{self, Supplied};
use crate::db::Tx;
use crate::error::Result;
use crate::{offer, site};

/// Longer than a transaction takes, and than machines are apart that write to one database.
const OVERLAP: Duration = Duration::from_secs(5);

/// Up to where the changes of a catalogue are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The version up to which participants, sites and offers are known.
    pub version: u64,
    /// The instant up to which supply is known.
    pub supplied: Timestamp,
}

/// What changed since a [`Mark`]. Something may be here that did not.
#[derive(Debug)]
pub struct Changes {
    /// Up to where these are all changes.
    pub mark: Mark,
    /// Providers that are new or different.
    pub providers: Vec<CatalogueProvider>,
    /// Sites that are new or different.
    pub sites: Vec<Site>,
    /// Offers that are new or different, in the state that they are kept in; retired ones are gone.
    pub offers: Vec<Offer>,
    /// Until when the last word of an agent counts that supplies a kind at a site.
    pub fresh_until: BTreeMap<(SiteId, KindId), Timestamp>,
    /// What is free at a site for a kind, of the resources whose amount changed.
    pub free: BTreeMap<(SiteId, KindId), BTreeMap<Resource, i64>>,
}

/// The mark that a change of supply bears.
pub(crate) fn stamp() -> Timestamp {
    Clock::System.now()
}

/// Counts what was changed in this transaction as the next version of the catalogue.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn count(tx: &mut Tx) -> Result<()> {
    let sql = "update counter set value = value + 1 where name = 'catalogue' returning value";
    let Some(row) = tx.first(sql, args![]).await? else { return Ok(()) };
    let version = row.unsigned::<u64>("value")?;
    for table in ["participant", "site", "offer"] {
        tx.execute(&format!("update {table} set changed = $1 where changed < 0"), args![version]).await?;
    }
    Ok(())
}

/// Everything that changed since a mark, or everything there is. Take it in a transaction that reads from one
/// snapshot.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn since(tx: &mut Tx, mark: Option<Mark>) -> Result<Changes> {
    let now = stamp();
    let version = catalogue::version(tx).await?;
    let after = mark.map_or(-1, |mark| i64::try_from(mark.version).unwrap_or(i64::MAX));
    let supplied = mark.map_or(0, |mark| mark.supplied.micros());
    let changed = mark.is_none_or(|mark| mark.version != version);
    let Supplied { fresh_until, free } = catalogue::supplied(tx, supplied).await?;
    Ok(Changes {
        mark: Mark { version, supplied: now.minus(OVERLAP) },
        providers: if changed { catalogue::providers(tx, after).await? } else { Vec::new() },
        sites: if changed { site::changed(tx, after).await? } else { Vec::new() },
        offers: if changed { offer::changed(tx, after).await? } else { Vec::new() },
        fresh_until,
        free,
    })
}
