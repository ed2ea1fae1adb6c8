//! What was begun and waits for its second half, and how often somebody guessed.

use hansa_model::id::AccountId;
use hansa_model::time::Timestamp;

use crate::args;
use crate::db::{Row, Tx};
use crate::error::Result;

/// Something that was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// What it is: attempts of one kind are of no use as another.
    pub kind: String,
    /// Whose it is, where that is known.
    pub account: Option<AccountId>,
    /// What must be remembered; JSON.
    pub data: String,
    /// When it is too late to go on.
    pub expires_at: Timestamp,
}

fn read(row: &Row) -> Result<Attempt> {
    Ok(Attempt {
        kind: row.text("kind")?,
        account: row.opt_parse("account_id")?,
        data: row.text("data")?,
        expires_at: row.time("expires_at")?,
    })
}

/// Keeps an attempt under the hash of what it is known by.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn insert(tx: &mut Tx, hash: &str, attempt: &Attempt) -> Result<()> {
    tx.execute(
        "insert into sign_in_attempt (hash, kind, account_id, data, expires_at) values ($1, $2, $3, $4, $5)",
        args![hash, &attempt.kind, attempt.account, &attempt.data, attempt.expires_at],
    )
    .await?;
    Ok(())
}

/// An attempt that can still go on; it stays.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn find(tx: &mut Tx, hash: &str, kind: &str, now: Timestamp) -> Result<Option<Attempt>> {
    let sql = "select kind, account_id, data, expires_at from sign_in_attempt \
               where hash = $1 and kind = $2 and expires_at > $3";
    tx.first(sql, args![hash, kind, now]).await?.as_ref().map(read).transpose()
}

/// An attempt that can still go on; it is used up.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn take(tx: &mut Tx, hash: &str, kind: &str, now: Timestamp) -> Result<Option<Attempt>> {
    let sql = "delete from sign_in_attempt where hash = $1 and kind = $2 \
               returning kind, account_id, data, expires_at";
    let found = tx.first(sql, args![hash, kind]).await?.as_ref().map(read).transpose()?;
    Ok(found.filter(|attempt| attempt.expires_at > now))
}

/// Until when somebody who signs in as this is kept waiting.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn locked_until(tx: &mut Tx, subject: &str, now: Timestamp) -> Result<Option<Timestamp>> {
    let sql = "select locked_until from sign_in_failure where subject = $1 and locked_until > $2";
    tx.first(sql, args![subject, now]).await?.map(|row| row.time("locked_until")).transpose()
}

/// Counts a wrong guess; answers how many there were in a row. Those before `oldest` do not count.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn fail(tx: &mut Tx, subject: &str, now: Timestamp, oldest: Timestamp) -> Result<u32> {
    let sql = "insert into sign_in_failure (subject, failures, locked_until, last_at) values ($1, 1, 0, $2) \
               on conflict (subject) do update set last_at = $2, \
               failures = case when sign_in_failure.last_at < $3 then 1 else sign_in_failure.failures + 1 end \
               returning failures";
    let row = tx.first(sql, args![subject, now, oldest]).await?;
    row.map_or(Ok(1), |row| row.unsigned("failures"))
}

/// Keeps somebody waiting.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn lock(tx: &mut Tx, subject: &str, until: Timestamp) -> Result<()> {
    tx.execute("update sign_in_failure set locked_until = $2 where subject = $1", args![subject, until]).await?;
    Ok(())
}

/// Forgets wrong guesses, because the right one came.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn succeed(tx: &mut Tx, subject: &str) -> Result<()> {
    tx.execute("delete from sign_in_failure where subject = $1", args![subject]).await?;
    Ok(())
}

/// Forgets attempts that came to nothing, and guesses before `oldest`.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn sweep(tx: &mut Tx, now: Timestamp, oldest: Timestamp) -> Result<()> {
    tx.execute("delete from sign_in_attempt where expires_at <= $1", args![now]).await?;
    tx.execute("delete from sign_in_failure where last_at < $1 and locked_until <= $2", args![oldest, now]).await?;
    Ok(())
}
