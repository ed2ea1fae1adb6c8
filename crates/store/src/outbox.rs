//! The outbox: events and audit rows are put here by the change that causes them, in its own transaction. A
//! relay moves them on in order: events get their sequence number, audit rows their place in the hash chain.
//! So no change ever waits for another one's place in line.

use hansa_model::id::{EventId, ParticipantId, ProjectId, TenantId};
use hansa_model::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::args;
use crate::db::{AT_ONCE, Tx, json, placeholders};
use crate::error::Result;

/// An event without its place in the stream.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PendingEvent {
    /// Its identifier.
    pub id: EventId,
    /// What happened.
    pub kind: String,
    /// To what.
    pub subject: String,
    /// The project concerned.
    pub project: Option<ProjectId>,
    /// The buyer's tenant concerned.
    pub tenant: Option<TenantId>,
    /// The provider concerned.
    pub provider: Option<ParticipantId>,
    /// When.
    pub at: Timestamp,
    /// More about it.
    pub data: Value,
}

/// An audit row without its place in the chain.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PendingAudit {
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: String,
    /// More about it.
    pub detail: Value,
}

/// The hash of a row of the audit log: over the hash of the row before and all that the row says.
#[must_use]
pub fn chain_hash(previous: &str, sequence: i64, row: &PendingAudit) -> String {
    let mut hasher = Sha256::new();
    let detail = row.detail.to_string();
    let sequence = sequence.to_string();
    let at = row.at.micros().to_string();
    for part in [previous, &sequence, &at, &row.actor, &row.action, &row.subject, &detail] {
        hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hex::encode(hasher.finalize())
}

/// Something that waits for its place.
#[derive(Debug, Clone)]
pub enum Pending {
    /// In the stream of events.
    Event(PendingEvent),
    /// In the audit log.
    Audit(PendingAudit),
}

/// Puts what happened into the outbox, in this order.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn put(tx: &mut Tx, happened: &[Pending]) -> Result<()> {
    let rows = happened.iter().map(|pending| {
        let (kind, body) = match pending {
            Pending::Event(event) => ("event", json(event)),
            Pending::Audit(row) => ("audit", json(row)),
        };
        // The identifiers are ordered by time and unique, so that the relay keeps the order of what one process did.
        vec![EventId::new().into(), kind.into(), body]
    });
    tx.insert("outbox (id, kind, body)", rows.collect()).await
}

/// The value of a counter, locked until the transaction ends.
async fn counter(tx: &mut Tx, name: &str) -> Result<i64> {
    let row = tx.first("update counter set value = value where name = $1 returning value", args![name]).await?;
    row.map_or(Ok(0), |row| row.int("value"))
}

/// Moves up to `limit` rows on; answers how many. Only one relay works at a time.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn relay(tx: &mut Tx, limit: u32) -> Result<usize> {
    let mut event_sequence = counter(tx, "event").await?;
    let mut audit_sequence = counter(tx, "audit").await?;
    let rows = tx.all("select id, kind, body from outbox order by id limit $1", args![limit]).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let mut head = head(tx).await?;
    let (mut events, mut audits, mut moved) = (Vec::new(), Vec::new(), Vec::new());
    for row in &rows {
        moved.push(row.text("id")?);
        if row.text("kind")? == "event" {
            event_sequence += 1;
            let event: PendingEvent = row.json("body")?;
            events.push(args![
                event_sequence,
                event.id,
                event.kind,
                event.subject,
                event.project,
                event.tenant,
                event.provider,
                event.at,
                event.data.to_string(),
            ]);
        } else {
            audit_sequence += 1;
            let entry: PendingAudit = row.json("body")?;
            head = chain_hash(&head, audit_sequence, &entry);
            audits.push(args![
                audit_sequence,
                entry.at,
                entry.actor,
                entry.action,
                entry.subject,
                entry.detail.to_string(),
                head.clone(),
            ]);
        }
    }
    tx.insert("event (sequence, id, kind, subject, project_id, tenant_id, provider_id, at, data)", events).await?;
    tx.insert("audit (sequence, at, actor, action, subject, detail, hash)", audits).await?;
    for ids in moved.chunks(AT_ONCE) {
        let sql = format!("delete from outbox where id in ({})", placeholders(1, ids.len()));
        tx.execute(&sql, ids.iter().map(|id| id.as_str().into()).collect()).await?;
    }
    for (name, value) in [("event", event_sequence), ("audit", audit_sequence)] {
        tx.execute("update counter set value = $2 where name = $1", args![name, value]).await?;
    }
    Ok(rows.len())
}

/// The hash of the last row of the audit log; empty when there is none.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn head(tx: &mut Tx) -> Result<String> {
    let row = tx.first("select hash from audit order by sequence desc limit 1", args![]).await?;
    row.map_or(Ok(String::new()), |row| row.text("hash"))
}
