//! Public keys of passkeys, as COSE writes them (RFC 9053, RFC 8812).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value as Cbor;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::{Deserialize, Serialize};

use super::PasskeyError;

const KEY_TYPE: i64 = 1;
const ALGORITHM: i64 = 3;
const OKP: i64 = 1;
const EC2: i64 = 2;
const RSA: i64 = 3;
const EDDSA: i64 = -8;
const ES256: i64 = -7;
const RS256: i64 = -257;
const P256: i64 = 1;
const CURVE_ED25519: i64 = 6;
/// What a point that is written in full begins with.
const UNCOMPRESSED: u8 = 4;

/// A public key, its parts in base64url.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "alg")]
pub enum PublicKey {
    /// ECDSA on P-256 with SHA-256.
    ES256 {
        /// The point, in full.
        point: String,
    },
    /// Ed25519.
    EdDSA {
        /// The point.
        point: String,
    },
    /// RSA with PKCS #1 v1.5 and SHA-256.
    RS256 {
        /// The modulus.
        n: String,
        /// The exponent.
        e: String,
    },
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(text: &str) -> Result<Vec<u8>, PasskeyError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| PasskeyError::Malformed("the kept public key"))
}

impl PublicKey {
    /// The algorithms that are asked for, the best liked first.
    pub const ALGORITHMS: [i64; 3] = [ES256, EDDSA, RS256];

    pub(super) fn read(key: &Cbor) -> Result<Self, PasskeyError> {
        let fields = key.as_map().ok_or(PasskeyError::Malformed("the public key"))?;
        let field = |name: i64| {
            let named = |candidate: &Cbor| candidate.as_integer().is_some_and(|label| label == name.into());
            fields.iter().find(|(label, _)| named(label)).map(|(_, value)| value)
        };
        let number = |name: i64| field(name)?.as_integer().and_then(|value| i64::try_from(value).ok());
        let bytes = |name: i64| field(name)?.as_bytes();
        let coordinate = |name: i64| bytes(name).filter(|value| value.len() == 32);
        let malformed = PasskeyError::Malformed("the public key");
        match (number(KEY_TYPE), number(ALGORITHM)) {
            (Some(EC2), Some(ES256)) if number(-1) == Some(P256) => {
                let (Some(x), Some(y)) = (coordinate(-2), coordinate(-3)) else { return Err(malformed) };
                Ok(Self::ES256 { point: encode([&[UNCOMPRESSED], &x[..], &y[..]].concat()) })
            }
            (Some(OKP), Some(EDDSA)) if number(-1) == Some(CURVE_ED25519) => {
                Ok(Self::EdDSA { point: encode(coordinate(-2).ok_or(malformed)?) })
            }
            (Some(RSA), Some(RS256)) => {
                let (Some(n), Some(e)) = (bytes(-1), bytes(-2)) else { return Err(malformed) };
                Ok(Self::RS256 { n: encode(n), e: encode(e) })
            }
            _ => Err(PasskeyError::UnknownKey),
        }
    }

    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), PasskeyError> {
        let verified = match self {
            Self::ES256 { point } => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, decode(point)?).verify(message, signature)
            }
            Self::EdDSA { point } => UnparsedPublicKey::new(&ED25519, decode(point)?).verify(message, signature),
            Self::RS256 { n, e } => {
                let key = RsaPublicKeyComponents { n: decode(n)?, e: decode(e)? };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            }
        };
        verified.map_err(|_| PasskeyError::Signature)
    }
}
