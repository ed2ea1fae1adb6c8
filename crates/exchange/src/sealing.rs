//! What must be read again, but not by who has a copy of the database alone: sealed (AES-256-GCM) with a key that
//! follows from the exchange's own seed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};

use crate::{Error, Exchange, Result};

fn fault(what: &str) -> Error {
    Error::Internal(format!("a secret can't be {what}"))
}

/// Seals for one purpose: what was sealed for one is not opened for another.
fn key(exchange: &Exchange, purpose: &str) -> Result<LessSafeKey> {
    let salt = Salt::new(HKDF_SHA256, purpose.as_bytes());
    let secret = salt.extract(&exchange.settings().signing_seed);
    let key = secret.expand(&[b"seal"], &AES_256_GCM).map(UnboundKey::from);
    key.map(LessSafeKey::new).map_err(|_| fault("sealed"))
}

/// Seals a secret that belongs to `owner`.
///
/// # Errors
/// [`Error::Internal`].
pub(crate) fn close(exchange: &Exchange, purpose: &str, owner: &str, secret: &[u8]) -> Result<String> {
    let nonce = rand::random::<[u8; NONCE_LEN]>();
    let mut sealed = secret.to_vec();
    key(exchange, purpose)?
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(owner), &mut sealed)
        .map_err(|_| fault("sealed"))?;
    Ok(STANDARD_NO_PAD.encode([&nonce[..], &sealed].concat()))
}

/// Opens what [`close`] sealed for the same purpose and owner.
///
/// # Errors
/// [`Error::Internal`] when the seed is not the one that the database was made with.
pub(crate) fn open(exchange: &Exchange, purpose: &str, owner: &str, sealed: &str) -> Result<Vec<u8>> {
    let bytes = STANDARD_NO_PAD.decode(sealed).map_err(|_| fault("opened"))?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN).ok_or_else(|| fault("opened"))?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| fault("opened"))?;
    let mut sealed = sealed.to_vec();
    let secret = key(exchange, purpose)?
        .open_in_place(nonce, Aad::from(owner), &mut sealed)
        .map_err(|_| fault("opened: the data directory's seed is not the one that the database was made with"))?;
    Ok(secret.to_vec())
}
