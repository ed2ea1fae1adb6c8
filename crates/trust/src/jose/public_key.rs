//! Public keys as JSON Web Keys (RFC 7517, RFC 8037), and what they verify.

use std::fmt;

use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::error::KeyError;
use super::{Algorithm, base64url};

/// Members that only private or secret keys have.
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
/// The first byte of an uncompressed point.
const UNCOMPRESSED: u8 = 4;

/// A key that verifies signatures of exactly one algorithm.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PublicKey {
    pub(crate) material: Material,
}

/// What a key consists of.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum Material {
    /// An uncompressed point of P-256, 65 bytes.
    P256(Vec<u8>),
    /// An uncompressed point of P-384, 97 bytes.
    P384(Vec<u8>),
    /// Modulus and exponent, big-endian, without leading zeros.
    Rsa { n: Vec<u8>, e: Vec<u8> },
    /// A compressed point of edwards25519.
    Ed25519([u8; 32]),
}

impl PublicKey {
    /// Reads a JSON Web Key.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn from_jwk(jwk: &Value) -> Result<Self, KeyError> {
        let members = jwk.as_object().ok_or(KeyError::NotAnObject)?;
        if let Some(private) = PRIVATE.into_iter().find(|name| members.contains_key(*name)) {
            return Err(KeyError::Private(private));
        }
        let key = Self { material: material(members)? };
        key.check_purpose(members)?;
        Ok(key)
    }

    /// Makes sure that what the key's other members say lets it verify signatures.
    fn check_purpose(&self, members: &Map<String, Value>) -> Result<(), KeyError> {
        if members.get("use").is_some_and(|purpose| purpose != "sig") {
            return Err(KeyError::Purpose("use"));
        }
        let verifies =
            |operations: &Value| operations.as_array().is_some_and(|list| list.iter().any(|item| item == "verify"));
        if members.get("key_ops").is_some_and(|operations| !verifies(operations)) {
            return Err(KeyError::Purpose("key_ops"));
        }
        match members.get("alg") {
            Some(stated) if stated != self.algorithm().name() => Err(KeyError::AlgorithmUnfit {
                stated: stated.as_str().unwrap_or_default().chars().take(32).collect(),
                fitting: self.algorithm(),
            }),
            _ => Ok(()),
        }
    }

    /// The algorithm whose signatures it verifies.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        match &self.material {
            Material::P256(_) => Algorithm::Es256,
            Material::P384(_) => Algorithm::Es384,
            Material::Rsa { .. } => Algorithm::Ps256,
            Material::Ed25519(_) => Algorithm::EdDsa,
        }
    }

    /// As a JSON Web Key, with its algorithm.
    #[must_use]
    pub fn to_jwk(&self) -> Value {
        let mut jwk = self.required_members();
        jwk["alg"] = self.algorithm().name().into();
        jwk
    }

    /// The thumbprint of RFC 7638 with SHA-256, in base64url.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        base64url::encode(&Sha256::digest(self.required_members().to_string()))
    }

    /// The members that make the key, in the order of the alphabet, as RFC 7638 wants them.
    fn required_members(&self) -> Value {
        let text = base64url::encode;
        match &self.material {
            Material::P256(point) => {
                json!({"crv": "P-256", "kty": "EC", "x": text(&point[1..33]), "y": text(&point[33..])})
            }
            Material::P384(point) => {
                json!({"crv": "P-384", "kty": "EC", "x": text(&point[1..49]), "y": text(&point[49..])})
            }
            Material::Rsa { n, e } => json!({"e": text(e), "kty": "RSA", "n": text(n)}),
            Material::Ed25519(point) => json!({"crv": "Ed25519", "kty": "OKP", "x": text(point)}),
        }
    }

    /// Whether a signature over a message is this key's.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let verified = match &self.material {
            Material::P256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature),
            Material::P384(point) => UnparsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, point).verify(message, signature),
            Material::Rsa { n, e } => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PSS_2048_8192_SHA256, message, signature)
            }
            Material::Ed25519(point) => UnparsedPublicKey::new(&ED25519, point).verify(message, signature),
        };
        verified.is_ok()
    }

    /// The key of a raw point or of DER-encoded RSA parts, as *ring* gives them.
    pub(super) fn from_ring(algorithm: Algorithm, bytes: &[u8]) -> Option<Self> {
        let material = match algorithm {
            Algorithm::Es256 if bytes.len() == 65 => Material::P256(bytes.to_vec()),
            Algorithm::Es384 if bytes.len() == 97 => Material::P384(bytes.to_vec()),
            Algorithm::EdDsa => Material::Ed25519(bytes.try_into().ok()?),
            _ => return None,
        };
        Some(Self { material })
    }

    /// The key of an RSA modulus and exponent.
    pub(super) const fn from_rsa(n: Vec<u8>, e: Vec<u8>) -> Self {
        Self { material: Material::Rsa { n, e } }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey")
            .field("algorithm", &self.algorithm())
            .field("thumbprint", &self.thumbprint())
            .finish()
    }
}

