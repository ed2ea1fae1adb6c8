//! People who sign in, with what they prove who they are by. Secrets are kept as hashes or sealed.

use hansa_model::id::{AccountId, IdentityId, MemberId, PasskeyId};
use hansa_model::sign_in::{Account, LinkedIdentity, Membership, Passkey};
use hansa_model::time::Timestamp;

use crate::args;
use crate::db::{Row, Tx};
use crate::error::Result;
use crate::{member, participant, tenant};

/// How a person who is known by a password proves who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proofs {
    /// Whose they are.
    pub account: AccountId,
    /// What the person signs in as.
    pub login: Option<String>,
    /// What the person is called.
    pub name: String,
    /// The hash of the password.
    pub password: Option<String>,
    /// The secret of the one-time codes, sealed.
    pub one_time_secret: Option<String>,
    /// Since when one-time codes are asked for.
    pub one_time_since: Option<Timestamp>,
}

/// A passkey with its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyRow {
    /// The passkey.
    pub passkey: Passkey,
    /// Whose it is.
    pub account: AccountId,
    /// The identifier of its credential.
    pub credential: String,
    /// Its public key, as JSON.
    pub public_key: String,
    /// How often it was used, as far as it counts.
    pub counter: u32,
}

/// Adds an account without any proof; answers whether what it signs in as was free.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn insert(
    tx: &mut Tx,
    id: AccountId,
    login: Option<&str>,
    name: &str,
    password: Option<&str>,
    now: Timestamp,
) -> Result<bool> {
    let inserted = tx
        .execute(
            "insert into account (id, login, name, password, one_time_step, created_at) \
             values ($1, $2, $3, $4, 0, $5) on conflict (login) do nothing",
            args![id, login.map(str::to_owned), name, password.map(str::to_owned), now],
        )
        .await?;
    Ok(inserted == 1)
}

const PROOFS: &str = "select id, login, name, password, one_time_secret, one_time_since from account";

fn read_proofs(row: &Row) -> Result<Proofs> {
    Ok(Proofs {
        account: row.parse("id")?,
        login: row.opt_text("login")?,
        name: row.text("name")?,
        password: row.opt_text("password")?,
        one_time_secret: row.opt_text("one_time_secret")?,
        one_time_since: row.opt_time("one_time_since")?,
    })
}

/// The proofs of whoever signs in as this.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn by_login(tx: &mut Tx, login: &str) -> Result<Option<Proofs>> {
    let row = tx.first(&format!("{PROOFS} where login = $1"), args![login]).await?;
    row.as_ref().map(read_proofs).transpose()
}

/// The proofs of an account.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn proofs(tx: &mut Tx, id: AccountId) -> Result<Option<Proofs>> {
    let row = tx.first(&format!("{PROOFS} where id = $1"), args![id]).await?;
    row.as_ref().map(read_proofs).transpose()
}

/// An account as its owner sees it.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn find(tx: &mut Tx, id: AccountId) -> Result<Option<Account>> {
    let sql = "select id, login, name, password, one_time_since, created_at, \
               (select count(*) from recovery_code where account_id = account.id) as codes from account where id = $1";
    let Some(row) = tx.first(sql, args![id]).await? else { return Ok(None) };
    let passkeys = passkeys(tx, id).await?.into_iter().map(|row| row.passkey).collect();
    let sql = "select id, issuer, subject, linked_at from identity_link where account_id = $1 order by issuer, subject";
    let links = tx.all(sql, args![id]).await?;
    let identity = |row: &Row| -> Result<LinkedIdentity> {
        Ok(LinkedIdentity {
            id: row.parse("id")?,
            issuer: row.text("issuer")?,
            subject: row.text("subject")?,
            linked_at: row.time("linked_at")?,
        })
    };
    Ok(Some(Account {
        id,
        login: row.opt_text("login")?,
        name: row.text("name")?,
        has_password: row.opt_text("password")?.is_some(),
        one_time_codes_since: row.opt_time("one_time_since")?,
        recovery_codes: row.unsigned("codes")?,
        passkeys,
        identities: links.iter().map(identity).collect::<Result<_>>()?,
        created_at: row.time("created_at")?,
    }))
}

