//! The exchange as a running system, and copies of its database.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::time::UNIX_EPOCH;

use hansa_model::system::{AtWork, Backup, Counts, Database, OrderAtWork, System};
use hansa_model::time::Timestamp;
use hansa_store::{Db, figures, saga, system};
use serde_json::json;

use crate::principal::Principal;
use crate::sagas::step_names;
use crate::{Error, Exchange, Result};

/// How many backups are kept: before another one is made, the oldest beyond go.
const KEPT: usize = 14;
/// How many orders at work are shown.
const MOST_SHOWN: u32 = 200;
const PREFIX: &str = "hansa-";
const SUFFIX: &str = ".db";

/// How the exchange runs.
///
/// # Errors
/// [`Error::Store`].
pub async fn show(exchange: &Exchange) -> Result<System> {
    let mut tx = exchange.read().await?;
    let facts = system::facts(&mut tx).await?;
    let figures = figures::read(&mut tx).await?;
    let settings = exchange.settings();
    Ok(System {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        issuer: settings.issuer.clone(),
        started_at: exchange.started_at(),
        now: exchange.now(),
        billing_zone: settings.billing_zone.clone(),
        commission_bp: settings.commission_bp,
        database: Database {
            engine: facts.engine.to_owned(),
            version: facts.version,
            bytes: facts.bytes,
            schema: facts.schema,
        },
        counts: counts(figures),
        backups: settings.backups.as_deref().map_or_else(Vec::new, kept),
        makes_backups: settings.backups.is_some() && matches!(exchange.db(), Db::Lite { .. }),
        settings: settings.shown(),
    })
}

/// What the exchange is working on.
///
/// # Errors
/// [`Error::Store`].
pub async fn at_work(exchange: &Exchange) -> Result<AtWork> {
    let mut tx = exchange.read().await?;
    let total = counts(figures::read(&mut tx).await?).sagas;
    let found = saga::at_work(&mut tx, MOST_SHOWN).await?;
    let orders = found.into_iter().map(|(order, step)| named(order, step)).collect();
    Ok(AtWork { orders, total, jobs: exchange.jobs().all() })
}

/// A step that was not begun yet is called as it will be.
fn named(order: OrderAtWork, step: u32) -> OrderAtWork {
    if !order.step.is_empty() {
        return order;
    }
    let name = usize::try_from(step).ok().and_then(|step| step_names(order.kind).get(step).copied());
    OrderAtWork { step: name.unwrap_or_default().to_owned(), ..order }
}

fn counts(figures: figures::Figures) -> Counts {
    let count = |number: i64| u64::try_from(number).unwrap_or_default();
    let by_state = |numbers: BTreeMap<String, i64>| numbers.into_iter().map(|(state, n)| (state, count(n))).collect();
    Counts {
        participants: count(figures.participants),
        orders: by_state(figures.orders),
        services: by_state(figures.services),
        offers: by_state(figures.offers),
        agents: count(figures.agents),
        agents_online: count(figures.agents_online),
        sagas: count(figures.sagas_running),
        waiting: count(figures.outbox_waiting),
        events: count(figures.events),
        audit_rows: count(figures.audit_rows),
    }
}

/// The backups in a directory, the newest first; what can't be read is none.
fn kept(directory: &Path) -> Vec<Backup> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let mut backups: Vec<_> = entries.flatten().filter_map(|entry| described(&entry)).collect();
    backups.sort_by(|a, b| b.file.cmp(&a.file));
    backups
}

fn described(entry: &fs::DirEntry) -> Option<Backup> {
    let file = entry.file_name().into_string().ok()?;
    let is_backup = file.starts_with(PREFIX) && file.ends_with(SUFFIX);
    let facts = entry.metadata().ok().filter(|facts| is_backup && facts.is_file())?;
    let at = facts.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    let at = Timestamp::from_micros(i64::try_from(at.as_micros()).ok()?);
    Some(Backup { file, bytes: facts.len(), at })
}

/// Copies the whole database into the directory for backups, while everybody goes on working.
///
/// # Errors
/// [`Error::Conflict`] when the database is on a server of its own or there is no directory; [`Error::Internal`] when
/// the directory can't be used; [`Error::Store`] when the disk is full.
pub async fn back_up(exchange: &Exchange, caller: &Principal) -> Result<Backup> {
    let none = || {
        let detail = "this exchange makes no backups of its database by itself";
        Error::conflict("no-backups", detail, "back it up where it is kept, as with `pg_dump`")
    };
    let directory = exchange.settings().backups.clone().ok_or_else(none)?;
    let unusable = |error: io::Error| Error::Internal(format!("{} can't be used: {error}", directory.display()));
    make_private(&directory).map_err(unusable)?;
    for old in kept(&directory).into_iter().skip(KEPT - 1) {
        fs::remove_file(directory.join(old.file)).map_err(unusable)?;
    }
    let now = exchange.now();
    let file = format!("{PREFIX}{}{SUFFIX}", now.to_string().replace([':', '.'], "-"));
    // A copy that was cut short must not look like a whole one.
    let draft = directory.join(format!("{file}.new"));
    match system::copy(exchange.db(), &draft).await {
        Ok(true) => {}
        Ok(false) => return Err(none()),
        Err(error) => {
            // What a full disk cut short must not go on filling it.
            _ = fs::remove_file(&draft);
            return Err(error.into());
        }
    }
    fs::rename(&draft, directory.join(&file)).map_err(unusable)?;
    let bytes = fs::metadata(directory.join(&file)).map_err(unusable)?.len();
    let mut work = exchange.begin().await?;
    work.audit(&caller.actor(), "system.backup", &file, json!({"bytes": bytes}));
    work.commit().await?;
    Ok(Backup { file, bytes, at: now })
}

/// For its owner alone: a backup holds everything.
fn make_private(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)
}
