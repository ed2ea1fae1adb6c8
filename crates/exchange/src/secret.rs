//! Secrets that the exchange hands out once and never keeps: only their hashes are stored.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// A new secret of 256 random bits behind a prefix that tells what it is.
#[must_use]
pub(crate) fn make(prefix: &str) -> String {
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()))
}

/// What is kept of a secret. It is random throughout, so that a plain hash can't be searched back.
#[must_use]
pub(crate) fn hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret))
}
