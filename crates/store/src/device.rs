//! Devices that ask to be let in. Only the hash of what a device asks with is kept.

use hansa_model::id::MemberId;
use hansa_model::sign_in::{DeviceRequest, DeviceState};
use hansa_model::time::Timestamp;

use crate::args;
use crate::db::{Row, Tx, json, word};
use crate::error::Result;

const COLUMNS: &str = "user_code, name, scopes, address, state, member_id, pause, asked_at, created_at, expires_at";

/// A device that asks, with who let it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRow {
    /// What it asks for.
    pub request: DeviceRequest,
    /// Who let it in.
    pub member: Option<MemberId>,
    /// How many seconds it must wait between two questions.
    pub pause: u64,
    /// When it asked last.
    pub asked_at: Timestamp,
}

fn read(row: &Row) -> Result<DeviceRow> {
    Ok(DeviceRow {
        request: DeviceRequest {
            user_code: row.text("user_code")?,
            name: row.text("name")?,
            scopes: row.json("scopes")?,
            address: row.text("address")?,
            state: row.word("state")?,
            created_at: row.time("created_at")?,
            expires_at: row.time("expires_at")?,
        },
        member: row.opt_parse("member_id")?,
        pause: row.unsigned("pause")?,
        asked_at: row.time("asked_at")?,
    })
}

/// Adds a device that asks; answers whether its code is not shown by another.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn insert(tx: &mut Tx, code_hash: &str, row: &DeviceRow) -> Result<bool> {
    let request = &row.request;
    let inserted = tx
        .execute(
            "insert into device (code_hash, user_code, name, scopes, address, state, pause, asked_at, created_at, \
             expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (user_code) do nothing",
            args![
                code_hash,
                &request.user_code,
                &request.name,
                json(&request.scopes),
                &request.address,
                word(&request.state),
                row.pause,
                row.asked_at,
                request.created_at,
                request.expires_at,
            ],
        )
        .await?;
    Ok(inserted == 1)
}

/// The device that shows this code and did not wait for too long.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn by_user_code(tx: &mut Tx, code: &str, now: Timestamp) -> Result<Option<DeviceRow>> {
    let sql = format!("select {COLUMNS} from device where user_code = $1 and expires_at > $2");
    tx.first(&sql, args![code, now]).await?.as_ref().map(read).transpose()
}

/// The device that asks with this code, kept from changing until the transaction ends.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn lock(tx: &mut Tx, code_hash: &str) -> Result<Option<DeviceRow>> {
    let sql = format!("update device set name = name where code_hash = $1 returning {COLUMNS}");
    tx.first(&sql, args![code_hash]).await?.as_ref().map(read).transpose()
}

/// Answers a device that nobody has answered; `false` when somebody was faster or it is too late.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn answer(
    tx: &mut Tx,
    user_code: &str,
    state: DeviceState,
    member: Option<MemberId>,
    now: Timestamp,
) -> Result<bool> {
    let sql = "update device set state = $2, member_id = $3 where user_code = $1 and state = $4 and expires_at > $5";
    let pending = word(&DeviceState::Pending);
    Ok(tx.execute(sql, args![user_code, word(&state), member, pending, now]).await? == 1)
}

/// Notes a question, and how long the next one must wait.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn asked(tx: &mut Tx, code_hash: &str, pause: u64, now: Timestamp) -> Result<()> {
    let sql = "update device set asked_at = $2, pause = $3 where code_hash = $1";
    tx.execute(sql, args![code_hash, now, pause]).await?;
    Ok(())
}

/// Notes that a device has its token.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn done(tx: &mut Tx, code_hash: &str) -> Result<()> {
    let sql = "update device set state = $2 where code_hash = $1";
    tx.execute(sql, args![code_hash, word(&DeviceState::Done)]).await?;
    Ok(())
}

/// Forgets devices that waited for too long.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    tx.execute("delete from device where expires_at <= $1", args![now]).await
}
