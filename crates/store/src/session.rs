//! Sessions in browsers. Only the hash of what a browser shows is kept.

use std::collections::BTreeSet;

use hansa_model::id::{AccountId, MemberId, SessionId, TenantId};
use hansa_model::page::Page;
use hansa_model::participant::Role;
use hansa_model::sign_in::{Proof, Session};
use hansa_model::time::Timestamp;

use crate::args;
use crate::db::{Arg, Row, Tx, json, word};
use crate::error::Result;
use crate::member::{STANDING, STANDING_COLUMNS, Standing};
use crate::page::{Filter, Key, Order, PageRequest, collect};

const COLUMNS: &str = "s.id, s.account_id, s.member_id, s.roles as acting_roles, s.tenant_id as acting_tenant, s.proof, \
                       s.proven_at, s.browser, s.address, s.created_at, s.seen_at, s.idle_at, s.ends_at";
const BY_ID: Order = Order { list: "session", columns: &["s.id"], descending: true };

fn read(row: &Row) -> Result<Session> {
    Ok(Session {
        id: row.parse("id")?,
        member: row.parse("member_id")?,
        roles: row.opt_json("acting_roles")?,
        tenant: row.opt_parse("acting_tenant")?,
        proof: row.word("proof")?,
        proven_at: row.time("proven_at")?,
        browser: row.opt_text("browser")?,
        address: row.text("address")?,
        created_at: row.time("created_at")?,
        seen_at: row.time("seen_at")?,
        idle_at: row.time("idle_at")?,
        ends_at: row.time("ends_at")?,
        current: false,
    })
}

/// A session with whom it speaks for.
#[derive(Debug, Clone)]
pub struct Holder {
    /// The session.
    pub session: Session,
    /// The person.
    pub account: AccountId,
    /// What its member may see and do.
    pub standing: Standing,
}

/// Adds a session.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn insert(tx: &mut Tx, session: &Session, account: AccountId, hash: &str) -> Result<()> {
    tx.execute(
        "insert into session (id, hash, account_id, member_id, proof, proven_at, browser, address, created_at, \
         seen_at, idle_at, ends_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        args![
            session.id,
            hash,
            account,
            session.member,
            word(&session.proof),
            session.proven_at,
            session.browser.clone(),
            &session.address,
            session.created_at,
            session.seen_at,
            session.idle_at,
            session.ends_at,
        ],
    )
    .await?;
    Ok(())
}

/// The session with this hash that has not ended.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn by_hash(tx: &mut Tx, hash: &str, now: Timestamp) -> Result<Option<Holder>> {
    let sql = format!(
        "select {COLUMNS}, {STANDING_COLUMNS} from session s join member m on m.id = s.member_id {STANDING} \
         where s.hash = $1 and s.idle_at > $2 and s.ends_at > $2 and m.removed_at is null"
    );
    let rows = tx.all(&sql, args![hash, now]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    Ok(Some(Holder { session: read(row)?, account: row.parse("account_id")?, standing: Standing::read(row, &rows)? }))
}

/// A session of an account that has not ended.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn find(tx: &mut Tx, account: AccountId, id: SessionId, now: Timestamp) -> Result<Option<Session>> {
    let sql = format!(
        "select {COLUMNS} from session s where s.account_id = $1 and s.id = $2 and s.idle_at > $3 and s.ends_at > $3"
    );
    let row = tx.first(&sql, args![account, id, now]).await?;
    row.as_ref().map(read).transpose()
}

/// One page of the sessions of an account that have not ended, the newest first.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn page(tx: &mut Tx, account: AccountId, now: Timestamp, page: &PageRequest) -> Result<Page<Session>> {
    let mut filter = Filter::default();
    filter.equals("s.account_id", account);
    let now = filter.bind(now);
    filter.and(format!("s.idle_at > {now} and s.ends_at > {now}"));
    let (sql, args) = filter.page(&format!("select {COLUMNS} from session s"), &BY_ID, page)?;
    let rows = tx.all(&sql, args).await?;
    collect(&rows, page, &BY_ID, read, |item| vec![Key::Text(item.id.to_string())])
}

/// Notes that a session was used, so that it ends later.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn touch(tx: &mut Tx, id: SessionId, now: Timestamp, idle_at: Timestamp) -> Result<()> {
    tx.execute("update session set seen_at = $2, idle_at = $3 where id = $1 and seen_at < $2", args![id, now, idle_at])
        .await?;
    Ok(())
}

/// Lets a session act for another of the account's members, or in fewer roles, or for one tenant.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn switch(
    tx: &mut Tx,
    id: SessionId,
    member: MemberId,
    roles: Option<&BTreeSet<Role>>,
    tenant: Option<TenantId>,
) -> Result<()> {
    tx.execute(
        "update session set member_id = $2, roles = $3, tenant_id = $4 where id = $1",
        args![id, member, roles.map_or(Arg::Text(None), json), tenant],
    )
    .await?;
    Ok(())
}

/// Notes that the person proved again who they are.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn prove(tx: &mut Tx, id: SessionId, proof: Proof, now: Timestamp) -> Result<()> {
    tx.execute("update session set proof = $2, proven_at = $3 where id = $1", args![id, word(&proof), now]).await?;
    Ok(())
}

/// Ends a session of an account; `false` when it has ended before.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn end(tx: &mut Tx, account: AccountId, id: SessionId) -> Result<bool> {
    Ok(tx.execute("delete from session where account_id = $1 and id = $2", args![account, id]).await? == 1)
}

/// Ends every session of an account but one; answers how many.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn end_others(tx: &mut Tx, account: AccountId, but: SessionId) -> Result<u64> {
    tx.execute("delete from session where account_id = $1 and id <> $2", args![account, but]).await
}

/// Ends every session of an account; answers how many.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn end_all(tx: &mut Tx, account: AccountId) -> Result<u64> {
    tx.execute("delete from session where account_id = $1", args![account]).await
}

/// Forgets sessions that have ended.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    tx.execute("delete from session where idle_at <= $1 or ends_at <= $1", args![now]).await
}