fn material(members: &Map<String, Value>) -> Result<Material, KeyError> {
    let text = |name: &'static str| members.get(name).and_then(Value::as_str).ok_or(KeyError::Missing(name));
    let bytes = |name: &'static str| base64url::decode(text(name)?).ok_or(KeyError::Malformed(name));
    match text("kty")? {
        "EC" => match text("crv")? {
            "P-256" => Ok(Material::P256(point(&bytes("x")?, &bytes("y")?, 32)?)),
            "P-384" => Ok(Material::P384(point(&bytes("x")?, &bytes("y")?, 48)?)),
            other => Err(unsupported(&format!("EC {other}"))),
        },
        "RSA" => rsa(bytes("n")?, bytes("e")?),
        "OKP" => match text("crv")? {
            "Ed25519" => {
                let point: [u8; 32] = bytes("x")?.try_into().map_err(|_| KeyError::Malformed("x"))?;
                if has_small_order(point) {
                    Err(KeyError::Weak("its point has a small order"))
                } else {
                    Ok(Material::Ed25519(point))
                }
            }
            other => Err(unsupported(&format!("OKP {other}"))),
        },
        other => Err(unsupported(other)),
    }
}

fn unsupported(kind: &str) -> KeyError {
    KeyError::Unsupported(kind.chars().take(32).collect())
}

fn point(x: &[u8], y: &[u8], width: usize) -> Result<Vec<u8>, KeyError> {
    if x.len() != width {
        return Err(KeyError::Malformed("x"));
    }
    if y.len() != width {
        return Err(KeyError::Malformed("y"));
    }
    Ok([&[UNCOMPRESSED], x, y].concat())
}

fn rsa(n: Vec<u8>, e: Vec<u8>) -> Result<Material, KeyError> {
    let leading = |bytes: &[u8]| bytes.first().copied().unwrap_or_default();
    if leading(&n) == 0 {
        return Err(KeyError::Malformed("n"));
    }
    if leading(&e) == 0 || e.len() > 8 {
        return Err(KeyError::Malformed("e"));
    }
    let bits = n.len() * 8 - n[0].leading_zeros() as usize;
    if !(2_048..=8_192).contains(&bits) {
        return Err(KeyError::Weak("RSA needs 2048 to 8192 bits"));
    }
    let exponent = e.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
    if exponent < 65_537 || exponent.is_multiple_of(2) || n[n.len() - 1].is_multiple_of(2) {
        return Err(KeyError::Weak("RSA needs an odd modulus and an odd exponent of 65537 or more"));
    }
    Ok(Material::Rsa { n, e })
}

/// Whether a point of edwards25519 has an order of 8 at most: anybody could sign for such a key. Those are the points
/// with y = 0, ±1, or one of two others up to sign, also written unreduced.
fn has_small_order(mut point: [u8; 32]) -> bool {
    const ORDER_8: [[u8; 32]; 2] = [
        [
            0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf,
            0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
        ],
        [
            0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20,
            0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
        ],
    ];
    // The sign of x does not matter.
    point[31] &= 0x7f;
    let is_all = |bytes: &[u8], value: u8| bytes.iter().all(|byte| *byte == value);
    let is_zero_or_one = point[0] <= 1 && is_all(&point[1..], 0);
    // p - 1, p and p + 1, where p = 2^255 - 19.
    let is_about_p = (0xec..=0xee).contains(&point[0]) && is_all(&point[1..31], 0xff) && point[31] == 0x7f;
    is_zero_or_one || is_about_p || ORDER_8.contains(&point)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::PublicKey;

    /// The example of RFC 7638 §3.1.
    #[test]
    fn thumbprint_of_the_standard() {
        let key = PublicKey::from_jwk(&json!({
            "kty": "RSA",
            "n": concat!(
                "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJE",
                "CPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2Q",
                "vzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6",
                "WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
            ),
            "e": "AQAB",
            "kid": "2011-04-29",
        }));
        assert_eq!(key.expect("a good key").thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    /// The example of RFC 8037, appendix A.
    #[test]
    fn signature_of_the_standard() {
        let key = PublicKey::from_jwk(&json!({
            "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        }))
        .expect("a good key");
        let text = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.\
                    hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        let jws = super::super::Jws::parse(text, 1_000).expect("a good text");
        assert_eq!(jws.payload, b"Example of Ed25519 signing");
        assert_eq!(jws.verify(&key), Ok(()));
        assert_eq!(key.thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }
}
