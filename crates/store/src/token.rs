//! API tokens. Only the hash of a secret is kept.

use std::collections::BTreeSet;

use hansa_model::id::{ParticipantId, ProjectId, TenantId, TokenId};
use hansa_model::page::Page;
use hansa_model::participant::{Role, Token};
use hansa_model::time::Timestamp;

use crate::args;
use crate::db::{Row, Tx, json};
use crate::error::Result;
use crate::page::{Filter, Key, Order, PageRequest, collect};

const COLUMNS: &str = "t.id, t.member_id, t.name, t.prefix, t.scopes, t.created_at, t.expires_at, t.revoked_at";
const BY_ID: Order = Order { list: "token", columns: &["t.id"], descending: false };

fn read(row: &Row) -> Result<Token> {
    Ok(Token {
        id: row.parse("id")?,
        member: row.parse("member_id")?,
        name: row.text("name")?,
        prefix: row.text("prefix")?,
        scopes: row.json("scopes")?,
        created_at: row.time("created_at")?,
        expires_at: row.opt_time("expires_at")?,
        revoked_at: row.opt_time("revoked_at")?,
    })
}

/// A token with whom it speaks for.
#[derive(Debug, Clone)]
pub struct Holder {
    /// The token.
    pub token: Token,
    /// The member's participant.
    pub participant: ParticipantId,
    /// The member's roles that its participant still has.
    pub roles: BTreeSet<Role>,
    /// The participant's tenants.
    pub tenants: BTreeSet<TenantId>,
    /// Their projects.
    pub projects: BTreeSet<ProjectId>,
}

/// Adds a token.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn insert(tx: &mut Tx, token: &Token, hash: &str) -> Result<()> {
    tx.execute(
        "insert into token (id, member_id, name, prefix, hash, scopes, created_at, expires_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            token.id,
            token.member,
            &token.name,
            &token.prefix,
            hash,
            json(&token.scopes),
            token.created_at,
            token.expires_at,
        ],
    )
    .await?;
    Ok(())
}

/// The token whose secret has this hash, whether it still works or not.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn by_hash(tx: &mut Tx, hash: &str) -> Result<Option<Holder>> {
    let sql = format!(
        "select {COLUMNS}, p.id as participant_id, m.roles as member_roles, p.roles as participant_roles, \
         tenant.id as tenant_id, project.id as project_id \
         from token t join member m on m.id = t.member_id join participant p on p.id = m.participant_id \
         left join tenant on tenant.participant_id = p.id left join project on project.tenant_id = tenant.id \
         where t.hash = $1"
    );
    let rows = tx.all(&sql, args![hash]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let (mut tenants, mut projects) = (BTreeSet::new(), BTreeSet::new());
    for row in &rows {
        tenants.extend(row.opt_parse::<TenantId>("tenant_id")?);
        projects.extend(row.opt_parse::<ProjectId>("project_id")?);
    }
    let member: BTreeSet<Role> = row.json("member_roles")?;
    let participant: BTreeSet<Role> = row.json("participant_roles")?;
    Ok(Some(Holder {
        token: read(row)?,
        participant: row.parse("participant_id")?,
        roles: member.intersection(&participant).copied().collect(),
        tenants,
        projects,
    }))
}

/// A token of a participant.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn find(tx: &mut Tx, participant: ParticipantId, id: TokenId) -> Result<Option<Token>> {
    let sql = format!(
        "select {COLUMNS} from token t join member m on m.id = t.member_id where t.id = $1 and m.participant_id = $2"
    );
    let row = tx.first(&sql, args![id, participant]).await?;
    row.as_ref().map(read).transpose()
}

/// Revokes a token; nothing changes when it was revoked before.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn revoke(tx: &mut Tx, id: TokenId, now: Timestamp) -> Result<()> {
    tx.execute("update token set revoked_at = $2 where id = $1 and revoked_at is null", args![id, now]).await?;
    Ok(())
}

/// One page of the tokens of a participant, the oldest first.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn page(tx: &mut Tx, participant: ParticipantId, page: &PageRequest) -> Result<Page<Token>> {
    let mut filter = Filter::default();
    filter.equals("m.participant_id", participant);
    let select = format!("select {COLUMNS} from token t join member m on m.id = t.member_id");
    let (sql, args) = filter.page(&select, &BY_ID, page)?;
    let rows = tx.all(&sql, args).await?;
    collect(&rows, page, &BY_ID, read, |item| vec![Key::Text(item.id.to_string())])
}
