//! What sites have and what of it is set aside. Reserved is always the sum of the holds, and never more than
//! there is: each step is one conditional statement, so that no isolation level matters.

use std::collections::BTreeMap;

use hansa_model::id::{AgentId, ServiceId, SiteId};
use hansa_model::kind::{KindId, Resource};
use hansa_model::time::Timestamp;

use crate::args;
use crate::changes;
use crate::db::{Tx, json, word};
use crate::error::Result;

/// What of each resource is meant.
pub type Amounts = BTreeMap<Resource, i64>;

/// A site that has less left than was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortage {
    /// What is short; absent when no agent delivers the kind at the site at all.
    pub resource: Option<Resource>,
}

/// Who delivers a kind at a site, and until when its last report counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supply {
    /// The agent.
    pub agent: AgentId,
    /// Until when its last report is fresh.
    pub fresh_until: Timestamp,
    /// The actions beyond create and terminate, by their words.
    pub actions: Vec<String>,
}

/// Notes what an agent says it has for a kind at a site.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn declare(
    tx: &mut Tx,
    site: SiteId,
    kind: KindId,
    agent: AgentId,
    fresh_until: Timestamp,
    actions: &[hansa_model::agent::Action],
    totals: &Amounts,
) -> Result<()> {
    tx.execute(
        "insert into supply (site_id, kind, agent_id, fresh_until, actions, changed_at) \
         values ($1, $2, $3, $4, $5, $6) on conflict (site_id, kind) do update set \
         agent_id = excluded.agent_id, fresh_until = excluded.fresh_until, actions = excluded.actions, \
         changed_at = excluded.changed_at",
        {
            let mut values = args![site, kind.name(), agent, fresh_until];
            values.push(json(&actions));
            values.push(changes::stamp().into());
            values
        },
    )
    .await?;
    for resource in Resource::ALL {
        let total = totals.get(&resource).copied().unwrap_or(0).max(0);
        tx.execute(
            "insert into capacity (site_id, kind, resource, total, changed_at) values ($1, $2, $3, $4, $5) \
             on conflict (site_id, kind, resource) do update set \
             total = excluded.total, changed_at = excluded.changed_at where capacity.total <> excluded.total",
            args![site, kind.name(), resource.name(), total, changes::stamp()],
        )
        .await?;
    }
    Ok(())
}

/// Lets everything that an agent supplies count as fresh until then.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn refresh(tx: &mut Tx, agent: AgentId, fresh_until: Timestamp) -> Result<()> {
    let sql = "update supply set fresh_until = $2, changed_at = $3 where agent_id = $1";
    tx.execute(sql, args![agent, fresh_until, changes::stamp()]).await?;
    Ok(())
}

/// Lets nothing that an agent supplies count as fresh beyond an instant.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn go_stale(tx: &mut Tx, agent: AgentId, at: Timestamp) -> Result<()> {
    let sql = "update supply set fresh_until = $2, changed_at = $3 where agent_id = $1 and fresh_until > $2";
    tx.execute(sql, args![agent, at, changes::stamp()]).await?;
    Ok(())
}

/// Who delivers the kind at the site.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn supply(tx: &mut Tx, site: SiteId, kind: KindId) -> Result<Option<Supply>> {
    let row = tx
        .first(
            "select agent_id, fresh_until, actions from supply where site_id = $1 and kind = $2",
            args![site, kind.name()],
        )
        .await?;
    row.map(|row| {
        Ok(Supply {
            agent: row.parse("agent_id")?,
            fresh_until: row.time("fresh_until")?,
            actions: row.json("actions")?,
        })
    })
    .transpose()
}

/// Sets capacity aside for a service: all of it or nothing. A hold with `expires_at` lapses by itself.
///
/// # Errors
/// [`crate::StoreError`]; the inner error says what is short.
pub async fn hold(
    tx: &mut Tx,
    service: ServiceId,
    site: SiteId,
    kind: KindId,
    amounts: &Amounts,
    expires_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<std::result::Result<(), Shortage>> {
    if let Err(shortage) = reserve(tx, site, kind, amounts).await? {
        return Ok(Err(shortage));
    }
    insert(tx, service, site, kind, amounts, expires_at, now).await?;
    Ok(Ok(()))
}

/// Takes everything from what is free, or nothing.
async fn reserve(
    tx: &mut Tx,
    site: SiteId,
    kind: KindId,
    amounts: &Amounts,
) -> Result<std::result::Result<(), Shortage>> {
    let mut taken = Amounts::new();
    for (resource, amount) in amounts.iter().filter(|(_, amount)| **amount > 0) {
        let changed = tx
            .execute(
                "update capacity set reserved = reserved + $4, changed_at = $5 \
                 where site_id = $1 and kind = $2 and resource = $3 and reserved + $4 <= total",
                args![site, kind.name(), resource.name(), *amount, changes::stamp()],
            )
            .await?;
        if changed == 0 {
            unreserve(tx, site, kind, &taken).await?;
            let known = supply(tx, site, kind).await?.is_some();
            return Ok(Err(Shortage { resource: known.then_some(*resource) }));
        }
        taken.insert(*resource, *amount);
    }
    Ok(Ok(()))
}

/// Notes what is set aside for a service.
async fn insert(
    tx: &mut Tx,
    service: ServiceId,
    site: SiteId,
    kind: KindId,
    amounts: &Amounts,
    expires_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<()> {
    let taken: Amounts =
        amounts.iter().filter(|(_, amount)| **amount > 0).map(|(resource, amount)| (*resource, *amount)).collect();
    let mut values = args![hansa_model::id::HoldId::new(), service, site, kind.name()];
    values.push(json(&taken));
    values.extend(args![expires_at, now]);
    tx.execute(
        "insert into hold (id, owner, site_id, kind, amounts, expires_at, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7)",
        values,
    )
    .await?;
    Ok(())
}

async fn unreserve(tx: &mut Tx, site: SiteId, kind: KindId, amounts: &Amounts) -> Result<()> {
    for (resource, amount) in amounts {
        tx.execute(
            "update capacity set reserved = reserved - $4, changed_at = $5 \
             where site_id = $1 and kind = $2 and resource = $3",
            args![site, kind.name(), resource.name(), *amount, changes::stamp()],
        )
        .await?;
    }
    Ok(())
}

/// Whether something is set aside for the service.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn is_held(tx: &mut Tx, service: ServiceId) -> Result<bool> {
    Ok(tx.first("select id from hold where owner = $1", args![service]).await?.is_some())
}

/// Makes what is set aside for a service last until it is released.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn keep(tx: &mut Tx, service: ServiceId) -> Result<()> {
    tx.execute("update hold set expires_at = null where owner = $1", args![service]).await?;
    Ok(())
}

