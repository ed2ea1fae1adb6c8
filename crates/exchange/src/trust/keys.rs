//! The keys that the exchange signs with, for itself and for its participants, and the DID documents that show them.
//!
//! Private halves are kept sealed, so that a copy of the database alone signs nothing.

use hansa_model::id::ParticipantId;
use hansa_store::issuing::{self, KeyRow};
use hansa_store::{Tx, participant};
use hansa_trust::did::{DidUrl, DidWeb, Document, Standing};
use hansa_trust::jose::{Algorithm, PublicKey, SigningKey};
use serde_json::{Value, json};

use super::names::{Signer, did};
use crate::principal::Principal;
use crate::{Error, Exchange, Result, Work, sealing};

/// A key with the name by which others find its public half.
#[derive(Debug)]
pub(crate) struct NamedKey {
    pub(crate) key: SigningKey,
    /// The name of its public half in the DID document.
    pub(crate) id: DidUrl,
}

fn fault(what: &str) -> Error {
    Error::Internal(format!("a key to sign credentials with can't be {what}"))
}

/// What private halves are sealed for.
const PURPOSE: &str = "hansa issuing keys";

fn close(exchange: &Exchange, id: &str, secret: &[u8]) -> Result<String> {
    sealing::close(exchange, PURPOSE, id, secret)
}

fn open(exchange: &Exchange, row: &KeyRow) -> Result<SigningKey> {
    let secret = sealing::open(exchange, PURPOSE, &row.id, &row.sealed)?;
    SigningKey::from_pkcs8(&secret).map_err(|_| fault("opened"))
}

/// Makes a new key for a signer.
async fn make(work: &mut Work, signer: &Signer) -> Result<KeyRow> {
    let exchange = work.exchange();
    let key = SigningKey::generate(Algorithm::Es256).map_err(|error| Error::Internal(error.to_string()))?;
    let id = key.public().thumbprint();
    let row = KeyRow {
        sealed: close(&exchange, &id, key.to_pkcs8())?,
        id,
        participant: signer.participant(),
        public_key: key.public().to_jwk().to_string(),
        created_at: exchange.now(),
        retired_at: None,
    };
    issuing::insert_key(work, &row).await?;
    Ok(row)
}

/// The key that a signer signs with now; its first one is made when it has none.
///
/// # Errors
/// [`Error::Store`], [`Error::Internal`] when the seed is not the one that the database was made with.
pub(crate) async fn current(work: &mut Work, signer: &Signer) -> Result<NamedKey> {
    let kept = issuing::keys(work, signer.participant()).await?;
    let row = match kept.into_iter().find(|row| row.retired_at.is_none()) {
        Some(row) => row,
        None => make(work, signer).await?,
    };
    named(&work.exchange(), signer, &row)
}

/// The key that a signer signs with now, without a transaction to change anything where it has one.
///
/// # Errors
/// [`Error::Store`], [`Error::Internal`].
pub(crate) async fn signing(exchange: &Exchange, signer: &Signer) -> Result<NamedKey> {
    let kept = issuing::keys(&mut exchange.read().await?, signer.participant()).await?;
    if let Some(row) = kept.into_iter().find(|row| row.retired_at.is_none()) {
        return named(exchange, signer, &row);
    }
    let mut work = exchange.begin().await?;
    let key = current(&mut work, signer).await?;
    work.commit().await?;
    Ok(key)
}

fn named(exchange: &Exchange, signer: &Signer, row: &KeyRow) -> Result<NamedKey> {
    let id = format!("{}#{}", did(exchange, signer), row.id).parse();
    let id = id.map_err(|error| Error::Internal(format!("the exchange's address makes no DID: {error}")))?;
    Ok(NamedKey { key: open(exchange, row)?, id })
}

/// The DID document of a signer. Retired keys stay in it, so that what they signed still verifies.
///
/// # Errors
/// [`Error::Store`].
pub(crate) async fn document(tx: &mut Tx, exchange: &Exchange, signer: &Signer) -> Result<Value> {
    let name: DidWeb = did(exchange, signer).parse().map_err(|_| fault("named"))?;
    let mut document = Document::new(name);
    for row in issuing::keys(tx, signer.participant()).await? {
        let jwk: Value = serde_json::from_str(&row.public_key).map_err(|_| fault("read"))?;
        let public = PublicKey::from_jwk(&jwk).map_err(|_| fault("read"))?;
        let standing = if row.retired_at.is_some() { Standing::Honoured } else { Standing::Current };
        document.publish(&row.id, public, standing, None).map_err(|_| fault("published"))?;
    }
    Ok(document.to_json())
}

/// The DID document of the exchange. Its first key is made when it has none.
///
/// # Errors
/// [`Error::Store`].
pub async fn exchange_document(exchange: &Exchange) -> Result<Value> {
    if issuing::keys(&mut exchange.read().await?, None).await?.is_empty() {
        let mut work = exchange.begin().await?;
        current(&mut work, &Signer::Exchange).await?;
        work.commit().await?;
    }
    document(&mut exchange.read().await?, exchange, &Signer::Exchange).await
}

/// The DID document of a participant, by its short name.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn participant_document(exchange: &Exchange, name: &str) -> Result<Value> {
    let mut tx = exchange.read().await?;
    let found = participant::by_name(&mut tx, name).await?.ok_or_else(|| Error::not_found("participant", name))?;
    document(&mut tx, exchange, &Signer::Participant(found.id, found.name)).await
}

/// Gives a participant a new key to sign with; an operator may also renew the exchange's own by naming its own
/// participant. What was signed before still verifies.
///
/// # Errors
/// [`Error::NotFound`] for participants that are not the caller's own.
pub async fn rotate(work: &mut Work, caller: &Principal, id: ParticipantId) -> Result<Value> {
    if caller.participant != id {
        return Err(Error::not_found("participant", id));
    }
    let found = participant::find(work, id).await?.ok_or_else(|| Error::not_found("participant", id))?;
    let runs_it = participant::operator(work).await? == Some(id);
    let signers = [Some(Signer::Participant(id, found.name)), runs_it.then_some(Signer::Exchange)];
    let exchange = work.exchange();
    for signer in signers.iter().flatten() {
        issuing::retire_keys(work, signer.participant(), exchange.now()).await?;
        let made = make(work, signer).await?;
        work.audit(
            &caller.actor(),
            "key.rotate",
            &id.to_string(),
            json!({"did": did(&exchange, signer), "key": made.id}),
        );
    }
    match &signers[0] {
        Some(own) => document(work, &exchange, own).await,
        None => Err(Error::not_found("participant", id)),
    }
}
