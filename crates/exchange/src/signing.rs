//! What the exchange signs: JSON Web Signatures with its Ed25519 key.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::pkcs8::EncodePrivateKey as _;
use ed25519_dalek::{SigningKey, VerifyingKey};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{Error, Exchange, Result};

fn key(exchange: &Exchange) -> SigningKey {
    SigningKey::from_bytes(&exchange.settings().signing_seed)
}

/// The key's name: the beginning of the SHA-256 of its public half.
fn key_id(public: &VerifyingKey) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(public.as_bytes())[..12])
}

/// Signs a document: compact form, algorithm `EdDSA`.
///
/// # Errors
/// [`Error::Internal`] when the key can't be used.
pub fn sign(exchange: &Exchange, document: &Value) -> Result<String> {
    let key = key(exchange);
    let internal = |error: &dyn std::fmt::Display| Error::Internal(format!("signing failed: {error}"));
    let der = key.to_pkcs8_der().map_err(|error| internal(&error))?;
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(key_id(&key.verifying_key()));
    jsonwebtoken::encode(&header, document, &EncodingKey::from_ed_der(der.as_bytes())).map_err(|error| internal(&error))
}

/// The public keys that signatures of this exchange verify with, as a JSON Web Key Set (RFC 7517).
#[must_use]
pub fn key_set(exchange: &Exchange) -> Value {
    let public = key(exchange).verifying_key();
    json!({"keys": [{
        "kty": "OKP",
        "crv": "Ed25519",
        "use": "sig",
        "alg": "EdDSA",
        "kid": key_id(&public),
        "x": URL_SAFE_NO_PAD.encode(public.as_bytes()),
    }]})
}