/// Gives back everything that is set aside for a service.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn release(tx: &mut Tx, service: ServiceId) -> Result<()> {
    let rows = tx.all("delete from hold where owner = $1 returning site_id, kind, amounts", args![service]).await?;
    give_back(tx, &rows).await
}

/// Gives back what holds had set aside that lapsed; answers how many.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn release_lapsed(tx: &mut Tx, now: Timestamp) -> Result<usize> {
    let rows = tx
        .all(
            "delete from hold where expires_at is not null and expires_at <= $1 returning site_id, kind, amounts",
            args![now],
        )
        .await?;
    give_back(tx, &rows).await?;
    Ok(rows.len())
}

async fn give_back(tx: &mut Tx, rows: &[crate::db::Row]) -> Result<()> {
    for row in rows {
        let kind: KindId = row.parse("kind")?;
        unreserve(tx, row.parse("site_id")?, kind, &row.json("amounts")?).await?;
    }
    Ok(())
}

/// Makes one hold of exactly `amounts` out of all that a service holds. Only what it takes in addition must be free:
/// giving back works even at a site that has less than it had.
///
/// # Errors
/// [`crate::StoreError`]; the inner error says what is short, and then nothing was changed.
pub async fn settle(
    tx: &mut Tx,
    service: ServiceId,
    site: SiteId,
    kind: KindId,
    amounts: &Amounts,
    now: Timestamp,
) -> Result<std::result::Result<(), Shortage>> {
    let mut before = Amounts::new();
    for row in tx.all("select amounts from hold where owner = $1", args![service]).await? {
        for (resource, amount) in row.json::<Amounts>("amounts")? {
            *before.entry(resource).or_default() += amount;
        }
    }
    let difference = |from: &Amounts, to: &Amounts| -> Amounts {
        let more = |(resource, amount): (&Resource, &i64)| {
            (*resource, amount - from.get(resource).copied().unwrap_or_default())
        };
        to.iter().map(more).filter(|(_, amount)| *amount > 0).collect()
    };
    if let Err(shortage) = reserve(tx, site, kind, &difference(&before, amounts)).await? {
        return Ok(Err(shortage));
    }
    unreserve(tx, site, kind, &difference(amounts, &before)).await?;
    tx.execute("delete from hold where owner = $1", args![service]).await?;
    insert(tx, service, site, kind, amounts, None, now).await?;
    Ok(Ok(()))
}

/// Sites where what is reserved is not what the holds say; empty when all is well.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn leaks(tx: &mut Tx) -> Result<Vec<String>> {
    let mut held: BTreeMap<(String, String, String), i64> = BTreeMap::new();
    for row in tx.all("select site_id, kind, amounts from hold", args![]).await? {
        for (resource, amount) in row.json::<Amounts>("amounts")? {
            *held.entry((row.text("site_id")?, row.text("kind")?, word(&resource))).or_default() += amount;
        }
    }
    let mut leaks = Vec::new();
    for row in tx.all("select site_id, kind, resource, total, reserved from capacity", args![]).await? {
        let key = (row.text("site_id")?, row.text("kind")?, row.text("resource")?);
        let (reserved, total) = (row.int("reserved")?, row.int("total")?);
        let sum = held.remove(&key).unwrap_or(0);
        if reserved != sum || reserved > total {
            leaks.push(format!("{}/{}/{}: reserved {reserved}, held {sum}, total {total}", key.0, key.1, key.2));
        }
    }
    leaks.extend(
        held.into_iter()
            .filter(|(_, amount)| *amount != 0)
            .map(|(key, amount)| format!("{key:?}: held {amount} of nothing")),
    );
    Ok(leaks)
}
