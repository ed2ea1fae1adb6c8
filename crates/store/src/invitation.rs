//! Invitations: one-time codes that let a member in. Only the hash of a code is kept.

use std::collections::BTreeSet;

use hansa_model::id::{AccountId, MemberId, ParticipantId};
use hansa_model::participant::Role;
use hansa_model::time::Timestamp;

use crate::args;
use crate::db::{Row, Tx, json};
use crate::error::Result;

/// What an invitation leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// The participant to join.
    pub participant: ParticipantId,
    /// In which roles.
    pub roles: BTreeSet<Role>,
    /// The member that is there already, whom it gives an account, or a new way in to its own.
    pub member: Option<MemberId>,
    /// The account that it is a new way in to.
    pub resets: Option<AccountId>,
}

const COLUMNS: &str = "participant_id, roles, member_id, account_id";

/// Adds an invitation.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn insert(tx: &mut Tx, code_hash: &str, invited: &Invited, expires_at: Timestamp) -> Result<()> {
    tx.execute(
        "insert into invitation (code_hash, participant_id, roles, member_id, account_id, expires_at) \
         values ($1, $2, $3, $4, $5, $6)",
        args![code_hash, invited.participant, json(&invited.roles), invited.member, invited.resets, expires_at],
    )
    .await?;
    Ok(())
}

fn read(row: &Row) -> Result<Invited> {
    Ok(Invited {
        participant: row.parse("participant_id")?,
        roles: row.json("roles")?,
        member: row.opt_parse("member_id")?,
        resets: row.opt_parse("account_id")?,
    })
}

/// What an invitation leads to that works; it stays.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn find(tx: &mut Tx, code_hash: &str, now: Timestamp) -> Result<Option<Invited>> {
    let sql = format!("select {COLUMNS} from invitation where code_hash = $1 and used_at is null and expires_at > $2");
    tx.first(&sql, args![code_hash, now]).await?.as_ref().map(read).transpose()
}

/// Uses an invitation up; `None` when there is none, when it was used before, or when it came too late.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn take(tx: &mut Tx, code_hash: &str, now: Timestamp) -> Result<Option<Invited>> {
    let sql = format!(
        "update invitation set used_at = $2 where code_hash = $1 and used_at is null and expires_at > $2 \
         returning {COLUMNS}"
    );
    tx.first(&sql, args![code_hash, now]).await?.as_ref().map(read).transpose()
}

/// Takes back every invitation of a participant that was not used.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn withdraw(tx: &mut Tx, participant: ParticipantId) -> Result<()> {
    tx.execute("delete from invitation where participant_id = $1 and used_at is null", args![participant]).await?;
    Ok(())
}

/// Takes back every new way in to an account that was not used.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn withdraw_resets(tx: &mut Tx, account: AccountId) -> Result<()> {
    tx.execute("delete from invitation where account_id = $1 and used_at is null", args![account]).await?;
    Ok(())
}
