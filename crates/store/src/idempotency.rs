//! Answers kept for repeated requests. The row is written in the transaction of the effect itself, so there is
//! never an effect without its row or a row without its effect; whoever comes with the same key meanwhile waits
//! for that transaction to end.

use hansa_model::time::Timestamp;

use crate::args;
use crate::db::Tx;
use crate::error::{Result, StoreError};

/// Who repeats what.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// Who asks; keys of different askers have nothing to do with each other.
    pub actor: &'a str,
    /// The hash of the key.
    pub key_hash: &'a str,
    /// The hash of everything that is asked for.
    pub request_hash: &'a str,
}

/// What is known of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// It is new: go on, then [`finish`].
    New,
    /// It was done before; this was the answer.
    Done {
        /// The HTTP status.
        status: u16,
        /// The answer, as [`finish`] was given it.
        answer: String,
    },
    /// The key was used for another request.
    Mismatch,
}

/// Claims the key of a request. Keys older than `oldest` are forgotten.
///
/// # Errors
/// [`StoreError`].
pub async fn claim(tx: &mut Tx, request: &Request<'_>, now: Timestamp, oldest: Timestamp) -> Result<Claim> {
    tx.execute(
        "delete from idempotency where actor = $1 and key_hash = $2 and created_at < $3",
        args![request.actor, request.key_hash, oldest],
    )
    .await?;
    let inserted = tx
        .execute(
            "insert into idempotency (actor, key_hash, request_hash, created_at) values ($1, $2, $3, $4) \
             on conflict (actor, key_hash) do nothing",
            args![request.actor, request.key_hash, request.request_hash, now],
        )
        .await?;
    if inserted == 1 {
        return Ok(Claim::New);
    }
    let row = tx
        .first(
            "select request_hash, status, answer from idempotency where actor = $1 and key_hash = $2",
            args![request.actor, request.key_hash],
        )
        .await?;
    let Some(row) = row else {
        let problem = "the key vanished while it was claimed".to_owned();
        return Err(StoreError::Corrupt { column: "key_hash".to_owned(), problem });
    };
    if row.text("request_hash")? != request.request_hash {
        return Ok(Claim::Mismatch);
    }
    Ok(Claim::Done { status: row.unsigned("status")?, answer: row.text("answer")? })
}

/// Keeps the answer to a request whose key was claimed in the same transaction.
///
/// # Errors
/// [`StoreError`].
pub async fn finish(tx: &mut Tx, request: &Request<'_>, status: u16, answer: &str) -> Result<()> {
    tx.execute(
        "update idempotency set status = $3, answer = $4 where actor = $1 and key_hash = $2",
        args![request.actor, request.key_hash, u32::from(status), answer],
    )
    .await?;
    Ok(())
}

/// Forgets keys older than `oldest`; answers how many.
///
/// # Errors
/// [`StoreError`].
pub async fn sweep(tx: &mut Tx, oldest: Timestamp) -> Result<u64> {
    tx.execute("delete from idempotency where created_at < $1", args![oldest]).await
}
