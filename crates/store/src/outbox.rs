//! The outbox: events and audit rows are put here by the change that causes them, in its own transaction. A
//! relay moves them on in order: events get their sequence number, audit rows their place in the hash chain.
//! So no change ever waits for another one's place in line.

use hansa_model::id::{EventId, ParticipantId, ProjectId, TenantId};
use hansa_model::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::args;
use crate::db::{Tx, json};
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

/// Puts an event into the outbox.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn put_event(tx: &mut Tx, event: &PendingEvent) -> Result<()> {
    put(tx, "event", json(event)).await
}

/// Puts an audit row into the outbox.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn put_audit(tx: &mut Tx, row: &PendingAudit) -> Result<()> {
    put(tx, "audit", json(row)).await
}

async fn put(tx: &mut Tx, kind: &str, body: crate::db::Arg) -> Result<()> {
    // The identifiers are ordered by time and unique, so that the relay keeps the order of what one process did.
    let id = EventId::new();
    tx.execute("insert into outbox (id, kind, body) values ($1, $2, $3)", {
        let mut values = args![id, kind];
        values.push(body);
        values
    })
    .await?;
    Ok(())
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
    for row in &rows {
        if row.text("kind")? == "event" {
            event_sequence += 1;
            let event: PendingEvent = row.json("body")?;
            tx.execute(
                "insert into event (sequence, id, kind, subject, project_id, tenant_id, provider_id, at, data) \
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                args![
                    event_sequence,
                    event.id,
                    event.kind,
                    event.subject,
                    event.project,
                    event.tenant,
                    event.provider,
                    event.at,
                    event.data.to_string(),
                ],
            )
            .await?;
        } else {
            audit_sequence += 1;
            let entry: PendingAudit = row.json("body")?;
            head = chain_hash(&head, audit_sequence, &entry);
            tx.execute(
                "insert into audit (sequence, at, actor, action, subject, detail, hash) \
                 values ($1, $2, $3, $4, $5, $6, $7)",
                args![
                    audit_sequence,
                    entry.at,
                    entry.actor,
                    entry.action,
                    entry.subject,
                    entry.detail.to_string(),
                    head.clone(),
                ],
            )
            .await?;
        }
        tx.execute("delete from outbox where id = $1", args![row.text("id")?]).await?;
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
