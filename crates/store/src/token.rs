//! API tokens. Only the hash of a secret is kept.

use hansa_model::id::{ParticipantId, TokenId};
use hansa_model::page::Page;
use hansa_model::participant::Token;
use hansa_model::time::Timestamp;

use crate::args;
use crate::db::{Row, Tx, json};
use crate::error::Result;
use crate::member::{STANDING, STANDING_COLUMNS, Standing};
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
    /// What its member may see and do.
    pub standing: Standing,
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
        "select {COLUMNS}, {STANDING_COLUMNS} from token t join member m on m.id = t.member_id {STANDING} \
         where t.hash = $1 and m.removed_at is null"
    );
    let rows = tx.all(&sql, args![hash]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    Ok(Some(Holder { token: read(row)?, standing: Standing::read(row, &rows)? }))
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
