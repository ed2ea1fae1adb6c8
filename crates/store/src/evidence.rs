//! Evidence.

use hansa_model::evidence::{Claim, Evidence, EvidenceState, Subject};
use hansa_model::id::{EvidenceId, ParticipantId};
use hansa_model::page::Page;
use hansa_model::time::Timestamp;
use sha2::{Digest, Sha256};

use crate::args;
use crate::db::{Row, Tx, json, word};
use crate::error::Result;
use crate::page::{Filter, Key, Order, PageRequest, collect};

const COLUMNS: &str = "id, holder_id, subject, kind, issuer, strength, source, credential_id, valid_from, valid_until, \
                       state, checked_at, claims, credential, received_at";
const BY_ID: Order = Order { list: "evidence", columns: &["id"], descending: true };

fn read(row: &Row) -> Result<Evidence> {
    Ok(Evidence {
        id: row.parse("id")?,
        subject: row.parse("subject")?,
        holder: row.parse("holder_id")?,
        kind: row.text("kind")?,
        issuer: row.text("issuer")?,
        strength: row.word("strength")?,
        source: row.text("source")?,
        credential_id: row.opt_text("credential_id")?,
        valid_from: row.time("valid_from")?,
        valid_until: row.opt_time("valid_until")?,
        state: row.word("state")?,
        checked_at: row.opt_time("checked_at")?,
        claims: row.json("claims")?,
        credential: row.text("credential")?,
        received_at: row.time("received_at")?,
    })
}

fn digest(credential: &str) -> String {
    hex::encode(Sha256::digest(credential))
}

/// Keeps new evidence, to be looked at again at `next_check`; `false` when its holder has handed in the very same
/// credential before.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn insert(tx: &mut Tx, new: &Evidence, next_check: Option<Timestamp>) -> Result<bool> {
    let mut values = args![new.id, new.holder, new.subject, &new.kind, &new.issuer, word(&new.strength), &new.source];
    values.extend(args![new.credential_id.clone(), new.valid_from, new.valid_until, word(&new.state), new.checked_at]);
    values.push(json(&new.claims));
    values.extend(args![&new.credential, new.received_at, digest(&new.credential), next_check]);
    values.extend(args![new.claims.iter().any(Claim::is_about_ownership)]);
    let sql = format!(
        "insert into evidence ({COLUMNS}, digest, next_check, ownership) values \
         ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) \
         on conflict (holder_id, digest) do nothing"
    );
    Ok(tx.execute(&sql, values).await? == 1)
}

/// The evidence that a holder made of this credential.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn same(tx: &mut Tx, holder: ParticipantId, credential: &str) -> Result<Option<Evidence>> {
    let sql = format!("select {COLUMNS} from evidence where holder_id = $1 and digest = $2");
    tx.first(&sql, args![holder, digest(credential)]).await?.as_ref().map(read).transpose()
}

/// One piece of evidence.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn find(tx: &mut Tx, id: EvidenceId) -> Result<Option<Evidence>> {
    let sql = format!("select {COLUMNS} from evidence where id = $1");
    tx.first(&sql, args![id]).await?.as_ref().map(read).transpose()
}

/// Which evidence is wanted.
#[derive(Debug, Clone, Default)]
pub struct EvidenceFilter {
    /// That of this holder.
    pub holder: Option<ParticipantId>,
    /// That about this participant, site or offer itself.
    pub subject: Option<Subject>,
    /// That in this state.
    pub state: Option<EvidenceState>,
}

/// One page of evidence, the newest first.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn page(tx: &mut Tx, wanted: &EvidenceFilter, page: &PageRequest) -> Result<Page<Evidence>> {
    let mut filter = Filter::default();
    if let Some(holder) = wanted.holder {
        filter.equals("holder_id", holder);
    }
    if let Some(subject) = wanted.subject {
        filter.equals("subject", subject);
    }
    if let Some(state) = wanted.state {
        filter.equals("state", word(&state));
    }
    let (sql, args) = filter.page(&format!("select {COLUMNS} from evidence"), &BY_ID, page)?;
    let rows = tx.all(&sql, args).await?;
    collect(&rows, page, &BY_ID, read, |item| vec![Key::Text(item.id.to_string())])
}

/// All evidence of a holder that was not withdrawn, the oldest first.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn of_holder(tx: &mut Tx, holder: ParticipantId) -> Result<Vec<Evidence>> {
    let sql = format!("select {COLUMNS} from evidence where holder_id = $1 and state <> 'withdrawn' order by id");
    tx.all(&sql, args![holder]).await?.iter().map(read).collect()
}

/// Everything that counts and says something of who owns what or works for whom, the oldest first.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn of_ownership(tx: &mut Tx) -> Result<Vec<Evidence>> {
    let sql =
        format!("select {COLUMNS} from evidence where ownership and state in ('valid', 'not-yet-valid') order by id");
    tx.all(&sql, args![]).await?.iter().map(read).collect()
}

/// Puts evidence into another state, to be looked at again at `next_check`.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn set_state(
    tx: &mut Tx,
    id: EvidenceId,
    state: EvidenceState,
    checked_at: Option<Timestamp>,
    next_check: Option<Timestamp>,
) -> Result<()> {
    let sql = "update evidence set state = $2, checked_at = coalesce($3, checked_at), next_check = $4 where id = $1";
    tx.execute(sql, args![id, word(&state), checked_at, next_check]).await?;
    Ok(())
}

/// Evidence that is to be looked at again by now, the most overdue first.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn due(tx: &mut Tx, now: Timestamp, limit: u32) -> Result<Vec<Evidence>> {
    let sql = format!(
        "select {COLUMNS} from evidence where next_check is not null and next_check <= $1 order by next_check limit $2"
    );
    tx.all(&sql, args![now, limit]).await?.iter().map(read).collect()
}