/// Whether there is nothing left that the owner could sign in with.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn is_locked_out(tx: &mut Tx, id: AccountId) -> Result<bool> {
    let sql = "select 1 as one from account where id = $1 and password is null \
               and not exists (select 1 from passkey where account_id = $1) \
               and not exists (select 1 from identity_link where account_id = $1)";
    Ok(tx.first(sql, args![id]).await?.is_some())
}

/// Gives an account another password.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn set_password(tx: &mut Tx, id: AccountId, hash: &str) -> Result<()> {
    tx.execute("update account set password = $2 where id = $1", args![id, hash]).await?;
    Ok(())
}

/// Forgets everything that an account's owner could sign in with, but for identity providers.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn forget_proofs(tx: &mut Tx, id: AccountId) -> Result<()> {
    tx.execute("update account set password = null where id = $1", args![id]).await?;
    tx.execute("delete from passkey where account_id = $1", args![id]).await?;
    forget_one_time_codes(tx, id).await?;
    Ok(())
}

/// Forgets an account that acts for nobody any more, with everything that belongs to it.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn delete(tx: &mut Tx, id: AccountId) -> Result<()> {
    for table in ["session", "passkey", "identity_link", "recovery_code", "sign_in_attempt", "invitation"] {
        tx.execute(&format!("delete from {table} where account_id = $1"), args![id]).await?;
    }
    tx.execute("delete from account where id = $1", args![id]).await?;
    Ok(())
}

/// Keeps a secret for one-time codes, which are not asked for yet. One that is in use is not replaced; answers
/// whether it was kept.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn offer_one_time_secret(tx: &mut Tx, id: AccountId, sealed: &str) -> Result<bool> {
    let sql = "update account set one_time_secret = $2, one_time_step = 0 where id = $1 and one_time_since is null";
    Ok(tx.execute(sql, args![id, sealed]).await? == 1)
}

/// Asks for one-time codes from now on; answers whether they were not asked for before.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn require_one_time_codes(tx: &mut Tx, id: AccountId, now: Timestamp) -> Result<bool> {
    let sql = "update account set one_time_since = $2 where id = $1 and one_time_since is null";
    Ok(tx.execute(sql, args![id, now]).await? == 1)
}

/// Asks for one-time codes no more, and forgets the recovery codes.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn forget_one_time_codes(tx: &mut Tx, id: AccountId) -> Result<bool> {
    let sql = "update account set one_time_secret = null, one_time_since = null \
               where id = $1 and one_time_secret is not null";
    let forgotten = tx.execute(sql, args![id]).await?;
    tx.execute("delete from recovery_code where account_id = $1", args![id]).await?;
    Ok(forgotten == 1)
}

/// Takes the step of a one-time code; `false` when it, or a later one, was taken before.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn take_step(tx: &mut Tx, id: AccountId, step: u64) -> Result<bool> {
    let sql = "update account set one_time_step = $2 where id = $1 and one_time_step < $2";
    Ok(tx.execute(sql, args![id, step]).await? == 1)
}

/// Replaces the recovery codes by others.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn set_recovery_codes(tx: &mut Tx, id: AccountId, hashes: &[String]) -> Result<()> {
    tx.execute("delete from recovery_code where account_id = $1", args![id]).await?;
    let rows = hashes.iter().map(|hash| args![id, hash]).collect();
    tx.insert("recovery_code (account_id, code_hash)", rows).await
}

/// Uses a recovery code up; `false` when there is no such code (any more).
///
/// # Errors
/// [`crate::StoreError`].
pub async fn take_recovery_code(tx: &mut Tx, id: AccountId, hash: &str) -> Result<bool> {
    let sql = "delete from recovery_code where account_id = $1 and code_hash = $2";
    Ok(tx.execute(sql, args![id, hash]).await? == 1)
}

const PASSKEYS: &str = "select id, account_id, name, credential, public_key, counter, created_at, used_at from passkey";

fn read_passkey(row: &Row) -> Result<PasskeyRow> {
    Ok(PasskeyRow {
        passkey: Passkey {
            id: row.parse("id")?,
            name: row.text("name")?,
            created_at: row.time("created_at")?,
            used_at: row.opt_time("used_at")?,
        },
        account: row.parse("account_id")?,
        credential: row.text("credential")?,
        public_key: row.text("public_key")?,
        counter: row.unsigned("counter")?,
    })
}

