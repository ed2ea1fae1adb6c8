//! What the exchange signs with, and the credentials it has signed.

use hansa_model::evidence::Subject;
use hansa_model::id::ParticipantId;
use hansa_model::time::Timestamp;

use crate::args;
use crate::db::{Row, Tx};
use crate::error::Result;

/// A key as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Its name within the DID document of its owner.
    pub id: String,
    /// Whose it is; the exchange's own when absent.
    pub participant: Option<ParticipantId>,
    /// The public half, as a JSON Web Key.
    pub public_key: String,
    /// The private half, sealed.
    pub sealed: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When another took its place.
    pub retired_at: Option<Timestamp>,
}

fn read_key(row: &Row) -> Result<KeyRow> {
    Ok(KeyRow {
        id: row.text("id")?,
        participant: row.opt_parse("participant_id")?,
        public_key: row.text("public_key")?,
        sealed: row.text("sealed")?,
        created_at: row.time("created_at")?,
        retired_at: row.opt_time("retired_at")?,
    })
}

/// Keeps a key.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn insert_key(tx: &mut Tx, key: &KeyRow) -> Result<()> {
    tx.execute(
        "insert into issuing_key (id, participant_id, public_key, sealed, created_at, retired_at) \
         values ($1, $2, $3, $4, $5, $6)",
        args![&key.id, key.participant, &key.public_key, &key.sealed, key.created_at, key.retired_at],
    )
    .await?;
    Ok(())
}

/// Every key of a participant, or of the exchange itself; the newest first.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn keys(tx: &mut Tx, participant: Option<ParticipantId>) -> Result<Vec<KeyRow>> {
    let columns = "id, participant_id, public_key, sealed, created_at, retired_at";
    let (condition, values) = match participant {
        Some(id) => ("participant_id = $1", args![id]),
        None => ("participant_id is null", args![]),
    };
    let sql = format!("select {columns} from issuing_key where {condition} order by created_at desc, id desc");
    tx.all(&sql, values).await?.iter().map(read_key).collect()
}

/// Retires every key of a participant, or of the exchange itself.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn retire_keys(tx: &mut Tx, participant: Option<ParticipantId>, now: Timestamp) -> Result<()> {
    let set = "update issuing_key set retired_at = $1 where retired_at is null and";
    match participant {
        Some(id) => tx.execute(&format!("{set} participant_id = $2"), args![now, id]).await?,
        None => tx.execute(&format!("{set} participant_id is null"), args![now]).await?,
    };
    Ok(())
}

/// A credential that was issued here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// Its place in the status list.
    pub position: u64,
    /// The identifier it bears.
    pub id: String,
    /// The DID of who signed.
    pub issuer: String,
    /// Its type.
    pub kind: String,
    /// What it is about.
    pub subject: Subject,
    /// The credential, as a compact JSON Web Signature.
    pub credential: String,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// The next free place in the status list.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn next_position(tx: &mut Tx) -> Result<u64> {
    let sql = "update counter set value = value + 1 where name = 'status-list' returning value";
    let row = tx.first(sql, args![]).await?;
    row.map_or(Ok(0), |row| row.unsigned("value"))
}

/// The last place in the status list that was given away; 0 before the first.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn last_position(tx: &mut Tx) -> Result<u64> {
    let row = tx.first("select value from counter where name = 'status-list'", args![]).await?;
    row.map_or(Ok(0), |row| row.unsigned("value"))
}

/// Keeps a credential that was issued.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn insert(tx: &mut Tx, issued: &Issued) -> Result<()> {
    let mut values = args![issued.position, &issued.id, &issued.issuer, &issued.kind, issued.subject];
    values.extend(args![&issued.credential, issued.issued_at, issued.revoked_at]);
    let sql = "insert into issued_credential (position, id, issuer, kind, subject, credential, issued_at, revoked_at) \
               values ($1, $2, $3, $4, $5, $6, $7, $8)";
    tx.execute(sql, values).await?;
    Ok(())
}

const COLUMNS: &str = "position, id, issuer, kind, subject, credential, issued_at, revoked_at";

fn read(row: &Row) -> Result<Issued> {
    Ok(Issued {
        position: row.unsigned("position")?,
        id: row.text("id")?,
        issuer: row.text("issuer")?,
        kind: row.text("kind")?,
        subject: row.parse("subject")?,
        credential: row.text("credential")?,
        issued_at: row.time("issued_at")?,
        revoked_at: row.opt_time("revoked_at")?,
    })
}

/// The credentials of a type that were issued about something, the oldest first.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn about(tx: &mut Tx, subject: Subject, kind: &str) -> Result<Vec<Issued>> {
    let sql = format!("select {COLUMNS} from issued_credential where subject = $1 and kind = $2 order by position");
    tx.all(&sql, args![subject, kind]).await?.iter().map(read).collect()
}

/// The credential with this identifier, if it was issued here.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Issued>> {
    let sql = format!("select {COLUMNS} from issued_credential where id = $1");
    tx.first(&sql, args![id]).await?.as_ref().map(read).transpose()
}

/// Revokes a credential that was issued here; `false` when there is none of this identifier that stands.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn revoke(tx: &mut Tx, id: &str, now: Timestamp) -> Result<bool> {
    let sql = "update issued_credential set revoked_at = $2 where id = $1 and revoked_at is null";
    Ok(tx.execute(sql, args![id, now]).await? == 1)
}

/// The places of revoked credentials in a stretch of the status list.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn revoked(tx: &mut Tx, from: u64, to: u64) -> Result<Vec<u64>> {
    let sql = "select position from issued_credential where revoked_at is not null and position >= $1 \
               and position < $2 order by position";
    tx.all(sql, args![from, to]).await?.iter().map(|row| row.unsigned("position")).collect()
}
