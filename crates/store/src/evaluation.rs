//! What rule sets make of participants, and who is to be judged anew.

use hansa_model::evidence::{Assurance, Evaluation};
use hansa_model::id::{OfferId, ParticipantId, SiteId};
use hansa_model::kind::KindId;
use hansa_model::time::Timestamp;

use crate::args;
use crate::db::{Arg, Tx, json, placeholders};
use crate::error::Result;

/// Replaces what rule sets make of a participant.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn put(tx: &mut Tx, of: ParticipantId, evaluations: &[Evaluation], now: Timestamp) -> Result<()> {
    tx.execute("delete from evaluation where participant_id = $1", args![of]).await?;
    for evaluation in evaluations {
        let mut values = args![of, &evaluation.rule_set, &evaluation.version];
        values.push(json(evaluation));
        values.extend(args![now]);
        let sql = "insert into evaluation (participant_id, rule_set, version, body, evaluated_at) \
                   values ($1, $2, $3, $4, $5)";
        tx.execute(sql, values).await?;
    }
    Ok(())
}

/// What rule sets make of a participant, and when they did.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn of(tx: &mut Tx, participant: ParticipantId) -> Result<Vec<(Evaluation, Timestamp)>> {
    let sql = "select body, evaluated_at from evaluation where participant_id = $1 order by rule_set, version";
    let rows = tx.all(sql, args![participant]).await?;
    rows.iter().map(|row| Ok((row.json("body")?, row.time("evaluated_at")?))).collect()
}

/// Has participants judged anew at an instant at the latest.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn schedule(tx: &mut Tx, participants: &[ParticipantId], due_at: Timestamp) -> Result<()> {
    let sql = "insert into assessment (participant_id, due_at) values ($1, $2) \
               on conflict (participant_id) do update set due_at = \
               case when assessment.due_at < excluded.due_at then assessment.due_at else excluded.due_at end";
    for participant in participants {
        tx.execute(sql, args![*participant, due_at]).await?;
    }
    Ok(())
}

/// The same for one participant, if it has evidence at all.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn schedule_evidenced(tx: &mut Tx, participant: ParticipantId, due_at: Timestamp) -> Result<()> {
    let sql = "select id from evidence where holder_id = $1 limit 1";
    match tx.first(sql, args![participant]).await? {
        Some(_) => schedule(tx, &[participant], due_at).await,
        None => Ok(()),
    }
}

/// Notes that a participant was judged, and when it is to be judged again by itself.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn judged(tx: &mut Tx, participant: ParticipantId, next: Option<Timestamp>) -> Result<()> {
    tx.execute("delete from assessment where participant_id = $1", args![participant]).await?;
    match next {
        Some(next) => schedule(tx, &[participant], next).await,
        None => Ok(()),
    }
}

/// Who is to be judged anew by now, the most overdue first.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn due(tx: &mut Tx, now: Timestamp, limit: u32) -> Result<Vec<ParticipantId>> {
    let sql = "select participant_id from assessment where due_at <= $1 order by due_at, participant_id limit $2";
    tx.all(sql, args![now, limit]).await?.iter().map(|row| row.parse("participant_id")).collect()
}

/// Replaces what matching knows of a participant.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn set_assurance(tx: &mut Tx, of: ParticipantId, assurance: &Assurance) -> Result<()> {
    let mut values = args![of];
    values.push(json(assurance));
    tx.execute("update participant set assurance = $2, changed = -1 where id = $1", values).await?;
    Ok(())
}

/// Where a provider offers what, without doubles.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn places(tx: &mut Tx, provider: ParticipantId) -> Result<Vec<(SiteId, KindId)>> {
    let sql = "select distinct site_id, kind from offer where provider_id = $1 and state <> 'retired' \
               order by site_id, kind";
    let rows = tx.all(sql, args![provider]).await?;
    rows.iter().map(|row| Ok((row.parse("site_id")?, row.parse("kind")?))).collect()
}

/// Replaces what matching knows of the offers of a kind at a site that nothing is known of by itself, where it differs.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn set_offers_assurance(
    tx: &mut Tx,
    (site, kind): (SiteId, KindId),
    but: &[OfferId],
    assurance: Option<&Assurance>,
) -> Result<()> {
    let mut values = args![site, kind.name()];
    values.push(assurance.map_or(Arg::Text(None), json));
    let mut sql = "update offer set assurance = $3, changed = -1 where site_id = $1 and kind = $2 \
                   and coalesce(assurance, '') <> coalesce($3, '')"
        .to_owned();
    if !but.is_empty() {
        sql.push_str(&format!(" and id not in ({})", placeholders(4, but.len())));
        values.extend(but.iter().map(|id| (*id).into()));
    }
    tx.execute(&sql, values).await?;
    Ok(())
}

/// Replaces what matching knows of one offer, where it differs.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn set_offer_assurance(tx: &mut Tx, offer: OfferId, assurance: Option<&Assurance>) -> Result<()> {
    let mut values = args![offer];
    values.push(assurance.map_or(Arg::Text(None), json));
    let sql =
        "update offer set assurance = $2, changed = -1 where id = $1 and coalesce(assurance, '') <> coalesce($2, '')";
    tx.execute(sql, values).await?;
    Ok(())
}
