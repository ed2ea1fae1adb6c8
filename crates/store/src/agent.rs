//! Agents: who they are, and the one-time tokens that they enrol with.

use hansa_model::agent::Agent;
use hansa_model::id::{AgentId, ParticipantId};
use hansa_model::name::Name;
use hansa_model::page::Page;
use hansa_model::time::Timestamp;

use crate::args;
use crate::db::{Row, Tx};
use crate::error::Result;
use crate::page::{Filter, Key, Order, PageRequest, collect};

const COLUMNS: &str = "select id, provider_id, name, capabilities, version, enrolled_at, last_seen, online, orphans, \
                       revoked_at from agent";
const BY_ID: Order = Order { list: "agent", columns: &["id"], descending: false };

fn read(row: &Row) -> Result<Agent> {
    Ok(Agent {
        id: row.parse("id")?,
        provider: row.parse("provider_id")?,
        name: row.parse("name")?,
        capabilities: row.json("capabilities")?,
        version: row.text("version")?,
        enrolled_at: row.time("enrolled_at")?,
        last_seen: row.opt_time("last_seen")?,
        online: row.flag("online")?,
        orphans: row.json("orphans")?,
        revoked_at: row.opt_time("revoked_at")?,
    })
}

/// How an agent proves who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentKey {
    /// Whose it is.
    pub provider: ParticipantId,
    /// Its Ed25519 public key, 32 bytes in base64url without padding.
    pub public_key: String,
    /// Whether its right to speak was taken away.
    pub revoked: bool,
}

/// Adds a one-time enrolment token.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn insert_enrolment(
    tx: &mut Tx,
    token_hash: &str,
    provider: ParticipantId,
    name: &Name,
    expires_at: Timestamp,
) -> Result<()> {
    tx.execute(
        "insert into enrolment (token_hash, provider_id, name, expires_at) values ($1, $2, $3, $4)",
        args![token_hash, provider, name, expires_at],
    )
    .await?;
    Ok(())
}

/// Uses an enrolment token up; `None` when there is none, when it was used before, or when it came too late.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn take_enrolment(tx: &mut Tx, token_hash: &str, now: Timestamp) -> Result<Option<(ParticipantId, Name)>> {
    let row = tx
        .first(
            "update enrolment set used_at = $2 where token_hash = $1 and used_at is null and expires_at > $2 \
             returning provider_id, name",
            args![token_hash, now],
        )
        .await?;
    row.map(|row| Ok((row.parse("provider_id")?, row.parse("name")?))).transpose()
}

/// Adds an agent, or gives the one of that name another key and lets it speak again. Answers the agent's
/// identifier, or `None` when another agent has the key.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn enrol(
    tx: &mut Tx,
    provider: ParticipantId,
    name: &Name,
    public_key: &str,
    now: Timestamp,
) -> Result<Option<AgentId>> {
    let taken = tx.first("select id from agent where public_key = $1", args![public_key]).await?;
    if taken.is_some() {
        return Ok(None);
    }
    let row = tx
        .first(
            "insert into agent (id, provider_id, name, public_key, version, capabilities, orphans, enrolled_at, \
             online, revision, report_number) values ($1, $2, $3, $4, '', '[]', '[]', $5, $6, 0, 0) \
             on conflict (provider_id, name) do update set public_key = excluded.public_key, \
             enrolled_at = excluded.enrolled_at, revoked_at = null, report_number = 0, receipt = null returning id",
            args![AgentId::new(), provider, name, public_key, now, false],
        )
        .await?;
    row.map(|row| row.parse("id")).transpose()
}

/// How an agent proves who it is.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn key(tx: &mut Tx, id: AgentId) -> Result<Option<AgentKey>> {
    let row = tx.first("select provider_id, public_key, revoked_at from agent where id = $1", args![id]).await?;
    row.map(|row| {
        Ok(AgentKey {
            provider: row.parse("provider_id")?,
            public_key: row.text("public_key")?,
            revoked: row.opt_int("revoked_at")?.is_some(),
        })
    })
    .transpose()
}

/// An agent.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn find(tx: &mut Tx, id: AgentId) -> Result<Option<Agent>> {
    let row = tx.first(&format!("{COLUMNS} where id = $1"), args![id]).await?;
    row.as_ref().map(read).transpose()
}

/// One page of agents, the oldest first: of one provider, or all.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn page(tx: &mut Tx, provider: Option<ParticipantId>, page: &PageRequest) -> Result<Page<Agent>> {
    let mut filter = Filter::default();
    if let Some(provider) = provider {
        filter.equals("provider_id", provider);
    }
    let (sql, args) = filter.page(COLUMNS, &BY_ID, page)?;
    let rows = tx.all(&sql, args).await?;
    collect(&rows, page, &BY_ID, read, |item| vec![Key::Text(item.id.to_string())])
}

/// Takes an agent's right to speak away; what it supplies goes stale at once.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn revoke(tx: &mut Tx, id: AgentId, now: Timestamp) -> Result<()> {
    tx.execute(
        "update agent set revoked_at = $2, online = $3 where id = $1 and revoked_at is null",
        args![id, now, false],
    )
    .await?;
    crate::capacity::go_stale(tx, id, now).await?;
    Ok(())
}
