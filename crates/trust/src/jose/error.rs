//! What can be wrong with signatures and keys.

use super::Algorithm;
use super::json::JsonError;

/// Why a text is not taken as a signature, or the signature not as good.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// It is longer than is read.
    #[error("it is longer than {limit} bytes")]
    Oversized {
        /// The most that is read.
        limit: usize,
    },
    /// It is not `header.payload.signature`.
    #[error("it is not a compact JSON Web Signature: three parts of base64url without padding, joined by points")]
    NotCompact,
    /// A part is not JSON that means one thing.
    #[error("its {part} can't be read: {source}")]
    Json {
        /// `header` or `payload`.
        part: &'static str,
        /// What is wrong.
        source: JsonError,
    },
    /// A member of the header has another type than it should.
    #[error("the member `{0}` of its header must be a text")]
    HeaderMember(&'static str),
    /// Its header asks for extensions.
    #[error("its header has the member `{0}`, which asks for an extension that is not supported")]
    Extension(&'static str),
    /// Its algorithm is missing or not accepted.
    #[error("its algorithm `{0}` is not accepted: sign with ES256, ES384, PS256 or EdDSA")]
    Algorithm(String),
    /// Its algorithm is another than that of the key.
    #[error("its header says {stated}, but its key is for {fitting}")]
    AlgorithmUnfit {
        /// The algorithm of the header.
        stated: Algorithm,
        /// The one that the key is for.
        fitting: Algorithm,
    },
    /// The signature does not fit text and key.
    #[error("the signature does not fit")]
    Signature,
}

/// Why a JSON Web Key is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It is not an object.
    #[error("the key is not a JSON object")]
    NotAnObject,
    /// A member is missing or not a text.
    #[error("the member `{0}` of the key is missing or not a text")]
    Missing(&'static str),
    /// A member can't be read or has the wrong length.
    #[error("the member `{0}` of the key is not what its type demands")]
    Malformed(&'static str),
    /// It holds a secret.
    #[error("the key holds the private member `{0}`: replace this key now, and publish its public half only")]
    Private(&'static str),
    /// Its type or curve is not supported.
    #[error("keys of the type `{0}` are not supported: use EC P-256, EC P-384, RSA, or OKP Ed25519")]
    Unsupported(String),
    /// It is too short, too long, or of a form that gives no security.
    #[error("the key is not strong enough: {0}")]
    Weak(&'static str),
    /// It is not for signatures.
    #[error("the key's member `{0}` keeps it from verifying signatures")]
    Purpose(&'static str),
    /// It names an algorithm that does not fit its type.
    #[error("the key says `{stated}`, but its type is for {fitting}")]
    AlgorithmUnfit {
        /// What it names.
        stated: String,
        /// What fits.
        fitting: Algorithm,
    },
}

/// Why nothing could be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SigningError {
    /// No key of this algorithm can be made here.
    #[error("keys for {0} can't be made here: make one elsewhere and read it from PKCS #8")]
    CannotGenerate(Algorithm),
    /// The bytes are not a private key of a supported type.
    #[error("this is not a PKCS #8 key of P-256, P-384, Ed25519, or RSA of 2048 to 4096 bits")]
    NotAKey,
    /// There was no randomness, or the computation failed.
    #[error("the machine's random numbers or cryptography failed")]
    Failed,
}