/// The passkeys of an account, the oldest first.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn passkeys(tx: &mut Tx, id: AccountId) -> Result<Vec<PasskeyRow>> {
    let rows = tx.all(&format!("{PASSKEYS} where account_id = $1 order by id"), args![id]).await?;
    rows.iter().map(read_passkey).collect()
}

/// The passkey with this credential.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn passkey(tx: &mut Tx, credential: &str) -> Result<Option<PasskeyRow>> {
    let row = tx.first(&format!("{PASSKEYS} where credential = $1"), args![credential]).await?;
    row.as_ref().map(read_passkey).transpose()
}

/// Adds a passkey; answers whether its credential is a new one.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn insert_passkey(tx: &mut Tx, row: &PasskeyRow) -> Result<bool> {
    let inserted = tx
        .execute(
            "insert into passkey (id, account_id, name, credential, public_key, counter, created_at) \
             values ($1, $2, $3, $4, $5, $6, $7) on conflict (credential) do nothing",
            args![
                row.passkey.id,
                row.account,
                &row.passkey.name,
                &row.credential,
                &row.public_key,
                row.counter,
                row.passkey.created_at,
            ],
        )
        .await?;
    Ok(inserted == 1)
}

/// Notes the use of a passkey; `false` when its counter is not what it was when it was looked at.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn use_passkey(tx: &mut Tx, row: &PasskeyRow, counter: u32, now: Timestamp) -> Result<bool> {
    let sql = "update passkey set counter = $3, used_at = $4 where id = $1 and counter = $2";
    Ok(tx.execute(sql, args![row.passkey.id, row.counter, counter, now]).await? == 1)
}

/// Calls a passkey of an account something else, and answers what it is now.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn rename_passkey(tx: &mut Tx, id: AccountId, passkey: PasskeyId, name: &str) -> Result<Option<Passkey>> {
    let sql = "update passkey set name = $3 where account_id = $1 and id = $2";
    tx.execute(sql, args![id, passkey, name]).await?;
    Ok(passkeys(tx, id).await?.into_iter().map(|row| row.passkey).find(|found| found.id == passkey))
}

/// Removes a passkey of an account; `false` when it has no such passkey.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn remove_passkey(tx: &mut Tx, id: AccountId, passkey: PasskeyId) -> Result<bool> {
    Ok(tx.execute("delete from passkey where account_id = $1 and id = $2", args![id, passkey]).await? == 1)
}

/// The account of whom an identity provider calls so.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn by_identity(tx: &mut Tx, issuer: &str, subject: &str) -> Result<Option<AccountId>> {
    let sql = "select account_id from identity_link where issuer = $1 and subject = $2";
    tx.first(sql, args![issuer, subject]).await?.map(|row| row.parse("account_id")).transpose()
}

/// Links an account to whom an identity provider knows; `false` when that is linked already.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn link_identity(tx: &mut Tx, id: AccountId, issuer: &str, subject: &str, now: Timestamp) -> Result<bool> {
    let sql = "insert into identity_link (id, issuer, subject, account_id, linked_at) values ($1, $2, $3, $4, $5) \
               on conflict (issuer, subject) do nothing";
    Ok(tx.execute(sql, args![IdentityId::new(), issuer, subject, id, now]).await? == 1)
}

/// Unlinks an account from whom an identity provider knows; `false` when the account is not linked so.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn unlink_identity(tx: &mut Tx, id: AccountId, identity: IdentityId) -> Result<bool> {
    let sql = "delete from identity_link where account_id = $1 and id = $2";
    Ok(tx.execute(sql, args![id, identity]).await? == 1)
}

/// Gives a member to an account; `false` when the member has one.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn adopt(tx: &mut Tx, id: AccountId, member: MemberId) -> Result<bool> {
    let sql = "update member set account_id = $1 where id = $2 and account_id is null and removed_at is null";
    Ok(tx.execute(sql, args![id, member]).await? == 1)
}

/// Everybody for whom an account acts, the first joined first.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn memberships(tx: &mut Tx, id: AccountId) -> Result<Vec<Membership>> {
    let mut all = Vec::new();
    for member in member::of_account(tx, id).await? {
        if let Some(participant) = participant::find(tx, member.participant).await? {
            let tenants = tenant::of_participant(tx, participant.id).await?;
            all.push(Membership { member, participant, tenants });
        }
    }
    Ok(all)
}
