//! Compact JSON Web Signatures and the keys that make and check them.
//!
//! Four algorithms and no others: ES256, ES384, PS256 and EdDSA (RFC 7518, RFC 8037). Which one checks a signature is
//! decided by the key; the header may only agree. Keys that a signature brings along (`jwk`, `jku`, `x5c`, `x5u`) are
//! never looked at.

mod algorithm;
pub(crate) mod base64url;
mod error;
pub(crate) mod json;
mod jws;
pub(crate) mod public_key;
mod signing_key;

pub use algorithm::Algorithm;
pub use error::{JwsError, KeyError, SigningError};
pub use jws::{Header, Jws, sign};
pub use public_key::PublicKey;
pub use signing_key::SigningKey;
