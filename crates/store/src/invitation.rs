//! Invitations: one-time codes that let a member in. Only the hash of a code is kept.

use std::collections::BTreeSet;

use hansa_model::id::ParticipantId;
use hansa_model::participant::Role;
use hansa_model::time::Timestamp;

use crate::args;
use crate::db::{Tx, json};
use crate::error::Result;

/// Adds an invitation.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn insert(
    tx: &mut Tx,
    code_hash: &str,
    participant: ParticipantId,
    roles: &BTreeSet<Role>,
    expires_at: Timestamp,
) -> Result<()> {
    tx.execute(
        "insert into invitation (code_hash, participant_id, roles, expires_at) values ($1, $2, $3, $4)",
        args![code_hash, participant, json(roles), expires_at],
    )
    .await?;
    Ok(())
}

/// Uses an invitation up; `None` when there is none, when it was used before, or when it came too late.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn take(tx: &mut Tx, code_hash: &str, now: Timestamp) -> Result<Option<(ParticipantId, BTreeSet<Role>)>> {
    let row = tx
        .first(
            "update invitation set used_at = $2 where code_hash = $1 and used_at is null and expires_at > $2 \
             returning participant_id, roles",
            args![code_hash, now],
        )
        .await?;
    row.map(|row| Ok((row.parse("participant_id")?, row.json("roles")?))).transpose()
}

/// Takes back every invitation of a participant that was not used.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn withdraw(tx: &mut Tx, participant: ParticipantId) -> Result<()> {
    tx.execute("delete from invitation where participant_id = $1 and used_at is null", args![participant]).await?;
    Ok(())
}
