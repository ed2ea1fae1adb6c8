//! Whom the exchange believes what.

use hansa_model::evidence::TrustedIssuer;

use crate::args;
use crate::db::{Row, Tx, json};
use crate::error::Result;

fn read(row: &Row) -> Result<TrustedIssuer> {
    Ok(TrustedIssuer {
        did: row.text("did")?,
        name: row.text("name")?,
        kinds: row.json("kinds")?,
        schemes: row.json("schemes")?,
        added_at: row.time("added_at")?,
        added_by: row.text("added_by")?,
    })
}

/// Everybody on the list, by DID.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn all(tx: &mut Tx) -> Result<Vec<TrustedIssuer>> {
    let sql = "select did, name, kinds, schemes, added_at, added_by from trusted_issuer order by did";
    tx.all(sql, args![]).await?.iter().map(read).collect()
}

/// Puts somebody on the list, or changes what it is believed.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn put(tx: &mut Tx, issuer: &TrustedIssuer) -> Result<()> {
    let mut values = args![&issuer.did, &issuer.name];
    values.extend([json(&issuer.kinds), json(&issuer.schemes)]);
    values.extend(args![issuer.added_at, &issuer.added_by]);
    let sql = "insert into trusted_issuer (did, name, kinds, schemes, added_at, added_by) \
               values ($1, $2, $3, $4, $5, $6) on conflict (did) do update set name = excluded.name, \
               kinds = excluded.kinds, schemes = excluded.schemes, added_at = excluded.added_at, \
               added_by = excluded.added_by";
    tx.execute(sql, values).await?;
    Ok(())
}

/// Takes somebody off the list; `false` when it was not on it.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn remove(tx: &mut Tx, did: &str) -> Result<bool> {
    Ok(tx.execute("delete from trusted_issuer where did = $1", args![did]).await? == 1)
}

/// Who holds evidence that somebody signed.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn concerned(tx: &mut Tx, did: &str) -> Result<Vec<hansa_model::id::ParticipantId>> {
    let sql = "select distinct holder_id from evidence where issuer = $1 order by holder_id";
    tx.all(sql, args![did]).await?.iter().map(|row| row.parse("holder_id")).collect()
}
